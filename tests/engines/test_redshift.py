"""The DDL for Redshift: read by sqlglot as it is, and run by PostgreSQL, its relative, after what
Redshift alone has is written in another way. Rules that it does not enforce are not in it."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from portwright.model import Bytes, Date, Integer, Json, Model, String
from portwright.targets.ddl import DIALECTS, Ddl, quote
from support import corpus, ddl, models, shop, sql_reader

DIALECT = DIALECTS["redshift"]
Connection = psycopg.Connection[tuple[Any, ...]]

ALL_TYPES = {
    "flag": "BOOLEAN",
    "i8": "SMALLINT",
    "u8": "SMALLINT",
    "i16": "SMALLINT",
    "u16": "INTEGER",
    "i32": "INTEGER",
    "u32": "BIGINT",
    "i64": "BIGINT",
    "u64": "DECIMAL(20, 0)",
    "i128": "DECIMAL(38, 0)",
    "u128": "DECIMAL(38, 0)",
    "quantity": "INTEGER",
    "f32": "REAL",
    "f64": "DOUBLE PRECISION",
    "ratio": "DOUBLE PRECISION",
    "amount": "DECIMAL(12, 2)",
    "fee": "DECIMAL(4, 4)",
    "huge": "DECIMAL(38, 0)",
    "note": "VARCHAR(65535)",
    "code": "VARCHAR(20)",
    "email": "VARCHAR(65535)",
    "key": "VARCHAR(36)",
    "raw": "VARBYTE(16777216)",
    "hash": "VARBYTE(4)",
    "day": "DATE",
    "clock": "TIME",
    "instant": "TIMESTAMP WITH TIME ZONE",
    "wall": "TIMESTAMP",
    "status": "VARCHAR(1020)",
    "priority": "VARCHAR(1020)",
}

# What PostgreSQL has not, and what stands for it there.
ELSEWHERE = {r"\bSUPER\b": "jsonb", r"\bVARBYTE\(\d+\)": "bytea", r"(?m)^\) SORTKEY \(.*\);$": ");"}


def written(model: Model) -> str:
    return ddl.file(model, "redshift")


def read(model: Model) -> dict[str, sql_reader.Table]:
    return sql_reader.catalogue(written(model), "redshift")


def create(connection: Connection, model: Model) -> None:
    """Runs the file of the model twice in PostgreSQL, with Redshift's reading of backslashes."""
    text = written(model)
    for pattern, instead in ELSEWHERE.items():
        text = re.sub(pattern, instead, text)
    connection.execute("SET standard_conforming_strings = off")
    connection.execute("SET escape_string_warning = off")
    for _ in range(2):
        connection.execute(text.encode())


def test_every_type_is_known(postgres: Connection) -> None:
    model = models.all_types_model()
    columns = read(model)["samples"].columns
    fields = model.object("samples").record.fields
    assert list(columns) == [each.column for each in fields]
    for each in fields:
        found = columns[each.column]
        assert found.type == ALL_TYPES.get(each.name.removeprefix("maybe_"), "SUPER"), each.name
        assert found.required == each.required, each.name
    create(postgres, model)


def test_names_keys_and_comments(postgres: Connection) -> None:
    model = shop.model()
    found = read(model)
    for each in model.objects:
        fields = each.record.fields
        assert list(found[f"shop.{each.name}"].columns) == [e.column.lower() for e in fields]
    customers, orders = found["shop.customers"], found["shop.orders"]
    assert (customers.primary_key, customers.unique) == (("id",), [("email",)])
    assert orders.primary_key == ("order", "region")
    assert orders.foreign_keys == [
        (("customer_id",), "shop.customers", ("id",)),
        (("of order", "of region"), "shop.orders", ("order", "region")),
    ]
    assert customers.comment == model.object("customers").description
    assert customers.columns["id"].comment == shop.QUOTED
    assert customers.checks == orders.checks == []
    create(postgres, model)
    comments = postgres.execute(
        "SELECT obj_description('shop.customers'::regclass),"
        " col_description('shop.customers'::regclass, 1)"
    ).fetchone()
    assert comments == (customers.comment, shop.QUOTED)


def test_every_key_word_is_a_column_and_a_table(postgres: Connection) -> None:
    words = ["value", "schema", "comment", *sorted(DIALECT.identifiers.reserved - {"oid"})]
    fields = [models.field(word, Integer(), False, description="x") for word in words]
    wide = models.an_object("wide", "wide", *fields)
    tables = [models.an_object(word, word, fields[0]) for word in words]
    model = models.a_model(wide, *tables)
    found = read(model)
    assert set(found) == {"wide", *words}
    assert list(found["wide"].columns) == words
    create(postgres, models.a_model(wide))


def test_hostile_text_is_only_text(postgres: Connection) -> None:
    names = [" ".join(text.split()) for text in models.HOSTILE if "\0" not in text]
    texts = tuple(text for text in models.HOSTILE if "\0" not in text)
    fields = [models.field(text, String(), False, description=text) for text in names]
    values = models.enum("t", "e", values=texts)
    model = models.a_model(
        models.an_object(
            "../../etc",
            "x",
            *fields,
            models.field("e", values, description=models.HOSTILE[5]),
            schema='a"b',
        ),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )
    ((name, found),) = read(model).items()
    assert name == 'a"b.../../etc'
    # sqlglot keeps the letters in quotes; Redshift makes them small there too.
    assert [each.lower() for each in found.columns] == [each.lower() for each in (*names, "e")]
    assert [each.comment for each in found.columns.values()][:-1] == names
    create(postgres, model)


def test_rows_are_sorted_by_the_partition_key() -> None:
    fields = (
        models.field("day", Date()),
        models.field("Region", String()),
        models.field("doc", Json()),
    )
    key = ("Region", "day", "doc")
    model = models.a_model(models.an_object("t", "t", *fields, partition_key=key))
    assert read(model)["t"].layout == ["SORTKEY(Region, day)"]
    (finding,) = Ddl("redshift").check(model)
    assert (finding.code, "`doc`" in finding.message) == ("PW346", True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("oid", "a column `oid` of its own"),
        ("XMIN", "a column `XMIN` of its own"),
        ("é" * 64, "128 bytes and Redshift keeps 127"),
    ],
)
def test_names_that_it_does_not_take(name: str, message: str) -> None:
    model = models.a_model(models.an_object("t", "t", models.field(name, Integer())))
    (finding,) = Ddl("redshift").check(model)
    assert finding.code == "PW341" and message in finding.message


def test_names_differ_by_more_than_case() -> None:
    fields = (models.field("a b", Integer()), models.field("A B", Integer()))
    (finding,) = Ddl("redshift").check(models.a_model(models.an_object("t", "t", *fields)))
    assert finding.code == "PW340"
    names = ("total", "orderId", "Order", "1st")
    assert [quote(name, DIALECT) for name in names] == ["total", "orderId", '"order"', '"1st"']


def test_texts_and_bytes_have_their_length_in_bytes() -> None:
    types = (
        String(max_length=10),
        String(max_length=16_383),
        String(max_length=16_384),
        Bytes(max_length=16),
        Bytes(max_length=16_777_217),
    )
    fields = [models.field(f"c{index}", type_) for index, type_ in enumerate(types)]
    model = models.a_model(models.an_object("t", "t", *fields))
    findings = list(Ddl("redshift").check(model))
    assert [
        each.message.partition(" characters")[0].partition(" bytes")[0] for each in findings
    ] == [
        "`c2`: Redshift is sure to hold 16,383",
        "`c4`: Redshift is sure to hold 16,777,216",
    ]
    found = read(model)["t"].columns.values()
    assert [each.type for each in found] == [
        "VARCHAR(40)",
        "VARCHAR(65532)",
        "VARCHAR(65535)",
        "VARBYTE(16)",
        "VARBYTE(16777216)",
    ]


@corpus.needed
def test_the_tables_of_the_corpus() -> None:
    for text in ddl.of_corpus("redshift"):
        assert sql_reader.catalogue(text, "redshift")
