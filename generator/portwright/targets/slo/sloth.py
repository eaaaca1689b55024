"""Sloth: a specification `prometheus/v1`, of which `sloth generate` makes rules.

Its window is that of its command line (`--default-slo-period`), and its queries are templates of
Go, which have the window where `{{.window}}` stands.
"""

from __future__ import annotations

from portwright import names
from portwright.model import Model
from portwright.targets.slo import people
from portwright.targets.slo.indicators import Age, Indicator, Ratio, indicators
from portwright.targets.slo.promql import inert, number
from portwright.targets.slo.series import over
from portwright.targets.slo.terms import Terms

_WINDOW = "{{.window}}"


def document(model: Model, terms: Terms) -> dict[str, object] | None:
    """The specification of a contract; None where it promises nothing that has a budget."""
    found = [_slo(model, terms, each) for each in indicators(model, terms)]
    if not found:
        return None
    return {
        "version": "prometheus/v1",
        "service": names.versioned(names.kebab(model.name), model),
        "labels": {"contract": model.id, "major": str(model.major)},
        "slos": found,
    }


def _slo(model: Model, terms: Terms, indicator: Indicator) -> dict[str, object]:
    promise = indicator.promise
    labels = people.labels(model, terms, promise.object, indicator.port)
    labels["slo"] = indicator.name
    summary = f"{promise.object.name}: the budget of {indicator.name} goes"
    texts = {"summary": summary, **people.texts(model, promise.object, promise.sla)}
    return {
        "name": indicator.name,
        "objective": float(indicator.objective),
        "description": f"{promise.object.name}: {indicator.goal}",
        "labels": {"object": promise.object.name, "port": indicator.port.value},
        "sli": _sli(indicator),
        "alerting": {
            "name": "PortwrightBudgetBurns",
            "labels": {key: inert(text) for key, text in labels.items()},
            "annotations": {key: inert(text) for key, text in texts.items()},
            "page_alert": {"labels": {"severity": inert(terms.urgent(promise.sla))}},
            "ticket_alert": {"labels": {"severity": inert(terms.slow)}},
        },
    }


def _sli(indicator: Indicator) -> dict[str, object]:
    match indicator.measure:
        case Ratio(bad=bad, total=total):
            queries = {"error_query": over(bad, _WINDOW), "total_query": over(total, _WINDOW)}
            return {"events": queries}
        case Age(age=age, seconds=seconds):
            late = f"({age}) > bool {number(seconds)}"
            return {"raw": {"error_ratio_query": f"avg_over_time(({late})[{_WINDOW}:1m])"}}
