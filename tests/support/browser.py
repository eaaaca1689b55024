"""A headless Chromium that reads pages, and axe-core, which tells who could not read them."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from support.kafkajs import _NODE, _ROOT
from support.tools import missing

_AXE = "axe-core@4.11.0"
_FOLDER = Path(__file__).parents[2] / ".cache" / "axe-core-4.11.0"


@dataclass
class Sight:
    """What a page did that it must not: `said` on the console or in dialogs, `asked` of others."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the machine."""
    program = shutil.which("chromium")
    if program is None:
        missing("there is no chromium here: make chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, **looks: Any) -> Iterator[tuple[Page, Sight]]:
    """A page of a folder. Where it asks for anything outside of files, that is refused."""
    context = browser.new_context(reduced_motion="reduce", **looks)
    page, sight = context.new_page(), Sight()

    def refuse(route: Route) -> None:
        sight.asked.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith("file:"), refuse)
    page.on("console", lambda message: sight.said.append(message.text))
    page.on("pageerror", lambda fault: sight.said.append(str(fault)))
    page.on("dialog", lambda dialog: (sight.said.append(dialog.message), dialog.dismiss()))
    page.goto(path.resolve().as_uri())
    yield page, sight
    context.close()


def violations(page: Page, without: Iterable[str] = (), only: Iterable[str] = ()) -> list[str]:
    """What axe-core finds, rule by rule with where; `without` names rules that are left out, `only`
    those that alone are asked."""
    page.evaluate(_axe().read_text("utf-8"))
    # It would fetch the style, which the page's policy forbids; and of what is as it should be, no
    # report is made, which takes most of the time.
    options: dict[str, Any] = {"preload": False, "resultTypes": ["violations"]}
    options["rules"] = {each: {"enabled": False} for each in without}
    if rules := list(only):
        options["runOnly"] = rules
    found: Any = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:3])}"
        for each in found["violations"]
    ]


def _axe() -> Path:
    """The script, fetched by the first process that asks for it."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    script = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    with open(_FOLDER / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.exists():
            npm = _ROOT / "lib/node_modules/npm/bin/npm-cli.js"
            words = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(_FOLDER)]
            subprocess.run([_NODE, str(npm), *words, _AXE], check=True, timeout=300)
    return script
