"""The DDL for Oracle, read by sqlglot; no Oracle runs here."""

from __future__ import annotations

from decimal import Decimal as Number

import pytest

from portwright.model import Bounds, Bytes, Date, Float, Integer, Model, String, Timestamp
from portwright.targets.ddl import DIALECTS, Ddl, checks, literal, quote
from support import corpus, ddl, models, shop, sql_reader

DIALECT = DIALECTS["oracle"]

# As sqlglot writes them.
ALL_TYPES = {
    "flag": "BOOLEAN",
    "i8": "NUMBER(3)",
    "u8": "NUMBER(3)",
    "i16": "NUMBER(5)",
    "u16": "NUMBER(5)",
    "i32": "NUMBER(10)",
    "u32": "NUMBER(10)",
    "i64": "NUMBER(19)",
    "u64": "NUMBER(20)",
    "i128": "NUMBER(38)",
    "u128": "NUMBER(38)",
    "quantity": "NUMBER(10)",
    "f32": "FLOAT",
    "f64": "DOUBLE PRECISION",
    "ratio": "DOUBLE PRECISION",
    "amount": "NUMBER(12, 2)",
    "fee": "NUMBER(4, 4)",
    "huge": "NUMBER(38, 0)",
    "note": "CLOB",
    "code": "VARCHAR2(5 CHAR)",
    "email": "CLOB",
    "key": "VARCHAR2(36 CHAR)",
    "raw": "BLOB",
    "hash": "BLOB",
    "day": "DATE",
    "clock": "INTERVAL DAY TO SECOND",
    "instant": "TIMESTAMP(6) WITH TIME ZONE",
    "wall": "TIMESTAMP(6)",
    "status": "VARCHAR2(255 CHAR)",
    "priority": "VARCHAR2(255 CHAR)",
}

VECTORS = {
    "vector_bfloat16": "VECTOR(3)",
    "vector_binary": "VECTOR(3, INT8)",
    "vector_float16": "VECTOR(3)",
    "vector_float32": "VECTOR(3)",
    "vector_float64": "VECTOR(3, FLOAT64)",
    "vector_int8": "VECTOR(3, INT8)",
    "vector_uint8": "VECTOR(3)",
}


def written(model: Model) -> str:
    return ddl.file(model, "oracle")


def read(model: Model) -> dict[str, sql_reader.Table]:
    return sql_reader.catalogue(written(model), "oracle")


def said(model: Model) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in Ddl("oracle").check(model)]


def test_every_type_is_known() -> None:
    model = models.all_types_model()
    columns = read(model)["SAMPLES"].columns
    fields = model.object("samples").record.fields
    assert list(columns) == [each.column.upper() for each in fields]
    for each in fields:
        found, name = columns[each.column.upper()], each.name.removeprefix("maybe_")
        vector = VECTORS.get(name, "JSON")
        nested = "VECTOR" if "," in vector else vector  # a format is what sqlglot does not read
        assert found.type == ALL_TYPES.get(name, nested), each.name
        assert found.required == each.required, each.name
    for name, type_ in VECTORS.items():
        assert f"    {name} {type_}" in written(model)


def test_names_keys_and_comments() -> None:
    model = shop.model()
    found = read(model)
    for each in model.objects:
        held = [stored(field.column) for field in each.record.fields]
        assert list(found[f"SHOP.{each.name.upper()}"].columns) == held
    customers, orders = found["SHOP.CUSTOMERS"], found["SHOP.ORDERS"]
    assert (customers.primary_key, customers.unique) == (("ID",), [("EMAIL",)])
    assert orders.primary_key == ("ORDER", "REGION")
    assert orders.foreign_keys == [
        (("CUSTOMER_ID",), "SHOP.CUSTOMERS", ("ID",)),
        (("of order", "of region"), "SHOP.ORDERS", ("ORDER", "REGION")),
    ]
    assert customers.comment == model.object("customers").description
    assert customers.columns["ID"].comment == shop.QUOTED


def stored(name: str) -> str:
    return name.upper() if name.isidentifier() else name


def test_rules_are_checks() -> None:
    model = shop.model()
    inline = [each.predicate for each in checks(model.object("orders"), DIALECT) if each.inline]
    for predicate in (
        "LENGTH(Region) >= 2",
        "MOD(count, 6) = 0",
        "ratio >= CAST(0.1 AS BINARY_FLOAT)",
        "LENGTH(hash) <= 2",
        "day >= DATE '2020-02-29'",
        "clock <= INTERVAL '18:30:00' HOUR TO SECOND",
        "at >= TIMESTAMP '2024-01-01 00:00:00 +00:00'",
        "wall < TIMESTAMP '2030-01-01 00:00:00'",
    ):
        assert predicate in inline
    required = sum(each.required for each in model.object("orders").record.fields)
    assert len(read(model)["SHOP.ORDERS"].checks) == len(inline) - required


def test_a_double_is_compared_with_a_double() -> None:
    bounds = Bounds(minimum=Number("-1E-200"), maximum=Number("1.5E300"))
    model = models.a_model(models.an_object("t", "t", models.field("a", Float(64, bounds=bounds))))
    assert "CHECK (a >= CAST('-1E-200' AS BINARY_DOUBLE))" in written(model)
    assert "CHECK (a <= CAST('15E299' AS BINARY_DOUBLE))" in written(model)


def test_patterns_are_written_in_its_way() -> None:
    text = String(max_length=9, pattern=r"^[\w-]+\s?\.(?:a|b)$")
    long = String(pattern="a" * 513)
    fields = (models.field("a", text), models.field("b", long, False))
    model = models.a_model(models.an_object("t", "t", *fields))
    space = " || ".join(f"UNISTR('\\{code}')" for code in ("0009", "000A", "000B", "000C", "000D"))
    assert [each.predicate for each in checks(model.object("t"), DIALECT) if each.inline][1:] == [
        f"REGEXP_LIKE(a, '^[A-Za-z0-9_-]+[' || {space} || ' ]?\\.(a|b)$', 'c')"
    ]
    assert [text for code, text in said(model) if code == "PW343"] == [
        "Oracle cannot check the pattern of `b`"
    ]
    assert len(read(model)["T"].checks) == 1


def test_an_empty_text_is_null() -> None:
    limited = String(min_length=1)
    pattern = String(pattern="^[A-Z]+$")
    either = models.enum("t", "either", values=("a", ""))
    none = models.enum("t", "none", values=("",))
    fields = (
        models.field("a", String()),
        models.field("b", limited),
        models.field("c", pattern),
        models.field("d", String(), False),
        models.field("either", either),
        models.field("none", none, False),
    )
    model = models.a_model(models.an_object("t", "t", *fields))
    texts = [message for code, message in said(model) if code == "PW342"]
    assert texts == [
        "Oracle holds an empty text as null, and refuses it where `t` requires a value:"
        " `a`, `either`"
    ]
    assert read(model)["T"].checks[-2:] == ["either IN ('a')", "none IS NULL"]


def test_texts_that_do_not_fit_are_clobs_and_no_keys() -> None:
    fields = (
        models.field("a", String(max_length=1000)),
        models.field("b", String(max_length=1001)),
        models.field("c", String(max_length=256), unique=True),
        models.field("d", String(), unique=True),
        models.field("e", Bytes(), unique=True),
        models.field("f", Timestamp(), unique=True),
    )
    model = models.a_model(models.an_object("t", "t", *fields))
    table = read(model)["T"]
    assert [each.type for each in table.columns.values()] == [
        "VARCHAR2(1000 CHAR)",
        "CLOB",
        "VARCHAR2(256 CHAR)",
        "VARCHAR2(255 CHAR)",
        "BLOB",
        "TIMESTAMPLTZ(6)",
    ]
    assert "f TIMESTAMP(6) WITH LOCAL TIME ZONE NOT NULL" in written(model)
    assert table.unique == [("D",), ("F",)]
    assert [name for code, name in said(model) if code == "PW343"] == [
        "Oracle has no key over more than 255 characters: `c` is not kept unique",
        "Oracle has no key over such a type: `e` is not kept unique",
    ]


def test_a_key_has_room_for_six_texts() -> None:
    for count, kept in ((6, True), (7, False)):
        fields = [models.field(f"c{each}", String()) for each in range(count)]
        names = tuple(each.name for each in fields)
        model = models.a_model(models.an_object("t", "t", *fields, primary_key=names))
        assert bool(read(model)["T"].primary_key) == kept


def test_every_key_word_is_a_column_and_a_table() -> None:
    words = ["value", "schema", "key", *sorted(DIALECT.identifiers.reserved - {"rowid"})]
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    tables = [models.an_object(word, word, fields[0]) for word in words]
    found = read(models.a_model(models.an_object("wide", "wide", *fields), *tables))
    assert set(found) == {"WIDE", *(word.upper() for word in words)}
    assert list(found["WIDE"].columns) == [word.upper() for word in words]


def test_hostile_text_is_only_text() -> None:
    names = [" ".join(text.split()) for text in models.HOSTILE if not set(text) & set('\0"')]
    texts = tuple(text for text in models.HOSTILE if "\0" not in text)
    fields = [models.field(text, String(), False, description=text) for text in names]
    values = models.enum("t", "e", values=texts)
    model = models.a_model(
        models.an_object(
            "../../etc",
            "x",
            *fields,
            models.field("e", values, description=models.HOSTILE[5]),
            schema="a'b",
        ),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )
    ((name, found),) = read(model).items()
    assert name == "a'b.../../etc"
    assert list(found.columns) == [*names, "E"]
    assert [each.comment for each in found.columns.values()][:-1] == names
    assert found.columns["E"].comment == "nul \\u0000 bell \\u0007 bidi \\u202e kcab \\u2066"


def test_characters_are_given_by_their_units() -> None:
    assert literal("a\nb", DIALECT) == "'a' || UNISTR('\\000A') || 'b'"
    assert literal("\U000e0001", DIALECT) == "UNISTR('\\DB40\\DC01')"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rowid", "a column `rowid` of its own"),
        ('a"b', 'no name with `"` in it'),
        ("é" * 65, "130 bytes and Oracle keeps 128"),
    ],
)
def test_names_that_it_does_not_take(name: str, message: str) -> None:
    model = models.a_model(models.an_object("t", "t", models.field(name, Integer())))
    assert [(code, message in text) for code, text in said(model)] == [("PW341", True)]


def test_names_are_quoted_where_they_must_be() -> None:
    names = ("total", "orderId", "Order", "_x", "a$b#", "1st")
    expected = ["total", "orderId", '"ORDER"', '"_x"', "a$b#", '"1st"']
    assert [quote(name, DIALECT) for name in names] == expected


def test_partitions_are_left_to_those_who_pay_for_them() -> None:
    field = models.field("day", Date())
    model = models.a_model(models.an_object("t", "t", field, partition_key=("day",)))
    assert [code for code, _ in said(model)] == ["PW346"]
    assert read(model)["T"].layout == []


@corpus.needed
def test_the_tables_of_the_corpus() -> None:
    for text in ddl.of_corpus("oracle"):
        assert sql_reader.catalogue(text, "oracle")
