"""Alerts without a budget: what has to be there or to move, and is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portwright.model import Model, Object, Port, SlaProperty
from portwright.oversight.lengths import span
from portwright.promises import Kind, promises
from portwright.targets.slo.indicators import often
from portwright.targets.slo.people import soon
from portwright.targets.slo.promql import number, selector
from portwright.targets.slo.series import Series, over
from portwright.targets.slo.terms import Terms
from portwright.targets.slo.times import of_day

# Seconds that something is wrong before it is told, where the contract has no `timeToDetect`.
_DETECT: Final = Decimal(300)
# How long an event may wait in the outbox where the contract promises no latency.
_WAIT: Final = Decimal(300)
_DAY: Final = 86_400
_HOUR: Final = Decimal(3_600)


@dataclass(frozen=True, slots=True)
class Alert:
    """`expression` holds for `wait` seconds. `summary` has no user text but the object's name."""

    name: str
    expression: str
    wait: Decimal
    severity: str
    summary: str
    object: Object | None = None
    port: Port | None = None
    sla: SlaProperty | None = None


def alerts(model: Model, terms: Terms) -> Iterator[Alert]:
    """Those of every object, then those of the relay."""
    for each in model.objects:
        series = Series(model, each, terms.select)
        if Port.STREAM in each.ports:
            yield from _of_stream(model, series, terms)
        if Port.TABLE in each.ports:
            yield from _of_table(model, series, terms)
    if any(Port.STREAM in each.ports for each in model.objects):
        yield _relay(model, terms)


def _of_stream(model: Model, series: Series, terms: Terms) -> Iterator[Alert]:
    object_, wait = series.object, _wait(model, series.object)
    sla = _level(model, object_, Kind.LATENCY)
    most = (sla.seconds if sla else None) or _WAIT
    oldest = series.outbox("portwright_outbox_oldest_seconds")
    at = (object_, Port.STREAM)
    yield Alert(
        "PortwrightOutboxStuck",
        f"{oldest} > {number(most)}",
        wait,
        terms.urgent(sla),
        f"the outbox holds events of {object_.name} for longer than {span(most)}",
        *at,
        sla,
    )
    yield Alert(
        "PortwrightOutboxDead",
        f"{series.outbox('portwright_outbox_dead')} > 0",
        wait,
        terms.slow,
        f"the relay put aside events that no broker takes, maybe of {object_.name}",
        *at,
    )
    dead = series.consumed('portwright_outcome="dead-lettered"')
    yield Alert(
        "PortwrightDeadLetters",
        over(
            f"sum by (messaging_consumer_group_name) (increase({dead}[{{{{window}}}}])) > 0", "1h"
        ),
        Decimal(0),
        terms.slow,
        f"a consumer put events of {object_.name} aside",
        *at,
    )
    level = _level(model, object_, Kind.FREQUENCY)
    if Port.TABLE not in object_.ports and level is not None and (gap := often(model, object_)):
        yield Alert(
            "PortwrightNothingPublished",
            f"time() - {series.newest_event()} > {number(gap)}",
            wait,
            terms.urgent(level),
            f"the newest event of {object_.name} is older than {span(gap)}",
            *at,
            level,
        )


def _of_table(model: Model, series: Series, terms: Terms) -> Iterator[Alert]:
    object_, at = series.object, (series.object, Port.TABLE)
    level = _level(model, object_, Kind.FREQUENCY)
    if gap := often(model, object_):
        late = soon(model, object_, Kind.TIME_TO_DETECT) or min(_HOUR, gap / 10)
        yield Alert(
            "PortwrightNotLoaded",
            f"time() - {series.loaded()} > {number(gap)}",
            late,
            terms.urgent(level),
            f"the last load of {object_.name} is longer ago than {span(gap)}",
            *at,
            level,
        )
        loaded = series.of_object("portwright_load_last_success_seconds")
        yield Alert(
            "PortwrightLoadUnknown",
            f"absent({loaded})",
            max(gap, _HOUR),
            terms.slow,
            f"nothing tells when {object_.name} was last loaded",
            *at,
            level,
        )
    for promise in promises(model):
        second = of_day(promise.sla.value)
        if (
            promise.object.name == object_.name
            and promise.kind is Kind.TIME_OF_AVAILABILITY
            and second is not None
        ):
            yield Alert(
                "PortwrightNotThereInTime",
                f"{series.loaded()} < time() - (time() - {second}) % {_DAY} - {_DAY}",
                soon(model, object_, Kind.TIME_TO_DETECT) or Decimal(60),
                terms.urgent(promise.sla),
                f"{object_.name} was not loaded in the day before"
                f" {second // 3600:02}:{second // 60 % 60:02} UTC",
                *at,
                promise.sla,
            )


def _relay(model: Model, terms: Terms) -> Alert:
    """One that was there within a week, and is not, or tells that it does not reach the outbox. Who
    publishes without a relay never had one."""
    up = selector("portwright_relay_up", terms.select)
    return Alert(
        "PortwrightRelayDown",
        f"max(max_over_time({up}[7d])) unless max({up}) == 1",
        _wait(model, None),
        terms.urgent(),
        "no relay empties the outbox",
    )


def _wait(model: Model, object_: Object | None) -> Decimal:
    return soon(model, object_, Kind.TIME_TO_DETECT) or _DETECT


def _level(model: Model, object_: Object, kind: Kind) -> SlaProperty | None:
    """The first service level of that kind of the object."""
    found = (
        each.sla
        for each in promises(model)
        if each.object.name == object_.name and each.kind is kind
    )
    return next(found, None)
