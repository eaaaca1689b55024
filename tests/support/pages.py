"""Those who read pages written for elsewhere: Mermaid, MDX, EventCatalog's SDK and its linter."""

from __future__ import annotations

from pathlib import Path

from support import node

_PACKAGES = (
    "mermaid@12.3.0",
    "@eventcatalog/sdk@2.27.1",
    "@eventcatalog/linter@1.1.1",
    "@mdx-js/mdx@3.1.1",
    "remark-gfm@4.0.1",
    "gray-matter@4.0.3",
)


def faults(root: Path) -> list[str]:
    """What they find fault with in the files below a folder, laid out as cases are."""
    return node.run("pages.js", _PACKAGES, root)
