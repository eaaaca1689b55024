"""The built site, looked at as a browser does: every link, anchor and part is there, and no part
of a page comes from another host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Attributes that a browser fetches unasked, by tag.
_PARTS = {"script": "src", "img": "src", "link": "href", "source": "src", "iframe": "src"}


@dataclass
class Page:
    """What a page links to, what it is made of, and the places in it that can be linked to."""

    links: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value for name, value in attrs if value is not None}
        self.page.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.page.links.append(values["href"])
        elif tag in _PARTS and (part := values.get(_PARTS[tag])):
            relation = values.get("rel", "")
            if relation in ("canonical", "alternate", "prev", "next"):
                return
            self.page.parts.append(part)


def read(text: str) -> Page:
    """The page of a text in HTML."""
    reader = _Reader()
    reader.feed(text)
    return reader.page


def faults(site: Path) -> Iterator[str]:
    """What does not resolve in the site, and parts that are another host's, page by page."""
    pages = {path.resolve(): read(path.read_text("utf-8")) for path in site.rglob("*.html")}
    for path, page in sorted(pages.items()):
        if path.name == "404.html":  # its links are absolute, for any folder
            continue
        name = path.relative_to(site.resolve()).as_posix()
        for part in page.parts:
            if urlsplit(part).netloc:
                yield f"{name}: is made of {part}"
        for link in [*page.links, *page.parts]:
            to = urlsplit(link)
            if to.scheme or to.netloc:
                continue
            there = (path.parent / unquote(to.path)).resolve() if to.path else path
            there = there / "index.html" if there.is_dir() else there
            if not there.exists():
                yield f"{name}: there is no {link}"
            elif there in pages and unquote(to.fragment) not in {"", *pages[there].anchors}:
                yield f"{name}: there is no anchor {link}"
