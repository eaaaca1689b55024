"""Values travel: any record a model allows is taken by the tables of its DDL and comes back."""

from __future__ import annotations

import base64
import datetime as dt
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal as Number
from typing import Any
from uuid import UUID

import duckdb
import psycopg
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from portwright.model import (
    Array,
    Boolean,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Record,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.ddl import DIALECTS, Ddl, checks, columns, qualified, quote
from support import models, records

Row = dict[str, Any]
SOME = settings(
    max_examples=20,
    # A record of a hundred fields shrinks slowly; the assertion names the field.
    phases=[Phase.explicit, Phase.generate],
)


def as_json(type_: Type, value: Any) -> Any:
    """The value in the JSON that the json-schema target describes."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return as_json(inner, value)
        case Array(element):
            return [as_json(element, each) for each in value]
        case Map(key, inner):
            return {json_key(as_json(key, k)): as_json(inner, v) for k, v in value.items()}
        case Record(fields=fields):
            return {each.name: as_json(each.type, value[each.name]) for each in fields}
        case Json() | Vector() | Boolean() | Integer() | Float():
            return value
        case _:
            return scalar_as_json(value)


def json_key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def scalar_as_json(value: Any) -> str:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case dt.date() | dt.time():
            return value.isoformat()
        case Number():
            return format(value, "f")
        case _:
            return str(value)


def walk(type_: Type, value: Any, leaf: Callable[[Type, Any], Any]) -> Any:
    """The value in Arrow's form, a map as a list of pairs, with each leaf passed to `leaf`."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return walk(inner, value, leaf)
        case Array(element):
            return [walk(element, each, leaf) for each in value]
        case Map(key, inner):
            pairs = value.items() if isinstance(value, dict) else value
            return sorted(((walk(key, k, leaf), walk(inner, v, leaf)) for k, v in pairs), key=repr)
        case Record(fields=fields):
            return {each.name: walk(each.type, value[each.name], leaf) for each in fields}
        case _:
            return leaf(type_, value)


def to_arrow(type_: Type, value: Any) -> Any:
    match type_:
        case Uuid():
            return str(value)
        case Json():
            return json.dumps(value)
        case _:
            return value


def from_arrow(type_: Type, value: Any) -> Any:
    match type_:
        case Uuid():
            return UUID(value)
        case Json():
            return json.loads(value)
        case _:
            return value


def like(value: Any, back: Any) -> Any:
    """What came back, with floats where they were sent: jsonb prints 1e300 as its digits."""
    match value:
        case float() if isinstance(back, int):
            return float(back)
        case list() if isinstance(back, list) and len(back) == len(value):
            return [like(*pair) for pair in zip(value, back, strict=True)]
        case dict() if isinstance(back, dict) and back.keys() == value.keys():
            return {key: like(value[key], back[key]) for key in value}
        case _:
            return back


def single(number: float) -> float:
    """The number as 32 bits hold it: PostgreSQL prints the shortest text that leads to them."""
    found: float = struct.unpack("<f", struct.pack("<f", number))[0]
    return found


def broken(execute: Callable[[str], Any], model: Model, dialect: str) -> list[str]:
    (object_,) = model.objects
    value = DIALECTS[dialect]
    table = qualified(model, object_, value)
    questions = [f"count(*) FILTER (NOT ({c.predicate}))" for c in checks(object_, value)]
    if dialect == "postgres":
        questions = [q.replace("FILTER (", "FILTER (WHERE ") for q in questions]
    (counts,) = execute(f"SELECT {', '.join(questions)} FROM {table}").fetchall()
    return [c.path for c, n in zip(checks(object_, value), counts, strict=True) if n]


# ---------------------------------------------------------------- PostgreSQL

MODEL = models.all_types_model()


@pytest.fixture(scope="module")
def samples(postgres_server: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        connection.execute("SET timezone = 'UTC'")  # Python knows no year 10000 of other zones
        (file,) = Ddl("postgres").emit(MODEL)
        connection.execute(file.text)
        yield connection


@SOME
@given(row=records.records(MODEL.object("samples").record))
def test_postgres(samples: psycopg.Connection[Any], row: Row) -> None:
    object_ = MODEL.object("samples")
    types = {each.name: each.type for each in object_.record.fields}
    in_json = {c.name for c in columns(object_, DIALECTS["postgres"]) if c.type == "jsonb"}
    sent = {
        name: value if value is None or name not in in_json else as_json(types[name], value)
        for name, value in row.items()
    }
    values = [Jsonb(v) if n in in_json and v is not None else v for n, v in sent.items()]
    names = ", ".join(quote(name, DIALECTS["postgres"]) for name in sent)
    samples.execute("TRUNCATE samples")
    samples.execute(
        f"INSERT INTO samples ({names}) VALUES ({', '.join(['%s'] * len(values))})", values
    )
    (found,) = samples.execute(f"SELECT {names} FROM samples").fetchall()
    for (name, value), back in zip(sent.items(), found, strict=True):
        back = like(value, back)
        if isinstance(types[name], Float) and back is not None:
            back = single(back) if types[name].bits == 32 else back
        if isinstance(types[name], Vector) and back is not None and "64" not in name:
            back = [single(each) for each in back]
        assert back == value, name
    assert broken(samples.execute, MODEL, "postgres") == []


# -------------------------------------------------------------------- DuckDB


def narrow() -> Model:
    """Without the widest integers, which Arrow has no type for."""
    (object_,) = MODEL.objects

    def fits(field: Field) -> bool:
        return not (isinstance(field.type, Integer) and field.type.bits == 128)

    fields = tuple(filter(fits, object_.record.fields))
    return replace(
        MODEL, objects=(replace(object_, record=replace(object_.record, fields=fields)),)
    )


NARROW = narrow()


@SOME
@given(rows=st.lists(records.records(NARROW.object("samples").record), min_size=1, max_size=2))
def test_duckdb(rows: list[Row]) -> None:
    record = NARROW.object("samples").record
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        (file,) = Ddl("duckdb").emit(NARROW)
        connection.execute(file.text)
        schema = connection.sql("SELECT * FROM samples").to_arrow_table().schema
        staged = pa.Table.from_pylist([walk(record, each, to_arrow) for each in rows], schema)
        connection.register("staged", staged)
        connection.execute("INSERT INTO samples SELECT * FROM staged")
        found = connection.sql("SELECT * FROM samples").to_arrow_table().to_pylist()
        same = [walk(record, each, lambda _, value: value) for each in rows]
        assert [walk(record, each, from_arrow) for each in found] == same
        assert broken(connection.execute, NARROW, "duckdb") == []


def test_whole_numbers_of_128_bits_in_duckdb() -> None:
    wide = models.a_model(
        models.an_object(
            "t", "t", *(models.field(n, models.SCALARS[n], False) for n in ("i128", "u128"))
        )
    )
    with duckdb.connect() as connection:
        (file,) = Ddl("duckdb").emit(wide)
        connection.execute(file.text)
        for i128, u128 in [(-(2**127), 0), (2**127 - 1, 2**128 - 1)]:
            connection.execute("INSERT INTO t VALUES (?::HUGEINT, ?::UHUGEINT)", [i128, u128])
        rows = connection.execute("SELECT i128, u128 FROM t ORDER BY i128").fetchall()
    assert rows == [(-(2**127), 0), (2**127 - 1, 2**128 - 1)]
