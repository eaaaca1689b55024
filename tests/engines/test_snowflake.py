"""The DDL for Snowflake: read by sqlglot as it is, and run by fakesnow, which is DuckDB.

fakesnow holds nested types as JSON and times without their precision; those are read back from
the statements. It enforces keys, which Snowflake only notes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal as Number

import pytest
import snowflake.connector.errors
from duckdb import ConstraintException

from portwright.model import (
    Bounds,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Server,
    String,
    Timestamp,
    Vector,
    VectorElement,
)
from portwright.targets.ddl import DIALECTS, Ddl, literal, qualified, quote
from support import corpus, ddl, models, shop, sql_reader
from support.snowflake import Account, account

DIALECT = DIALECTS["snowflake"]

# As DESCRIBE TABLE says it.
SCALARS = {
    "flag": "BOOLEAN",
    "i8": "NUMBER(3,0)",
    "u8": "NUMBER(3,0)",
    "i16": "NUMBER(5,0)",
    "u16": "NUMBER(5,0)",
    "i32": "NUMBER(10,0)",
    "u32": "NUMBER(10,0)",
    "i64": "NUMBER(19,0)",
    "u64": "NUMBER(20,0)",
    "i128": "NUMBER(38,0)",
    "u128": "NUMBER(38,0)",
    "quantity": "NUMBER(10,0)",
    "f32": "FLOAT",
    "f64": "FLOAT",
    "ratio": "FLOAT",
    "amount": "NUMBER(12,2)",
    "fee": "NUMBER(4,4)",
    "huge": "NUMBER(38,0)",
    "note": "VARCHAR(16777216)",
    "code": "VARCHAR(5)",
    "email": "VARCHAR(16777216)",
    "key": "VARCHAR(36)",
    "raw": "BINARY(8388608)",
    "hash": "BINARY(8388608)",
    "day": "DATE",
    "clock": "TIME(9)",
    "instant": "TIMESTAMP_TZ(9)",
    "wall": "TIMESTAMP_NTZ(9)",
    "status": "VARCHAR(16777216)",
    "priority": "VARCHAR(16777216)",
}

# As sqlglot writes them.
OTHERS = {
    "clock": "TIME(6)",
    "instant": "TIMESTAMPTZ(6)",
    "wall": "TIMESTAMPNTZ(6)",
    "vector_bfloat16": "VECTOR(FLOAT, 3)",
    "vector_binary": "VECTOR(INT, 3)",
    "vector_float16": "VECTOR(FLOAT, 3)",
    "vector_float32": "VECTOR(FLOAT, 3)",
    "vector_float64": "ARRAY(DOUBLE)",
    "vector_int8": "VECTOR(INT, 3)",
    "vector_uint8": "VECTOR(INT, 3)",
    "choices": "ARRAY(VARCHAR)",
    "part": "OBJECT(label VARCHAR NOT NULL)",
    "rows": "ARRAY(OBJECT(n DECIMAL(19, 0)))",
    "spots": "MAP(VARCHAR, OBJECT(x DOUBLE NOT NULL, y DOUBLE NOT NULL))",
    "matrix": "ARRAY(ARRAY(DOUBLE))",
    "gaps": "ARRAY(DECIMAL(10, 0))",
    "labels": "MAP(VARCHAR, VARCHAR)",
    "by_id": "MAP(VARCHAR(36), ARRAY(DATE))",
    "by_number": "MAP(DECIMAL(10, 0), VARIANT)",
    "by_flag": "VARIANT",
    "extra": "VARIANT",
    "extras": "ARRAY(VARIANT)",
}


@pytest.fixture
def dwh() -> Iterator[Account]:
    with account() as opened:
        yield opened


@pytest.fixture
def shopped(dwh: Account) -> Account:
    create(dwh, shop.model())
    insert(dwh, "customers", shop.CUSTOMER)
    return dwh


def written(model: Model) -> str:
    return ddl.file(model, "snowflake")


def create(dwh: Account, model: Model) -> dict[str, sql_reader.Table]:
    """Runs the file of the model twice, as it may be; its tables as sqlglot reads them."""
    text = written(model)
    for _ in range(2):
        dwh.run(text)
    return sql_reader.catalogue(text, "snowflake")


def insert(dwh: Account, name: str, row: shop.Row) -> None:
    model = shop.model()
    columns = ", ".join(f'"{held}"' for held in map(stored, row))
    table = qualified(model, model.object(name), DIALECT)
    dwh.execute(f"INSERT INTO {table} ({columns}) SELECT {', '.join(map(value, row.values()))}")


def stored(name: str) -> str:
    return name.upper() if name.isidentifier() else name


def value(held: object) -> str:
    """An expression for a value of a row."""
    match held:
        case None:
            return "NULL"
        case int() | float() | Number():
            return str(held)
        case bytes():
            return f"TO_BINARY('{held.hex()}', 'HEX')"
        case list() | dict():
            return f"PARSE_JSON({literal(json.dumps(held), DIALECT)})"
        case dt.datetime(tzinfo=None):
            return f"'{held}'::TIMESTAMP_NTZ"
        case dt.datetime():
            return f"'{held}'::TIMESTAMP_TZ"
        case _:
            return literal(str(held), DIALECT)


def test_every_type_is_in_the_catalogue(dwh: Account) -> None:
    model = models.all_types_model()
    read = create(dwh, model)["SAMPLES"].columns
    described = {each[0]: (each[1], each[3]) for each in dwh.execute("DESCRIBE TABLE samples")}
    fields = model.object("samples").record.fields
    assert list(described) == list(read) == [each.column.upper() for each in fields]
    for each in fields:
        name, column = each.name.removeprefix("maybe_"), each.column.upper()
        type_, null = described[column]
        assert type_ == SCALARS.get(name, type_), each.name
        assert null == ("N" if each.required else "Y"), each.name
        assert read[column].required == each.required, each.name
        assert name in SCALARS or name in OTHERS
        assert read[column].type == OTHERS.get(name, read[column].type), each.name


def test_names_keys_and_comments_come_back(shopped: Account) -> None:
    model = shop.model()
    columns = shopped.execute(
        "SELECT table_name, column_name, is_nullable, comment FROM information_schema.columns"
        " WHERE table_schema = 'SHOP' ORDER BY table_name, ordinal_position"
    )
    fields = {each.name.upper(): each.record.fields for each in model.objects}
    assert columns == [
        (table, stored(each.column), "NO" if each.required else "YES", each.description)
        for table in sorted(fields)
        for each in fields[table]
    ]
    comments = shopped.execute(
        "SELECT table_name, comment FROM information_schema.tables WHERE table_schema = 'SHOP'"
    )
    assert dict(comments)["CUSTOMERS"] == model.object("customers").description
    keys = shopped.execute("SHOW PRIMARY KEYS IN SCHEMA shop")
    assert sorted(each[3:5] for each in keys) == [
        ("CUSTOMERS", "ID"),
        ("ORDERS", "ORDER"),
        ("ORDERS", "REGION"),
    ]
    read = sql_reader.catalogue(written(model), "snowflake")
    assert read["SHOP.ORDERS"].primary_key == ("ORDER", "REGION")
    assert read["SHOP.CUSTOMERS"].unique == [("EMAIL",)]
    assert read["SHOP.ORDERS"].foreign_keys == [
        (("CUSTOMER_ID",), "SHOP.CUSTOMERS", ("ID",)),
        (("of order", "of region"), "SHOP.ORDERS", ("ORDER", "REGION")),
    ]


def test_a_good_row_goes_in_and_a_row_of_nulls_is_no_worse_than_required(
    shopped: Account,
) -> None:
    insert(shopped, "orders", shop.ORDER)
    key = {"Region": "US", "order": shop.ORDER["order"]}
    insert(shopped, "orders", key)
    rows = shopped.execute('SELECT status, total, hash, "AT", wall, day FROM shop.orders')
    names = ("status", "total", "hash", "at", "wall", "day")
    assert rows == [tuple(shop.ORDER[name] for name in names), (None,) * 6]


@pytest.mark.parametrize(
    ("name", "good", "change", "rule"),
    [
        *(("orders", shop.ORDER, change, rule) for change, _, rule in shop.BAD_ORDERS),
        *(("customers", shop.CUSTOMER, change, rule) for change, _, rule in shop.BAD_CUSTOMERS),
        ("orders", shop.ORDER, {"small": 256}, "maximum"),
    ],
)
def test_a_bad_row_is_refused(
    shopped: Account, name: str, good: shop.Row, change: shop.Row, rule: str
) -> None:
    key = {"id": 8} if name == "customers" else {}
    with pytest.raises(ConstraintException, match="CHECK"):
        insert(shopped, name, {**good, **key, **change})


def test_a_column_that_must_be_there_may_not_be_null(shopped: Account) -> None:
    with pytest.raises(ConstraintException, match="NOT NULL"):
        insert(shopped, "orders", {**shop.ORDER, "Region": None})


def test_every_key_word_is_a_column_and_a_table(dwh: Account) -> None:
    words = ["value", "schema", "comment", *sorted(DIALECT.identifiers.reserved - {"schema"})]
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    wide = models.an_object("wide", "wide", *fields)
    tables = [models.an_object(word, word, fields[0]) for word in words]
    read = sql_reader.catalogue(written(models.a_model(wide, *tables)), "snowflake")
    assert list(read["WIDE"].columns) == [word.upper() for word in words]
    assert set(read) == {"WIDE", *(word.upper() for word in words)}
    create(dwh, models.a_model(wide))
    assert [each[0] for each in dwh.execute("DESCRIBE TABLE wide")] == list(read["WIDE"].columns)


def hostile(names: list[str]) -> Model:
    texts = tuple(text for text in models.HOSTILE if "\0" not in text)
    values = models.enum("t", "e", values=texts)
    limited = String(min_length=1)
    inner = tuple(models.field(name, limited) for name in names)
    return models.a_model(
        models.an_object(
            "../../etc",
            "x",
            *(models.field(name, String(), False, description=name) for name in names),
            models.field("e", values, description=models.HOSTILE[5]),
            models.field("s", models.record("s", "t", "s", fields=inner), False),
            schema="a b",
        ),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )


def test_hostile_text_is_only_text(dwh: Account) -> None:
    names = [" ".join(text.split()) for text in models.HOSTILE if "\0" not in text]
    (read,) = sql_reader.catalogue(written(hostile(names)), "snowflake").values()
    assert list(read.columns) == [*names, "E", "S"]
    assert [read.columns[name].comment for name in names] == names
    assert read.columns["E"].comment == "nul \\u0000 bell \\u0007 bidi \\u202e kcab \\u2066"
    # fakesnow keeps no apostrophe in the name of a column, and no backslash in that of a field.
    create(dwh, hostile([name for name in names if not set(name) & set("'\\")]))
    texts = [text for text in models.HOSTILE if "\0" not in text]
    for text in texts:
        dwh.execute(f'INSERT INTO "a b"."../../etc" (e) SELECT {literal(text, DIALECT)}')
    held = dwh.execute('SELECT e FROM "a b"."../../etc"')
    assert [text for (text,) in held] == texts


def test_the_server_names_the_database(dwh: Account) -> None:
    server = Server("x", "snowflake", settings=(("database", "DWH"), ("schema", "sales")))
    model = models.a_model(models.an_object("t", "t", models.field("id", Integer())))
    (name,) = create(dwh, replace(model, servers=(server,)))
    assert name == "DWH.SALES.T"
    assert dwh.execute("SELECT * FROM dwh.sales.t") == []


def test_rows_are_clustered_by_the_partition_key(dwh: Account) -> None:
    fields = (
        models.field("at", Timestamp()),
        models.field("region", String()),
        models.field("doc", Json()),
    )
    key = ("at", "region", "doc")
    model = models.a_model(models.an_object("t", "t", *fields, partition_key=key))
    assert create(dwh, model)["T"].layout == ['CLUSTER BY (TO_DATE("AT"), region)']
    (finding,) = Ddl("snowflake").check(model)
    assert (finding.code, "`doc`" in finding.message) == ("PW346", True)


def test_a_vector_of_too_many_dimensions_is_json(dwh: Account) -> None:
    sizes = (4096, 4097)
    element = VectorElement.FLOAT32
    fields = [models.field(f"v{each}", Vector(each, element)) for each in sizes]
    read = create(dwh, models.a_model(models.an_object("t", "t", *fields)))["T"].columns
    assert [each.type for each in read.values()] == ["VECTOR(FLOAT, 4096)", "VARIANT"]


def test_a_field_inside_keeps_its_letters() -> None:
    fields = (models.field("order", String()), models.field("orderId", String()))
    struct = models.record("s", "t", "s", fields=fields)
    model = models.a_model(models.an_object("t", "t", models.field("s", struct)))
    assert 's OBJECT("order" VARCHAR NOT NULL, orderId VARCHAR NOT NULL) NOT NULL' in written(model)


def test_what_fakesnow_refuses_is_refused_here(dwh: Account) -> None:
    with pytest.raises(snowflake.connector.errors.ProgrammingError):
        dwh.execute("CREATE TABLE t (a NO_SUCH_TYPE)")
    for text in ("CREATE TABLE t (a NO_SUCH_TYPE)", "CREATE TABEL t (a NUMBER)"):
        with pytest.raises((AssertionError, sql_reader.sqlglot.errors.ParseError)):
            sql_reader.statements(text, "snowflake")


def test_names_are_quoted_where_they_must_be() -> None:
    for name, expected in {
        "total": "total",
        "orderId": "orderId",
        "order": '"ORDER"',
        "Order": '"ORDER"',
        "1st": '"1st"',
        "naïve": '"naïve"',
        "a$b": "a$b",
        'a"b': '"a""b"',
    }.items():
        assert quote(name, DIALECT) == expected


@corpus.needed
def test_the_tables_of_the_corpus() -> None:
    for text in ddl.of_corpus("snowflake"):
        assert sql_reader.catalogue(text, "snowflake")

    target = Ddl("snowflake")
    for _, model in corpus.models():
        if not any(each.is_error for each in target.check(model)):
            for file in target.emit(model):
                assert sql_reader.catalogue(file.text, "snowflake")


def test_what_is_nested_is_in_no_key() -> None:
    fields = (
        models.field("counts", Map(String(), Integer()), unique=True),
        models.field("code", String(), unique=True),
    )
    model = models.a_model(models.an_object("t", "t", *fields))
    (finding,) = Ddl("snowflake").check(model)
    assert finding.code == "PW343" and "`counts` is not kept unique" in finding.message
    (file,) = Ddl("snowflake").emit(model)
    assert file.text.count("UNIQUE") == 1
    with account() as opened:
        opened.run(file.text)


def test_a_bound_has_no_more_digits_than_a_number() -> None:
    bounds = Bounds(minimum=Number("-2.5"), maximum=Number("1.5e300"))
    model = models.a_model(models.an_object("t", "t", models.field("x", Float(64, bounds))))
    (file,) = Ddl("snowflake").emit(model)
    assert "x >= -2.5" in file.text and "x <= 15E299" in file.text
    with account() as opened:
        opened.run(file.text)
