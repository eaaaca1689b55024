"""A person in a warehouse: what is found and taken out, on every engine, down to the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portwright_runtime.errors import WarehouseError
from portwright_runtime.persons import Person
from support.tables import Order, orders_table

if TYPE_CHECKING:
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
