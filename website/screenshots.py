"""Pictures of the pages for consumers, of the sample as it is now."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from portwright import config, pipeline

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "screenshots"
_CONFIG = """\
version: 1
contracts: [contracts/*.odcs.yaml]
targets: [{target: docs, out: site}]
"""
# Picture → page, whether it is dark, width and height, where it begins.
_SHOTS = {
    "contract.png": ("contracts/checkout.html", "light", (1280, 800), ""),
    "fields.png": ("contracts/checkout.html", "light", (1280, 800), "object:orders"),
    "index-dark.png": ("index.html", "dark", (1280, 720), ""),
    "phone.png": ("contracts/checkout.html", "light", (360, 720), ""),
}


def main() -> None:
    """Draws all of them."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("there is no chromium here: make chromium")
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as play:
        site = _written(Path(folder))
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (page, scheme, size, place) in _SHOTS.items():
            address = f"{(site / page).as_uri()}#{place}"
            (PICTURES / name).write_bytes(_picture(browser, address, scheme == "dark", size))
        browser.close()


def _written(root: Path) -> Path:
    """The folder with the sample's pages, below `root`."""
    shutil.copytree(ROOT / "samples" / "checkout" / "contracts", root / "contracts")
    (root / "portwright.yaml").write_text(_CONFIG)
    read, found = config.load(root, "portwright.yaml", {})
    if read is None:
        raise SystemExit("\n".join(each.message for each in found))
    for each in pipeline.build(read, root, {}).files:
        (root / each.path).parent.mkdir(parents=True, exist_ok=True)
        (root / each.path).write_text(each.text, "utf-8")
    return root / "site"


def _picture(browser: Browser, address: str, dark: bool, size: tuple[int, int]) -> bytes:
    width, height = size
    context = browser.new_context(
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state()
    made: bytes = page.screenshot()
    context.close()
    return made


if __name__ == "__main__":
    main()
