"""Reading promises: to which objects a service level belongs, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from portwright.model import Date, Field, Model, Object, SlaProperty, Timestamp
from portwright.model.levels import Kind, kind_of

# What the standard has no words for: the share of cases, in percent, and the seconds it is over.
OBJECTIVE: Final = Decimal(99)
WINDOW: Final = Decimal(28 * 86_400)

_PERCENT: Final = frozenset({"%", "percent", "percentage", "pct", "prozent"})
_SHARES: Final = frozenset({Kind.AVAILABILITY, Kind.ERROR_RATE, Kind.COMPLETENESS})


@dataclass(frozen=True, slots=True)
class Promise:
    """A service level of one object.

    `seconds` is there for lengths of time, `share` (0 to 1) for availability, error rate and
    completeness. `field` is the property that tells how old a record is, where the contract names
    one. It is kept in `objective` percent of cases over `window` seconds.
    """

    sla: SlaProperty
    kind: Kind
    object: Object
    field: Field | None = None
    seconds: Decimal | None = None
    share: Decimal | None = None
    objective: Decimal = OBJECTIVE
    window: Decimal = WINDOW


def promises(
    model: Model, objective: Decimal = OBJECTIVE, window: Decimal = WINDOW
) -> Iterator[Promise]:
    """What is promised of each object, objects first, then in the order of the contract.
    `objective` and `window` are those of service levels that have none of their own."""
    for object_ in model.objects:
        for sla in model.sla:
            if is_of(sla, object_):
                kind = kind_of(sla.property)
                yield Promise(
                    sla,
                    kind,
                    object_,
                    timestamp(sla, object_),
                    sla.seconds,
                    _share(sla) if kind in _SHARES else None,
                    sla.objective or objective,
                    sla.window or window,
                )


def elements(sla: SlaProperty) -> set[str]:
    """What the service level is about, as written."""
    return {name for each in (sla.element or "").split(",") if (name := each.strip())}


def is_of(sla: SlaProperty, object_: Object) -> bool:
    """Whether the object, or a part of it, is among the elements; without any, all are."""
    called = {object_.name, object_.table, object_.topic, object_.id} - {None, ""}
    parts = {f"{name}.{field}" for name in called for field in _fields(object_)}
    written = elements(sla)
    outer = {".".join(each.split(".")[:2]) for each in written}
    return not written or bool((called | parts) & (written | outer))


def timestamp(sla: SlaProperty, object_: Object) -> Field | None:
    """The field that an element `object.property` names, where it tells a time."""
    written = elements(sla)
    for name, field in _fields(object_).items():
        called = {f"{each}.{name}" for each in (object_.name, object_.table, object_.topic)}
        if called & written and isinstance(field.type, Date | Timestamp):
            return field
    return None


def _fields(object_: Object) -> dict[str, Field]:
    """The fields by all their names."""
    fields = object_.record.fields
    return {each.column: each for each in fields} | {each.name: each for each in fields}


def _share(sla: SlaProperty) -> Decimal | None:
    """The value as a share: `99.9` of `%`, or `0.999` without a unit. None where it is none."""
    text, unit = str(sla.value).strip(), (sla.unit or "").strip().lower()
    if text.endswith("%"):
        text, unit = text.removesuffix("%").strip(), "%"
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0 or (unit and unit not in _PERCENT):
        return None
    share = number / 100 if unit or number > 1 else number
    return share if share <= 1 else None
