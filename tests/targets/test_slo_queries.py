"""Queries in dashboards and in documents for OpenSLO and Sloth: Prometheus can read each of them.

promtool checks no query alone, so it is asked by rules that record what they find.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from portwright.model import Model
from portwright.render import dump_yaml
from portwright.targets.slo import Slo
from support import corpus, slo_models
from support.prometheus import check_rules


def _of_dashboard(text: str) -> Iterator[str]:
    for panel in json.loads(text)["panels"]:
        yield from (each["expr"] for each in panel["targets"])


def _of_openslo(text: str) -> Iterator[str]:
    yield from (each["query"] for each in _objects(list(yaml.safe_load_all(text)), "query"))


def _of_sloth(text: str) -> Iterator[str]:
    for key in ("error_query", "total_query", "error_ratio_query"):
        yield from (each[key] for each in _objects(yaml.safe_load(text), key))


def _objects(node: Any, key: str) -> Iterator[dict[str, Any]]:
    """All objects in a document that have this key."""
    if isinstance(node, dict):
        if key in node:
            yield node
        yield from (found for each in node.values() for found in _objects(each, key))
    elif isinstance(node, list):
        yield from (found for each in node for found in _objects(each, key))


_QUERIES: Mapping[str, Callable[[str], Iterator[str]]] = {
    "grafana": _of_dashboard,
    "openslo": _of_openslo,
    "sloth": _of_sloth,
}


@pytest.mark.parametrize("format_", _QUERIES)
def test_prometheus_reads_every_query(format_: str, tmp_path: Path) -> None:
    models = [*slo_models.ours().values(), *map(slo_models.hostile, slo_models.HOSTILE)]
    assert _faults(models, format_, tmp_path) == ""


@corpus.needed
@pytest.mark.parametrize("format_", _QUERIES)
def test_prometheus_reads_every_query_for_contracts_of_others(format_: str, tmp_path: Path) -> None:
    assert _faults([each for _, each in corpus.models()], format_, tmp_path) == ""


def test_a_query_that_is_none_is_found(tmp_path: Path) -> None:
    assert _faults_of({"sum(rate(x[5m])"}, tmp_path) != ""


def _faults(models: list[Model], format_: str, folder: Path) -> str:
    files = [file for each in models for file in Slo(format_).emit(each)]
    queries = {query for file in files for query in _QUERIES[format_](file.text)}
    assert queries
    return _faults_of(queries, folder)


def _faults_of(queries: set[str], folder: Path) -> str:
    """Grafana and Sloth write a length of time where they have a variable for it."""
    texts = sorted(queries)
    for variable in ("$__rate_interval", "{{.window}}"):
        texts = [each.replace(variable, "5m") for each in texts]
    recorded = [{"record": f"query:{at}", "expr": text} for at, text in enumerate(texts)]
    path = folder / "queries.yml"
    path.write_text(dump_yaml({"groups": [{"name": "queries", "rules": recorded}]}), "utf-8")
    return check_rules(path)
