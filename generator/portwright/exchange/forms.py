"""Documents of models: written from the model, and read back into an equal one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal as Number
from decimal import InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from portwright.exchange.shape import CLASSES, KINDS, Member, choices, is_class, items, members
from portwright.model import Model

Made = TypeVar("Made")

VERSION = 1
# Beyond these, a reader that has binary floats alone would take another number.
SAFE = 2**53 - 1


class DocumentError(ValueError):
    """A document that is none of models; the message begins with the place in it."""


def as_document(models: Iterable[Model]) -> dict[str, object]:
    """The models as plain JSON data."""
    return {"version": VERSION, "models": [_written(each, Model) for each in models]}


def read_document(document: object) -> tuple[Model, ...]:
    """The models of a document; keys that are not known are passed over."""
    if not isinstance(document, dict):
        raise DocumentError("the document must be an object")
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise DocumentError(f"version: this reads version {VERSION}, not {version!r}")
    models = document.get("models")
    if not isinstance(models, list):
        raise DocumentError("models: must be an array")
    return tuple(_read(each, Model, f"models[{place}]") for place, each in enumerate(models))


def written(value: object) -> object:
    """A dataclass as plain JSON data, by its annotations."""
    return _written(value, type(value))


def read(data: object, cls: type[Made]) -> Made:
    """An object of the dataclass, from such data; DocumentError where it is of none."""
    made: Made = _read(data, cls, cls.__name__)
    return made


# -------------------------------------------------------------------- writing


def _written(value: Any, hint: Any) -> object:
    if hint is object:
        return _untyped(value)
    if is_class(type(value)):
        cls = type(value)
        told = {"kind": KINDS[cls]} if cls in KINDS else {}
        return told | {
            each.name: _written(getattr(value, each.name), each.hint) for each in members(cls)
        }
    match value:
        case None | bool() | StrEnum():
            return value
        case int():
            return value if abs(value) <= SAFE else str(value)
        case Number():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case tuple():
            return [_written(each, part) for each, part in _parts(value, hint)]
        case _:
            return str(value)


def _parts(value: tuple[Any, ...], hint: Any) -> Iterable[tuple[Any, Any]]:
    """Each item of a tuple with what it is annotated with."""
    of = next(found for each in choices(hint) if (found := items(each)) is not None)
    if of[-1:] == (...,):
        return ((each, of[0]) for each in value)
    return zip(value, of, strict=True)


def _untyped(value: object) -> object:
    """What the contract gives as it likes. What JSON has no word for is an object whose only key
    begins with `$`; keys of the contract that begin so get another one."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= SAFE else {"$integer": str(value)}
        case float():
            return value if value - value == 0 else {"$float": str(value)}
        case Number():
            return {"$decimal": str(value)}
        case list():
            return {"$list": [_untyped(each) for each in value]}
        case tuple():
            return [_untyped(each) for each in value]
        case dict():
            return {_escaped(str(key)): _untyped(each) for key, each in value.items()}
        case _:
            raise TypeError(f"a model holds {type(value).__name__}")


def _escaped(key: str) -> str:
    return f"${key}" if key.startswith("$") else key


# -------------------------------------------------------------------- reading


def _read(data: object, hint: Any, place: str) -> Any:
    if hint is object:
        return _read_untyped(data, place)
    found = choices(hint)
    if data is None and type(None) in found:
        return None
    classes = [each for each in found if is_class(each)]
    if classes:
        return _read_class(data, classes, place)
    for each in found:
        if (of := items(each)) is not None:
            return _read_items(data, of, place)
    return _read_scalar(data, found, place)


def _read_class(data: object, classes: list[type[Any]], place: str) -> Any:
    if not isinstance(data, dict):
        raise DocumentError(f"{place}: must be an object")
    cls = classes[0]
    if cls in KINDS:
        kinds = [KINDS[each] for each in classes if each in KINDS]
        if data.get("kind") not in kinds:
            raise DocumentError(f"{place}.kind: must be one of {', '.join(kinds)}")
        cls = CLASSES[data["kind"]]
    return cls(**{each.name: _member(data, each, place) for each in _own(data, cls)})


def _own(data: dict[str, object], cls: type[Any]) -> Iterable[Member]:
    """What makes an object of the class: what is derived follows from it."""
    own = (each for each in members(cls) if not each.derived)
    return (each for each in own if each.needed or each.name in data)


def _member(data: dict[str, object], member: Member, place: str) -> Any:
    if member.name not in data:
        raise DocumentError(f"{place}: needs `{member.name}`")
    return _read(data[member.name], member.hint, f"{place}.{member.name}")


def _read_items(data: object, of: tuple[Any, ...], place: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise DocumentError(f"{place}: must be an array")
    hints = [of[0]] * len(data) if of[-1:] == (...,) else list(of)
    if len(hints) != len(data):
        raise DocumentError(f"{place}: must have {len(hints)} items")
    pairs = enumerate(zip(data, hints, strict=True))
    return tuple(_read(each, hint, f"{place}[{index}]") for index, (each, hint) in pairs)


def _read_scalar(data: object, found: tuple[Any, ...], place: str) -> Any:
    for each in found:
        if (value := _as(data, each)) is not None:
            return value
    words = [getattr(each, "__name__", str(each)) for each in found if each is not type(None)]
    raise DocumentError(f"{place}: must be {' or '.join(words)}")


def _as(data: object, hint: Any) -> Any:
    """The value of that class, None where it is none."""
    try:
        match data:
            case bool():
                return data if hint is bool else None
            case int() if hint is int:
                return data
            case str() if hint is int:
                return int(data)
            case str() if hint is str:
                return data
            case str() if hint is Number:
                return Number(data)
            case str() if isinstance(hint, type) and issubclass(hint, StrEnum):
                return hint(data)
            case str() if hint is date:
                return date.fromisoformat(data)
            case _:
                return None
    except (ValueError, InvalidOperation):
        return None


def _read_untyped(data: object, place: str) -> object:
    match data:
        case list():
            return tuple(_read_untyped(each, place) for each in data)
        case dict():
            return _read_map(data, place)
        case _:
            return data


def _read_map(data: dict[str, object], place: str) -> object:
    try:
        match data:
            case {"$integer": str(text), **rest} if not rest:
                return int(text)
            case {"$float": str(text), **rest} if not rest:
                return float(text)
            case {"$decimal": str(text), **rest} if not rest:
                return Number(text)
            case {"$list": list(inner), **rest} if not rest:
                return [_read_untyped(each, place) for each in inner]
    except (ValueError, InvalidOperation):
        raise DocumentError(f"{place}: must be a number") from None
    return {
        key[1:] if key.startswith("$$") else key: _read_untyped(each, place)
        for key, each in data.items()
    }
