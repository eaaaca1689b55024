"""Whether the site reads as a forge does: both make the same lists, tables and blocks of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_TAGS = frozenset("blockquote code em h1 h2 h3 h4 img li ol p pre strong table td ul".split())
_BARS = re.compile(r"``.+?``|`[^`]+`")


def differences(pages: Path, site: Path) -> Iterator[str]:
    """Pages that have other elements in the site than on a forge, and which."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    for path in sorted(pages.rglob("*.md")):
        name = path.relative_to(pages)
        text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text("utf-8"), flags=re.S)
        text = as_on_a_forge(text)
        [article] = re.findall(
            r"<article.*?</article>", (site / name.with_suffix(".html")).read_text("utf-8"), re.S
        )
        here, there = _elements(parser.render(text)), _elements(article)
        if here != there:
            yield f"{name}: reads differently on a forge: {here - there} against {there - here}"


def as_on_a_forge(text: str) -> str:
    """The page with bars in the code of tables as forges read them."""
    return re.sub(r"(?m)^\|.*$", lambda row: _BARS.sub(_escaped, row[0]), text)


def _escaped(found: re.Match[str]) -> str:
    return found[0].replace("|", "\\|")


def _elements(html: str) -> Counter[str]:
    return Counter(tag for tag in re.findall(r"<([a-z0-9]+)[\s>/]", html) if tag in _TAGS)
