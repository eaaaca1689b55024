"""The DDL for ClickHouse, executed by ClickHouse and read back from its catalogue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as Number
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from portwright.model import Array, Bounds, Date, Decimal, Field, Integer, Model, String
from portwright.targets.ddl import DIALECTS, Ddl, checks, literal, qualified, quote
from support import corpus, ddl, drawn_models, models, patterns, shop

if TYPE_CHECKING:
    from support.clickhouse import Server

DIALECT = DIALECTS["clickhouse"]

ALL_TYPES = {
    "flag": "Bool",
    "i8": "Int8",
    "u8": "UInt8",
    "i16": "Int16",
    "u16": "UInt16",
    "i32": "Int32",
    "u32": "UInt32",
    "i64": "Int64",
    "u64": "UInt64",
    "i128": "Int128",
    "u128": "UInt128",
    "quantity": "Int32",
    "f32": "Float32",
    "f64": "Float64",
    "ratio": "Float64",
    "amount": "Decimal(12, 2)",
    "fee": "Decimal(4, 4)",
    "huge": "Decimal(38, 0)",
    "note": "String",
    "code": "String",
    "email": "String",
    "key": "UUID",
    "raw": "String",
    "hash": "String",
    "day": "Date32",
    "clock": "Time64(6)",
    "instant": "DateTime64(6, 'UTC')",
    "wall": "DateTime64(6, 'UTC')",
    "vector_bfloat16": "Array(BFloat16)",
    "vector_binary": "Array(UInt8)",
    "vector_float16": "Array(Float32)",
    "vector_float32": "Array(Float32)",
    "vector_float64": "Array(Float64)",
    "vector_int8": "Array(Int8)",
    "vector_uint8": "Array(UInt8)",
    "status": "LowCardinality(String)",
    "priority": "LowCardinality(Nullable(String))",
    "choices": "Array(LowCardinality(String))",
    "part": "Tuple(label Nullable(String))",
    "rows": "Array(Tuple(n Nullable(Int64)))",
    "spots": "Map(String, Tuple(x Float64, y Float64))",
    "matrix": "Array(Array(Float64))",
    "gaps": "Array(Nullable(Int32))",
    "labels": "Map(String, Nullable(String))",
    "by_id": "Map(UUID, Array(Date32))",
    "by_number": "Map(Int32, Map(Date32, Decimal(9, 3)))",
    "by_flag": "Map(Bool, Float32)",
    "extra": "Nullable(String)",
    "extras": "Array(String)",
}


def create(server: Server, model: Model) -> None:
    """Runs the file of the model twice: it may be run again."""
    text = ddl.file(model, "clickhouse")
    for _ in range(2):
        server.execute(text)


def insert(server: Server, name: str, row: shop.Row) -> None:
    table = qualified(shop.model(), shop.model().object(name), DIALECT)
    columns = ", ".join(quote(column, DIALECT) for column in row)
    values = ", ".join(map(written, row.values()))
    server.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})")


def written(value: Any) -> str:
    """A value as SQL; a text is read as what the column holds."""
    match value:
        case None:
            return "NULL"
        case bytes():
            return f"unhex('{value.hex()}')"
        case dict():
            return f"tuple({', '.join(map(written, value.values()))})"
        case list():
            return f"[{', '.join(map(written, value))}]"
        case dt.datetime():
            return f"'{value.replace(tzinfo=None).isoformat(' ')}'"
        case _:
            return literal(str(value), DIALECT)


@pytest.fixture
def shopped(clickhouse: Server) -> Server:
    create(clickhouse, shop.model())
    insert(clickhouse, "customers", shop.CUSTOMER)
    return clickhouse


def columns(server: Server, table: str) -> list[tuple[Any, ...]]:
    """Name, type and comment of every column, from the catalogue."""
    return server.execute(
        f"SELECT name, type, comment FROM system.columns WHERE table = '{table}' ORDER BY position"
    )


def test_every_type_is_in_the_catalogue(clickhouse: Server) -> None:
    model = models.all_types_model()
    create(clickhouse, model)
    fields = model.object("samples").record.fields
    assert columns(clickhouse, "samples") == [
        (each.column, in_catalogue(each), each.description or "") for each in fields
    ]


def in_catalogue(field: Field) -> str:
    """The type of a column of `all_types_model`, null or not as the field says."""
    plain = ALL_TYPES[field.name.removeprefix("maybe_")]
    return f"Nullable({plain})" if field.name.startswith("maybe_") else plain


def test_names_keys_and_comments_come_back(shopped: Server) -> None:
    model = shop.model()
    found = columns(shopped, "orders")
    assert [name for name, *_ in found] == [
        each.column for each in model.object("orders").record.fields
    ]
    assert ("address", "Tuple(zip Nullable(String))", "") in found
    assert columns(shopped, "customers")[0] == ("id", "Int64", shop.QUOTED)
    tables = shopped.execute(
        "SELECT name, engine, sorting_key, partition_key, comment FROM system.tables"
        " WHERE database = 'shop' ORDER BY name"
    )
    assert tables == [
        ("customers", "MergeTree", "(id)", "", model.object("customers").description),
        ("orders", "MergeTree", "order, Region", "", ""),
    ]


def test_a_good_row_goes_in_and_comes_back(shopped: Server) -> None:
    insert(shopped, "orders", shop.ORDER)
    (row,) = shopped.execute("SELECT * REPLACE (hex(hash) AS hash) FROM shop.orders")
    assert dict(zip(shop.ORDER, row, strict=True)) == {
        **shop.ORDER,
        "order": str(shop.ORDER["order"]),
        "total": 0.01,
        "hash": "00FF",
        "day": "2020-02-29",
        "clock": "18:30:00.000000",
        "at": "2024-01-01 00:00:00.000001",
        "wall": "2029-12-31 23:59:59.999999",
    }
    for name in ("orders", "customers"):
        assert broken(shopped, shop.model(), name) == []


def broken(server: Server, model: Model, name: str) -> list[tuple[str, str]]:
    """Path and name of every rule that a row of the table breaks."""
    object_ = model.object(name)
    table = qualified(model, object_, DIALECT)
    return [
        (each.path, each.name)
        for each in checks(object_, DIALECT)
        if server.execute(f"SELECT 1 FROM {table} WHERE NOT ({each.predicate})")
    ]


# An empty list is an absent one here, and nothing is null inside where the type says so.
BAD_ORDERS = [each for each in shop.BAD_ORDERS if each[0] != {"tags": []}]
INSIDE = [each for each in (*shop.BAD_LISTS, *shop.BAD_LINES) if each[2] != "required"]


@pytest.mark.parametrize(
    ("name", "good", "change", "path", "rule"),
    [
        *(("orders", shop.ORDER, *bad) for bad in (*BAD_ORDERS, *INSIDE)),
        *(("customers", shop.CUSTOMER, *bad) for bad in shop.BAD_CUSTOMERS),
        ("customers", shop.CUSTOMER, {"email": f"a@{'b' * 26}.org"}, "email", "max_characters"),
        ("orders", shop.ORDER, {"address": {"zip": "1234  AB"}}, "address.zip", "pattern"),
    ],
)
def test_a_bad_row_is_refused(
    shopped: Server, name: str, good: shop.Row, change: shop.Row, path: str, rule: str
) -> None:
    with pytest.raises(RuntimeError, match="VIOLATED_CONSTRAINT") as caught:
        insert(shopped, name, {**good, **change})
    place = path.replace("[]", "__items").replace(".", "__")
    assert f"`ck_{name}__{place}__{rule}`" in str(caught.value)


def test_what_is_absent_breaks_no_rule(shopped: Server) -> None:
    insert(shopped, "orders", {key: shop.ORDER[key] for key in ("Region", "order")})
    (row,) = shopped.execute("SELECT tags, address, lines FROM shop.orders")
    assert row == ([], {"zip": None}, [])
    assert broken(shopped, shop.model(), "orders") == []


def test_numbers_are_compared_exactly(clickhouse: Server) -> None:
    cent = Bounds(Number("0.1"), multiple_of=Number("0.01"))
    most = Bounds(maximum=Number("12345678901234567.89"))
    whole = Bounds(maximum=Number(2**100 + 1))
    fields = (
        models.field("cents", Decimal(12, 4, cent), False),
        models.field("most", Decimal(20, 2, most), False),
        models.field("whole", Integer(128, bounds=whole), False),
    )
    create(clickhouse, models.a_model(models.an_object("t", "t", *fields)))
    for name, good, bad in (
        ("cents", "0.29", "0.295"),
        ("most", "12345678901234567.89", "12345678901234567.90"),
        ("whole", str(2**100 + 1), str(2**100 + 2)),
    ):
        clickhouse.execute(f"INSERT INTO t ({name}) VALUES ('{good}')")
        with pytest.raises(RuntimeError, match="VIOLATED_CONSTRAINT"):
            clickhouse.execute(f"INSERT INTO t ({name}) VALUES ('{bad}')")


@pytest.mark.parametrize("names", [("l.a", "l.b"), ("l", "l.a"), ("_block_number",)])
def test_names_that_it_cannot_have(clickhouse: Server, names: tuple[str, ...]) -> None:
    lists = [models.field(name, Array(String())) for name in names]
    model = models.a_model(models.an_object("t", "t", *lists))
    assert [each.code for each in Ddl("clickhouse").check(model)] in (["PW340"], ["PW341"])
    (file,) = Ddl("clickhouse").emit(model)
    with pytest.raises(RuntimeError, match=r"collision|reserved|different array sizes"):
        clickhouse.execute(file.text)
        clickhouse.execute("INSERT INTO t VALUES (['a'], ['b', 'c'])")


def test_a_dot_is_in_a_name_like_any_other(clickhouse: Server) -> None:
    fields = [models.field(name, String()) for name in ("l.a", "l.b", "l.c d")]
    create(clickhouse, models.a_model(models.an_object("a.b", "t", *fields)))
    assert [name for name, *_ in columns(clickhouse, "a.b")] == ["l.a", "l.b", "l.c d"]


def test_parts_and_order_are_the_contracts(clickhouse: Server) -> None:
    fields = (
        models.field("id", Integer()),
        models.field("region of", String(), False),
        models.field("day", Date(), False),
    )
    facts = {"primary_key": ("id",), "partition_key": ("day", "region of"), "description": "Rows."}
    create(clickhouse, models.a_model(models.an_object("t", "t", *fields, **facts)))
    clickhouse.execute("INSERT INTO t VALUES (2, 'a', '2024-02-01'), (1, NULL, NULL)")
    assert clickhouse.execute(
        "SELECT sorting_key, partition_key, comment FROM system.tables WHERE name = 't'"
    ) == [("(id)", "(toYYYYMM(day), `region of`)", "Rows.")]
    assert clickhouse.execute("SELECT partition FROM system.parts ORDER BY partition") == [
        ("(202402,'a')",),
        ("(NULL,NULL)",),
    ]


def test_every_key_word_is_a_column_a_field_and_a_table(clickhouse: Server) -> None:
    found = clickhouse.execute("SELECT DISTINCT lower(keyword) FROM system.keywords")
    plain = DIALECT.identifiers.plain
    words = sorted(
        {word for (word,) in found if plain.fullmatch(word)} | DIALECT.identifiers.reserved
    )
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    nested = tuple(each for each in fields if each.name != "null")
    struct = models.record("s", "wide", "nested field", fields=nested)
    wide = models.an_object("wide", "wide", *fields, models.field("nested field", struct, False))
    reserved = sorted(DIALECT.identifiers.reserved)
    tables = [
        models.an_object(
            word,
            word,
            models.field(word, bounded),
            primary_key=(word,),
            partition_key=(word,),
        )
        for word in reserved
    ]
    create(clickhouse, models.a_model(wide, *tables))
    assert [name for name, *_ in columns(clickhouse, "wide")] == [*words, "nested field"]
    keys = clickhouse.execute(
        "SELECT name, sorting_key FROM system.tables"
        " WHERE database = 'default' AND name <> 'wide' ORDER BY name"
    )
    assert [(name, key.strip("`()")) for name, key in keys] == [(word, word) for word in reserved]


def test_hostile_text_is_only_text(clickhouse: Server) -> None:
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
            schema='a"b`\\',
        ),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )
    create(clickhouse, model)
    found = columns(clickhouse, "../../etc")
    assert [name for name, *_ in found] == [*names, "e", "s", "l"]
    assert [comment for *_, comment in found[: len(names)]] == names
    table = qualified(model, model.object("../../etc"), DIALECT)
    for text in texts:
        clickhouse.execute(f"INSERT INTO {table} (e) VALUES ({literal(text, DIALECT)})")
    assert clickhouse.execute(f"SELECT count() FROM {table}") == [(len(texts),)]
    assert broken(clickhouse, model, "../../etc") == []


def test_no_field_is_called_like_the_mask_of_nulls(clickhouse: Server) -> None:
    struct = models.record("s", "t", "s", fields=(models.field("null", String()),))
    model = models.a_model(models.an_object("t", "t", models.field("s", struct)))
    assert [each.code for each in Ddl("clickhouse").check(model)] == ["PW341"]
    (file,) = Ddl("clickhouse").emit(model)
    with pytest.raises(RuntimeError, match="'null' is reserved"):
        clickhouse.execute(file.text)


@pytest.mark.parametrize("pattern", patterns.PORTABLE)
def test_patterns_mean_what_they_mean_in_ecma(clickhouse: Server, pattern: str) -> None:
    asked = ", ".join(patterns.predicates(pattern, DIALECT))
    (row,) = clickhouse.execute(f"SELECT {asked}")
    assert list(map(bool, row)) == patterns.expected(pattern)


@settings(max_examples=20)
@given(drawn_models.models())
def test_any_model_is_a_table_whose_rules_can_be_asked(
    clickhouse_server: Server, model: Model
) -> None:
    create(clickhouse_server, model)
    (object_,) = model.objects
    assert broken(clickhouse_server, model, object_.name) == []
    clickhouse_server.empty()


@corpus.needed
def test_the_tables_of_the_corpus(clickhouse: Server) -> None:
    for text in ddl.of_corpus("clickhouse"):
        for _ in range(2):
            clickhouse.execute(text)
        clickhouse.empty()
