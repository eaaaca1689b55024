"""Loading a hundred thousand rows and five million: how fast, and with how much memory.

    python -m bench many

Each in a process of its own, into an empty table, from mappings that are made on the way: the port,
what is written by hand, which checks nothing, and dlt.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from checkout_port import tables

from bench.load import COUNT, into_duckdb, into_postgres, order, refund, seconds, with_dlt
from portwright_runtime.warehouse import Table
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from portwright_runtime.warehouses.postgres import postgres_warehouse
from support import postgres
from support.tables import Loader

MANY = int(os.environ.get("PORTWRIGHT_BENCH_MANY", "5000000"))
SHAPES = {"flat": (tables.REFUNDS_TABLE, refund), "nested": (tables.ORDERS_TABLE, order)}
# dlt would take a quarter of an hour for millions.
MANY_FOR_DLT = 200_000


def main() -> None:
    """Prints speed and most memory of processes that load rows which are made on the way."""
    for engine in ("duckdb", "postgres"):
        for shape in SHAPES:
            for count in (COUNT, MANY):
                for side in ("by hand", "port", "dlt"):
                    if side == "dlt" and count > MANY_FOR_DLT:
                        continue
                    which = ["one", engine, shape, side, str(count)]
                    done = subprocess.run(
                        [sys.executable, "-m", "bench.many", *which],
                        stdout=subprocess.PIPE,
                        text=True,
                        check=True,
                    )
                    said = done.stdout.strip().split("\n")[-1]
                    print(f"{engine:8} {shape:6} {count:10,} {side:8} {said}", flush=True)


def made(shape: str, count: int) -> Iterator[dict[str, Any]]:
    """Mappings that differ in their keys alone, so that making them takes little."""
    table, make = SHAPES[shape]
    [key] = table.primary_key
    some = [make(number).model_dump() for number in range(1000)]
    of = (lambda n: n) if key == "refund_id" else (lambda n: uuid.UUID(int=n))
    return (some[n % 1000] | {key: of(n)} for n in range(count))


def one(engine: str, shape: str, side: str, count: int) -> None:
    """Loads so many rows in this process, and prints how fast, and the most memory that it took."""
    table, _ = SHAPES[shape]
    rows = made(shape, count)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if engine == "duckdb":
            place = str(folder / "bench.duckdb")
        else:
            programs = postgres.binaries()
            assert programs is not None, "no PostgreSQL server is installed"
            place = stack.enter_context(postgres.running(programs))
        taken = seconds(lambda: work(engine, side, table, place, rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count / taken:10,.0f} rows/s {peak:8,.0f} MiB")


def work(engine: str, side: str, table: Table[Any], place: str, rows: Iterator[Any]) -> None:
    match engine, side:
        case _, "dlt":
            with_dlt(engine, place, rows)
        case "duckdb", "port":
            Loader(DuckDBWarehouse(place), table).load(rows, load_id="1")
        case "postgres", "port":
            Loader(postgres_warehouse(place), table).load(rows, load_id="1")
        case "duckdb", _:
            with duckdb.connect(place) as connection:
                for statement in table.dialects["duckdb"].create:
                    connection.execute(statement)
                while some := [*islice(rows, 65_536)]:
                    into_duckdb(connection, table, some, replace=False)
        case _:
            with psycopg.connect(place, autocommit=True) as admin:
                for statement in table.dialects["postgres"].create:
                    admin.execute(statement)
            into_postgres(place, table, rows)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["one", engine, shape, side, count]:
            one(engine, shape, side, int(count))
        case _:
            main()
