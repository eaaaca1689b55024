"""The DDL for DuckDB, executed by DuckDB and read back from its catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as Number
from typing import Any

import duckdb
import pytest

from portwright.model import Array, Bounds, Integer, Model, Relationship, String
from portwright.targets.ddl import DIALECTS, Ddl, checks, qualified, quote
from support import ddl, models, shop

DIALECT = DIALECTS["duckdb"]

ALL_TYPES = {
    "flag": "BOOLEAN",
    "i8": "TINYINT",
    "u8": "UTINYINT",
    "i16": "SMALLINT",
    "u16": "USMALLINT",
    "i32": "INTEGER",
    "u32": "UINTEGER",
    "i64": "BIGINT",
    "u64": "UBIGINT",
    "i128": "HUGEINT",
    "u128": "UHUGEINT",
    "quantity": "INTEGER",
    "f32": "FLOAT",
    "f64": "DOUBLE",
    "ratio": "DOUBLE",
    "amount": "DECIMAL(12,2)",
    "fee": "DECIMAL(4,4)",
    "huge": "DECIMAL(38,0)",
    "note": "VARCHAR",
    "code": "VARCHAR",
    "email": "VARCHAR",
    "key": "UUID",
    "raw": "BLOB",
    "hash": "BLOB",
    "day": "DATE",
    "clock": "TIME",
    "instant": "TIMESTAMP WITH TIME ZONE",
    "wall": "TIMESTAMP",
    "vector_bfloat16": "FLOAT[3]",
    "vector_binary": "UTINYINT[3]",
    "vector_float16": "FLOAT[3]",
    "vector_float32": "FLOAT[3]",
    "vector_float64": "DOUBLE[3]",
    "vector_int8": "TINYINT[3]",
    "vector_uint8": "UTINYINT[3]",
    "status": "VARCHAR",
    "priority": "VARCHAR",
    "choices": "VARCHAR[]",
    "part": 'STRUCT("label" VARCHAR)',
    "rows": "STRUCT(n BIGINT)[]",
    "spots": "MAP(VARCHAR, STRUCT(x DOUBLE, y DOUBLE))",
    "matrix": "DOUBLE[][]",
    "gaps": "INTEGER[]",
    "labels": "MAP(VARCHAR, VARCHAR)",
    "by_id": "MAP(UUID, DATE[])",
    "by_number": "MAP(INTEGER, MAP(DATE, DECIMAL(9,3)))",
    "by_flag": "MAP(BOOLEAN, FLOAT)",
    "extra": "JSON",
    "extras": "JSON[]",
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        found.execute("SET TimeZone = 'Asia/Kolkata'")
        yield found


@pytest.fixture
def shopped(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    create(connection, shop.model())
    insert(connection, "customers", shop.CUSTOMER)
    return connection


def create(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Runs the file of the model twice: it may be run again."""
    text = ddl.file(model, "duckdb")
    for _ in range(2):
        connection.execute(text)


def insert(connection: duckdb.DuckDBPyConnection, name: str, row: shop.Row) -> None:
    columns = ", ".join(quote(column, DIALECT) for column in row)
    holes = ", ".join("?" * len(row))
    table = qualified(shop.model(), shop.model().object(name), DIALECT)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({holes})", list(row.values()))


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    """Name, type, nullability and comment of every column, from the catalogue."""
    return connection.execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
        " WHERE table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()


def test_every_type_is_in_the_catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    model = models.all_types_model()
    create(connection, model)
    fields = model.object("samples").record.fields
    assert columns(connection, "samples") == [
        (each.column, ALL_TYPES[each.name.removeprefix("maybe_")], not each.required, None)
        for each in fields
    ]


def test_names_keys_and_comments_come_back(shopped: duckdb.DuckDBPyConnection) -> None:
    model = shop.model()
    names = [name for name, *_ in columns(shopped, "orders")]
    assert names == [each.column for each in model.object("orders").record.fields]
    keys = shopped.execute(
        "SELECT constraint_type, constraint_column_names, referenced_table,"
        " referenced_column_names FROM duckdb_constraints()"
        " WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') ORDER BY ALL"
    ).fetchall()
    # A self-reference is listed once for each of its two ends.
    own = ("FOREIGN KEY", ["of order", "of region"], "orders", ["order", "Region"])
    assert set(map(repr, keys)) == set(
        map(
            repr,
            [
                own,
                ("FOREIGN KEY", ["customer_id"], "customers", ["id"]),
                ("PRIMARY KEY", ["id"], None, []),
                ("PRIMARY KEY", ["order", "Region"], None, []),
                ("UNIQUE", ["email"], None, []),
            ],
        )
    )
    assert columns(shopped, "customers")[0][3] == shop.QUOTED
    tables = shopped.execute("SELECT comment FROM duckdb_tables() ORDER BY table_name").fetchall()
    assert tables == [(model.object("customers").description,), (None,)]


def test_a_good_row_goes_in_and_comes_back(shopped: duckdb.DuckDBPyConnection) -> None:
    model = shop.model()
    insert(shopped, "orders", shop.ORDER)
    (row,) = shopped.sql("SELECT * FROM shop.orders").to_arrow_table().to_pylist()
    ratio, key = row.pop("ratio"), ("order", "of order")
    assert ratio == pytest.approx(0.1)
    assert {name: str(row.pop(name)) for name in key} == {n: str(shop.ORDER[n]) for n in key}
    assert row == {name: value for name, value in shop.ORDER.items() if name in row}
    for name in ("orders", "customers"):
        assert broken(shopped, model, name) == []


def broken(connection: duckdb.DuckDBPyConnection, model: Model, name: str) -> list[tuple[str, str]]:
    """Path and name of every rule that a row of the table breaks."""
    object_ = model.object(name)
    table = qualified(models.a_model(object_), object_, DIALECT)
    return [
        (each.path, each.name)
        for each in checks(object_, DIALECT)
        if connection.execute(f"SELECT 1 FROM {table} WHERE NOT ({each.predicate})").fetchall()
    ]


@pytest.mark.parametrize(
    ("name", "good", "change", "path", "rule"),
    [
        *(("orders", shop.ORDER, *bad) for bad in shop.BAD_ORDERS),
        *(("customers", shop.CUSTOMER, *bad) for bad in shop.BAD_CUSTOMERS),
        ("customers", shop.CUSTOMER, {"email": f"a@{'b' * 26}.org"}, "email", "max_characters"),
        ("orders", shop.ORDER, {"address": {"zip": None}}, "address.zip", "required"),
        ("orders", shop.ORDER, {"address": {"zip": "1234  AB"}}, "address.zip", "pattern"),
    ],
)
def test_a_bad_row_is_refused(
    shopped: duckdb.DuckDBPyConnection,
    name: str,
    good: shop.Row,
    change: shop.Row,
    path: str,
    rule: str,
) -> None:
    key = {"id": 8} if name == "customers" else {}
    with pytest.raises(duckdb.ConstraintException, match="CHECK"):
        insert(shopped, name, {**good, **key, **change})
    found = [
        e for e in checks(shop.model().object(name), DIALECT) if (e.path, e.name) == (path, rule)
    ]
    assert len(found) == 1 and found[0].inline


@pytest.mark.parametrize(("change", "path", "rule"), shop.BAD_LISTS + shop.BAD_LINES)
def test_rules_inside_lists_are_predicates(
    shopped: duckdb.DuckDBPyConnection, change: shop.Row, path: str, rule: str
) -> None:
    insert(shopped, "orders", {**shop.ORDER, **change})
    assert broken(shopped, shop.model(), "orders") == [(path, rule)]


@pytest.mark.parametrize(
    "change",
    [
        {"Region": None},
        {"customer_id": 8},
        {"of region": "US", "of order": shop.ORDER["order"]},
        {},
    ],
)
def test_keys_are_kept(shopped: duckdb.DuckDBPyConnection, change: shop.Row) -> None:
    if not change:
        insert(shopped, "orders", shop.ORDER)
    with pytest.raises(duckdb.ConstraintException):
        insert(shopped, "orders", {**shop.ORDER, **change})
    with pytest.raises(duckdb.ConstraintException):
        insert(shopped, "customers", {**shop.CUSTOMER, "id": 9})


def test_the_key_words_are_those_of_the_engine(connection: duckdb.DuckDBPyConnection) -> None:
    words = connection.execute(
        "SELECT DISTINCT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    ).fetchall()
    assert {word for (word,) in words} <= DIALECT.identifiers.reserved


def test_every_key_word_is_a_column_a_field_and_a_table(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    words = ["value", "schema", "comment", *sorted(DIALECT.identifiers.reserved)]
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    struct = models.record("s", "wide", "nested field", fields=tuple(fields))
    wide = models.an_object("wide", "wide", *fields, models.field("nested field", struct, False))
    tables = [models.an_object(word, word, fields[0]) for word in words]
    create(connection, models.a_model(wide, *tables))
    assert [name for name, *_ in columns(connection, "wide")] == [*words, "nested field"]


def test_hostile_text_is_only_text(connection: duckdb.DuckDBPyConnection) -> None:
    names = [" ".join(text.split()) for text in models.HOSTILE if "\0" not in text]
    texts = [text for text in models.HOSTILE if "\0" not in text]
    fields = [models.field(text, String(), False, description=text) for text in names]
    values = models.enum("t", "e", values=tuple(texts))
    bounded = String(min_length=1)
    nested = tuple(models.field(text, bounded, False) for text in names)
    struct = models.record("s", "t", "s", fields=nested)
    model = models.a_model(
        models.an_object(
            "../../etc",
            "x",
            *fields,
            models.field("e", values, description=models.HOSTILE[5]),
            models.field("s", struct, False),
            models.field("l", Array(struct), False),
            schema='a"b',
        ),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )
    create(connection, model)
    assert [name for name, *_ in columns(connection, "../../etc")] == [*names, "e", "s", "l"]
    for text in texts:
        connection.execute('INSERT INTO "a""b"."../../etc" (e) VALUES (?)', [text])
    assert broken(connection, model, "../../etc") == []


def test_no_foreign_key_leads_to_another_schema() -> None:
    number = models.field("id", Integer())
    to_a = Relationship(("id",), "a", ("id",), models.SPAN)
    a = models.an_object("a", "a", number, primary_key=("id",), qualifier=("one",))
    b = models.an_object("b", "b", number, relationships=(to_a,), qualifier=("one",))
    c = models.an_object("c", "c", number, relationships=(to_a,), qualifier=("two",))
    model = models.a_model(a, b, c)
    (finding,) = Ddl("duckdb").check(model)
    assert finding.code == "PW344" and "`a` is in another schema" in finding.message
    with duckdb.connect() as connection:
        create(connection, model)
        keys = connection.execute(
            "SELECT DISTINCT schema_name, table_name FROM duckdb_constraints()"
            " WHERE constraint_type = 'FOREIGN KEY' AND table_name <> 'a'"
        )
        assert keys.fetchall() == [("one", "b")]
