"""Library rules of quality, as a load measures them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from portwright import lock
from portwright.model import Model
from portwright.targets.ddl import DIALECTS
from portwright.targets.python.measures import measures
from portwright_runtime.errors import ContractViolation
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support import packages
from support.reading import read
from support.tables import Loader

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: orders
    quality: [{object}]
    properties:
      - {{name: id, logicalType: integer, primaryKey: true}}
      - {{name: land, logicalType: string, quality: [{field}]}}
      - {{name: note, logicalType: string}}
"""
ROWS = [
    {"id": 1, "land": "DE", "note": "a"},
    {"id": 2, "land": "DE", "note": "a"},
    {"id": 3, "land": None, "note": "b"},
    {"id": 4, "land": "XX", "note": "it's"},
]


def model(object_: str = "", field: str = "") -> Model:
    found, _ = read(CONTRACT.format(object=object_, field=field))
    assert found is not None
    return lock.apply(found, lock.Lock())[0]


def loader(made: Model, folder: Path) -> Loader:
    module: Any = packages.load(packages.write(made, folder / "package"))
    return Loader(DuckDBWarehouse(folder / "w.duckdb"), module("tables").ORDERS_TABLE)


OBJECT = [
    ("{metric: rowCount, mustBe: 4}", "{metric: rowCount, mustBe: 5}"),
    ("{metric: rowCount, mustBeGreaterThan: 3}", "{metric: rowCount, mustBeGreaterThan: 4}"),
    ("{metric: rowCount, mustBeBetween: [3, 5]}", "{metric: rowCount, mustBeBetween: [4, 9]}"),
    (
        "{metric: rowCount, mustNotBeBetween: [4, 9]}",
        "{metric: rowCount, mustNotBeBetween: [3, 5]}",
    ),
    (
        "{metric: duplicateValues, arguments: {properties: [land, id]}, mustBe: 0}",
        "{metric: duplicateValues, arguments: {properties: [land, note]}, mustBe: 0}",
    ),
]
FIELD = [
    ("{metric: nullValues, mustBeLessOrEqualTo: 1}", "{metric: nullValues, mustBe: 0}"),
    (
        "{metric: nullValues, mustBeLessThan: 26, unit: percent}",
        "{metric: nullValues, mustBeLessThan: 25, unit: percent}",
    ),
    (
        "{metric: missingValues, arguments: {missingValues: [XX]}, mustBe: 1}",
        "{metric: missingValues, arguments: {missingValues: [XX, null]}, mustBe: 1}",
    ),
    (
        '{metric: invalidValues, arguments: {validValues: [DE, "it\'s"]}, mustBe: 1}',
        '{metric: invalidValues, arguments: {validValues: [DE, "it\'s"]}, mustBe: 2}',
    ),
    (
        "{metric: invalidValues, arguments: {pattern: '^[A-Z]{2}$'}, mustBe: 0}",
        "{metric: invalidValues, arguments: {pattern: '^[A-W]{2}$'}, mustBe: 0}",
    ),
    ("{metric: duplicateValues, mustBe: 1}", "{metric: duplicateValues, mustBe: 0}"),
]


@pytest.mark.parametrize(
    ("place", "kept", "broken"),
    [*(("object_", *each) for each in OBJECT), *(("field", *each) for each in FIELD)],
)
def test_a_load_is_measured(place: str, kept: str, broken: str, tmp_path: Path) -> None:
    good = loader(model(**{place: kept}), tmp_path / "good")
    assert good.load(ROWS, load_id="1").rows == 4
    bad = loader(model(**{place: broken}), tmp_path / "bad")
    with pytest.raises(ContractViolation) as raised:
        bad.load(ROWS, load_id="1")
    assert " must " in raised.value.rule and "broken by" not in raised.value.rule
    assert raised.value.path == ("land" if place == "field" else "")


def test_rules_about_the_whole_are_not_asked_of_a_part(tmp_path: Path) -> None:
    orders = loader(model("{metric: rowCount, mustBeGreaterThan: 3}"), tmp_path)
    orders.load(ROWS, load_id="1")
    assert orders.load([{"id": 9}], load_id="2", mode="append").rows == 1
    with pytest.raises(ContractViolation, match="rowCount must be > 3"):
        orders.load([{"id": 9}], load_id="3")
    assert orders.load([{"id": 9}], load_id="3", measured=False).rows == 1


def test_what_is_only_a_warning_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rule = "{name: all lands, metric: nullValues, mustBe: 0, severity: warning}"
    assert loader(model(field=rule), tmp_path).load(ROWS, load_id="1").rows == 4
    assert "orders: land: all lands: nullValues must be 0" in caplog.text


@pytest.mark.parametrize(
    "rule",
    [
        "{metric: rowCount}",
        "{metric: rowCount, mustBe: many}",
        "{metric: rowCount, mustBeBetween: [1]}",
        "{metric: nullValues, mustBe: 0}",
        "{metric: duplicateValues, mustBe: 0}",
        "{metric: duplicateValues, arguments: {properties: [no_such]}, mustBe: 0}",
        "{type: sql, query: SELECT 1, mustBe: 1}",
    ],
)
def test_what_cannot_be_measured_is_left_out(rule: str) -> None:
    [object_] = model(rule).objects
    assert list(measures(object_, DIALECTS["duckdb"])) == []


def test_hostile_values_are_literals(tmp_path: Path) -> None:
    value = "x'); DROP TABLE orders; --"
    rule = f'{{metric: invalidValues, arguments: {{validValues: ["{value}"]}}, mustBe: 4}}'
    [object_] = model(field=rule).objects
    [found] = measures(object_, DIALECTS["duckdb"])
    with duckdb.connect() as connection:
        query = f"SELECT {found.predicate} FROM (SELECT unnest(['a', 'b']) AS land)"
        assert connection.execute(query).fetchall() == [(False,)]
