"""Indicators: what of a promise can be counted, and how often it may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portwright import names
from portwright.model import Model, Object, Port
from portwright.oversight.lengths import span
from portwright.promises import Kind, Promise, promises
from portwright.schedules import longest_gap
from portwright.targets.slo.series import BUCKETS, Series
from portwright.targets.slo.terms import Terms


@dataclass(frozen=True, slots=True)
class Ratio:
    """Bad of all cases (OpenSLO's Occurrences). Both are over `[{{window}}]`."""

    bad: str
    total: str


@dataclass(frozen=True, slots=True)
class Age:
    """Minutes in which something is too old (OpenSLO's Timeslices): `seconds` since `moment`."""

    moment: str
    seconds: Decimal

    @property
    def age(self) -> str:
        return f"time() - {self.moment}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One promise of one port of an object. `name` is its own in the contract, `objective` in
    percent; `goal` says in words what is good."""

    name: str
    promise: Promise
    port: Port
    measure: Ratio | Age
    objective: Decimal
    goal: str

    @property
    def budget(self) -> Decimal:
        """The share of cases that may be bad."""
        return 1 - self.objective / 100


def indicators(model: Model, terms: Terms) -> Iterator[Indicator]:
    """Those of all promises, objects first. Names count up where two would be the same."""
    taken: dict[str, int] = {}
    for promise in promises(model, terms.objective, terms.window):
        for port in promise.object.ports:
            found = measured(model, promise, port, terms)
            if found is None:
                continue
            measure, objective, goal = found
            name = "-".join((names.kebab(promise.object.name), port.value, _word(promise.kind)))
            taken[name] = taken.get(name, 0) + 1
            again = f"-{taken[name]}" if taken[name] > 1 else ""
            yield Indicator(f"{name}{again}", promise, port, measure, objective, goal)


Measured = tuple[Ratio | Age, Decimal, str]


def measured(model: Model, promise: Promise, port: Port, terms: Terms) -> Measured | None:
    """What is measured of a promise at a port, its objective, and what is good; None where it is
    not one that a budget can be kept of."""
    reader = _READERS.get((promise.kind, port))
    found = reader(Series(model, promise.object, terms.select), model, promise) if reader else None
    return found if found is not None and 0 < found[1] < 100 else None


def often(model: Model, object_: Object) -> Decimal | None:
    """The most seconds between two loads: as promised, else the longest gap of the schedule."""
    levels = [each for each in promises(model) if each.object.name == object_.name]
    for each in levels:
        if each.kind is Kind.FREQUENCY and each.seconds is not None:
            # A daily load that does not run at weekends is not late on Sundays.
            gap = longest_gap(each.sla.cron) if each.sla.cron else None
            return max(each.seconds, gap or each.seconds)
    for each in levels:
        if each.kind in _SCHEDULED and each.sla.cron:
            return longest_gap(each.sla.cron)
    return None


def bucket(seconds: Decimal) -> Decimal | None:
    """The greatest bucket that a latency of so many seconds is not less than."""
    return max((each for each in BUCKETS if each <= seconds), default=None)


_SCHEDULED: Final = frozenset({Kind.FREQUENCY, Kind.LATENCY, Kind.FRESHNESS})
# A sum of no series is none, and a sum with none is none.
_NONE: Final = "or vector(0)"
_FAILED: Final = 'error_type!=""'
_REJECTED: Final = 'portwright_outcome="rejected"'


def _latency_of_events(series: Series, _: Model, promise: Promise) -> Measured | None:
    if promise.seconds is None or (bound := bucket(promise.seconds)) is None:
        return None
    total = series.delivered()
    bad = f"{total} - ({series.delivered_within(bound)} {_NONE})"
    goal = f"events are in the stream within {span(bound)}"
    return Ratio(bad, total), promise.objective, goal


def _freshness_of_events(series: Series, _: Model, promise: Promise) -> Measured | None:
    if promise.seconds is None:
        return None
    goal = f"the newest event is no older than {span(promise.seconds)}"
    return Age(series.newest_event(), promise.seconds), promise.objective, goal


def _age_of_rows(series: Series, model: Model, promise: Promise) -> Measured | None:
    if promise.seconds is None:
        return None
    seconds = promise.seconds
    if promise.kind is Kind.LATENCY:
        # Rows get older until the next load.
        gap = often(model, promise.object)
        if gap is None and promise.field is None and Port.STREAM in promise.object.ports:
            return None
        seconds += gap or 0
    # The runtime tells no value that is classified, not even the newest.
    if promise.field is None or not promise.field.public:
        return (
            Age(series.loaded(), seconds),
            promise.objective,
            f"the last load is no longer ago than {span(seconds)}",
        )
    goal = f"the newest row is no older than {span(seconds)}"
    return Age(series.newest_row(), seconds), promise.objective, goal


def _sending(series: Series, _: Model, promise: Promise) -> Measured | None:
    if promise.share is None:
        return None
    failed = f"({series.sent(_FAILED)} {_NONE})"
    return Ratio(failed, series.sent()), promise.share * 100, "messages are taken by the broker"


def _loading(series: Series, model: Model, promise: Promise) -> Measured | None:
    gap = often(model, promise.object)
    if promise.share is None or gap is None:
        return None
    goal = f"the table was loaded within the last {span(gap)}"
    return Age(series.loaded(), gap), promise.share * 100, goal


def _good_events(series: Series, _: Model, promise: Promise) -> Measured | None:
    if promise.share is None:
        return None
    refused = f"({series.invalid()} {_NONE})"
    failed = f"({series.sent(_FAILED)} {_NONE})"
    total = f"({series.sent()} {_NONE}) + {refused}"
    return Ratio(f"{refused} + {failed}", total), _kept(promise), "records get into the stream"


def _good_rows(series: Series, _: Model, promise: Promise) -> Measured | None:
    if promise.share is None:
        return None
    rejected = f"({series.rows(_REJECTED)} {_NONE})"
    return Ratio(rejected, series.rows()), _kept(promise), "rows get into the table"


def _kept(promise: Promise) -> Decimal:
    """The percent of cases that have to be good."""
    share = promise.share or Decimal(0)
    return 100 * (1 - share if promise.kind is Kind.ERROR_RATE else share)


_Reader = Callable[[Series, Model, Promise], Measured | None]
_READERS: Final[Mapping[tuple[Kind, Port], _Reader]] = {
    (Kind.LATENCY, Port.STREAM): _latency_of_events,
    (Kind.LATENCY, Port.TABLE): _age_of_rows,
    (Kind.FRESHNESS, Port.STREAM): _freshness_of_events,
    (Kind.FRESHNESS, Port.TABLE): _age_of_rows,
    (Kind.AVAILABILITY, Port.STREAM): _sending,
    (Kind.AVAILABILITY, Port.TABLE): _loading,
    (Kind.ERROR_RATE, Port.STREAM): _good_events,
    (Kind.ERROR_RATE, Port.TABLE): _good_rows,
    (Kind.COMPLETENESS, Port.STREAM): _good_events,
    (Kind.COMPLETENESS, Port.TABLE): _good_rows,
}


def _word(kind: Kind) -> str:
    return names.kebab(kind.value)
