"""Schemas of a document: JSON Schemas whose definitions stand among the document's components."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from portwright.model import Model, Object
from portwright.targets import json_schema

_HERE: Final = "#/$defs/"
_THERE: Final = "#/components/schemas/"


def schemas(model: Model, objects: Iterable[Object]) -> dict[str, object]:
    """The schema of each object's records and of all that these refer to, by name."""
    found: dict[str, object] = {}
    for each in objects:
        whole = json_schema.schema(model, each)
        nested = cast("dict[str, object]", whole.pop("$defs", {}))
        title = str(whole["title"])
        # References are looked up in the document, which an id would take them out of.
        kept = {key: part for key, part in whole.items() if key not in ("$schema", "$id")}
        found |= {name: _moved(part) for name, part in {title: kept, **nested}.items()}
    return found


def _moved(part: Any) -> Any:
    """The part with its references where the definitions are now."""
    match part:
        case {"$ref": str(where)} if where.startswith(_HERE):
            return {**part, "$ref": f"{_THERE}{where.removeprefix(_HERE)}"}
        case dict():
            return {key: _moved(each) for key, each in part.items()}
        case list():
            return [_moved(each) for each in part]
        case _:
            return part
