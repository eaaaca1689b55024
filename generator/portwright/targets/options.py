"""Options of targets: the fields of their classes, and what a config may write for each."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Any

from portwright.diagnostics import nearest


class Kind(StrEnum):
    """What an option is in YAML."""

    TEXT = "text"
    FLAG = "true or false"
    NUMBER = "a whole number"
    LIST = "a list of texts"
    MAP = "a map"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a target, and the field of its class. `choices` is empty where any value will
    do; `default` is what it is otherwise, as a config would write it."""

    name: str
    field: str
    required: bool
    choices: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    default: str | None = None


class Misfit(Exception):
    """A value that an option does not take."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def options(cls: type[Any]) -> list[Option]:
    """The options of a target: the fields its class takes when it is made."""
    if not dataclasses.is_dataclass(cls):
        return []
    hints = _hints(cls)
    return [
        Option(
            each.name.replace("_", "-"),
            each.name,
            each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING,
            tuple(each.metadata.get("choices", ())),
            _kind(hints.get(each.name)),
            _told(each.default),
        )
        for each in dataclasses.fields(cls)
        if each.init and "given" not in each.metadata
    ]


def value(option: Option, given: object, target: str) -> object:
    """What the class gets for a value of the config (text, a tuple or a map); Misfit if it takes
    none such."""
    whose = f"of target `{target}`"
    match option.kind, given:
        case Kind.TEXT, str():
            if option.choices and given not in option.choices:
                help = nearest(given, option.choices) or ", ".join(option.choices)
                raise Misfit(f"`{given}` is no {option.name} {whose}", help)
            return given
        case Kind.FLAG, "true" | "false":
            return given == "true"
        case Kind.NUMBER, str() if given.isdecimal() and given.isascii() and len(given) < 16:
            return int(given)
        case Kind.LIST, str():
            return (given,)
        case Kind.LIST, tuple() if all(isinstance(each, str) for each in given):
            return given
        case Kind.MAP, Mapping():
            return given
        case _:
            raise Misfit(f"the option `{option.name}` {whose} has to be {option.kind}")


def _hints(cls: type[Any]) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except Exception:  # of names that only a type checker has
        return {}


def _kind(hint: Any) -> Kind:
    """What fits the annotation of a field, or of all but None in it."""
    if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union:
        hint, *more = [each for each in typing.get_args(hint) if each is not type(None)]
        if more:
            return Kind.TEXT
    if hint is bool:
        return Kind.FLAG
    if hint is int:
        return Kind.NUMBER
    origin = typing.get_origin(hint) or hint
    if origin is tuple:
        return Kind.LIST
    return Kind.MAP if isinstance(origin, type) and issubclass(origin, Mapping) else Kind.TEXT


def _told(default: object) -> str | None:
    match default:
        case bool():
            return str(default).lower()
        case str() | int() if default != "":
            return str(default)
        case _:
            return None
