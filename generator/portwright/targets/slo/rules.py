"""Rules of Prometheus: what is recorded of each indicator, and what somebody is told of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from portwright.model import Model
from portwright.targets.slo import people
from portwright.targets.slo.alerts import Alert, alerts
from portwright.targets.slo.burning import WINDOWS, Burn, burns
from portwright.targets.slo.indicators import Age, Indicator, Ratio, indicators
from portwright.targets.slo.promql import duration, inert, number, selector
from portwright.targets.slo.series import over
from portwright.targets.slo.terms import Terms

_SLICE: Final = "portwright:sli_bad:slice"
ERRORS: Final = "portwright:sli_error:ratio_rate"
BUDGET: Final = "portwright:slo_error_budget:remaining_ratio"
OBJECTIVE: Final = "portwright:slo_objective:ratio"


def document(model: Model, terms: Terms) -> dict[str, object]:
    """The file of one contract; without groups where there is nothing to watch."""
    found = list(indicators(model, terms))
    groups = [_group(model, terms, each) for each in found]
    plain = [_alert(model, terms, each) for each in alerts(model, terms)]
    groups += [{"name": f"{_prefix(model)} alerts", "rules": plain}] if plain else []
    return {"groups": groups}


def _prefix(model: Model) -> str:
    """What tells the groups of this contract from those of others."""
    return _printable(f"{model.name} {model.id} v{model.major}")


def _printable(text: str) -> str:
    """The text on one line, as a name of a group."""
    return "".join(each if each.isprintable() else " " for each in text)


def identity(model: Model, indicator: Indicator) -> dict[str, str]:
    """The labels of what is recorded of an indicator."""
    return {
        "slo": indicator.name,
        "contract": model.id,
        "major": str(model.major),
        "object": indicator.promise.object.name,
        "port": indicator.port.value,
    }


def recorded(model: Model, metric: str, indicator: Indicator) -> str:
    """A selector of what is recorded of an indicator."""
    return selector(metric, tuple(identity(model, indicator).items())[:3])


def _group(model: Model, terms: Terms, indicator: Indicator) -> dict[str, object]:
    labels = identity(model, indicator)
    rules: list[Mapping[str, object]] = [
        {"record": metric, "expr": expression, "labels": labels}
        for metric, expression in _records(model, indicator)
    ]
    rules += [_burn(model, terms, indicator, urgent=each) for each in (True, False)]
    return {"name": f"{_prefix(model)} {indicator.name}", "rules": [each for each in rules if each]}


def _records(model: Model, indicator: Indicator) -> list[tuple[str, str]]:
    """What is recorded, and how."""
    found: list[tuple[str, str]] = []
    window = duration(indicator.promise.window)
    match indicator.measure:
        case Age(age=age, seconds=seconds):
            found.append((_SLICE, f"({age}) > bool {number(seconds)}"))
            bad = recorded(model, _SLICE, indicator)
            found += [(f"{ERRORS}{each}", f"avg_over_time({bad}[{each}])") for each in WINDOWS]
            spent = f"avg_over_time({bad}[{window}])"
        case Ratio(bad=bad, total=total):
            ratio = f"({bad}) / (({total}) > 0)"
            found += [(f"{ERRORS}{each}", over(ratio, each)) for each in WINDOWS]
            # What was seen in five minutes counts alike, as in Sloth: a month of every series is
            # more than a rule may read.
            short = recorded(model, f"{ERRORS}5m", indicator)
            spent = f"sum_over_time({short}[{window}]) / count_over_time({short}[{window}])"
    found.append((OBJECTIVE, f"vector({number(indicator.objective / 100)})"))
    found.append((BUDGET, f"1 - ({spent}) / {number(indicator.budget)}"))
    return found


def _burn(
    model: Model, terms: Terms, indicator: Indicator, *, urgent: bool
) -> Mapping[str, object]:
    promise = indicator.promise
    pairs = [_both(model, indicator, *each) for each in burns(indicator, urgent=urgent)]
    if not pairs:
        return {}
    name, how = ("Fast", "fast") if urgent else ("Slow", "slowly, and all the time")
    summary = f"{promise.object.name} ({indicator.port}): the budget of {indicator.name} goes {how}"
    texts = {
        "summary": inert(summary),
        "description": inert(
            f"Promised is that in {number(indicator.objective)} % of cases over"
            f" {duration(promise.window)} {indicator.goal}. Failed: "
        )
        + "{{ $value | humanizePercentage }}.",
        **_inert(people.texts(model, promise.object, promise.sla)),
    }
    labels = {
        **people.labels(model, terms, promise.object, indicator.port),
        "slo": indicator.name,
        **_driver(promise.sla.driver),
        "severity": terms.urgent(promise.sla) if urgent else terms.slow,
    }
    return {
        "alert": f"PortwrightBudgetBurns{name}",
        "expr": "\nor\n".join(pairs),
        "labels": _inert(labels),
        "annotations": texts,
    }


def _both(model: Model, indicator: Indicator, burn: Burn, most: Decimal) -> str:
    """The ratio over the long window where it is too great over both."""
    each = (recorded(model, f"{ERRORS}{window}", indicator) for window in (burn.long, burn.short))
    long, short = (f"{ratio} > {number(most)}" for ratio in each)
    return f"({long} and {short})"


def _alert(model: Model, terms: Terms, alert: Alert) -> dict[str, object]:
    labels = {
        **people.labels(model, terms, alert.object, alert.port),
        **_driver(alert.sla.driver if alert.sla else None),
        "severity": alert.severity,
    }
    texts = {"summary": alert.summary, **people.texts(model, alert.object, alert.sla)}
    wait = {"for": duration(alert.wait)} if alert.wait else {}
    return {
        "alert": alert.name,
        "expr": alert.expression,
        **wait,
        "labels": _inert(labels),
        "annotations": _inert(texts),
    }


def _driver(written: str | None) -> dict[str, str]:
    return {"driver": written} if written else {}


def _inert(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: inert(text) for key, text in texts.items()}
