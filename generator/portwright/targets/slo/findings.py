"""What no rule can be made of, and what is watched more strictly than it is promised."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from portwright.diagnostics import Diagnostic, warning
from portwright.model import Model, Port
from portwright.oversight.lengths import span
from portwright.promises import Kind, Promise, promises
from portwright.targets.slo.burning import never_called
from portwright.targets.slo.indicators import bucket, indicators, measured, often
from portwright.targets.slo.promql import duration, number
from portwright.targets.slo.terms import Terms
from portwright.targets.slo.times import of_day

_AGES: Final = frozenset({Kind.LATENCY, Kind.FRESHNESS})
_SHARES: Final = frozenset({Kind.AVAILABILITY, Kind.ERROR_RATE, Kind.COMPLETENESS})
# Settings, gates and texts of alerts: nothing of them is watched.
_TEXTS: Final = frozenset({Kind.TIME_TO_DETECT, Kind.TIME_TO_NOTIFY, Kind.TIME_TO_REPAIR})
_UNMEASURED: Final = frozenset({Kind.THROUGHPUT, Kind.OTHER})
# Sloth knows these windows without a file of windows of one's own.
_OF_SLOTH: Final = (Decimal(28 * 86_400), Decimal(30 * 86_400))


def find(model: Model, terms: Terms) -> Iterator[Diagnostic]:
    """Every finding about the promises of a contract."""
    found = list(promises(model, terms.objective, terms.window))
    for sla in model.sla:
        of_it = [each for each in found if each.sla is sla]
        if of_it and (told_ := _nothing(model, of_it, terms)):
            code, message, help = told_
            yield warning(code, message, sla.span or model.span, help)
    for each in found:
        yield from _strict(model, each, terms)
    for indicator in indicators(model, terms):
        if never_called(indicator):
            yield warning(
                "PW404",
                f"nobody is called at once about `{indicator.name}`: its budget of"
                f" {number(indicator.budget * 100)} % cannot burn fast enough",
                indicator.promise.sla.span or model.span,
                "raise the objective, or take a longer window",
            )


def windows(model: Model, terms: Terms) -> Iterator[Diagnostic]:
    """A finding for each window that Sloth does not take."""
    for each in indicators(model, terms):
        window = each.promise.window
        if window not in _OF_SLOTH or window != terms.window:
            yield warning(
                "PW405",
                f"Sloth has one window for all, and its own are 28 and 30 days: that of"
                f" `{each.name}` is {duration(window)}",
                each.promise.sla.span or model.span,
                "take the format `prometheus`, or `sloth generate --slo-period-windows-path`",
            )


def _nothing(
    model: Model, of_it: list[Promise], terms: Terms
) -> tuple[str, str, str | None] | None:
    """Why nothing is watched of a service level, of which these are the promises."""
    sla, kind = of_it[0].sla, of_it[0].kind
    name = f"`{sla.property}`"
    if kind in _UNMEASURED:
        return "PW400", f"no rule can be made of {name}: nothing measures it", None
    if kind is Kind.TIME_OF_AVAILABILITY:
        return _time(of_it, name)
    if kind is Kind.FREQUENCY:
        if any(often(model, each.object) for each in of_it):
            return None
        return "PW401", f"{name} does not say how often", "write `value: 1` and `unit: d`, or cron"
    if kind in _TEXTS:
        help = "write `value: 4` and `unit: h`"
        text = f"{name} is no length of time, so no alert tells it"
        return None if of_it[0].seconds is not None else ("PW401", text, help)
    if kind not in _AGES | _SHARES or _is_measured(model, of_it, terms):
        return None
    return _why(of_it, name)


def _is_measured(model: Model, of_it: list[Promise], terms: Terms) -> bool:
    pairs = ((each, port) for each in of_it for port in each.object.ports)
    return any(measured(model, each, port, terms) is not None for each, port in pairs)


def _why(of_it: list[Promise], name: str) -> tuple[str, str, str | None] | None:
    first = of_it[0]
    figure = first.seconds if first.kind in _AGES else first.share
    if figure is None:
        what = "length of time" if first.kind in _AGES else "share, such as 99.9 %"
        return "PW401", f"no rule can be made of {name}: its value is no {what}", None
    if first.kind in _SHARES and figure in (0, 1):
        return _of_no_budget(first.kind, figure, name)
    if first.kind in _AGES:
        return None  # shorter than what the runtime counts: told of each object
    return (
        "PW406",
        f"no rule can be made of {name}: nothing says how often the table is loaded",
        "promise a `frequency`",
    )


def _of_no_budget(kind: Kind, share: Decimal, name: str) -> tuple[str, str, str]:
    """An error rate of 1 without a unit is all, and may be meant as 1 %."""
    if (share == 1) is (kind is Kind.ERROR_RATE):
        message = f"no rule can be made of {name}: it allows that all fail"
        return "PW403", message, "write `value: 1` and `unit: '%'`, if that is meant"
    message = f"no rule can be made of {name}: it allows no failure at all, which leaves no budget"
    return "PW403", message, "promise what can be kept, such as 99.9 %"


def _time(of_it: list[Promise], name: str) -> tuple[str, str, str | None] | None:
    if not any(Port.TABLE in each.object.ports for each in of_it):
        return "PW406", f"no rule can be made of {name}: it is of no table", None
    if of_day(of_it[0].sla.value) is not None:
        return None
    help = "write the time with its distance from UTC, such as 09:00+01:00"
    return "PW401", f"no rule can be made of {name}: its value is no time of the day", help


def _strict(model: Model, promise: Promise, terms: Terms) -> Iterator[Diagnostic]:
    """A finding where the runtime does not count up to exactly what is promised."""
    if promise.kind is not Kind.LATENCY or promise.seconds is None:
        return
    bound = bucket(promise.seconds)
    if Port.STREAM not in promise.object.ports or bound == promise.seconds:
        return
    name = f"`{promise.sla.property}` of {span(promise.seconds)}"
    if bound is None:
        message = f"no rule of the stream can be made of {name}: the runtime counts from 50 ms on"
    else:
        message = f"{name} is watched as {span(bound)}: the runtime counts up to that"
    yield warning("PW402", message, promise.sla.span or model.span)
