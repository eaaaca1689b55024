"""Grafana: a dashboard a contract, of what its rules record and its runtime measures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portwright.model import Model, Object, Port, support
from portwright.render import one_line
from portwright.targets.slo import people
from portwright.targets.slo.indicators import indicators
from portwright.targets.slo.promql import selector
from portwright.targets.slo.rules import BUDGET, recorded
from portwright.targets.slo.series import Series, over
from portwright.targets.slo.terms import Terms

_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_HALF, _HEIGHT, _LOW = 12, 8, 5
# What Grafana would read as a variable, in a text of the contract.
_VARIABLE: Final = re.compile(r"\$(?=[\w{])|\[(?=\[)")
_LOOKALIKE: Final = {"$": "\uff04", "[": "\uff3b"}


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of one kind: each a query and the words of its legend."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str
    kind: str = "timeseries"


def document(model: Model, terms: Terms) -> dict[str, object]:
    """The dashboard, as Grafana imports it."""
    identity = f"{model.id} {model.major}".encode("utf-8", "surrogatepass")
    return {
        "uid": f"portwright-{hashlib.sha256(identity).hexdigest()[:24]}",
        "title": shown(f"{model.name} v{model.major}"),
        "description": shown(_about(model)),
        "tags": ["portwright"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "1m",
        "timezone": "browser",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [_source_variable()]},
        "panels": _placed([*_promised(model, terms), *_of_objects(model, terms)]),
    }


def shown(text: str) -> str:
    """A text of the contract that has no variable in it."""
    return _VARIABLE.sub(lambda found: _LOOKALIKE[found[0]], one_line(text))


def _about(model: Model) -> str:
    parts = (model.purpose, model.owner, *people.support(model))
    return " · ".join(filter(None, parts))


def _source_variable() -> dict[str, object]:
    return {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}


def _promised(model: Model, terms: Terms) -> Iterator[Panel]:
    """What is left of each budget, and how soon support ends."""
    found = [
        (recorded(model, BUDGET, each), shown(f"{each.promise.object.name}: {each.goal}"))
        for each in indicators(model, terms)
    ]
    if found:
        yield Panel("Budget that is left", tuple(found), "percentunit", "stat")
        yield Panel("Budgets over time", tuple(found), "percentunit")
    if any(True for _ in support.ends(model)):
        major = ("portwright_major", str(model.major))
        labels = (("portwright_contract", model.name), major, *terms.select)
        metric = selector("portwright_end_of_support_timestamp_seconds", labels)
        query = f"min by (portwright_object) ({metric}) - time()"
        yield Panel("Until support ends", ((query, "{{portwright_object}}"),), "s", "stat")


def _of_objects(model: Model, terms: Terms) -> Iterator[Panel]:
    for each in model.objects:
        series = Series(model, each, terms.select)
        if Port.STREAM in each.ports:
            yield from _stream(series)
        if Port.TABLE in each.ports:
            yield from _table(series, each)


def _stream(series: Series) -> Iterator[Panel]:
    name = shown(series.object.name)
    outcomes = "sum by (messaging_consumer_group_name, portwright_outcome)"
    consumed = f"{outcomes} (rate({series.consumed()}[$__rate_interval]))"
    legend = "{{messaging_consumer_group_name}} {{portwright_outcome}}"
    dead = series.consumed('portwright_outcome="dead-lettered"')
    letters = f"sum by (messaging_consumer_group_name) (increase({dead}[$__rate_interval]))"
    quantiles = ((series.latency_quantile(q), f"{q * 100:g} %") for q in (0.5, 0.95, 0.99))
    yield Panel(f"{name}: latency to the stream", tuple(map(_query, quantiles)), "s")
    failed = 'error_type!=""'
    sent = ((series.sent(), "sent"), (series.sent(failed), "failed"), (series.invalid(), "refused"))
    yield Panel(f"{name}: messages", tuple(map(_query, sent)), "ops")
    outbox = (
        (series.outbox("portwright_outbox_rows"), "waiting"),
        (series.outbox("portwright_outbox_dead"), "put aside"),
    )
    yield Panel(f"{name}: outbox", outbox, "short")
    oldest = series.outbox("portwright_outbox_oldest_seconds")
    yield Panel(f"{name}: oldest in the outbox", ((oldest, "oldest"),), "s")
    yield Panel(f"{name}: consumers", ((consumed, legend),), "ops")
    group = "{{messaging_consumer_group_name}}"
    yield Panel(f"{name}: dead letters", ((letters, group),), "short")


def _table(series: Series, object_: Object) -> Iterator[Panel]:
    name = shown(object_.name)
    ages = ((series.loaded(), "last load"), (series.newest_row(), "newest row"))
    since = tuple((f"time() - {moment}", legend) for moment, legend in ages)
    yield Panel(f"{name}: age of the table", since, "s")
    rows = series.of_object("portwright_load_rows_total")
    query = f"sum by (portwright_outcome) (increase({rows}[$__rate_interval]))"
    yield Panel(f"{name}: rows of loads", ((query, "{{portwright_outcome}}"),), "short")


def _query(pair: tuple[str, str]) -> tuple[str, str]:
    return over(pair[0], "$__rate_interval"), pair[1]


def _placed(panels: list[Panel]) -> list[dict[str, object]]:
    """The panels in two columns."""
    placed, top = [], 0
    for number in range(0, len(panels), 2):
        pair = panels[number : number + 2]
        height = _LOW if all(each.kind == "stat" for each in pair) else _HEIGHT
        for column, each in enumerate(pair):
            at = {"x": column * _HALF, "y": top, "w": _HALF, "h": height}
            placed.append(_panel(each, number + column + 1, at))
        top += height
    return placed


def _panel(panel: Panel, id: int, at: dict[str, int]) -> dict[str, object]:
    targets = [
        {
            "refId": f"Q{number}",
            "datasource": _SOURCE,
            "expr": query,
            "legendFormat": legend,
            "instant": panel.kind == "stat",
            "range": panel.kind != "stat",
        }
        for number, (query, legend) in enumerate(panel.queries)
    ]
    return {
        "id": id,
        "type": panel.kind,
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": at,
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": targets,
    }
