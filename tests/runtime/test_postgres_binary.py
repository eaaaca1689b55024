"""PostgreSQL reads what is written for it in its binary form, at the ends of every type."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from portwright_runtime.warehouses import postgres_binary

NAMED = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


@pytest.fixture(scope="module")
def server(postgres_server: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_server) as connection:
        connection.execute("SET timezone = 'UTC'")
        yield connection


def decimals(precision: int, scale: int) -> list[Decimal]:
    wholes = [0, 1, -1, 10_000 % 10**precision, 10**precision - 1, 1 - 10**precision]
    with localcontext(prec=precision):
        return [Decimal(each).scaleb(-scale) for each in wholes]


DECIMALS = [(1, 0), (1, 1), (4, 4), (5, 1), (12, 2), (18, 9), (19, 0)]
DECIMALS += [(38, scale) for scale in (0, 3, 5, 37, 38)]
CASES: list[tuple[str, Any, list[Any]]] = [
    ("boolean", pa.bool_(), [True, False]),
    ("smallint", pa.int16(), [-(2**15), 2**15 - 1]),
    ("smallint", pa.uint8(), [0, 255]),
    ("integer", pa.int32(), [-(2**31), 2**31 - 1]),
    ("bigint", pa.uint32(), [0, 2**32 - 1]),
    ("bigint", pa.int64(), [-(2**63), 2**63 - 1]),
    ("real", pa.float32(), [0.0, -1.5, 1024.5]),
    ("double precision", pa.float64(), [5e-324, -1.7976931348623157e308]),
    ("text", pa.string(), ["", "a", "ä\n\t\\N,\"'" * 5_000]),
    ("varchar(3)", pa.string(), ["", "äöü"]),
    ("char(2)", pa.string(), ["ab"]),
    ("bytea", pa.binary(), [b"", b"\0\xff", bytes(100_000)]),
    ("uuid", pa.binary(), [NAMED.bytes, bytes(16)]),
    ("date", pa.date32(), [dt.date.min, dt.date(1999, 12, 31), dt.date.max]),
    ("time", pa.time64("us"), [dt.time.min, dt.time.max]),
    ("timestamp", pa.timestamp("us"), [dt.datetime.min, dt.datetime.max]),
    (
        "timestamptz",
        pa.timestamp("us", "UTC"),
        [each.replace(tzinfo=dt.UTC) for each in (dt.datetime.min, dt.datetime.max)],
    ),
    ("jsonb", pa.string(), ["{}", '{"a": [1, null]}', "null"]),
    *((f"numeric({p},{s})", pa.decimal128(p, s), decimals(p, s)) for p, s in DECIMALS),
    ("integer[]", pa.list_(pa.int32()), [[], [1], [1, None, 3], [None]]),
    ("text[]", pa.list_(pa.string()), [[], [""], ["a", None, 'b"\\{},']]),
    ("numeric(5,2)[]", pa.list_(pa.decimal128(5, 2)), [[], [Decimal("1.50"), None]]),
    ("real[]", pa.list_(pa.float32(), 2), [[1.0, 2.0], [0.0, -1.0]]),
    ("date[]", pa.list_(pa.date32()), [[dt.date(2026, 1, 1)]]),
]


def told(type_: str, value: Any) -> Any:
    """As psycopg reads it."""
    if value is None:
        return None
    return uuid.UUID(bytes=value) if type_ == "uuid" else value


@pytest.mark.parametrize(("type_", "arrow", "values"), CASES, ids=[f"{t} {a}" for t, a, _ in CASES])
@pytest.mark.parametrize("part", [slice(None), slice(1, None), slice(0, 0)])
def test_values_arrive_as_they_are(
    server: psycopg.Connection[Any], type_: str, arrow: Any, values: list[Any], part: slice
) -> None:
    absent = [None, *values, None]
    for given in (values, absent):
        batch = pa.record_batch([pa.array(given, arrow), pa.array(given, arrow)], names=["a", "b"])
        batch = batch.slice(part.start or 0, part.stop)
        with server.transaction(force_rollback=True):
            found = sent(server, [type_, type_], batch)
        expected = [told(type_, each) for each in given[part]]
        assert [a for a, _ in found] == [b for _, b in found] == expected


def sent(server: psycopg.Connection[Any], types: list[str], batch: Any) -> list[Any]:
    names = [f"c{at}" for at in range(len(types))]
    columns = ", ".join(f"{n} {t}" for n, t in zip(names, types, strict=True))
    server.execute(f"CREATE TEMP TABLE sent ({columns})".encode())
    with server.cursor().copy("COPY sent FROM STDIN (FORMAT binary)") as copy:
        copy.write(postgres_binary.START)
        copy.write(postgres_binary.rows(batch, types))
        copy.write(postgres_binary.END)
    # JSON as its text, which tells a null of it from none.
    shown = ", ".join(
        f"{n}::text AS {n}" if t == "jsonb" else n for n, t in zip(names, types, strict=True)
    )
    return server.execute(f"SELECT {shown} FROM sent ORDER BY ctid".encode()).fetchall()


def test_numbers_of_128_bits_cross_in_halves(server: psycopg.Connection[Any]) -> None:
    half = postgres_binary.HALF
    values = [0, 1, -1, half, -half, half - 1, 2**127 - 1, -(2**127), 2**128 - 1, None]
    parts = [
        (
            None
            if each is None
            else {
                name: Decimal(part if each >= 0 else -part)
                for name, part in zip(("high", "low"), divmod(abs(each), half), strict=True)
            }
        )
        for each in values
    ]
    struct = pa.struct([("high", pa.decimal128(20, 0)), ("low", pa.decimal128(20, 0))])
    with server.transaction(force_rollback=True):
        batch = pa.record_batch([pa.array(parts, struct)], names=["a"])
        found = sent(server, ["numeric(39, 0)"], batch)
    assert [each for (each,) in found] == values
