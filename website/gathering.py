"""The pages of the site in one folder: those of the repository, with every file that they link to,
and those that are made of the code.

A page of `docs` is written for a forge too. Its links to files beside `docs` lead to pages here
that show these files, so that the site is whole without a forge.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from posixpath import normpath, relpath

from website import api, commands, config, example, stories, targets, variables
from website.text import code

ROOT = Path(__file__).parents[1]
# Files of the root that are pages of their own.
PLACES = {
    "README.md": "project/readme.md",
    "ARCHITECTURE.md": "project/architecture.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "docs/adr": "adr/index.md",
}
MADE: Mapping[str, Callable[[], str]] = {
    "index.md": example.landing,
    "reference/commands.md": commands.generator,
    "reference/runtime-commands.md": commands.runtime,
    "reference/config.md": config.page,
    "reference/targets.md": targets.page,
    "reference/codes.md": stories.page,
    "reference/variables.md": variables.page,
    "reference/api.md": api.page,
}
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".sql": "sql", ".json": "json"}
# Code, which holds no links: fenced, indented after a blank line, and in a line.
_CODE = re.compile(
    r"(^ *(`{3,})[^\n]*\n.*?^ *\2 *$|(?:\A|(?<=\n\n))(?: {4}[^\n]*\n?)+|``.+?``|`[^`]+`)",
    re.S | re.M,
)
_LINK = re.compile(r"(\]\()([^)#:\s]+)(#[^)\s]*)?(\))")
# In a row of a table, forges take `\|` for a bar in code; the builder takes both for what they are.
_ROW = re.compile(r"(?m)^\|.*$")
_IN_LINE = re.compile(r"``.+?``|`[^`]+`")
_KNOWN_CODE = re.compile(r"`(PW\d{3})`")


class Missing(Exception):
    """A link that leads nowhere."""


def place(path: str) -> str:
    """Where in the site a file or folder of the repository is shown."""
    if path in PLACES:
        return PLACES[path]
    inside = path.removeprefix("docs/")
    if inside != path:
        return inside
    return f"source/{path}" if path.endswith(".md") else f"source/{path}.md"


def gather(folder: Path) -> None:
    """Writes all pages into the folder, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder, ignore=shutil.ignore_patterns("*.md", "*.py"))
    shutil.copytree(ROOT / "website/assets", folder / "assets")
    waiting = [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("docs/**/*.md"))]
    waiting += PLACES
    done: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in done:
            continue
        done.add(path)
        text, linked = _page(path)
        waiting += linked
        _write(folder / place(path), text)
    for name, make in MADE.items():
        _write(folder / name, with_codes(make(), name))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(with_bars(text), "utf-8")


def _page(path: str) -> tuple[str, list[str]]:
    """A file or folder of the repository as a page, and the files that it links to."""
    there = ROOT / path
    if there.is_dir():
        return _folder(path)
    text = there.read_text("utf-8")
    if there.suffix != ".md":
        return f"# {there.name}\n\n`{path}`\n\n{code(text, _LANGUAGES.get(there.suffix, ''))}", []
    linked: list[str] = []
    text = outside_code(text, lambda prose: _relinked(prose, path, linked))
    return with_codes(text, place(path)), linked


def with_bars(text: str) -> str:
    """The page with bars in the code of tables as the builder reads them."""

    def bare(found: re.Match[str]) -> str:
        return found[0].replace("\\|", "|")

    return _ROW.sub(lambda row: _IN_LINE.sub(bare, row[0]), text)


def _folder(path: str) -> tuple[str, list[str]]:
    """The list of what a folder holds."""
    inside = sorted(each for each in (ROOT / path).iterdir() if each.suffix == ".md")
    title = "Decisions" if path == "docs/adr" else path
    lines = [f"# {title}\n"]
    for each in inside:
        heading = each.read_text("utf-8").partition("\n")[0].removeprefix("# ")
        at = relpath(place(each.relative_to(ROOT).as_posix()), Path(place(path)).parent)
        lines.append(f"- [{heading}]({at})".replace(". ", "\\. ", 1))
    others = [each.name for each in sorted((ROOT / path).iterdir()) if each not in inside]
    lines += [f"- `{name}`" for name in others if not name.startswith((".", "__pycache__"))]
    return "\n".join(lines) + "\n", [each.relative_to(ROOT).as_posix() for each in inside]


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with what is no code in it changed."""
    return "".join(_pieces(text, change))


def _pieces(text: str, change: Callable[[str], str]) -> Iterator[str]:
    end = 0
    for found in _CODE.finditer(text):
        yield change(text[end : found.start()])
        yield found[0]
        end = found.end()
    yield change(text[end:])


def _relinked(prose: str, path: str, linked: list[str]) -> str:
    """Text of a file with its links as they are in the site."""
    here = Path(place(path)).parent.as_posix()

    def lead(found: re.Match[str]) -> str:
        there = normpath(f"{Path(path).parent.as_posix()}/{found[2]}")
        if not (ROOT / there).exists() or there.startswith(".."):
            raise Missing(f"{path} links to {found[2]}, which is not there")
        if there.startswith("docs/") and (ROOT / there).suffix not in ("", ".md"):
            return f"{found[1]}{relpath(there.removeprefix('docs/'), here)}{found[4]}"
        linked.append(there)
        return f"{found[1]}{relpath(place(there), here)}{found[3] or ''}{found[4]}"

    return _LINK.sub(lead, prose)


def with_codes(text: str, page: str) -> str:
    """The page with codes of findings as links to their stories."""
    from portwright.codes import EXPLANATIONS

    if page == "reference/codes.md":
        there = ""
    else:
        there = relpath("reference/codes.md", Path(page).parent.as_posix())

    def lead(found: re.Match[str]) -> str:
        if found[1] not in EXPLANATIONS:
            return found[0]
        return f"[{found[0]}]({there}#{found[1].lower()})"

    lines = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.lstrip().startswith("```")
        plain = not fenced and not line.startswith(("    ", "#")) and "[`PW" not in line
        lines.append(_KNOWN_CODE.sub(lead, line) if plain else line)
    return "\n".join(lines)
