"""The DDL for PostgreSQL, executed by PostgreSQL and read back from its catalogue."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Float,
    Integer,
    Map,
    Model,
    Nullable,
    Record,
    String,
    Vector,
    VectorElement,
    walk,
)
from portwright.targets.ddl import DIALECTS, Ddl, checks, qualified, quote
from support import ddl, models, shop

DIALECT = DIALECTS["postgres"]
Connection = psycopg.Connection[tuple[Any, ...]]

ALL_TYPES = {
    "flag": "boolean",
    "i8": "smallint",
    "u8": "smallint",
    "i16": "smallint",
    "u16": "integer",
    "i32": "integer",
    "u32": "bigint",
    "i64": "bigint",
    "u64": "numeric(20,0)",
    "i128": "numeric(39,0)",
    "u128": "numeric(39,0)",
    "quantity": "integer",
    "f32": "real",
    "f64": "double precision",
    "ratio": "double precision",
    "amount": "numeric(12,2)",
    "fee": "numeric(4,4)",
    "huge": "numeric(38,0)",
    "note": "text",
    "code": "character varying(5)",
    "email": "text",
    "key": "uuid",
    "raw": "bytea",
    "hash": "bytea",
    "day": "date",
    "clock": "time without time zone",
    "instant": "timestamp with time zone",
    "wall": "timestamp without time zone",
    "vector_bfloat16": "real[]",
    "vector_binary": "smallint[]",
    "vector_float16": "real[]",
    "vector_float32": "real[]",
    "vector_float64": "double precision[]",
    "vector_int8": "smallint[]",
    "vector_uint8": "smallint[]",
    "status": "text",
    "priority": "text",
    "choices": "text[]",
    "part": "jsonb",
    "rows": "jsonb",
    "spots": "jsonb",
    "matrix": "jsonb",
    "gaps": "integer[]",
    "labels": "jsonb",
    "by_id": "jsonb",
    "by_number": "jsonb",
    "by_flag": "jsonb",
    "extra": "jsonb",
    "extras": "jsonb",
}


def create(connection: Connection, model: Model) -> None:
    """Runs the file of the model twice: it may be run again."""
    text = ddl.file(model, "postgres")
    for _ in range(2):
        connection.execute(text)


def insert(connection: Connection, model: Model, name: str, row: shop.Row) -> None:
    columns = ", ".join(quote(column, DIALECT).replace("%", "%%") for column in row)
    holes = ", ".join(["%s"] * len(row))
    values = [Jsonb(v) if k in ("address", "lines") else v for k, v in row.items()]
    table = qualified(model, model.object(name), DIALECT)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({holes})", values)


@pytest.fixture
def shopped(postgres: Connection) -> Connection:
    create(postgres, shop.model())
    insert(postgres, shop.model(), "customers", shop.CUSTOMER)
    return postgres


def columns(connection: Connection, table: str) -> dict[str, tuple[str, bool, str | None]]:
    """Column → type, whether it is required, and its comment, from the catalogue."""
    found = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
        " col_description(attrelid, attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        [table],
    )
    return {name: (type_, required, comment) for name, type_, required, comment in found}


def test_every_type_is_in_the_catalogue(postgres: Connection) -> None:
    model = models.all_types_model()
    create(postgres, model)
    found = columns(postgres, "samples")
    fields = model.object("samples").record.fields
    assert list(found) == [each.column for each in fields]
    for each in fields:
        type_, required, _ = found[each.column]
        assert type_ == ALL_TYPES[each.name.removeprefix("maybe_")], each.name
        assert required == each.required, each.name


def test_an_integer_keeps_to_its_width(postgres: Connection) -> None:
    create(postgres, models.a_model(models.an_object("t", "t", *(
        models.field(name, models.SCALARS[name], False)
        for name in ("i8", "u8", "u16", "u32", "u64", "i128", "u128")
    ))))  # fmt: skip
    for name, low, high in [
        ("i8", -128, 127),
        ("u8", 0, 255),
        ("u16", 0, 2**16 - 1),
        ("u32", 0, 2**32 - 1),
        ("u64", 0, 2**64 - 1),
        ("i128", -(2**127), 2**127 - 1),
        ("u128", 0, 2**128 - 1),
    ]:
        statement = f"INSERT INTO t ({name}) VALUES (%s)"
        for good in (low, high):
            postgres.execute(statement, [good])
        for bad in (low - 1, high + 1):
            with pytest.raises(psycopg.errors.CheckViolation):
                postgres.execute(statement, [bad])


def test_names_keys_and_comments_come_back(shopped: Connection) -> None:
    model = shop.model()
    found = columns(shopped, "shop.orders")
    assert list(found) == [each.column for each in model.object("orders").record.fields]
    keys = shopped.execute(
        "SELECT contype::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid IN ('shop.orders'::regclass, 'shop.customers'::regclass)"
        " AND contype IN ('p', 'u', 'f')"
    )
    assert sorted(keys) == [
        ("f", 'FOREIGN KEY ("of order", "of region") REFERENCES shop.orders("order", "Region")'),
        ("f", "FOREIGN KEY (customer_id) REFERENCES shop.customers(id)"),
        ("p", 'PRIMARY KEY ("order", "Region")'),
        ("p", "PRIMARY KEY (id)"),
        ("u", "UNIQUE (email)"),
    ]
    assert columns(shopped, "shop.customers")["id"][2] == shop.QUOTED
    comment = shopped.execute("SELECT obj_description('shop.customers'::regclass)").fetchone()
    assert comment == (model.object("customers").description,)


def test_a_good_row_goes_in_and_comes_back(shopped: Connection) -> None:
    model = shop.model()
    insert(shopped, model, "orders", shop.ORDER)
    (row,) = shopped.execute("SELECT * FROM shop.orders").fetchall()
    assert dict(zip(shop.ORDER, row, strict=True)) == shop.ORDER
    assert broken(shopped, model, "orders") == broken(shopped, model, "customers") == []


def broken(connection: Connection, model: Model, name: str) -> list[tuple[str, str]]:
    """Path and name of every rule that a row of the table breaks."""
    object_ = model.object(name)
    table = qualified(models.a_model(object_), object_, DIALECT)
    return [
        (each.path, each.name)
        for each in checks(object_, DIALECT)
        if connection.execute(f"SELECT 1 FROM {table} WHERE NOT ({each.predicate})").fetchall()
    ]


def test_a_row_of_nulls_is_no_worse_than_required(shopped: Connection) -> None:
    required = {key: shop.ORDER[key] for key in ("Region", "order")}
    insert(shopped, shop.model(), "orders", required)


@pytest.mark.parametrize(
    ("name", "good", "change", "path", "rule"),
    [
        *(("orders", shop.ORDER, *bad) for bad in shop.BAD_ORDERS),
        *(("customers", shop.CUSTOMER, *bad) for bad in shop.BAD_CUSTOMERS),
        *(("orders", shop.ORDER, *bad) for bad in shop.BAD_LINES),
        ("orders", shop.ORDER, {"lines": [{"quantity": 1}]}, "lines[].sku", "required"),
        ("orders", shop.ORDER, {"address": {"zip": None}}, "address.zip", "required"),
        ("orders", shop.ORDER, {"small": 256}, "small", "maximum"),
    ],
)
def test_a_bad_row_is_refused(
    shopped: Connection, name: str, good: shop.Row, change: shop.Row, path: str, rule: str
) -> None:
    key = {"id": 8} if name == "customers" else {}
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        insert(shopped, shop.model(), name, {**good, **key, **change})
    constraint = caught.value.diag.constraint_name or ""
    place = path.replace("[]", "__items").replace(".", "__")
    assert constraint == f"ck_{name}__{place}__{rule}".lower()


def test_rules_inside_lists_that_no_path_says_are_predicates(shopped: Connection) -> None:
    change, path, rule = next(each for each in shop.BAD_LISTS if each[2] == "pattern")
    insert(shopped, shop.model(), "orders", {**shop.ORDER, **change})
    assert broken(shopped, shop.model(), "orders") == [(path, rule)]


def test_elements_of_lists_are_refused(postgres: Connection) -> None:
    kinds = models.enum("t", "kinds", values=("a", "it's"))
    few = Integer(32, bounds=Bounds(Number(1), Number(9)))
    columns = {
        "kinds": Array(kinds),
        "few": Array(few),
        "gaps": Array(Nullable(few)),
    }
    fields = [models.field(name, type_, False) for name, type_ in columns.items()]
    create(postgres, models.a_model(models.an_object("t", "t", *fields)))
    good = [
        ("kinds", ["a", "it's"]),
        ("kinds", []),
        ("few", [1, 9]),
        ("gaps", [None, 1]),
        ("few", None),
    ]
    for column, value in good:
        postgres.execute(f"INSERT INTO t ({column}) VALUES (%s)", [value])
    bad = [
        ("kinds", ["a", "b"]),
        ("kinds", [None]),
        ("few", [1, 10]),
        ("few", [1, None]),
        ("gaps", [0]),
    ]
    for column, value in bad:
        with pytest.raises(psycopg.errors.CheckViolation):
            postgres.execute(f"INSERT INTO t ({column}) VALUES (%s)", [value])


def json_model() -> Model:
    """Everything a path says about JSON, each part optional and with names of every kind."""
    limited = Integer(32, bounds=Bounds(Number(1), Number(9)))
    one_of = Integer(bounds=Bounds(allowed=(Number(1), Number(3))))
    awkward = ("exists", "last", "type", "size", "null", "is", "to", "a b", 'q"\\', "$.x", "é")
    parts = (
        *(models.field(name, limited, False) for name in awkward),
        models.field("one", one_of, False),
        models.field("kind", models.enum("t", "kind", values=("a", "b\"'")), False),
        models.field("few", Array(limited, 1, 2), False),
        models.field("grid", Array(Array(Nullable(limited))), False),
        models.field("vector", Vector(2, VectorElement.FLOAT32), False),
        models.field("rates", Map(String(), limited), False),
        models.field("maybe", Map(String(), Nullable(limited)), False),
    )
    inner = models.record("inner", "t", "inner", fields=parts)
    outer = models.record("outer", "t", "doc", fields=(models.field("inner", inner, False),))
    rows = Array(Array(limited), min_items=1)
    return models.a_model(
        models.an_object(
            "t", "t", models.field("doc", outer, False), models.field("rows", rows, False)
        )
    )


def test_a_null_for_lists_in_a_list_holds_no_null(postgres: Connection) -> None:
    spot = models.record("spot", "t", "doc", "m", fields=(models.field("x", Float(), False),))
    grid = Array(Array(spot))
    fields = (
        models.field("m", Map(String(), Nullable(grid))),
        models.field(
            "doc", models.record("doc", "t", "doc", fields=(models.field("grid", grid, False),))
        ),
    )
    create(postgres, models.a_model(models.an_object("t", "t", *fields)))
    insert = "INSERT INTO t (m, doc) VALUES (%s, %s)"
    postgres.execute(insert, [Jsonb({"a": None, "b": [[{}]], "c": []}), Jsonb({"grid": None})])
    with pytest.raises(psycopg.errors.CheckViolation):
        postgres.execute(insert, [Jsonb({}), Jsonb({"grid": [[None]]})])


def test_a_list_in_json_that_must_be_there_may_hold_nulls(postgres: Connection) -> None:
    gaps = models.field("gaps", Array(Nullable(Integer())))
    inner = models.field("doc", models.record("doc", "t", "doc", fields=(gaps,)), False)
    create(postgres, models.a_model(models.an_object("t", "t", inner)))
    for good in ({"gaps": [None]}, {"gaps": []}):
        postgres.execute("INSERT INTO t (doc) VALUES (%s)", [Jsonb(good)])
    for bad in ({"gaps": None}, {}):
        with pytest.raises(psycopg.errors.CheckViolation):
            postgres.execute("INSERT INTO t (doc) VALUES (%s)", [Jsonb(bad)])


def test_json_without_a_breach_is_taken(postgres: Connection) -> None:
    create(postgres, json_model())
    good: list[dict[str, Any]] = [
        {},
        {"inner": None},
        {"inner": {}},
        {"inner": {each.name: None for each in _inner().fields}},
        {"inner": {"exists": 1, "one": 3, "kind": "b\"'", "few": [9], "grid": [[None, 1], []]}},
        {"inner": {"vector": [1, 2.5], "rates": {"a b": 2}, "maybe": {"x": None}}},
    ]
    for doc in good:
        postgres.execute("INSERT INTO t (doc, rows) VALUES (%s, %s)", [Jsonb(doc), Jsonb([[1]])])


def _inner() -> Record:
    doc, _ = json_model().object("t").record.fields
    return next(each for each in walk.records(doc.type) if each.name == "inner")


@pytest.mark.parametrize(
    "inner",
    [
        *({each.name: 0} for each in _inner().fields[:11]),
        {"one": 2},
        {"kind": "c"},
        {"few": []},
        {"few": [1, 2, 3]},
        {"few": [1, None]},
        {"few": [1, 10]},
        {"grid": [[1], [None, 0]]},
        {"vector": [1]},
        {"rates": {"a": 1, "b": None}},
        {"rates": {"a": 0}},
        {"maybe": {"a": None, "b": 10}},
    ],
    ids=repr,
)
def test_a_breach_inside_json_is_refused(postgres: Connection, inner: shop.Row) -> None:
    create(postgres, json_model())
    with pytest.raises(psycopg.errors.CheckViolation):
        postgres.execute("INSERT INTO t (doc) VALUES (%s)", [Jsonb({"inner": inner})])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Region": None}, psycopg.errors.NotNullViolation),
        ({"customer_id": 8}, psycopg.errors.ForeignKeyViolation),
        ({"of region": "US", "of order": shop.ORDER["order"]}, psycopg.errors.ForeignKeyViolation),
        ({}, psycopg.errors.UniqueViolation),
    ],
)
def test_keys_are_kept(
    shopped: Connection, change: shop.Row, expected: type[psycopg.Error]
) -> None:
    model = shop.model()
    if not change:
        insert(shopped, model, "orders", shop.ORDER)
    with pytest.raises(expected):
        insert(shopped, model, "orders", {**shop.ORDER, **change})
    with pytest.raises(psycopg.errors.UniqueViolation):
        insert(shopped, model, "customers", {**shop.CUSTOMER, "id": 9})
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        insert(shopped, model, "customers", {"id": 9, "email": "a" * 31})


def test_the_key_words_are_those_that_the_server_quotes(postgres: Connection) -> None:
    words = postgres.execute("SELECT word FROM pg_get_keywords() WHERE quote_ident(word) <> word")
    assert {word for (word,) in words} <= DIALECT.identifiers.reserved
    ours = postgres.execute(
        "SELECT word FROM pg_get_keywords() WHERE catcode <> 'U' AND word = ANY(%s)",
        [list(DIALECT.identifiers.reserved)],
    )
    assert all(quote(word, DIALECT) == f'"{word}"' for (word,) in ours)


def test_every_key_word_is_a_column_and_a_table(postgres: Connection) -> None:
    words = ["value", "schema", "comment", *sorted(DIALECT.identifiers.reserved)]
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    wide = models.an_object("wide", "wide", *fields)
    tables = [models.an_object(word, word, fields[0]) for word in words if word != "wide"]
    create(postgres, models.a_model(wide, *tables))
    assert list(columns(postgres, "wide")) == words


def test_hostile_text_is_only_text(postgres: Connection) -> None:
    names = [" ".join(text.split()) for text in models.HOSTILE if "\0" not in text]
    texts = [text for text in models.HOSTILE if "\0" not in text]
    fields = [
        models.field(text, String(), False, description=text, unique=index == 0)
        for index, text in enumerate(names)
    ]
    values = models.enum("t", "e", values=tuple(texts))
    nul = models.HOSTILE[5]
    create(
        postgres,
        models.a_model(
            models.an_object(
                "../../etc", "x", *fields, models.field("e", values, description=nul), schema='a"b'
            ),
            name='evil"; DROP TABLE x; --',
            source="a\nb.yaml",
        ),
    )
    table = '"a""b"."../../etc"'
    assert list(columns(postgres, table)) == [*names, "e"]
    for text in texts:
        postgres.execute(f"INSERT INTO {table} (e) VALUES (%s)", [text])
    comment = columns(postgres, table)["e"][2]
    assert comment == "nul \\u0000 bell \\u0007 bidi \\u202e kcab \\u2066"


def test_a_key_has_no_more_columns_than_the_engine_allows(postgres: Connection) -> None:
    fields = [models.field(f"c{n}", Integer()) for n in range(33)]
    key = tuple(each.name for each in fields)
    fits = models.an_object("fits", "f", *fields, primary_key=key[1:], partition_key=key[1:])
    wide = models.an_object("wide", "w", *fields, primary_key=key, partition_key=key)
    model = models.a_model(fits, wide)
    create(postgres, model)
    first, second = Ddl("postgres").check(model)
    assert first.code == "PW343" and "no key of more than 32 columns: `c0`" in first.message
    assert second.code == "PW346" and "partition `wide` by `c32`" in second.message


def test_a_table_has_no_more_columns_than_the_engine_allows(postgres: Connection) -> None:
    fields = [models.field(f"c{n}", Boolean()) for n in range(1601)]
    create(postgres, models.a_model(models.an_object("fits", "f", *fields[1:])))
    wide = models.a_model(models.an_object("wide", "w", *fields))
    (finding,) = Ddl("postgres").check(wide)
    assert (finding.code, finding.is_error) == ("PW345", True)
    assert "1601 columns, and PostgreSQL no table with more than 1600" in finding.message
