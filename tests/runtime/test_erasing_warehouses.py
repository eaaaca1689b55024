"""A person in a warehouse: what is found and taken out, on every engine, down to the bytes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portwright.model import Integer, Object, Server, String, Type, Uuid
from portwright_runtime.erasing.subject import wanted
from portwright_runtime.errors import WarehouseError
from portwright_runtime.persons import Person
from support import models, processes, travel
from support.tables import Loader, Order, orders_table

if TYPE_CHECKING:
    import psycopg

    from support.warehouses import Place

CANARY = "canary-7f3a"
WANTED = {"card": CANARY}
FACTS: dict[str, Any] = {"persons": (Person("card", ("card",)),), "unique": ()}


def orders(*cards: str | None, total: int = 1, start: int = 0) -> list[Order]:
    return [
        Order(order_id=f"o{at}", total=Decimal(total), card=card)
        for at, card in enumerate(cards, start)
    ]


def test_a_person_is_no_more(place: Place, tmp_path: Path) -> None:
    port, table = place.orders(**FACTS), orders_table(**FACTS)
    port.load(orders(CANARY, "other", None, CANARY), load_id="1")
    port.load(orders(CANARY, "other", total=2), load_id="2")
    port.load(orders(CANARY, start=7), load_id="3", mode="append")
    warehouse = place.open()
    seen = warehouse.traces(table, WANTED)
    assert (seen.rows, sorted(seen.keys)) == (2, [("o0",), ("o7",)])
    assert place.ids() == ["o0", "o1", "o7"]
    found = warehouse.erase(table, WANTED)
    assert (found.rows, sorted(found.keys)) == (2, [("o0",), ("o7",)])
    assert place.ids() == ["o1"]
    assert traces(place, tmp_path) == []
    again = warehouse.erase(table, WANTED)
    assert (again.rows, again.put_aside, again.copies, again.keys) == (0, 0, 0, ())
    assert not any(CANARY in each for each in (*found.remains, *again.remains))
    assert port.load(orders("another", start=9), load_id="4", mode="append").status == "published"
    assert place.ids() == ["o1", "o9"]


def test_nobody_of_that_name_changes_nothing(place: Place) -> None:
    table = orders_table(**FACTS)
    warehouse = place.open()
    assert warehouse.erase(table, WANTED).rows == 0
    place.orders(**FACTS).load(orders("x", "y"), load_id="1")
    assert warehouse.erase(table, WANTED).rows == 0
    assert place.ids() == ["o0", "o1"]


def test_a_load_that_would_bring_the_person_back_is_not_undone(place: Place) -> None:
    port = place.orders(**FACTS)
    port.load(orders(CANARY, "x"), load_id="1")
    port.load(orders("x", "y", start=4), load_id="2")
    place.open().erase(orders_table(**FACTS), WANTED)
    with pytest.raises(WarehouseError):
        port.roll_back()
    assert place.ids() == ["o4", "o5"]


def test_rows_that_were_put_aside_go_too(place: Place, tmp_path: Path) -> None:
    shown: dict[str, Any] = {
        "columns": tuple(
            type(each)(each.name, each.type, each.property, each.required)
            for each in orders_table().columns
        )
    }
    port, table = place.orders(**FACTS, **shown), orders_table(**FACTS, **shown)
    rows = [*orders("x"), *orders(CANARY, "y", total=-1, start=5)]
    port.load(rows, load_id="1", on_bad_rows="quarantine")
    assert len(place.put_aside()) == 2
    assert place.open().erase(table, WANTED).put_aside == 1
    assert [each[1] for each in place.put_aside()] == [3]
    assert traces(place, tmp_path) == []
    assert place.open().erase(table, WANTED).put_aside == 0


def test_rows_that_do_not_tell_whose_they_are_are_told_of(place: Place) -> None:
    port = place.orders(**FACTS)
    port.load(
        [*orders("x"), *orders(CANARY, total=-1, start=5)], load_id="1", on_bad_rows="quarantine"
    )
    found = place.open().erase(orders_table(**FACTS), WANTED)
    assert found.put_aside == 0
    assert found.remains[0].startswith("1 rows that were put aside do not show whom they are of")


# ------------------------------------------------------------- what names a person

NAMES: dict[str, tuple[Type, list[Any]]] = {
    "whole": (Integer(64), [42, 4, 420]),
    "text": (String(), ['O\'Brien; "Zoë"\\', 'o\'brien; "zoë"\\', 'O\'Brien; "Zoë"']),
    "uuid": (Uuid(), [uuid.UUID(int=each) for each in (2**127, 0, 1)]),
}


@pytest.fixture(scope="module")
def named() -> Iterator[dict[str, Any]]:
    """Tables whose rows are of persons with names of one type each, in a column and inside one."""
    objects = [_named(name, type_) for name, (type_, _) in NAMES.items()]
    servers = (
        Server("analytics", "bigquery", settings=(("project", "project"), ("dataset", "sales"))),
        Server("clicks", "clickhouse", settings=(("database", "sales"),)),
        Server("dwh", "snowflake", settings=(("database", "DWH"), ("schema", "SALES"))),
    )
    with travel.package(models.a_model(*objects, servers=servers)) as module:
        tables = vars(module("tables")).items()
        yield {each.object: each for name, each in tables if name.endswith("_TABLE")}


def _named(name: str, type_: Type) -> Object:
    person = models.field("id", type_, subject=True)
    inside = models.record("buyer", name, "buyer", fields=(person,))
    fields = (
        models.field("n", Integer(32)),
        replace(person, name="by", physical_name=None),
        models.field("buyer", inside),
    )
    return models.an_object(name, name, *fields, primary_key=("n",))


@pytest.mark.parametrize("name", NAMES)
def test_a_person_is_found_by_what_is_typed(place: Place, named: dict[str, Any], name: str) -> None:
    table, [one, *others] = replace(named[name], schema="sales"), NAMES[name][1]
    names = wanted(table.record, [each.path for each in table.persons], str(one))
    assert [*names] == ["by", "buyer.id"]
    things = Loader(place.open(), table)
    rows = [(other, other) for other in others] + [(one, others[0]), (others[1], one)]
    things.load(
        [{"n": n, "by": by, "buyer": {"id": id_}} for n, (by, id_) in enumerate(rows)], load_id="1"
    )
    warehouse = place.open()
    assert sorted(warehouse.traces(table, names).keys) == [("2",), ("3",)]
    assert warehouse.erase(table, names).rows == 2
    assert warehouse.traces(table, names).rows == 0
    left = wanted(table.record, [each.path for each in table.persons], str(others[0]))
    assert sorted(warehouse.traces(table, left).keys) == [("0",)]


# ------------------------------------------------------------------------ bytes


def traces(place: Place, folder: Path) -> list[str]:
    """Where the canary still is: in which files, or in which tables of a server."""
    if place.name in ("bigquery", "snowflake"):  # played by others: what they store is not theirs
        return [each for each in _shown(place, ("orders",)) if CANARY in each]
    if place.name == "postgres":
        return [each for each in _shown(place, _tables(place)) if CANARY in each]
    if place.name == "clickhouse":
        return [each for each in _shown(place, ("orders",)) if CANARY in each]
    return sorted(
        str(each.relative_to(folder))
        for each in folder.rglob("*")
        if each.is_file() and (CANARY.encode() in _plain(each))
    )


def _plain(path: Path) -> bytes:
    """The bytes of a file, and those of what is compressed in it."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        import pyarrow.parquet

        data += str(pyarrow.parquet.ParquetFile(path).read().to_pylist()).encode()
    if path.suffix == ".avro":
        import fastavro

        with path.open("rb") as stream:
            data += str([*fastavro.reader(stream)]).encode()
    return data


def _tables(place: Place) -> Sequence[str]:
    found = place.query("SELECT tablename FROM pg_tables WHERE schemaname = 'sales'")
    return [name for (name,) in found]


def _shown(place: Place, tables: Sequence[str]) -> Iterator[str]:
    for name in tables:
        yield str(place.query(f'SELECT * FROM sales."{name}"'))


# ----------------------------------------------------------------------- killed

# What is not called any more, by engine and step.
_STEPS = {
    ("delta", "committed"): "deltalake.DeltaTable.vacuum",
    ("delta", "cleaned"): "portwright_runtime.warehouses.delta_erasing._without_figures",
    ("iceberg", "committed"): "portwright_runtime.warehouses.iceberg_erasing._alone",
    ("iceberg", "expired"): "pyiceberg.io.pyarrow.PyArrowFileIO.delete",
    ("parquet", "committed"): "portwright_runtime.warehouses.parquet_log.Folder.clean",
}
_KILLED = """
    import os, pkgutil, sys
    from support.tables import orders_table
    from support.warehouses import Place
    from portwright_runtime.persons import Person
    engine, at, step, card, calls = sys.argv[1:]
    owner, _, name = step.rpartition(".")
    owner = pkgutil.resolve_name(owner)
    real, left = getattr(owner, name), int(calls)
    def killed(*given, **named):
        global left
        left -= not named.get("dry_run", False)
        if left < 0:
            os.kill(os.getpid(), 9)
        return real(*given, **named)
    setattr(owner, name, killed)
    table = orders_table(persons=(Person("card", ("card",)),), unique=())
    Place(engine, at).open().erase(table, {"card": card})
"""


@pytest.mark.parametrize(
    ("engine", "step", "calls"),
    [*((*each, 0) for each in _STEPS), ("iceberg", "expired", 1), ("iceberg", "expired", 4)],
)
def test_killed_at_any_step_the_next_leaves_no_byte(
    engine: str, step: str, calls: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    from support.warehouses import place_of

    request.param = engine
    place = place_of(request)
    port = place.orders(**FACTS)
    port.load(orders(CANARY, "other"), load_id="1")
    port.load(orders(CANARY, start=7), load_id="2", mode="append")
    words = (engine, place.at, _STEPS[engine, step], CANARY, calls)
    with processes.program(_KILLED, *words) as victim:
        assert victim.wait(processes.PATIENCE) == -9, processes.complaints(victim)
    assert traces(place, tmp_path) != []
    place.open().erase(orders_table(**FACTS), WANTED)
    assert traces(place, tmp_path) == []
    assert place.ids() == ["o1"]


def test_what_the_planner_knows_of_an_empty_table_is_told(
    postgres: psycopg.Connection[Any],
) -> None:
    from support.warehouses import Place

    place = Place("postgres", postgres.info.dsn)
    place.orders(**FACTS).load(orders(CANARY), load_id="1")
    remains = place.open().erase(orders_table(**FACTS), WANTED).remains
    assert any("values of orders (pg_stats)" in each for each in remains)


def test_no_page_of_postgresql_has_the_person_once_tables_are_written_anew(
    postgres: psycopg.Connection[Any],
) -> None:
    from support.warehouses import Place

    place = Place("postgres", postgres.info.dsn)
    port = place.orders(**FACTS)
    port.load(orders(CANARY, "other", None, CANARY), load_id="1")
    port.load(orders(CANARY, "other", total=2), load_id="2")
    postgres.execute("ANALYZE")  # as the server does by itself, once rows are many
    place.open().erase(orders_table(**FACTS), WANTED)
    shown = postgres.execute("SELECT * FROM pg_stats WHERE schemaname = 'sales'").fetchall()
    assert CANARY not in str(shown)
    postgres.execute("VACUUM FULL")
    postgres.execute("CHECKPOINT")
    [(folder,)] = postgres.execute(
        "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchall()
    files = [each for each in Path(folder).iterdir() if each.is_file()]
    assert files
    assert [each.name for each in files if CANARY.encode() in each.read_bytes()] == []
