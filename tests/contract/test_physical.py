"""Physical types of every dialect, and what they say beside a logical type or without one."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from portwright.contract import physical
from portwright.diagnostics import Span
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from support.reading import contract_of, read

PLACE = physical.Place("value", "value", ("orders", "value"), Span("shop.odcs.yaml"))


def meant(text: str) -> Type | None:
    found = physical.read(text, PLACE)
    return found.type if found else None


def enum(*values: str) -> Enum:
    return Enum("value", PLACE.path, tuple(map(EnumValue, values)))


def fields(type_: Type | None) -> dict[str, Type]:
    assert isinstance(type_, Record)
    return {each.name: each.type for each in type_.fields}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int4", Integer()),
        ("INT64", Integer()),
        ("NUMBER(10)", Integer()),
        ("NUMBER(10,0)", Integer()),
        ("NUMBER(38,0)", Decimal(38, 0)),
        ("NUMBER(*, 2)", Decimal(38, 2)),
        ("NUMBER(10, -2)", Integer()),
        ("NUMBER(30, -2)", Decimal(32, 0)),
        ("NUMERIC(10)", Decimal(10, 0)),
        ("DECIMAL(18,2)", Decimal(18, 2)),
        ("decimal[10, 2]", Decimal(10, 2)),
        ("DECIMAL(18, 2) UNSIGNED ZEROFILL", Decimal(18, 2)),
        ("Decimal64(4)", Decimal(18, 4)),
        ("int unsigned auto_increment", Integer(32, signed=False)),
        ("bigint(20) unsigned", Integer(64, signed=False)),
        ("float(3,2)", Float()),
        ("double precision", Float()),
        ("varchar[50]", String(max_length=50)),
        ("varchar[2147483647]", String()),
        ("character varying(20)", String(max_length=20)),
        ("VARCHAR2(20 CHAR)", String(max_length=20)),
        ("NVARCHAR(MAX)", String()),
        ("varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", String(max_length=20)),
        ("varchar(255) PRIMARY KEY", String(max_length=255)),
        ("varchar(256) ENCODE zstd DISTKEY", String(max_length=256)),
        ("[nvarchar](50)", String(max_length=50)),
        ("[decimal](18, 2) NOT NULL", Decimal(18, 2)),
        ("[int]", Integer()),
        ("fixed(10,2)", Decimal(10, 2)),
        ("fixed(16)", Bytes(max_length=16)),
        ("FixedString(16)", String(max_length=16)),
        ("LowCardinality(Nullable(String))", String()),
        ("text", String()),
        ("CHAR(16) FOR BIT DATA", Bytes(max_length=16)),
        ("varbinary(max)", Bytes()),
        ("bit(1)", Boolean()),
        ("date", Date()),
        ("time(6) with time zone", Time()),
        ("timestamp_tz", Timestamp()),
        ("timestamp(6) with time zone", Timestamp()),
        ("TIMESTAMP(9) WITHOUT TIME ZONE", Timestamp(zoned=False)),
        ("DateTime", Timestamp(zoned=False)),
        ("DateTime64(3, 'UTC')", Timestamp()),
        ("uniqueidentifier", Uuid()),
        ("GEOGRAPHY", String()),
        ("geometry(Point, 4326)", String()),
        ("INTERVAL YEAR TO MONTH", String()),
        ("interval day(2) to second(6)", String()),
        ("SimpleAggregateFunction(sum, Float64)", Float()),
        ("datetime64[ns]", Timestamp(zoned=False)),
        ("datetime64[ns, UTC]", Timestamp()),
        ("timestamp-millis", Timestamp()),
        ("local-timestamp-micros", Timestamp(zoned=False)),
        ("time-micros", Time()),
        ("date-time", Timestamp()),
        ("bit varying(8)", String()),
        ("sfixed64", Integer()),
        ("_int4", Array(Integer())),
        ("_numeric", Array(Decimal(38, 9))),
        ("VARIANT", Json()),
        ("STRUCT", Json()),
        ("Object('json')", Json()),
        ("vector(3)", Vector(3, VectorElement.FLOAT32)),
        ("VECTOR(FLOAT, 256)", Vector(256, VectorElement.FLOAT32)),
        ("VECTOR(1024, FLOAT64)", Vector(1024, VectorElement.FLOAT64)),
        ("halfvec(3)", Vector(3, VectorElement.FLOAT16)),
        ("ENUM('a','b')", enum("a", "b")),
        ('enum("a", "it\'s", "b""c")', enum("a", "it's", 'b"c')),
        ("Enum8('a' = 1, 'it''s' = -2)", enum("a", "it's")),
        ("set('a', 'b')", Array(enum("a", "b"), unique_items=True)),
        ("set<int>", Array(Integer(), unique_items=True)),
        ("int[]", Array(Integer())),
        ("varchar(3)[]", Array(String(max_length=3))),
        ("integer[3][]", Array(Array(Integer()))),
        ("integer ARRAY[4]", Array(Integer())),
        ("varchar(20) array", Array(String(max_length=20))),
        ("list[str]", Array(String())),
        ("Array(Nullable(UInt8))", Array(Nullable(Integer(8, signed=False)))),
        ("ARRAY(VARCHAR NOT NULL)", Array(String())),
        ("dict[str, int]", Map(String(), Integer())),
        ("Map(LowCardinality(String), Nullable(Float64))", Map(String(), Nullable(Float()))),
        ("map<string,array<decimal(9,2)>>", Map(String(), Array(Decimal(9, 2)))),
    ],
)
def test_a_physical_type_names_a_type(written: str, expected: Type) -> None:
    assert meant(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "STRUCT<a INT64, `b c` ARRAY<STRUCT<c STRING>>>",
        "struct<a:int,`b c`:array<struct<c:string>>>",
        'ROW(a integer, "b c" array(row(c varchar)))',
        "Tuple(a Int64, `b c` Nested(c String))",
        'STRUCT(a BIGINT, "b c" STRUCT(c VARCHAR)[])',
        'OBJECT(a NUMBER(10), "b c" ARRAY(OBJECT(c VARCHAR)))',
        'record<a: int not null default (1 + 2), "b c": array<record<c: text>>>',
    ],
)
def test_a_record_has_the_fields_that_it_names(written: str) -> None:
    found = fields(meant(written))
    assert list(found) == ["a", "b c"]
    assert found["a"] == Integer()
    inner = found["b c"]
    assert isinstance(inner, Array) and isinstance(inner.element, Record)
    assert fields(inner.element) == {"c": String()}
    assert inner.element.path == ("orders", "value", "b c")


def test_a_field_of_a_record_may_be_required_and_explained() -> None:
    type_ = meant("struct<a: int not null comment 'how ''many', b: string>")
    assert isinstance(type_, Record)
    first, second = type_.fields
    assert (first.required, first.description) == (True, "how 'many")
    assert (second.required, second.description) == (False, None)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "9",
        "AccountNumber",
        "_AccountNumber",
        "_",
        "my_schema.my_type",
        "bit(8)",
        "DECIMAL(10.2)",
        "DECIMAL(10",
        "DECIMAL(a, b)",
        "DECIMAL(0)",
        "DECIMAL(1, 2, 3)",
        "VECTOR(GEOGRAPHY, 3)",
        "STRUCT<a INT64, b AccountNumber>",
        "ARRAY<AccountNumber>",
        "MAP<STRING>",
        "ENUM('a",
        "ENUM(a, b)",
        "[dbo].[AccountNumber]",
        "Enum8('a' = b)",
        "int]",
        "int[[]]",
        "struct<a:int",
        "struct<:int>",
        "ARRAY<" * 40 + "INT" + ">" * 40,
        "varchar" * 9999,
        "STRUCT<" * 9999,
    ],
)
def test_what_is_no_type_is_none(written: str) -> None:
    assert meant(written) is None


def test_a_record_without_names_is_any_json() -> None:
    found = physical.read("Tuple(Int32, String)", PLACE)
    assert found == physical.Physical(Json(), complete=False)


def one(keys: str) -> tuple[Type, list[str], list[str]]:
    """The type of a property with those keys, and the codes and messages of what is found."""
    model, found = read(contract_of(f"- {{name: lines, {keys}}}"))
    assert model is not None
    type_ = model.objects[0].record.fields[0].type
    return type_, [each.code for each in found], [each.message for each in found]


@pytest.mark.parametrize("logical", ["", "logicalType: array, "])
def test_a_list_of_records_is_named_as_its_items_would_be(logical: str) -> None:
    type_, codes, _ = one(f"{logical}physicalType: 'ARRAY<STRUCT<sku STRING, tags SET<text>>>'")
    assert codes == []
    assert isinstance(type_, Array) and isinstance(type_.element, Record)
    assert (type_.element.name, type_.element.path) == ("line", ("orders", "lines"))


def test_listed_properties_count_more_than_a_physical_record() -> None:
    type_, codes, _ = one(
        "logicalType: object, physicalType: 'STRUCT<a INT64>',"
        " properties: [{name: b, logicalType: string}]"
    )
    assert codes == []
    assert list(fields(type_)) == ["b"]


def test_a_record_name_is_that_of_a_physical_record_too() -> None:
    type_, _, _ = one(
        "physicalType: 'ARRAY<STRUCT<a INT64>>',"
        " customProperties: [{property: recordName, value: Position}]"
    )
    assert isinstance(type_, Array) and isinstance(type_.element, Record)
    assert type_.element.name == "Position"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("logicalType: object, physicalType: 'MAP<STRING,INT>'", Map(String(), Integer())),
        ("logicalType: array, physicalType: 'vector(3)'", Vector(3, VectorElement.FLOAT32)),
        ("logicalType: vector, physicalType: 'halfvec(3)'", Vector(3, VectorElement.FLOAT16)),
        ("logicalType: boolean, physicalType: NUMBER(1)", Boolean()),
        ("logicalType: boolean, physicalType: CHAR(1)", Boolean()),
        ("logicalType: integer, physicalType: NUMBER", Integer()),
        ("logicalType: string, physicalType: jsonb", String()),
        ("logicalType: string, physicalType: GEOGRAPHY", String()),
    ],
)
def test_a_physical_type_may_say_more(keys: str, expected: Type) -> None:
    assert one(keys)[:2] == (expected, [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("timestamp", Timestamp()),
        ("TIMESTAMP_NTZ", Timestamp(zoned=False)),
        ("time", Time()),
        ("date", Date()),
    ],
)
@pytest.mark.parametrize("version", ["v3.0.2", "v3.1.0"])
def test_a_date_may_be_kept_with_its_time(version: str, written: str, expected: Type) -> None:
    text = contract_of(f"- {{name: at, logicalType: date, physicalType: {written}}}")
    model, found = read(text.replace("v3.1.0", version))
    assert model is not None and model.objects[0].record.fields[0].type == expected
    warned = version == "v3.1.0" and written != "date"
    assert [each.code for each in found] == ["PW121"] * warned


def test_an_enum_of_the_database_closes_the_values() -> None:
    type_, codes, _ = one("""logicalType: string, physicalType: "ENUM('a','b')" """)
    assert codes == []
    assert isinstance(type_, Enum)
    assert [each.value for each in type_.values] == ["a", "b"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("logicalType: integer, physicalType: STRING", Integer()),
        ("logicalType: string, physicalType: INT64", String()),
        ("logicalType: integer, physicalType: 'DECIMAL(8,2)'", Integer()),
        ("logicalType: boolean, physicalType: 'NUMBER(10,2)'", Boolean()),
        ("logicalType: timestamp, physicalType: DATE", Timestamp()),
        ("logicalType: boolean, physicalType: GEOGRAPHY", Boolean()),
        ("logicalType: object, physicalType: text", Json()),
    ],
)
def test_a_conflict_says_which_type_won(keys: str, expected: Type) -> None:
    type_, codes, messages = one(keys)
    assert type_ == expected
    assert codes == ["PW121"]
    assert "are taken as" in messages[0]


LISTED = "properties: [{name: a, physicalName: A_NO, logicalType: integer}]"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("physicalType: timestamptz, logicalTypeOptions: {timezone: false}", Timestamp(False)),
        ("physicalType: DATETIME, logicalTypeOptions: {timezone: true}", Timestamp()),
        ("physicalType: 'NUMERIC(9,2)', logicalTypeOptions: {format: f64}", Float()),
        (
            "logicalType: vector, physicalType: vector(3), logicalTypeOptions: {dimensions: 4}",
            Vector(4, VectorElement.FLOAT32),
        ),
        ("physicalType: 'text[]', items: {logicalType: integer}", Array(Integer())),
        (
            "physicalType: 'map<string,int>',"
            " map: {key: {logicalType: string}, value: {logicalType: date}}",
            Map(String(), Date()),
        ),
    ],
)
def test_a_conflict_may_be_inside(keys: str, expected: Type) -> None:
    type_, codes, messages = one(keys)
    assert type_ == expected
    assert codes == ["PW121"]
    assert "values are taken as the rest says" in messages[0]


def test_the_listed_properties_win_over_those_of_a_physical_record() -> None:
    type_, codes, _ = one("physicalType: 'STRUCT<a_no STRING>', " + LISTED)
    assert fields(type_) == {"a": Integer()}
    assert codes == ["PW121"]


@pytest.mark.parametrize(
    "keys",
    [
        "logicalType: timestamp, physicalType: timestamp, logicalTypeOptions: {timezone: false}",
        "logicalType: number, physicalType: NUMBER, logicalTypeOptions: {format: f64}",
        "logicalType: array, physicalType: 'VARIANT[]', items: {logicalType: integer}",
        "logicalType: array, physicalType: 'ARRAY<NUMBER>', items: {logicalType: integer}",
        "logicalType: array, physicalType: 'Array(Nullable(Int8))', items: {logicalType: integer}",
        "logicalType: object, physicalType: 'STRUCT<A_NO INT64, b STRING>', " + LISTED,
    ],
)
def test_parts_may_say_more_than_a_physical_type(keys: str) -> None:
    assert one(keys)[1] == []


def test_a_uuid_may_be_kept_in_bytes() -> None:
    keys = "logicalType: string, physicalType: BINARY(16), logicalTypeOptions: {format: uuid}"
    assert one(keys)[:2] == (Uuid(), [])


DIALECTS = (
    "athena bigquery clickhouse databricks duckdb fabric hive mysql oracle postgres presto"
    " redshift snowflake spark sqlite tsql teradata trino"
).split()
# Parts of a type that are none alone, states of an aggregation, and what names other things.
NO_TYPES = set(
    "AGGREGATEFUNCTION|ANY TYPE|BIGNUM|CSTRING|DECFLOAT|FILE|HLLSKETCH|HYPERLOGLOG"
    "|LOWCARDINALITY|LS|NAME|NESTED|NOTHING|NULL|NULLABLE|REF|REGCLASS|REGCOLLATION|REGCONFIG"
    "|REGDICTIONARY|REGNAMESPACE|REGOPER|REGOPERATOR|REGPROC|REGPROCEDURE|REGROLE|REGTYPE|RING"
    "|SET|SIGNED INTEGER|SIMPLEAGGREGATEFUNCTION|SQL_DOUBLE|SQL_VARCHAR|TDIGEST|UNION|UNKNOWN"
    "|UNSIGNED|UNSIGNED INTEGER|VECTOR|VOID".split("|")
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_type_name_of_the_dialect_is_known(dialect: str) -> None:
    language = sqlglot.Dialect.get_or_raise(dialect)
    types = language.parser_class.TYPE_TOKENS
    words = {word for word, token in language.tokenizer_class.KEYWORDS.items() if token in types}
    named = {word for word in words if word.replace(" ", "").replace("_", "").isalnum()}
    assert len(named) > 50
    assert {word for word in named if meant(word) is None} <= NO_TYPES


def outline(type_: Type) -> object:
    """The names and the nesting of a type."""
    match type_:
        case Nullable(inner):
            return outline(inner)
        case Array(element=element):
            return [outline(element)]
        case Map(key, value):
            return {"key": outline(key), "value": outline(value)}
        case Record(fields=inner_fields):
            return {each.name: outline(each.type) for each in inner_fields}
        case _:
            return None


def outline_of_sql(type_: exp.Expression) -> object:
    """The same of a type that sqlglot has parsed."""
    inner = type_.expressions
    kind = type_.this if isinstance(type_, exp.DataType) else None
    if kind is exp.DataType.Type.LOWCARDINALITY:
        return outline_of_sql(inner[0])
    if kind in (exp.DataType.Type.ARRAY, exp.DataType.Type.LIST):
        return [outline_of_sql(inner[0])]
    if kind is exp.DataType.Type.MAP:
        return {"key": outline_of_sql(inner[0]), "value": outline_of_sql(inner[1])}
    if kind in exp.DataType.STRUCT_TYPES | {exp.DataType.Type.OBJECT}:
        parts = {each.name: outline_of_sql(each.args["kind"]) for each in inner}
        return [parts] if kind is exp.DataType.Type.NESTED else parts
    return None


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("bigquery", "STRUCT<a INT64, b ARRAY<STRUCT<c STRING, `d e` NUMERIC(18, 2)>>>"),
        ("spark", "STRUCT<a: INT COMMENT 'x', b: MAP<STRING, ARRAY<STRUCT<c: DECIMAL(18, 2)>>>>"),
        ("hive", "struct<a:int,b:array<map<string,struct<c:varchar(3),d:timestamp>>>>"),
        ("trino", 'ROW(a INTEGER, "b c" ARRAY(ROW(c VARCHAR(3), d TIMESTAMP(6) WITH TIME ZONE)))'),
        ("duckdb", 'STRUCT(a INTEGER, "b c" STRUCT(c VARCHAR, d DOUBLE[])[])'),
        ("clickhouse", "Tuple(a Int32, b Nested(c Nullable(String), d LowCardinality(String)))"),
        ("clickhouse", "Map(String, Tuple(a Array(Nullable(Decimal(18, 2))), b DateTime64(3)))"),
        ("snowflake", "OBJECT(a VARCHAR NOT NULL, b MAP(VARCHAR, ARRAY(NUMBER(10, 0))))"),
        ("postgres", "varchar(20)[][]"),
    ],
)
def test_nested_types_are_read_as_sqlglot_reads_them(dialect: str, written: str) -> None:
    type_ = meant(written)
    assert type_ is not None
    assert outline(type_) == outline_of_sql(exp.DataType.build(written, dialect=dialect))
