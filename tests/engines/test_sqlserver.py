"""The DDL for SQL Server, as two parsers read it."""

from __future__ import annotations

from decimal import Decimal as Number

import pytest

from portwright.model import Bounds, Decimal, Field, Float, Integer, Model, Relationship, String
from portwright.targets.ddl import DIALECTS, Ddl, checks, columns, literal, quote
from support import corpus, ddl, models, shop, sql_reader, tsql

DIALECT = DIALECTS["sqlserver"]
EXACT = "COLLATE Latin1_General_100_BIN2"

ALL_TYPES = {
    "flag": "BIT",
    "i8": "SMALLINT",
    "u8": "TINYINT",
    "i16": "SMALLINT",
    "u16": "INT",
    "i32": "INT",
    "u32": "BIGINT",
    "i64": "BIGINT",
    "u64": "DECIMAL(20, 0)",
    "i128": "DECIMAL(38, 0)",
    "u128": "DECIMAL(38, 0)",
    "quantity": "INT",
    "f32": "REAL",
    "f64": "FLOAT",
    "ratio": "FLOAT",
    "amount": "DECIMAL(12, 2)",
    "fee": "DECIMAL(4, 4)",
    "huge": "DECIMAL(38, 0)",
    "note": "NVARCHAR(MAX)",
    "code": "NVARCHAR(5)",
    "email": "NVARCHAR(MAX)",
    "key": "UNIQUEIDENTIFIER",
    "raw": "VARBINARY(MAX)",
    "hash": "VARBINARY(MAX)",
    "day": "DATE",
    "clock": "TIME(6)",
    "instant": "DATETIMEOFFSET(6)",
    "wall": "DATETIME2(6)",
    "status": f"NVARCHAR(450) {EXACT}",
    "priority": f"NVARCHAR(450) {EXACT}",
}


def text(model: Model) -> str:
    """The file of a model, which both parsers have read whole."""
    found = ddl.file(model, "sqlserver")
    tsql.parse(found)
    sql_reader.statements(found, "tsql")
    return found


def table(*fields: Field, **facts: object) -> Model:
    return models.a_model(models.an_object("t", "t", *fields, **facts))


def test_every_type_is_read_back() -> None:
    model = models.all_types_model()
    (object_,) = model.objects
    written = [each.type for each in columns(object_, DIALECT)]
    fields = object_.record.fields
    assert written == [
        ALL_TYPES.get(each.name.removeprefix("maybe_"), "NVARCHAR(MAX)") for each in fields
    ]
    found = tsql.tables(text(model))["dbo.samples"]
    assert [(name, each.required) for name, each in found.columns.items()] == [
        (each.column, each.required) for each in fields
    ]
    types = [sql_reader.sql_type(each.split(" COLLATE")[0], "tsql") for each in written]
    assert [each.type for each in found.columns.values()] == types


def test_names_keys_and_comments_come_back() -> None:
    model = shop.model()
    written = text(model)
    found = tsql.tables(written)
    assert list(found) == ["shop.customers", "shop.orders"]
    customers, orders = found.values()
    names = [each.column.lower() for each in model.object("orders").record.fields]
    assert list(orders.columns) == names
    assert (customers.primary_key, customers.unique) == (("id",), [("email",)])
    assert orders.primary_key == ("order", "region")
    assert orders.foreign_keys == [
        (("customer_id",), "shop.customers", ("id",)),
        (("of order", "of region"), "shop.orders", ("order", "region")),
    ]
    assert tsql.comments(written) == {
        ("shop", "customers"): f"Who buys. Line two: {shop.QUOTED}",
        ("shop", "customers", "id"): shop.QUOTED,
    }
    assert written.index("IF SCHEMA_ID(N'shop') IS NULL") < written.index("CREATE TABLE")


def test_all_that_is_made_is_guarded() -> None:
    # An index of some of the rows cannot be made without the option.
    unguarded = ("SET QUOTED_IDENTIFIER ON;", "EXEC sys.sp_executesql N'DECLARE @id INT =")
    for statement in text(shop.model()).split("\n\n")[1:]:
        assert statement.startswith(("IF ", *unguarded))
    assert "IF OBJECT_ID(N'shop.orders', N'U') IS NULL\nCREATE TABLE" in text(shop.model())


def test_rules_that_it_can_say_are_checks() -> None:
    found = {
        (path, rule)
        for name, bad in (("orders", shop.BAD_ORDERS), ("customers", shop.BAD_CUSTOMERS))
        for _, path, rule in bad
        if (path, rule) in {(e.path, e.name) for e in checks(shop.model().object(name), DIALECT)}
    }
    # No expressions before 2025, and a list is JSON whose inside a CHECK does not see.
    assert {(path, rule) for _, path, rule in shop.BAD_ORDERS} - found == {
        ("tags", "min_items"),
        ("tags", "max_items"),
    }
    said = [each.code for each in Ddl("sqlserver").check(shop.model())]
    assert said == ["PW343", "PW342", "PW342"]


def test_a_key_that_may_be_null_is_an_index_of_what_is_there() -> None:
    code = models.field("code", String(max_length=9), False, unique=True)
    parent = models.an_object("parents", "parent", code)
    child = models.an_object(
        "children",
        "child",
        models.field("of", String(max_length=9)),
        relationships=(Relationship(("of",), "parents", ("code",), models.SPAN),),
    )
    model = models.a_model(parent, child)
    written = text(model)
    assert tsql.tables(written)["dbo.parents"].unique == []
    assert written.index("SET QUOTED_IDENTIFIER ON;") < written.index(
        "IF INDEXPROPERTY(OBJECT_ID(N'dbo.parents'), N'uq_parents__code', N'IndexID') IS NULL\n"
        "CREATE UNIQUE INDEX uq_parents__code ON dbo.parents (code) WHERE code IS NOT NULL;"
    )
    assert [each.code for each in Ddl("sqlserver").check(model)] == ["PW344"]


def test_texts_that_refer_have_one_length() -> None:
    parent = models.an_object(
        "parents", "parent", models.field("id", String(max_length=9)), primary_key=("id",)
    )
    for length, said in ((9, []), (8, ["PW344"])):
        child = models.an_object(
            "children",
            "child",
            models.field("of", String(max_length=length)),
            relationships=(Relationship(("of",), "parents", ("id",), models.SPAN),),
        )
        model = models.a_model(parent, child)
        assert [each.code for each in Ddl("sqlserver").check(model)] == said
        text(model)


def test_no_number_is_longer_than_a_column_can_be() -> None:
    wide = Bounds(maximum=Number(10) ** 40)
    model = table(
        models.field("u", Integer(128, False)),
        models.field("f", Float(64, wide)),
        models.field("d", Decimal(38, 0, wide)),
    )
    assert [each.predicate for each in checks(model.objects[0], DIALECT)] == [
        "u IS NOT NULL",
        "u >= 0",
        "f IS NOT NULL",
        "f <= 1E40",
        "d IS NOT NULL",
    ]
    text(model)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("it's", "N'it''s'"),
        ("a\nb", "N'a' + NCHAR(10) + N'b'"),
        ("\\\n", "N'\\' + NCHAR(10)"),
    ],
)
def test_texts(value: str, written: str) -> None:
    assert literal(value, DIALECT) == written


def test_a_description_ends_no_batch() -> None:
    written = text(table(models.field("a", Integer(), description="x\nGO\ny \\\nz")))
    assert "N'x GO y \\ z'" in written
    assert not [line for line in written.splitlines() if line.strip().upper() == "GO"]


@pytest.mark.parametrize("name", ["a\nGO\nb", "x" * 129])
def test_names_that_it_cannot_have(name: str) -> None:
    model = table(models.field(name, Integer()))
    assert [each.code for each in Ddl("sqlserver").check(model)] == ["PW341"]


def test_no_table_is_a_temporary_one() -> None:
    model = models.a_model(models.an_object("#t", "t", models.field("# of items", Integer())))
    for dialect in ("sqlserver", "fabric"):
        assert [each.code for each in Ddl(dialect).check(model)] == ["PW341"]


def test_every_key_word_is_a_column_and_a_table() -> None:
    words = ["value", "schema_name", *sorted(DIALECT.identifiers.reserved)]
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    wide = models.an_object("wide", "wide", *fields)
    tables = [models.an_object(word, word, fields[0]) for word in words]
    (file,) = Ddl("sqlserver").emit(models.a_model(wide, *tables))
    found = tsql.tables(file.text)  # sqlfluff would take a minute
    assert list(found["dbo.wide"].columns) == words
    assert sorted(found) == sorted(f"dbo.{each}" for each in (*words, "wide"))
    assert quote("order", DIALECT) == "[order]" and quote("a]b", DIALECT) == "[a]]b]"


def test_hostile_text_is_only_text() -> None:
    texts = [text for text in models.HOSTILE if "\0" not in text]
    names = [*(" ".join(text.split()) for text in texts), "bidi \u202e kcab"]
    fields = [models.field(name, String(), False, description=name) for name in names]
    values = models.enum("t", "e", values=tuple(texts))
    model = models.a_model(
        models.an_object(
            "../../etc",
            "x",
            *fields,
            models.field("e", values, description=models.HOSTILE[5]),
            schema="a]b'",
        ),
        name="evil'; DROP TABLE x; --",
        source="a\nb.yaml",
    )
    written = text(model)
    (found,) = tsql.tables(written).values()
    assert list(found.columns) == [*(name.lower() for name in names), "e"]
    described = tsql.comments(written)
    assert [described[("a]b'", "../../etc", name)] for name in names] == [
        name.replace("\u202e", "\\u202e") for name in names
    ]


@corpus.needed
def test_the_tables_of_the_corpus() -> None:
    for dialect, reader in (("sqlserver", "tsql"), ("fabric", "fabric")):
        for text in ddl.of_corpus(dialect):
            assert len(tsql.tables(text, reader)) == text.count("\nCREATE TABLE ")
