"""Loading a table: through the port, with every check, beside bulk paths written by hand, which
check nothing, and dlt. All start from the same rows and replace the same table; they take turns,
and the best of several rounds counts.

`python -m bench many` measures millions.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
from checkout_port import models, tables

from portwright_runtime.loading.batches import batches
from portwright_runtime.warehouse import Table, Warehouse
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from portwright_runtime.warehouses.postgres import postgres_warehouse
from support import postgres
from support.tables import Loader

COUNT = int(os.environ.get("PORTWRIGHT_BENCH_COUNT", "100000"))
ROUNDS = 3
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def refund(number: int) -> models.Refund:
    """A flat record."""
    return models.Refund(
        refund_id=number,
        order_id=uuid.UUID(int=number),
        amount=Decimal(number % 9_000 + 1) / 100,
        reason=models.RefundReason.DAMAGED,
        refunded_at=NOON + dt.timedelta(seconds=number),
        booked_on=NOON.date() if number % 2 else None,
    )


def order(number: int) -> models.Order:
    """A nested record: two lines, a customer and labels."""
    price = Decimal(number % 9_000 + 1) / 100
    line = models.OrderLine(sku=f"sku-{number % 500}", quantity=number % 5 + 1, unit_price=price)
    return models.Order(
        order_id=uuid.UUID(int=number),
        status=models.OrderStatus.PLACED,
        placed_at=NOON + dt.timedelta(seconds=number),
        customer=models.OrderCustomer(customer_id=number + 1, email=f"c{number}@example.org"),
        currency="EUR",
        total=price * 2,
        lines=(line, line),
        attributes={"campaign": "autumn"},
    )


Rows = list[dict[str, Any]]


# ------------------------------------------------------------------- by hand


def into_duckdb(
    connection: duckdb.DuckDBPyConnection, table: Table[Any], rows: Rows, *, replace: bool = True
) -> None:
    """Replaces the table's rows in one transaction, all of them at once, or adds to them."""
    named = [{**each, "order_id": str(each["order_id"])} for each in rows]
    connection.register("batch", pa.Table.from_pylist(named, schema=table.arrow_schema))
    connection.begin()
    if replace:
        connection.execute(f"DELETE FROM {table.name}")
    connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM batch")
    connection.commit()
    connection.unregister("batch")


def arrow_into_duckdb(connection: duckdb.DuckDBPyConnection, table: Table[Any], rows: Any) -> None:
    """The same from Arrow."""
    connection.register("batch", rows)
    connection.begin()
    connection.execute(f"DELETE FROM {table.name}")
    connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM batch")
    connection.commit()
    connection.unregister("batch")


def into_postgres(dsn: str, table: Table[Any], rows: Iterable[dict[str, Any]]) -> None:
    """Replaces the table's rows in one transaction by COPY in its binary form."""
    columns = table.dialects["postgres"].columns
    in_json = {name for name, type_ in columns if type_ == "jsonb"}
    types = [type_.partition("(")[0] for _, type_ in columns]
    names = ", ".join(name for name, _ in columns)
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table.name}")
        statement = f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(
                    [
                        psycopg.types.json.Jsonb(value, dumps) if name in in_json else value
                        for name, value in row.items()
                    ]
                )


def dumps(value: Any) -> str:
    return json.dumps(value, default=str)


# ------------------------------------------------------------------ measuring


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(title: str, count: int, sides: dict[str, Callable[[int], object]], base: str) -> None:
    """Prints rows a second of each side, and how many times that of `base`."""
    best: dict[str, float] = {}
    for turn in range(ROUNDS + 1):
        for name, work in sides.items():
            if turn != 1 and "dlt" in name:
                continue  # it takes too long to wait for three times
            taken = seconds(lambda: work(turn))  # noqa: B023
            if turn:  # in the first round some find an empty table, which is filled faster
                best[name] = min(taken, best.get(name, taken))
    print(f"{title}, {count:,} rows")
    for name, taken in best.items():
        print(f"  {name:38} {count / taken:10,.0f} rows/s   {best[base] / taken:6.2f}")


def port(
    warehouse: Warehouse, table: Table[Any], forms: dict[str, Any]
) -> dict[str, Callable[[int], object]]:
    """Loads of each form of the rows, which keep those of before so that they can be undone; of
    mappings also one that does not, as nothing by hand does."""
    loader = Loader(warehouse, table)

    def side(name: str, keep: int) -> Callable[[int], object]:
        return lambda turn: loader.load(forms[name], load_id=f"{name} {keep} {turn}", keep=keep)

    kept = {f"port, {name}": side(name, 1) for name in forms}
    return {**kept, "port, mappings, keep=0": side("mappings", 0)}


def shapes() -> Iterator[tuple[str, Table[Any], list[Any]]]:
    yield "flat", tables.REFUNDS_TABLE, [*map(refund, range(COUNT))]
    yield "nested", tables.ORDERS_TABLE, [*map(order, range(COUNT))]


def main() -> None:
    """Measures a flat table and a nested one, on each engine."""
    for shape, table, records in shapes():
        rows = [each.model_dump() for each in records]
        in_arrow = pa.Table.from_batches(each.rows for each in batches(table, records))
        forms = {"records": records, "mappings": rows, "Arrow": in_arrow}
        on_duckdb(shape, table, forms)
        on_postgres(shape, table, forms)


def on_duckdb(shape: str, table: Table[Any], forms: dict[str, Any]) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        warehouse = DuckDBWarehouse(folder / "port.duckdb")
        hand = stack.enter_context(duckdb.connect(str(folder / "hand.duckdb")))
        for statement in table.dialects["duckdb"].create:
            hand.execute(statement)
        base = "by hand, mappings, unchecked"
        sides = {
            base: lambda _: into_duckdb(hand, table, forms["mappings"]),
            "by hand, Arrow, unchecked": lambda _: arrow_into_duckdb(hand, table, forms["Arrow"]),
            **port(warehouse, table, forms),
            "dlt": lambda _: with_dlt("duckdb", str(folder / "dlt.duckdb"), forms["mappings"]),
        }
        measure(f"DuckDB, {shape}", COUNT, sides, base)


def on_postgres(shape: str, table: Table[Any], forms: dict[str, Any]) -> None:
    programs = postgres.binaries()
    if programs is None:
        print("no PostgreSQL server is installed: it is not measured")
        return
    with postgres.running(programs) as dsn:
        with psycopg.connect(dsn, autocommit=True) as admin:
            for statement in table.dialects["postgres"].create:
                admin.execute(statement)
        warehouse = postgres_warehouse(dsn)
        base = "by hand, binary COPY, unchecked"
        sides = {
            base: lambda _: into_postgres(dsn, table, forms["mappings"]),
            **port(warehouse, table, forms),
            "dlt": lambda _: with_dlt("postgres", dsn, forms["mappings"]),
        }
        measure(f"PostgreSQL, {shape}", COUNT, sides, base)


def with_dlt(engine: str, place: str, rows: Iterable[dict[str, Any]]) -> None:
    """Replaces the table's rows by dlt."""
    import dlt

    if engine == "duckdb":
        destination = dlt.destinations.duckdb(place)
    else:
        parts = dict(each.split("=", 1) for each in place.split())
        destination = dlt.destinations.postgres(
            f"postgresql://postgres:none@localhost/postgres?host={parts['host']}"
        )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench", destination=destination, dataset_name="with_dlt", pipelines_dir=folder
        )
        pipeline.run(rows, table_name="bench", write_disposition="replace")


if __name__ == "__main__":
    main()
