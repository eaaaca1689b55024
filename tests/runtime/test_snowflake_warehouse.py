"""The warehouse in Snowflake, played by fakesnow: a load is there as a whole or not at all, though
DDL commits there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from snowflake import connector

from portwright_runtime.environment import warehouse_opener
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.warehouse import Dialect, Load
from portwright_runtime.warehouses.snowflake import SnowflakeSession, snowflake_warehouse
from portwright_runtime.warehouses.snowflake_url import read_options
from support.snowflake import Cloud
from support.tables import Loader, order, orders_table
from support.warehouses import CLOUDS, Place

CANARY = "4111 1111 1111 1111"
VERSIONS = "SELECT count(*), min(total)::INT, max(total)::INT FROM sales.orders"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    CLOUDS[str(tmp_path)] = Cloud()
    return Place("snowflake", str(tmp_path))


def test_a_session_cut_at_any_change_leaves_a_whole_table(place: Place) -> None:
    cloud, orders = CLOUDS[place.at], place.orders()
    for version in (1, 2):
        cloud.statements.clear()
        rows = [order(n, version) for n in range(5)]
        orders.load(rows, load_id=f"{version}", mode="upsert")
    # The session's own tables are nobody else's; what a load asks for changes nothing.
    changes = [at for at, each in enumerate(cloud.statements) if changed(each)]
    for cut in changes:
        whole, version = version, version + 1
        rows = [order(n, version) for n in range(5)]
        cloud.patience = cut
        with suppress(WarehouseError):
            orders.load(rows, load_id=f"{version}", mode="upsert")
        cloud.patience = None
        [(count, least, most)] = place.query(VERSIONS)
        assert count == 5 and least == most and least in (whole, version)
        load = orders.load(rows, load_id=f"{version}", mode="upsert")
        assert load.status == ("unchanged" if least == version else "published")
        assert place.query(VERSIONS) == [(5, version, version)]
    print(f"cut at each of {len(changes)} statements")
    assert len(changes) > 10
    # Nor is anything left of what cannot be undone any more.
    orders.load([order(1)], load_id="last")
    assert len([each for each in place.tables() if "undo" in each]) == 1


def test_a_load_whose_commit_was_not_answered_is_there_once(place: Place) -> None:
    cloud, orders = CLOUDS[place.at], place.orders(primary_key=(), unique=())
    orders.load([order(1)], load_id="1")
    cloud.statements.clear()
    orders.load([order(2)], load_id="2", mode="append")
    commits = [at for at, each in enumerate(cloud.statements, 1) if each == "COMMIT"]
    cloud.statements.clear()
    cloud.lost = commits[-1]
    with pytest.raises(WarehouseError, match="the answer was lost"):
        orders.load([order(3)], load_id="3", mode="append")
    assert orders.load([order(3)], load_id="3", mode="append").status == "unchanged"
    assert place.ids() == ["o1", "o2", "o3"]


def test_a_commit_that_fails_commits_nothing_later(place: Place) -> None:
    cloud, orders = CLOUDS[place.at], place.orders()
    orders.load([order(1)], load_id="1")
    cloud.refused = "COMMIT"
    with pytest.raises(WarehouseError, match="refused"):
        orders.load([order(2)], load_id="2", mode="append")
    assert place.ids() == ["o1"]
    cloud.refused = None
    assert orders.load([order(2)], load_id="2", mode="append").status == "published"
    assert place.ids() == ["o1", "o2"]


def changed(statement: str) -> bool:
    kind = statement.split()[0]
    return kind not in ("SELECT", "DESCRIBE", "USE", "PUT", "COPY") and (
        '"SALES"' in statement or kind == "COMMIT"
    )


@pytest.mark.filterwarnings("ignore:Arrow output")  # of fakesnow, about the DuckDB it is built on
def test_of_one_load_at_the_same_time_one_is_published(place: Place) -> None:
    # DuckDB does not make one schema twice at the same time, as Snowflake does.
    place.orders().load([], load_id="0")
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


def test_rows_change_in_one_transaction_without_ddl(place: Place) -> None:
    cloud, orders = CLOUDS[place.at], place.orders()
    orders.load([order(1)], load_id="1")
    cloud.statements.clear()
    orders.load([order(1, 2), order(2, -1)], load_id="2", on_bad_rows="quarantine", mode="upsert")
    inside = False
    for statement in cloud.statements:
        kind = statement.split()[0]
        if kind in ("BEGIN", "COMMIT"):
            inside = kind == "BEGIN"
        elif inside:
            assert kind in ("SELECT", "INSERT", "UPDATE", "DELETE"), statement
        elif kind not in ("SELECT", "DESCRIBE", "USE", "PUT", "COPY", "CREATE", "DROP"):
            # Outside only what nobody reads: rows on their way, and what is kept no more.
            assert "_portwright_" in statement, statement
    assert cloud.statements.count("BEGIN TRANSACTION") == 2


def test_hostile_text_arrives_as_it_is(place: Place) -> None:
    hostile = ["", '"', "\\", "\n", "\\N", "NULL", "'; DROP TABLE x; --", "é😀", "\t", "null", "?"]
    place.orders().load([order(n, card=text) for n, text in enumerate(hostile)], load_id="1")
    found = dict(place.query("SELECT order_id, card FROM sales.orders"))
    assert [found[f"o{n}"] for n in range(len(hostile))] == hostile


def test_a_table_of_another_version_is_an_error_that_says_where(place: Place) -> None:
    for statement in (
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.orders (order_id VARCHAR, total NUMBER(9, 2), card VARCHAR(500))",
    ):
        place.query(statement)
    with pytest.raises(WarehouseError) as raised:
        place.orders().load([order(1)], load_id="1")
    assert "column TOTAL is NUMBER(9,2) where the contract says NUMBER(12,2)" in str(raised.value)
    assert place.tables() == ["orders"]


def test_errors_of_data_do_not_show_it() -> None:
    session = SnowflakeSession(None)
    for facts in ({"sqlstate": "22000", "errno": 1}, {"errno": 100038}):
        with pytest.raises(WarehouseError, match="refuses a row") as raised, session.failures("so"):
            raise connector.errors.ProgrammingError(msg=f"Value '{CANARY}' is too long", **facts)
        assert CANARY not in str(raised.value)
        assert raised.value.__suppress_context__


def test_the_url_is_that_of_other_tools() -> None:
    assert read_options("//joe:ses%40me@org-acc/DWH/SALES?warehouse=W&role=LOADER") == {
        "account": "org-acc",
        "user": "joe",
        "password": "ses@me",
        "database": "DWH",
        "schema": "SALES",
        "warehouse": "W",
        "role": "LOADER",
    }
    keyed = read_options(
        "//joe@acc/DWH?authenticator=SNOWFLAKE_JWT&private_key_file=%2Fkeys%2Fa.p8"
    )
    assert keyed["private_key_file"] == "/keys/a.p8"
    assert read_options("?connection_name=prod") == {"connection_name": "prod"}
    assert read_options("") == {"connection_name": "default"}
    for wrong in (
        "joe:sesame@acc",
        "//joe:sesame@acc/a/b/c",
        "//joe:sesame@/db",
        "//a?passwd=sesame",
    ):
        with pytest.raises(ConfigurationError) as raised:
            warehouse_opener(f"snowflake:{wrong}")
        assert "sesame" not in str(raised.value)


def test_an_account_that_is_not_to_be_had_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def refuse(**options: Any) -> None:
        given.update(options)
        raise connector.errors.DatabaseError(msg="Incorrect username or password", errno=390100)

    monkeypatch.setattr(connector, "connect", refuse)
    options = read_options("//joe:sesame@acc/DWH")
    with pytest.raises(WarehouseError, match=r"cannot open the warehouse: .*Incorrect") as raised:
        Loader(snowflake_warehouse(options), orders_table()).load([order(1)], load_id="1")
    assert "sesame" not in str(raised.value)
    assert given["password"] == "sesame" and given["paramstyle"] == "qmark"
    # These are the connector's own names.
    from snowflake.connector.connection import DEFAULT_CONFIGURATION

    assert given.keys() <= {*DEFAULT_CONFIGURATION, "application"}


def test_hostile_names_are_names(place: Place) -> None:
    names = ('order"id?', "t % '", "é 😀 c0")
    types = ("VARCHAR", "NUMBER(12, 2)", "VARCHAR(500)")
    quoted = ['"' + each.replace('"', '""') + '"' for each in names]
    columns = ", ".join(f"{name} {type_}" for name, type_ in zip(quoted, types, strict=True))
    table = '"my ""?"" orders"'
    dialect = Dialect(
        place=("SALES", 'my "?" orders'),
        columns=tuple(zip(names, types, strict=True)),
        create_schema=("CREATE SCHEMA IF NOT EXISTS SALES",),
        create=(f"CREATE TABLE IF NOT EXISTS SALES.{table} ({columns})",),
    )
    known = orders_table()
    hostile = orders_table(dialects={**known.dialects, "snowflake": dialect})
    orders = Loader(place.open(), hostile)
    orders.load([order(1), order(2)], load_id="'; DROP TABLE x; --")
    orders.load([order(2, 5), order(3)], load_id="2", mode="upsert")
    question = f"SELECT {quoted[0]}, {quoted[1]}::INT FROM sales.{table} ORDER BY 1"
    assert place.query(question) == [("o1", 1), ("o2", 5), ("o3", 1)]
    orders.roll_back()
    assert place.query(question) == [("o1", 1), ("o2", 1)]
