"""`python -m website`: builds the site, and fails where a link leads nowhere, a part comes from
another host, or a page reads differently than on a forge."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from posixpath import relpath

from website import gathering, links, nav, reading

WORK = gathering.ROOT / ".cache" / "website"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What makes the search work in a folder; the builder would have browsers fetch it.
SHIM = "https://unpkg.com/iframe-worker/shim"


def settings(pages: Path) -> str:
    """The builder's settings, with the navigation."""
    text = (Path(__file__).parent / "zensical.toml").read_text("utf-8")
    return f"[project]\n{nav.as_toml(pages)}{text}"


def build(work: Path) -> Path:
    """The built site; an error of the builder ends the program."""
    gathering.gather(work / "pages")
    (work / "zensical.toml").write_text(settings(work / "pages"), "utf-8")
    shutil.rmtree(work / "site", ignore_errors=True)
    words = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(words, cwd=work, capture_output=True, text=True)
    if done.returncode:
        said = _COLOUR.sub("", done.stdout + done.stderr)
        sys.exit(said.partition("Traceback")[0] if "issue" in said else said)
    _without_other_hosts(work / "site")
    return work / "site"


def _without_other_hosts(site: Path) -> None:
    for path in site.rglob("*.html"):
        there = relpath("assets/iframe-worker.js", path.parent.relative_to(site).as_posix())
        text = path.read_text("utf-8")
        path.write_text(text.replace(f'"{SHIM}"', f'"{there}"'), "utf-8")


def main() -> None:
    """Builds the site below `.cache`, and says where it is."""
    try:
        site = build(WORK)
    except gathering.Missing as fault:
        sys.exit(str(fault))
    found = [*links.faults(site), *reading.differences(WORK / "pages", site)]
    if found:
        sys.exit("\n".join(found))
    count = sum(1 for _ in site.rglob("*.html"))
    print(f"{count} pages, whose links lead somewhere: {site / 'index.html'}")


if __name__ == "__main__":
    main()
