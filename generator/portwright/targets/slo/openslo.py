"""OpenSLO v1: a service, an objective for each promise, and the policies by which somebody is told
(OpenSLO specification, v1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Final

from portwright import names
from portwright.model import Model
from portwright.render import one_line
from portwright.targets.slo import people
from portwright.targets.slo.burning import Burn, burns, rate
from portwright.targets.slo.indicators import Age, Indicator, Ratio, indicators
from portwright.targets.slo.promql import duration
from portwright.targets.slo.series import over
from portwright.targets.slo.terms import Terms

_VERSION: Final = "openslo/v1"
# Names are those of Kubernetes (RFC 1123); OpenSLO's own library shows no longer ones, either.
_LONGEST: Final = 63
# What a ratio's counters are looked at over: who reads the document takes its own window.
_WINDOW: Final = "5m"


def documents(model: Model, terms: Terms) -> list[dict[str, object]]:
    """All of a contract; none where it promises nothing that has a budget."""
    found = list(indicators(model, terms))
    if not found:
        return []
    service = name(names.versioned(names.kebab(model.name), model))
    said = {"description": one_line(model.purpose)[:1050]} if model.purpose else {}
    whole: dict[str, object] = _document("Service", service, one_line(model.name), said)
    made = [whole, *_target(model, service)]
    for each in found:
        policies = [*_policies(model, terms, service, each)]
        made += [_objective(service, each, policies), *policies]
    return made


def name(*parts: str) -> str:
    """A name of Kubernetes; a long one keeps its begin, and what tells it from others."""
    whole = "-".join(parts).replace("_", "-")
    if len(whole) <= _LONGEST:
        return whole
    return f"{whole[: _LONGEST - 9]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _document(kind: str, called: str, shown: str, spec: object) -> dict[str, object]:
    metadata = {"name": called, "displayName": _short(shown)}
    return {"apiVersion": _VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _objective(
    service: str, indicator: Indicator, policies: list[dict[str, object]]
) -> dict[str, object]:
    called = name(service, indicator.name)
    target = float(indicator.objective / 100)
    slices = isinstance(indicator.measure, Age)
    spec = {
        "description": f"{indicator.promise.object.name}: {indicator.goal}"[:1050],
        "service": service,
        "indicator": {
            "metadata": {"name": name(service, indicator.name, "sli")},
            "spec": _sli(indicator),
        },
        "timeWindow": [{"duration": _shorthand(indicator.promise.window), "isRolling": True}],
        "budgetingMethod": "Timeslices" if slices else "Occurrences",
        "objectives": [{"displayName": indicator.goal, **_threshold(indicator), "target": target}],
        "alertPolicies": [{"alertPolicyRef": _name_of(each)} for each in policies],
    }
    return _document("SLO", called, indicator.name, spec)


def _sli(indicator: Indicator) -> dict[str, object]:
    match indicator.measure:
        case Age(age=age):
            return {"thresholdMetric": _source(age)}
        case Ratio(bad=bad, total=total):
            return {
                "ratioMetric": {
                    "counter": False,
                    "bad": _source(over(bad, _WINDOW)),
                    "total": _source(over(total, _WINDOW)),
                }
            }


def _shorthand(seconds: Decimal) -> str:
    """A length of time: there are no seconds in OpenSLO's, so it is in whole minutes."""
    return duration(60 * (seconds / 60).to_integral_value(ROUND_CEILING))


def _threshold(indicator: Indicator) -> dict[str, object]:
    """A minute is bad as soon as its newest is too old."""
    if not isinstance(indicator.measure, Age):
        return {}
    limit = float(indicator.measure.seconds)
    return {"op": "lte", "value": limit, "timeSliceTarget": 1.0, "timeSliceWindow": "1m"}


def _source(query: str) -> dict[str, object]:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}


def _policies(
    model: Model, terms: Terms, service: str, indicator: Indicator
) -> Iterator[dict[str, object]]:
    """One for each pair of windows: a policy has one condition."""
    targets = [{"targetRef": _name_of(each)} for each in _target(model, service)]
    for urgent in (True, False):
        severity = terms.urgent(indicator.promise.sla) if urgent else terms.slow
        for burn, _ in burns(indicator, urgent=urgent):
            called = name(service, indicator.name, burn.long)
            condition = _document(
                "AlertCondition",
                called,
                f"{burn.share:%} of the budget in {burn.long}",
                {"severity": severity, "condition": _condition(burn, indicator)},
            )
            del condition["apiVersion"]
            yield _document(
                "AlertPolicy",
                called,
                f"{indicator.name}, {burn.long}",
                {
                    "alertWhenBreaching": True,
                    "alertWhenResolved": False,
                    "alertWhenNoData": False,
                    "conditions": [condition],
                    "notificationTargets": targets,
                },
            )


def _condition(burn: Burn, indicator: Indicator) -> dict[str, object]:
    return {
        "kind": "burnrate",
        "op": "gt",
        "threshold": float(rate(burn, indicator.promise.window)),
        "lookbackWindow": burn.long,
        "alertAfter": burn.short,
    }


def _target(model: Model, service: str) -> Iterator[dict[str, object]]:
    """Where somebody is told: the contract's first channel."""
    owner = model.owner or model.name
    tool = model.support[0].tool if model.support else None
    said = next(people.support(model), one_line(owner))
    spec = {"description": said[:1050], "target": one_line(tool or "pager")}
    yield _document("AlertNotificationTarget", name(service, "target"), one_line(owner), spec)


def _name_of(document: dict[str, object]) -> object:
    metadata = document["metadata"]
    assert isinstance(metadata, dict)
    return metadata["name"]
