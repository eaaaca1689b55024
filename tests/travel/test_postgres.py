"""Values travel in PostgreSQL: tables of the DDL take any record, and give it back equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb

from portwright.model import (
    Model,
)
from portwright.targets.ddl import DIALECTS, Ddl, checks, columns, qualified
from support import drawn_models, models, records, travel
from support.postgres_values import as_json, like, singles

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
