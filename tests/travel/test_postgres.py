"""Values travel in PostgreSQL: tables of the DDL take any record, and give it back equal."""

from __future__ import annotations

import base64
import datetime as dt
import json
import struct
from collections.abc import Iterator
from decimal import Decimal as Number
from typing import Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb

from portwright.model import (
    Array,
    Boolean,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Record,
    Type,
    Vector,
    VectorElement,
)
from portwright.targets.ddl import DIALECTS, Ddl, checks, columns, qualified
from support import drawn_models, models, records, travel

Connection = psycopg.Connection[Any]
POSTGRES = DIALECTS["postgres"]
EVERY_TYPE = models.all_types_model()
SOME = settings(
    max_examples=20,
    # A record of a hundred fields shrinks slowly; the assertion names the field.
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def server(postgres_server: str) -> Iterator[Connection]:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")  # Python knows no year 10000 of other zones
        yield connection


@pytest.fixture(scope="module")
def samples(server: Connection) -> Connection:
    create(server, EVERY_TYPE)
    return server


@SOME
@given(row=records.records(EVERY_TYPE.object("samples").record))
def test_every_type(samples: Connection, row: dict[str, Any]) -> None:
    comes_back(samples, EVERY_TYPE, row)


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(server: Connection, data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=76))
    create(server, model)
    for _ in range(travel.RECORDS):
        comes_back(server, model, data.draw(records.records(model.objects[0].record)))


def create(connection: Connection, model: Model) -> None:
    """The model's tables, alone in the database."""
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    (file,) = Ddl("postgres").emit(model)
    connection.execute(file.text)


def comes_back(connection: Connection, model: Model, row: dict[str, Any]) -> None:
    """Holds if the table takes the row, gives back an equal one and finds no rule broken."""
    [object_] = model.objects
    fields = object_.record.fields
    in_json = {each.name for each in columns(object_, POSTGRES) if each.type == "jsonb"}
    sent = [as_json(f.type, row[f.name]) if f.column in in_json else row[f.name] for f in fields]
    values = [
        # null in a column that is not null is JSON's own
        Jsonb(value) if f.column in in_json and (value is not None or f.required) else value
        for f, value in zip(fields, sent, strict=True)
    ]
    table = sql.Identifier(object_.table)
    names = sql.SQL(", ").join(sql.Identifier(each.column) for each in fields)
    holders = sql.SQL(", ").join([sql.Placeholder()] * len(fields))
    connection.execute(sql.SQL("TRUNCATE {}").format(table))
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, names, holders), values
    )
    [found] = connection.execute(sql.SQL("SELECT {} FROM {}").format(names, table)).fetchall()
    for f, value, back in zip(fields, sent, found, strict=True):
        kept = back if f.column in in_json else singles(f.type, back)
        assert like(value, kept) == value, f.name
    assert broken(connection, model) == []


def broken(connection: Connection, model: Model) -> list[str]:
    """Where the rows break a rule of the contract, by the predicates of the DDL."""
    [object_] = model.objects
    rules = checks(object_, POSTGRES)
    if not rules:
        return []
    questions = [f"count(*) FILTER (WHERE NOT ({each.predicate}))" for each in rules]
    question = f"SELECT {', '.join(questions)} FROM {qualified(model, object_, POSTGRES)}"
    [counts] = connection.execute(question.encode()).fetchall()
    return [rule.path for rule, count in zip(rules, counts, strict=True) if count]


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


def singles(type_: Type, value: Any) -> Any:
    """What came back, with the numbers of 32 bits that the shortest text printed for each means."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return singles(inner, value)
        case Array(element=element):
            return [singles(element, each) for each in value]
        case Vector(element=VectorElement.FLOAT64):
            return value
        case Vector():
            return [single(each) for each in value]
        case Float(32):
            return single(value)
        case _:
            return value


def single(number: float) -> float:
    found: float = struct.unpack("<f", struct.pack("<f", number))[0]
    return found
