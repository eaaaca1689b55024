"""What the contract's service levels say of one table: when it is loaded, and how old it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portwright.model import Field, Model, Object, SlaProperty
from portwright.promises import Kind, is_of, kind_of, timestamp

_OFTEN = frozenset({Kind.FREQUENCY})
_AGES = frozenset({Kind.LATENCY, Kind.FRESHNESS})


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
    often = [each for each in _named(model, _OFTEN) if is_of(each, object_)]
    ages = [
        (each, field)
        for each in _named(model, _AGES)
        if each.seconds is not None and (field := timestamp(each, object_)) is not None
    ]
    newest = ages[0][1] if ages else None
    of_it = [each for each, field in ages if field is newest]
    return ServiceLevel(
        schedule=next((each.cron for each in (*often, *of_it) if each.cron), None),
        frequency=_seconds(often, Kind.FREQUENCY),
        latency=_seconds(of_it, Kind.LATENCY),
        freshness=_seconds(of_it, Kind.FRESHNESS),
        timestamp=newest,
    )


def _named(model: Model, kinds: frozenset[Kind]) -> Iterator[SlaProperty]:
    return (each for each in model.sla if kind_of(each.property) in kinds)


def _seconds(levels: list[SlaProperty], kind: Kind) -> Decimal | None:
    found = (each.seconds for each in levels if kind_of(each.property) is kind)
    return next((each for each in found if each is not None), None)
