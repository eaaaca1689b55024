"""Two major versions beside each other: what the text of each needs for that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portwright import source
from portwright.comparing.editing import Draft, EditError
from portwright.nodes import Mapping, Scalar, Sequence

_END = "endOfSupport"


def renamed(top: Mapping, draft: Draft, old: int, new: int) -> None:
    """Gives each physical name the new major version, and each subject of a registry: under the old
    names the old version goes on. What has no such name is called after its version anyway."""
    for object_ in _maps(top.get("schema")):
        names = [object_.get("physicalName")]
        for each in _maps(object_.get("customProperties")):
            mark = each.get("property")
            if isinstance(mark, Scalar) and mark.text == "schemaSubject":
                names.append(each.get("value"))
        for name in names:
            if isinstance(name, Scalar) and name.text:
                draft.replace(name, _versioned(name.text, old, new))


def _versioned(name: str, old: int, new: int) -> str:
    """The name with its major version; with one more, where it has none."""
    found = re.fullmatch(rf"(.*[._-][vV]){old}((?:-value|-key)?)", name, re.DOTALL)
    if found:
        return f"{found[1]}{new}{found[2]}"
    if re.fullmatch(rf".*[._-][vV]{new}(?:-value|-key)?", name, re.DOTALL):
        return name
    stem, divider, kind = name, "", ""
    if name.endswith(("-value", "-key")):
        stem, divider, kind = name.rpartition("-")
    return f"{stem}{'-' if '-' in stem else '_'}v{new}{divider}{kind}"


def ended(text: str, version: str, end: str | None) -> str:
    """The text of the old major version, whose last minor one says that it is deprecated, and until
    when it is supported."""
    top, _ = source.parse(text, "", {})
    at = top.get("version") if isinstance(top, Mapping) else None
    if not isinstance(top, Mapping) or not isinstance(at, Scalar):
        raise EditError("write the `version` of the old one")
    draft = Draft(text)
    draft.replace(at, version)
    status = top.get("status")
    if not isinstance(status, Scalar):
        draft.add_entry(top, "version", "status", "deprecated")
    elif status.text != "retired":
        draft.replace(status, "deprecated")
    if end:
        _end(top, draft, end)
    return draft.text()


def _end(top: Mapping, draft: Draft, end: str) -> None:
    levels = top.get("slaProperties")
    said = f"{{property: {_END}, value: {end}}}"
    for each in _maps(levels):
        mark, value = each.get("property"), each.get("value")
        if isinstance(mark, Scalar) and mark.text == _END:
            if not isinstance(value, Scalar):
                raise EditError(f"write the `value` of its {_END}: {end}")
            draft.replace(value, end)
            return
    if isinstance(levels, Sequence) and levels.items:
        draft.add_item(levels, said)
    elif levels is None:
        draft.append(f"slaProperties:\n  - {said}\n")
    else:
        raise EditError(f"add `{said}` to its slaProperties")


def _maps(node: object) -> Iterator[Mapping]:
    for each in node.items if isinstance(node, Sequence) else ():
        if isinstance(each, Mapping):
            yield each
