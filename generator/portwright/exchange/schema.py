"""The JSON Schema of documents of models, made of the same annotations as the documents are."""

from __future__ import annotations

import inspect
from datetime import date
from decimal import Decimal as Number
from enum import StrEnum
from typing import Any

from portwright.exchange.forms import SAFE, VERSION
from portwright.exchange.shape import KINDS, choices, is_class, items, members
from portwright.model import Model

_TITLE = "The models of data contracts, as `portwright model --json` prints them"
_PROMISE = (
    "Within a version keys may be added: pass over those that you do not know. What is read only is"
    " derived from the rest."
)
_UNTYPED = (
    "What the contract gives as it likes. An object whose only key is $decimal, $integer, $float or"
    " $list stands for what JSON has no word for; another key that begins with $ has one $ more."
)


def schema() -> dict[str, object]:
    """The schema, draft 2020-12."""
    definitions: dict[str, object] = {
        "integer": {
            "description": "A number; as text where binary floats would take another.",
            "anyOf": [
                {"type": "integer", "minimum": -SAFE, "maximum": SAFE},
                {"type": "string", "pattern": "^-?[0-9]+$"},
            ],
        },
        "number": {"description": "An exact number in plain digits.", "type": "string"},
        "value": {"description": _UNTYPED},
    }
    top = _of(Model, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _TITLE,
        "description": _PROMISE,
        "type": "object",
        "required": ["version", "models"],
        "properties": {
            "version": {"const": VERSION},
            "models": {"type": "array", "items": top},
        },
        "$defs": dict(sorted(definitions.items())),
    }


def _of(hint: Any, definitions: dict[str, object]) -> dict[str, object]:
    """The schema of what is annotated so; classes it needs are put into the definitions."""
    found = choices(hint)
    if len(found) > 1:
        return {"anyOf": [_of(each, definitions) for each in found]}
    if is_class(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}  # a class may hold itself
            definitions[hint.__name__] = _class(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if (of := items(hint)) is not None:
        if of[-1:] == (...,):
            return {"type": "array", "items": _of(of[0], definitions)}
        parts = [_of(each, definitions) for each in of]
        return {"type": "array", "prefixItems": parts, "items": False, "minItems": len(parts)}
    return _scalar(hint)


def _scalar(hint: Any) -> dict[str, object]:
    if hint is object:
        return {"$ref": "#/$defs/value"}
    if hint is type(None):
        return {"type": "null"}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"$ref": "#/$defs/integer"}
    if hint is Number:
        return {"$ref": "#/$defs/number"}
    if hint is date:
        return {"type": "string", "format": "date"}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [str(each) for each in hint]}
    if hint is str:
        return {"type": "string"}
    raise TypeError(f"a model is annotated with {hint}")


def _class(cls: type[Any], definitions: dict[str, object]) -> dict[str, object]:
    properties: dict[str, dict[str, object]] = {}
    if cls in KINDS:
        properties["kind"] = {"const": KINDS[cls]}
    for each in members(cls):
        made = _of(each.hint, definitions)
        properties[each.name] = made | ({"readOnly": True} if each.derived else {})
    told = _told(cls)
    return {
        **({"description": told} if told else {}),
        "type": "object",
        "required": [*properties],
        "properties": properties,
    }


def _told(cls: type[Any]) -> str:
    """What its docstring says, if somebody wrote one: dataclasses get one that nobody did."""
    text = inspect.cleandoc(cls.__doc__ or "")
    return "" if text.startswith(f"{cls.__name__}(") else " ".join(text.split())
