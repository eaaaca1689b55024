"""Lineage of loads: events of OpenLineage, as a server takes them."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
import pytest

from portwright_runtime.errors import ContractViolation, WarehouseError
from portwright_runtime.load_command import _noted
from portwright_runtime.loading import lineage
from portwright_runtime.loading.watching import added
from portwright_runtime.warehouse import Measure
from portwright_runtime.warehouses import places
from portwright_runtime.warehouses.delta import DeltaWarehouse
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support.tables import Loader, order, orders_table

from .test_loader import Recording, failing

# What openlineage.io/spec/2-0-2/OpenLineage.json asks of a run event.
FACETS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["_producer", "_schemaURL"],
        "properties": {
            "_producer": {"type": "string", "format": "uri"},
            "_schemaURL": {"type": "string", "format": "uri"},
        },
    },
}
NAMED = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {
        "namespace": {"type": "string"},
        "name": {"type": "string"},
        "facets": FACETS,
        "outputFacets": FACETS,
    },
}
RUN_EVENT = {
    "type": "object",
    "required": ["eventTime", "eventType", "producer", "schemaURL", "run", "job", "outputs"],
    "properties": {
        "eventTime": {"type": "string", "format": "date-time"},
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "producer": {"type": "string", "format": "uri"},
        "schemaURL": {"type": "string", "format": "uri"},
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {"runId": {"type": "string", "format": "uuid"}, "facets": FACETS},
        },
        "job": NAMED,
        "outputs": {"type": "array", "items": NAMED},
    },
}


class Marquez:
    """A server that takes events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        events = self.events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                events.append({"path": self.path, **json.loads(body)})
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def told(self) -> list[dict[str, Any]]:
        """The events, each of which is as the specification has it."""
        checker = jsonschema.FormatChecker()
        for each in self.events:
            jsonschema.validate(each, RUN_EVENT, format_checker=checker)
        return self.events


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """The client sets variables of its own."""
    with mock.patch.dict(os.environ):
        for each in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
            del os.environ[each]
        yield


@pytest.fixture
def marquez(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Marquez]:
    found = Marquez()
    # Where no repository is whose facts the client would add.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OPENLINEAGE_URL", found.url)
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "shop")
    yield found
    found.close()


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return Loader(DuckDBWarehouse(tmp_path / "shop.duckdb"), orders_table())


def test_a_load_is_a_run_whose_output_is_the_table(
    marquez: Marquez, loader: Loader, tmp_path: Path
) -> None:
    with added(_noted([], date(2026, 11, 22))):
        loader.load([order(1), order(2)], load_id="monday")
    start, complete = marquez.told()
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["path"] == "/api/v1/lineage"
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert (start["job"]["namespace"], start["job"]["name"]) == ("shop", "checkout.orders")
    nominal = complete["run"]["facets"]["nominalTime"]
    assert nominal["nominalStartTime"] == "2026-11-22T00:00:00+00:00"
    assert nominal["nominalEndTime"] == "2026-11-23T00:00:00+00:00"
    [output] = complete["outputs"]
    assert output["namespace"] == f"duckdb://{tmp_path}/shop.duckdb"
    assert output["name"] == "shop.sales.orders"
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 2
    facets = output["facets"]
    assert facets["version"]["datasetVersion"] == "monday"
    assert [(each["key"], each["value"]) for each in facets["tags"]["tags"]] == [
        ("contract", "checkout"),
        ("contract_version", "1.2.0"),
    ]
    fields = [(each["name"], each["type"]) for each in facets["schema"]["fields"]]
    assert fields == [("order_id", "string"), ("total", "decimal128(12, 2)"), ("card", "string")]
    assert assertions(complete) == {
        ("order_id", "must not be null"): "held",
        ("total", "must not be null"): "held",
        ("total", "must be ≥ 0"): "held",
        ("order_id", "must be unique"): "held",
        ("card", "must be unique"): "held",
    }
    assert not start["outputs"][0]["outputFacets"]


def assertions(event: dict[str, Any]) -> dict[tuple[str, str], str]:
    [output] = event["outputs"]
    found = output["facets"].get("dataQualityAssertions", {"assertions": []})
    return {
        (each.get("column", ""), each["assertion"]): (
            "held" if each["success"] else each["severity"]
        )
        for each in found["assertions"]
    }


def test_each_try_is_a_run_and_what_is_there_has_no_rows(marquez: Marquez, loader: Loader) -> None:
    loader.load([order(1)], load_id="1")
    loader.load([order(2)], load_id="1")
    first, _, _, again = marquez.told()
    assert again["eventType"] == "COMPLETE"
    assert again["run"]["runId"] != first["run"]["runId"]
    assert not again["outputs"][0]["outputFacets"]


def test_a_load_that_breaks_the_contract_fails(marquez: Marquez, loader: Loader) -> None:
    with pytest.raises(ContractViolation) as raised:
        loader.load([order(1, -1), order(2, card="4111"), order(3, card="4111")], load_id="1")
    fail = marquez.told()[-1]
    assert fail["eventType"] == "FAIL"
    assert fail["run"]["facets"]["errorMessage"]["message"] == str(raised.value)
    assert "4111" not in json.dumps(marquez.events)
    assert assertions(fail) == {
        ("total", "must be ≥ 0"): "error",
        ("card", "must be unique"): "error",
    }


def test_what_was_borne_is_told(marquez: Marquez, tmp_path: Path) -> None:
    measures = (Measure("", "rowCount must be > 5", "count(*) > 5", whole=True, blocks=False),)
    table = orders_table(measures=measures)
    loader = Loader(DuckDBWarehouse(tmp_path / "shop.duckdb"), table)
    loader.load([order(1, -1), order(2)], load_id="1", on_bad_rows="quarantine")
    told = assertions(marquez.told()[-1])
    assert told["total", "must be ≥ 0"] == "warn"
    assert told["", "rowCount must be > 5"] == "warn"
    assert [*told.values()].count("held") == 4


@pytest.mark.parametrize(
    ("error", "type_"), [(ValueError("no 4111"), "FAIL"), (KeyboardInterrupt("4111"), "ABORT")]
)
def test_the_words_of_a_source_are_not_told(
    error: BaseException, type_: str, marquez: Marquez, loader: Loader
) -> None:
    with pytest.raises(type(error)):
        loader.load(failing(error), load_id="1")
    fail = marquez.told()[-1]
    assert fail["eventType"] == type_
    assert fail["run"]["facets"]["errorMessage"]["message"] == type(error).__name__
    assert "4111" not in json.dumps(marquez.events)


def test_a_load_that_cannot_begin_fails(marquez: Marquez, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    loader = Loader(DuckDBWarehouse(tmp_path / "file" / "shop.duckdb"), orders_table())
    with pytest.raises(WarehouseError):
        loader.load([], load_id="1")
    assert [each["eventType"] for each in marquez.told()] == ["START", "FAIL"]


def test_the_run_that_started_it_is_its_parent(
    marquez: Marquez, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = "01941f29-7c00-7087-8906-40e512c257bd"
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", f"airflow://here/dag.task/{run}")
    loader.load([order(1)], load_id="1")
    parent = marquez.told()[0]["run"]["facets"]["parent"]
    assert parent["run"]["runId"] == run
    assert (parent["job"]["namespace"], parent["job"]["name"]) == ("airflow://here", "dag.task")


# ------------------------------------------------------------------------ none


@pytest.mark.parametrize(
    "transport",
    [
        {"type": "http", "url": "http://127.0.0.1:1", "retry": {"total": 0}},
        {"type": "http"},
        {"type": "pigeon"},
    ],
)
def test_a_server_that_is_away_fails_no_load(
    transport: Any,
    loader: Loader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", json.dumps(transport))
    caplog.set_level(logging.WARNING, logger=lineage.logger.name)
    assert loader.load([order(1)], load_id="1").rows == 1
    assert [each for each in caplog.messages if each.startswith("lineage is not told: ")]


def test_a_package_that_is_missing_fails_no_load(
    marquez: Marquez, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "portwright_runtime.loading.openlineage", raising=False)
    monkeypatch.setitem(sys.modules, "openlineage.client", None)
    Loader(Recording(), orders_table()).load([order(1)], load_id="1")
    [line] = [each for each in caplog.messages if "lineage" in each]
    assert "pip install 'portwright-runtime[lineage]'" in line
    assert marquez.events == []


def test_nothing_is_sent_where_nothing_is_set_up(
    marquez: Marquez, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    Loader(Recording(), orders_table()).load([order(1)], load_id="1")
    monkeypatch.delenv("OPENLINEAGE_DISABLED")
    monkeypatch.delenv("OPENLINEAGE_URL")
    Loader(Recording(), orders_table()).load([order(1)], load_id="1")
    assert marquez.events == []
    assert not lineage._is_set_up()
    Path("openlineage.yml").write_text("transport: {type: noop}\n")
    assert lineage._is_set_up()


# ---------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("url", "namespace", "name"),
    [
        ("postgresql://me:secret@db:6543/shop", "postgres://db:6543", "shop.sales.orders"),
        ("postgresql://one,two/shop", "postgres://one:5432", "shop.sales.orders"),
        ("postgresql:///shop?host=/run", "postgres://localhost:5432", "shop.sales.orders"),
        ("postgresql://", "postgres://of-the-environment:5432", "of-me.sales.orders"),
    ],
)
def test_tables_of_postgres_by_the_naming_of_openlineage(
    url: str, namespace: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("PGPORT", "PGDATABASE", "PGSERVICE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PGHOST", "of-the-environment")
    monkeypatch.setenv("PGUSER", "of-me")
    assert places.named(places.postgres(url), ("sales", "orders")) == (namespace, name)


def test_names_have_a_database_and_a_schema() -> None:
    place = ("x://y", ("shop", "public"))
    assert places.named(place, ("orders",)) == ("x://y", "shop.public.orders")
    assert places.named(place, ("else", "sales", "orders")) == ("x://y", "else.sales.orders")
    assert places.named(("bigquery", ()), ("p", "d", "t")) == ("bigquery", "p.d.t")


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("/data/lake", ("file", "/data/lake/sales/orders")),
        ("file:///data/lake", ("file", "/data/lake/sales/orders")),
        ("s3://bucket/lake", ("s3://bucket", "lake/sales/orders")),
        ("s3a://bucket", ("s3://bucket", "sales/orders")),
        ("gs://bucket/a/b", ("gs://bucket", "a/b/sales/orders")),
    ],
)
def test_tables_of_files_by_the_naming_of_openlineage(root: str, expected: tuple[str, str]) -> None:
    assert DeltaWarehouse(root).dataset(orders_table()) == expected
