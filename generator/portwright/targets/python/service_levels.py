"""What the contract's service levels say of one table: when it is loaded, and how old it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portwright.model import Date, Field, Model, Object, SlaProperty, Timestamp

_FREQUENCY = frozenset({"frequency", "fy"})
_LATENCY = frozenset({"latency", "ly"})
_FRESHNESS = frozenset({"freshness"})


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The schedule of cron, the seconds between two loads, and those that the newest value of
    `timestamp` may be old: when it is loaded, and at any time."""

    schedule: str | None = None
    frequency: Decimal | None = None
    latency: Decimal | None = None
    freshness: Decimal | None = None
    timestamp: Field | None = None


def service_level(model: Model, object_: Object) -> ServiceLevel:
    """What is promised of the object's table; of two promises of one kind the first."""
    often = [each for each in _named(model, _FREQUENCY) if _is_of(each, object_)]
    ages = [
        (each, field)
        for each in _named(model, _LATENCY | _FRESHNESS)
        if each.seconds is not None and (field := _timestamp(each, object_)) is not None
    ]
    timestamp = ages[0][1] if ages else None
    of_it = [each for each, field in ages if field is timestamp]
    return ServiceLevel(
        schedule=next((each.cron for each in (*often, *of_it) if each.cron), None),
        frequency=_seconds(often, _FREQUENCY),
        latency=_seconds(of_it, _LATENCY),
        freshness=_seconds(of_it, _FRESHNESS),
        timestamp=timestamp,
    )


def _named(model: Model, properties: frozenset[str]) -> Iterator[SlaProperty]:
    return (each for each in model.sla if _name(each) in properties)


def _name(sla: SlaProperty) -> str:
    return sla.property.strip().lower()


def _seconds(levels: list[SlaProperty], properties: frozenset[str]) -> Decimal | None:
    found = (each.seconds for each in levels if _name(each) in properties)
    return next((each for each in found if each is not None), None)


def _elements(sla: SlaProperty) -> set[str]:
    return {name for each in (sla.element or "").split(",") if (name := each.strip())}


def _is_of(sla: SlaProperty, object_: Object) -> bool:
    """Whether the object, or a part of it, is among the elements; without any, all are."""
    called = {object_.name, object_.table}
    parts = {f"{table}.{name}" for table in called for name in _fields(object_)}
    written = _elements(sla)
    outer = {".".join(each.split(".")[:2]) for each in written}
    return not written or bool((called | parts) & (written | outer))


def _timestamp(sla: SlaProperty, object_: Object) -> Field | None:
    """The field that an element `object.property` names, where it tells a time."""
    elements = _elements(sla)
    for name, field in _fields(object_).items():
        called = {f"{table}.{name}" for table in (object_.name, object_.table)}
        if called & elements and isinstance(field.type, Date | Timestamp):
            return field
    return None


def _fields(object_: Object) -> dict[str, Field]:
    """The fields by all their names."""
    fields = object_.record.fields
    return {each.column: each for each in fields} | {each.name: each for each in fields}
