"""The JSON Schema of `portwright.yaml`: the keys of `config.keys`, each target with its options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portwright.config import keys
from portwright.editors import DRAFT
from portwright.targets import registry
from portwright.targets.options import Kind, Option

_TEXTS: keys.Form = {"type": "array", "items": keys.TEXT}
_FORMS: dict[Kind, keys.Form] = {
    Kind.TEXT: keys.TEXT,
    Kind.FLAG: {"anyOf": [{"type": "boolean"}, keys.VARIABLE]},
    Kind.NUMBER: {"anyOf": [{"type": "integer"}, keys.VARIABLE]},
    Kind.LIST: {"anyOf": [keys.TEXT, _TEXTS]},
    Kind.MAP: {"type": "object"},
}


def document(targets: Iterable[str]) -> dict[str, Any]:
    """The schema of a config that may have these targets."""
    return {
        "$schema": DRAFT,
        "title": "portwright.yaml",
        "description": "What Portwright generates of which contracts, and where to.",
        **_map(keys.CONFIG),
        "anyOf": [{"required": ["contracts", "targets"]}, {"required": ["extends"]}],
        "definitions": {"target": _target(list(targets)), "allowance": _map(keys.ALLOWANCE)},
    }


def _map(known: Iterable[keys.Key]) -> dict[str, Any]:
    """A map with these keys and no others."""
    known = list(known)
    return {
        "type": "object",
        "required": [each.name for each in known if each.needed],
        "properties": {each.name: {"description": each.says, **each.form} for each in known},
        "additionalProperties": False,
    }


def _target(names: list[str]) -> dict[str, Any]:
    """An entry of `targets`; what else it may have follows from the name."""
    own = _map(keys.TARGET)
    del own["additionalProperties"]
    known = {"target": {**keys.word(names), "description": keys.TARGET[0].says}}
    return {
        **own,
        "properties": {**own["properties"], **known},
        "allOf": [made for each in names if (made := _of(each))],
    }


def _of(name: str) -> dict[str, Any] | None:
    """What holds for the target of that name; None where a package has it that cannot be loaded,
    which is told where it is used."""
    try:
        cls = registry.target_class(name)
        options = registry.options(cls)
    except Exception:
        if name in registry.BUILT_IN:
            raise
        return None
    return {
        "if": {"properties": {"target": {"const": name}}, "required": ["target"]},
        "then": {
            "description": cls.summary,
            "required": [each.name for each in options if each.required],
            "properties": {
                **{each: {} for each in keys.names(keys.TARGET)},
                **{each.name: _option(each) for each in options},
            },
            "additionalProperties": False,
        },
    }


def _option(option: Option) -> keys.Form:
    return keys.word(option.choices) if option.choices else _FORMS[option.kind]
