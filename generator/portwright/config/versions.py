"""`version` and `requires`: which Portwright a config is for."""

from __future__ import annotations

import shlex

from portwright import __version__
from portwright.config.keys import VERSION
from portwright.config.nodes import NodeReader
from portwright.nodes import Mapping, Scalar

LATEST = "`pip install --upgrade portwright`"


def is_for_another(top: Mapping, reader: NodeReader) -> bool:
    """Whether the config is for another Portwright than this: what else is wrong with it by this
    one is not told then. What is wrong with its `version` and its `requires` is."""
    needed = _needs_another(top, reader)
    node = top.get("version")
    value = node.value if isinstance(node, Scalar) else None
    value = None if isinstance(value, bool) else value
    span = top.span if node is None else node.span
    if isinstance(value, int) and value > VERSION:
        if not needed:
            message = f"the config is of version {value}; Portwright {__version__} reads version "
            way_out = f"upgrade Portwright: {LATEST}"
            reader.wrong("PW508", f"{message}{VERSION}", span, way_out)
        return True
    if value != VERSION and not needed:
        reader.wrong("PW508", "the config needs `version: 1`", span, "write `version: 1`")
    return needed


def needs_another(extended: Mapping, own: Mapping, reader: NodeReader) -> bool:
    """Whether what a config extends is for another Portwright than this, which is told."""
    return extended.get("requires") is not own.get("requires") and _needs_another(extended, reader)


def _needs_another(top: Mapping, reader: NodeReader) -> bool:
    """Whether `requires` leaves this Portwright out, which is told."""
    node = top.get("requires")
    text = None if node is None else reader.text(node, "`requires`", node.span)
    if text is None:
        return False
    # Costs as much as all else that a config needs, and few configs have it.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(text.text)
    except InvalidSpecifier:
        message = f"`requires` names no versions: `{text.text}`"
        reader.wrong("PW571", message, text.span, "write them as pip does, like `>=0.9,<1`")
        return False
    if wanted.contains(__version__, prereleases=True):
        return False
    written = "".join(text.text.split())
    message = f"this repository requires Portwright {written}, and this is {__version__}"
    way_out = f"install one that it takes: `pip install {shlex.quote(f'portwright{written}')}`"
    reader.wrong("PW570", message, text.span, way_out)
    return True
