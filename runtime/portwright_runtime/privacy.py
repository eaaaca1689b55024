"""What of a record is classified: shown as `***` wherever records are shown, and to be asked for.

classified(Order)   {"customer.email": Classified("restricted"), …}
redacted(order)     the order as JSON has it, `***` for each of these: for logs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, get_args

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from portwright_runtime.record import Record

SHOWN: Final = "***"


@dataclass(frozen=True, slots=True)
class Classified:
    """Says of a field, in its annotation, how much its values are guarded: by the contract's word
    for it. The values are of their own type, so that they are worked with as any others are."""

    word: str


class _Hidden:
    """What stands for a value where a record is shown."""

    def __repr__(self) -> str:
        return SHOWN


HIDDEN: Final = _Hidden()


def classified(record: type[Record]) -> Mapping[str, Classified]:
    """The classified fields of a type of records and of those in it, by their paths in the contract
    (`customer.email`). What is below a classified field is as classified, and listed too."""
    return _classified(record)


def redacted(record: Record) -> dict[str, Any]:
    """The record as JSON has it, with `***` for what is classified: for logs."""
    found: dict[str, Any] = record.model_dump(mode="json")
    if _classified(type(record)):
        _hide(found, record)
    return found


def mark(field: FieldInfo) -> Classified | None:
    """What the annotation of a field says of it."""
    return next((each for each in field.metadata if isinstance(each, Classified)), None)


@cache
def hidden_attributes(record: type[Record]) -> frozenset[str]:
    """The attributes of such records that are not shown."""
    return frozenset(name for name, field in record.model_fields.items() if mark(field))


@cache
def _classified(record: type[Record]) -> Mapping[str, Classified]:
    return MappingProxyType(dict(_marks(record)))


def _marks(record: type[Record]) -> Iterator[tuple[str, Classified]]:
    for attribute, field in record.model_fields.items():
        name = field.alias or attribute
        if found := mark(field):
            yield name, found
        for inner in _records(field.annotation):
            yield from ((f"{name}.{path}", each) for path, each in _marks(inner))


def _hide(document: Any, value: Any) -> None:
    """Takes what is classified in a value out of the JSON of it."""
    from portwright_runtime.record import Record

    if isinstance(value, Record):
        hidden = hidden_attributes(type(value))
        for attribute, field in type(value).model_fields.items():
            name = field.alias or attribute
            if attribute in hidden:
                document[name] = SHOWN
            else:
                _hide(document[name], getattr(value, attribute))
    elif isinstance(value, tuple):
        for each, inner in zip(document, value, strict=True):
            _hide(each, inner)
    elif isinstance(value, Mapping):
        # JSON has its entries in the same order.
        for each, inner in zip(document.values(), value.values(), strict=True):
            _hide(each, inner)


def _records(annotation: Any) -> Iterator[type[Record]]:
    """The types of records that an annotation is written with."""
    from portwright_runtime.record import Record

    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
        return
    for each in get_args(annotation):
        yield from _records(each)
