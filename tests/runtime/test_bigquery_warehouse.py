"""The warehouse in BigQuery, played by a double of its API for Google's own client: a load is one
script, which is there as a whole or not at all."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portwright_runtime import Deleted
from portwright_runtime.environment import warehouse_opener
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.warehouse import Load
from portwright_runtime.warehouses import bigquery_files, bigquery_sql
from portwright_runtime.warehouses.bigquery import bigquery_warehouse
from portwright_runtime.warehouses.bigquery_url import Address, read_address
from portwright_runtime.warehouses.ledger import Entry, Ledger
from support import googlesql
from support.bigquery_server import Double
from support.tables import CREATE_BIGQUERY, Loader, order, orders_table
from support.warehouses import DOUBLES, Place

CANARY = "4111 1111 1111 1111"
VERSIONS = "SELECT count(*), min(total)::INT, max(total)::INT FROM sales.orders"


@pytest.fixture
def place(bigquery_double: Double) -> Place:
    DOUBLES[bigquery_double.url] = bigquery_double
    return Place("bigquery", bigquery_double.url)


def test_a_client_cut_at_any_change_leaves_a_whole_table(place: Place) -> None:
    double, orders = DOUBLES[place.at], place.orders()
    for version in (1, 2):
        double.patience = 10_000
        rows = [order(n, version) for n in range(5)]
        orders.load(rows, load_id=f"{version}", mode="upsert")
        changes = 10_000 - double.patience
    for cut in range(changes):
        whole, version = version, version + 1
        rows = [order(n, version) for n in range(5)]
        double.patience = cut
        with suppress(WarehouseError):
            orders.load(rows, load_id=f"{version}", mode="upsert")
        double.patience = None
        [(count, least, most)] = place.query(VERSIONS)
        assert count == 5 and least == most and least in (whole, version)
        load = orders.load(rows, load_id=f"{version}", mode="upsert")
        assert load.status == ("unchanged" if least == version else "published")
        assert place.query(VERSIONS) == [(5, version, version)]
    print(f"cut at each of {changes} changes")
    assert changes > 10
    # Nor is anything left of what cannot be undone any more.
    orders.load([order(1)], load_id="last")
    assert len([each for each in place.tables() if "undo" in each]) == 1


@pytest.mark.parametrize("text", ["BEGIN TRANSACTION", "PARQUET"])
def test_an_answer_that_is_lost_is_asked_for(place: Place, text: str) -> None:
    double, orders = DOUBLES[place.at], place.orders(primary_key=(), unique=())
    orders.load([order(1)], load_id="1")
    double.lost = text
    assert orders.load([order(2)], load_id="2", mode="append").status == "published"
    assert double.lost is None
    assert place.ids() == ["o1", "o2"]
    assert orders.load([order(2)], load_id="2", mode="append").status == "unchanged"


def test_what_is_given_up_for_others_is_done_again(place: Place) -> None:
    double, orders = DOUBLES[place.at], place.orders(latest_by="total")
    orders.load([order(1, 5)], load_id="1")
    double.aborts = 3
    load = orders.load([order(1, 4), order(2, 4)], load_id="2", mode="upsert")
    assert double.aborts == 0
    # What was left out is looked up again, too.
    assert (load.rows, load.superseded, load.status) == (1, 1, "published")
    assert place.ids() == ["o1", "o2"]


def test_what_changes_between_two_looks_is_looked_up_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.orders().load([order(1)], load_id="0")
    current = Ledger.current

    def meanwhile(self: Ledger, entry: Entry) -> Entry:
        found = current(self, entry)
        monkeypatch.setattr(Ledger, "current", current)
        place.orders().load([order(2)], load_id="1", mode="append")
        return found

    def records() -> Iterator[Any]:
        yield order(2)
        monkeypatch.setattr(Ledger, "current", meanwhile)

    load = place.orders().load(records(), load_id="1", mode="append")
    assert load.status == "unchanged"
    assert place.ids() == ["o1", "o2"]


def test_what_a_dead_client_sent_is_not_committed_after_another(place: Place) -> None:
    double, orders = DOUBLES[place.at], place.orders(primary_key=(), unique=())
    orders.load([order(1)], load_id="1", mode="append")
    late = [each for each in double.statements if each.startswith("BEGIN TRANSACTION")][-1]
    orders.load([order(2)], load_id="2", mode="append")
    session = place.open()._connect()  # type: ignore[attr-defined]
    with pytest.raises(WarehouseError, match="refuses"):
        session._run(late)
    session.close()
    assert place.ids() == ["o1", "o2"]


def test_of_one_load_at_the_same_time_one_is_published(place: Place) -> None:
    together = threading.Barrier(3)
    loads: list[Load] = []

    def records() -> Iterator[Any]:
        together.wait(30)
        yield from map(order, range(100))

    def run() -> None:
        loads.append(place.orders().load(records(), load_id="1", mode="append"))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(each.status for each in loads) == ["published", "unchanged", "unchanged"]
    assert len(place.ids()) == 100


def test_of_different_loads_at_the_same_time_all_are_published(place: Place) -> None:
    together = threading.Barrier(4)

    def run(number: int) -> None:
        together.wait(30)
        place.orders().load([order(number)], load_id=f"{number}", mode="append")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert place.ids() == ["o0", "o1", "o2", "o3"]
    assert sorted(each for (each,) in place.ledger("token")) == [1, 2, 3, 4]


def test_every_statement_is_googlesql(place: Place) -> None:
    double = DOUBLES[place.at]
    orders = place.orders(partition_key=("card",), latest_by="total", unique=())
    orders.load([order(1), order(2, 2, "a")], load_id="1")
    rows = [order(1, 2), Deleted("o2", at=Decimal(3)), order(3, -1)]
    orders.load(rows, load_id="it's \\", mode="upsert", on_bad_rows="quarantine")
    orders.load([order(4, card="a")], load_id="3", mode="partition")
    orders.load([order(5)], load_id="4", mode="append")
    orders.watermark()
    orders.loads()
    orders.roll_back()
    catalogue = googlesql.Warehouse()
    kinds = {kind for each in dict.fromkeys(double.statements) for kind in catalogue.take(each)}
    assert {"AssertStmt", "DeleteStmt", "InsertStmt", "UpdateStmt", "CreateTableStmt"} <= kinds


def test_rows_change_in_scripts_alone(place: Place) -> None:
    double, orders = DOUBLES[place.at], place.orders()
    orders.load([order(1)], load_id="1")
    double.statements.clear()
    orders.load([order(1, 2), order(2, -1)], load_id="2", on_bad_rows="quarantine", mode="upsert")
    scripts = [each for each in double.statements if each.startswith("BEGIN TRANSACTION;")]
    assert len(scripts) == 2
    for script in scripts:
        _, looks, *changes, end, _ = script.replace(";\n", ";").split(";")
        assert looks.startswith("ASSERT EXISTS") and end == "COMMIT TRANSACTION"
        assert {each.split()[0] for each in changes} <= {"INSERT", "UPDATE", "DELETE"}
    for each in double.statements:
        if each not in scripts and not each.startswith("SELECT"):
            assert "_portwright_" in each or each.startswith("CREATE"), each


@pytest.mark.parametrize("rows", [2, 1_000_000])
def test_hostile_text_arrives_as_it_is(
    place: Place, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(bigquery_files, "_ROWS_A_FILE", rows)
    hostile = ["", '"', "\\", "\n", "\\N", "NULL", "'; DROP TABLE x; --", "é😀", "\t", "null", "?"]
    place.orders().load([order(n, card=text) for n, text in enumerate(hostile)], load_id="1")
    found = dict(place.query("SELECT order_id, card FROM sales.orders"))
    assert [found[f"o{n}"] for n in range(len(hostile))] == hostile


def test_many_rows_come_in_an_upload_of_their_own(place: Place) -> None:
    # What is above five megabytes Google's client sends in another way.
    chance = random.Random(1)
    rows = (order(n, card=chance.randbytes(60).hex()) for n in range(60_000))
    assert place.orders().load(rows, load_id="1").rows == 60_000
    assert place.query("SELECT count(DISTINCT card) FROM sales.orders") == [(60_000,)]


def test_texts_in_statements_are_literals() -> None:
    hostile = ["'", "\\", "\n", "\u2028", '"?"', "`", "'); DROP TABLE x; --", "é😀", "\\'"]
    catalogue = googlesql.Warehouse()
    for text in hostile:
        statement = bigquery_sql.googlesql('SELECT ? AS "a"', (text,))
        assert statement.count("\n") == 0
        assert catalogue.text(statement) == text
    assert bigquery_sql.googlesql('"a``b" IS ?', (None,)) == r"`a\`\`b` IS NULL"
    for statement in ("`VARCHAR` INT64", "VARCHAR INT64", "STRUCT<BIGINT STRING>", "'?'"):
        assert bigquery_sql.googlesql(statement) == statement


def test_a_table_of_another_version_is_an_error_that_says_where(place: Place) -> None:
    double = DOUBLES[place.at]
    for statement in (
        "CREATE SCHEMA IF NOT EXISTS sales",
        CREATE_BIGQUERY.replace("NUMERIC(12, 2)", "NUMERIC(9, 2)"),
    ):
        double.run(statement)
    with pytest.raises(WarehouseError) as raised:
        place.orders().load([order(1)], load_id="1")
    assert "column total is NUMERIC(9, 2) where the contract says NUMERIC(12, 2)" in str(
        raised.value
    )
    assert place.tables() == ["orders"]
    double.run("DROP TABLE sales.orders")
    double.run(CREATE_BIGQUERY.replace("    card STRING(500),\n", ""))
    migration = r"ALTER TABLE `sales`\.`orders` ADD COLUMN `card` STRING\(500\);"
    with pytest.raises(WarehouseError, match=migration):
        place.orders().load([order(1)], load_id="1")


def test_errors_of_data_do_not_show_it(place: Place) -> None:
    place.orders().load([order(1)], load_id="1")
    session = place.open()._connect()  # type: ignore[attr-defined]
    with pytest.raises(WarehouseError, match="refuses a statement on rows") as raised:
        session._run(f"INSERT INTO sales.orders VALUES ('1', CAST('{CANARY}' AS INT64), NULL)")
    assert CANARY not in str(raised.value)
    assert raised.value.__suppress_context__
    session.close()


def test_the_url_names_a_project_and_a_dataset() -> None:
    assert read_address("//p/d?location=EU") == Address("p", "d", "EU")
    assert read_address("//p") == Address("p")
    private = "https://bigquery.p.example"
    assert read_address(f"//p/d?api_endpoint={private}").api_endpoint == private
    for wrong in ("p/d", "//", "//p/d/t", "//joe:sesame@p/d", "//p?key=sesame"):
        with pytest.raises(ConfigurationError) as raised:
            warehouse_opener(f"bigquery:{wrong}")
        assert "sesame" not in str(raised.value)
    with pytest.raises(ConfigurationError, match="begins with https"):
        read_address("//p/d?api_endpoint=http://bigquery.example")


def test_a_table_without_a_dataset_is_in_that_of_the_url(bigquery_double: Double) -> None:
    bigquery_double.run("CREATE SCHEMA usual")
    of_sales = orders_table().dialects["bigquery"]
    create = CREATE_BIGQUERY.replace("sales.", "")
    dialect = replace(of_sales, place=("orders",), create=(create,), create_schema=())
    table = orders_table(schema=None, dialects={**orders_table().dialects, "bigquery": dialect})
    for url, found in (("//p/usual", "p.usual.orders"), ("//p", "p.orders")):
        address = read_address(f"{url}?api_endpoint={bigquery_double.url}")
        assert bigquery_warehouse(address).dataset(table) == ("bigquery", found)
    with pytest.raises(ConfigurationError, match="the table is in no dataset"):
        Loader(bigquery_warehouse(address), table).load([order(1)], load_id="1")


def test_the_table_of_another_project_is_named_by_it(bigquery_double: Double) -> None:
    of_sales = orders_table().dialects["bigquery"]
    dialect = replace(
        of_sales,
        place=("other", "sales", "orders"),
        create=(CREATE_BIGQUERY.replace("sales.", "other.sales."),),
        create_schema=("CREATE SCHEMA IF NOT EXISTS other.sales",),
    )
    table = orders_table(dialects={**orders_table().dialects, "bigquery": dialect})
    warehouse = bigquery_warehouse(read_address(f"//p?api_endpoint={bigquery_double.url}"))
    Loader(warehouse, table).load([order(1)], load_id="1")
    assert warehouse.dataset(table) == ("bigquery", "other.sales.orders")
    written = [each for each in bigquery_double.statements if "CREATE TABLE" in each]
    assert all("`other`.`sales`." in each or "other.sales." in each for each in written)
