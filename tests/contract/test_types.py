"""Every logical type, its options, and what physical types and old habits make of it."""

from __future__ import annotations

from decimal import Decimal as Number

import pytest

from portwright.contract.bounds import on_grid
from portwright.model import (
    Array,
    Boolean,
    Bounds,
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
from support.reading import brief, contract_of, field, findings, good, read, type_of

ZERO = Number(0)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("logicalType: string", String()),
        (
            "logicalType: string\n"
            "logicalTypeOptions: {minLength: 1, maxLength: 9, pattern: '^a+$', format: email}",
            String(1, 9, "^a+$", "email"),
        ),
        ("logicalType: string\nlogicalTypeOptions: {format: uuid}", Uuid()),
        ("logicalType: string\nlogicalTypeOptions: {format: binary, maxLength: 4}", Bytes(None, 4)),
        ("logicalType: string\nlogicalTypeOptions: {format: byte}", Bytes()),
        ("logicalType: string\nphysicalType: VARCHAR(36)", String(max_length=36)),
        ("logicalType: string\nphysicalType: varchar[50]", String(max_length=50)),
        ("logicalType: string\nphysicalType: VARCHAR2(20 CHAR)", String(max_length=20)),
        ("logicalType: string\nphysicalType: nvarchar(max)", String()),
        (
            "logicalType: string\nphysicalType: char(8)\nlogicalTypeOptions: {maxLength: 3}",
            String(max_length=3),
        ),
        ("logicalType: string\nphysicalType: uuid", Uuid()),
        ("logicalType: string\nphysicalType: UNIQUEIDENTIFIER", Uuid()),
        ("logicalType: string\nphysicalType: bytea", Bytes()),
        ("logicalType: string\nphysicalType: varbinary(16)", Bytes(None, 16)),
        ("logicalType: integer", Integer()),
        ("logicalType: integer\nphysicalType: int", Integer()),
        ("logicalType: integer\nphysicalType: SMALLINT", Integer()),
        ("logicalType: integer\nphysicalType: NUMBER(38,0)", Integer()),
        ("logicalType: integer\nphysicalType: UBIGINT", Integer(64, signed=False)),
        ("logicalType: integer\nphysicalType: bigint unsigned", Integer(64, signed=False)),
        ("logicalType: integer\nphysicalType: hugeint", Integer(128)),
        ("logicalType: integer\nlogicalTypeOptions: {format: i8}", Integer(8)),
        ("logicalType: integer\nlogicalTypeOptions: {format: u128}", Integer(128, signed=False)),
        (
            "logicalType: integer\nphysicalType: hugeint\nlogicalTypeOptions: {format: i32}",
            Integer(32),
        ),
        ("logicalType: number", Float(64)),
        ("logicalType: number\nlogicalTypeOptions: {format: f32}", Float(32)),
        ("logicalType: number\nphysicalType: DOUBLE PRECISION", Float(64)),
        ("logicalType: number\nphysicalType: real", Float(32)),
        ("logicalType: number\nphysicalType: float(24)", Float(32)),
        ("logicalType: number\nphysicalType: FLOAT(53)", Float(64)),
        ("logicalType: number\nphysicalType: DECIMAL(18,2)", Decimal(18, 2)),
        ("logicalType: number\nphysicalType: numeric(10)", Decimal(10, 0)),
        ("logicalType: number\nphysicalType: 'NUMBER(10, 4) NOT NULL'", Decimal(10, 4)),
        ("logicalType: number\nphysicalType: money", Decimal(19, 4)),
        ("logicalType: number\nphysicalType: int4", Integer()),
        ("logicalType: boolean", Boolean()),
        ("logicalType: boolean\nphysicalType: tinyint(1)", Boolean()),
        ("logicalType: date", Date()),
        ("logicalType: date\nlogicalTypeOptions: {format: yyyy-MM-dd}", Date()),
        ("logicalType: date\nlogicalTypeOptions: {format: yyyy-MM-dd HH:mm:ss}", Timestamp()),
        (
            "logicalType: date\nlogicalTypeOptions: {format: \"yyyy-MM-dd'T'HH:mm:ssZ\"}",
            Timestamp(),
        ),
        (
            "logicalType: date\nlogicalTypeOptions: {format: 'YYYY-MM-DDTHH:mm:ss.SSSZ'}",
            Timestamp(),
        ),
        ("logicalType: date\nlogicalTypeOptions: {format: date-time}", Timestamp()),
        ("logicalType: date\nlogicalTypeOptions: {format: 'HH:mm:ss'}", Time()),
        ("logicalType: date\nlogicalTypeOptions: {format: '%d.%m.%Y'}", Date()),
        ("logicalType: date\nlogicalTypeOptions: {format: '%Y-%m-%d %H:%M'}", Timestamp()),
        ("logicalType: timestamp", Timestamp()),
        ("logicalType: timestamp\nlogicalTypeOptions: {timezone: false}", Timestamp(zoned=False)),
        ("logicalType: timestamp\nlogicalTypeOptions: {timezone: true}", Timestamp()),
        ("logicalType: timestamp\nphysicalType: timestamp(6) without time zone", Timestamp(False)),
        ("logicalType: timestamp\nphysicalType: timestamp with time zone", Timestamp()),
        ("logicalType: timestamp\nphysicalType: timestamptz(3)", Timestamp()),
        ("logicalType: time", Time()),
        ("logicalType: object", Json()),
        ("logicalType: object\nphysicalType: json", Json()),
        ("logicalType: array\nitems: {logicalType: string}", Array(String())),
        (
            "logicalType: array\nitems: {logicalType: integer, required: false}\n"
            "logicalTypeOptions: {minItems: 1, maxItems: 3, uniqueItems: true}",
            Array(Nullable(Integer()), 1, 3, True),
        ),
        (
            "logicalType: array\nitems: {logicalType: array, items: {logicalType: boolean}}",
            Array(Array(Boolean())),
        ),
        ("logicalType: array\nphysicalType: ARRAY<DECIMAL(9,2)>", Array(Decimal(9, 2))),
        ("logicalType: array\nphysicalType: BYTES", Bytes()),
        (
            "logicalType: map\nmap: {key: {logicalType: string}, value: {logicalType: integer}}",
            Map(String(), Integer()),
        ),
        (
            "logicalType: map\n"
            "map: {key: {logicalType: date}, value: {logicalType: time, required: false}}",
            Map(Date(), Nullable(Time())),
        ),
        (
            "logicalType: map\nphysicalType: MAP<STRING, ARRAY<INT>>",
            Map(String(), Array(Integer())),
        ),
        (
            "logicalType: vector\nlogicalTypeOptions: {dimensions: 384}",
            Vector(384, VectorElement.FLOAT32),
        ),
        (
            "logicalType: vector\nlogicalTypeOptions: {dimensions: 2, elementType: int8,"
            " distanceMetric: cosine, embeddingModel: m, normalized: true}",
            Vector(2, VectorElement.INT8),
        ),
    ],
)
def test_logical_types(keys: str, expected: Type) -> None:
    assert type_of(keys) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("physicalType: varchar(10)", String(max_length=10)),
        ("physicalType: STRING", String()),
        ("physicalType: int8", Integer()),
        ("physicalType: NUMBER(12,2)", Decimal(12, 2)),
        ("physicalType: NUMBER(38)", Decimal(38, 0)),
        ("physicalType: double", Float(64)),
        ("physicalType: BOOL", Boolean()),
        ("physicalType: date", Date()),
        ("physicalType: TIME", Time()),
        ("physicalType: TIMESTAMP_NTZ", Timestamp(zoned=False)),
        ("physicalType: TIMESTAMP", Timestamp()),
        ("physicalType: jsonb", Json()),
        ("physicalType: uuid", Uuid()),
        ("physicalType: 'text[]'", Array(String())),
        ("physicalType: ARRAY(VARCHAR(3))", Array(String(max_length=3))),
        ("physicalType: 'MAP<STRING, DOUBLE>'", Map(String(), Float(64))),
        ("items: {logicalType: string}", Array(String())),
        ("map: {key: {physicalType: text}, value: {physicalType: int}}", Map(String(), Integer())),
        (
            "enum: [{value: a}]",
            Enum("value", ("orders", "value"), (EnumValue("a"),)),
        ),
    ],
)
def test_without_a_logical_type_the_rest_tells(keys: str, expected: Type) -> None:
    assert type_of(keys) == expected


def test_bounds_are_exact_numbers() -> None:
    assert type_of(
        "logicalType: number\nlogicalTypeOptions: {minimum: 0.10, exclusiveMaximum: 1e3}"
    ) == Float(64, Bounds(minimum=Number("0.10"), exclusive_maximum=Number("1e3")))
    assert type_of(
        "logicalType: integer\nlogicalTypeOptions: {exclusiveMinimum: 0, multipleOf: 5}"
    ) == Integer(bounds=Bounds(exclusive_minimum=ZERO, multiple_of=Number(5)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Bounds(Number("0.5"), Number("2.5")), Bounds(Number(1), Number(2))),
        (Bounds(Number("-0.5"), Number("-2.5")), Bounds(Number(0), Number(-3))),
        (
            Bounds(exclusive_minimum=Number("0.5"), exclusive_maximum=Number("2.5")),
            Bounds(exclusive_minimum=Number(0), exclusive_maximum=Number(3)),
        ),
        (Bounds(Number("1e-400"), Number("1e3")), Bounds(Number(1), Number(1000))),
        (Bounds(multiple_of=Number("2.5")), Bounds(multiple_of=Number(5))),
        (Bounds(multiple_of=Number("0.25")), Bounds()),
    ],
)
def test_limits_of_integers_are_integers(given: Bounds, kept: Bounds) -> None:
    assert on_grid(given, 0) == kept


def test_limits_of_decimals_have_their_digits() -> None:
    options = "{exclusiveMinimum: -1.005, maximum: 99.999, multipleOf: 0.003}"
    assert type_of(
        f"logicalType: number\nphysicalType: DECIMAL(5,2)\nlogicalTypeOptions: {options}"
    ) == Decimal(5, 2, Bounds(None, Number("99.99"), Number("-1.01"), multiple_of=Number("0.03")))


def test_limits_beyond_a_float_are_none() -> None:
    options = "{format: f32, minimum: -1e300, exclusiveMaximum: 1e300}"
    assert type_of(f"logicalType: number\nlogicalTypeOptions: {options}") == Float(32)
    options = "{minimum: -1e400, maximum: 1e300}"
    assert type_of(f"logicalType: number\nlogicalTypeOptions: {options}") == Float(
        64, Bounds(maximum=Number("1e300"))
    )


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("logicalType: integer\nlogicalTypeOptions: {minimum: -1e400, maximum: 1e30}", Integer()),
        ("logicalType: integer\nlogicalTypeOptions: {format: u8, minimum: -1}", Integer(8, False)),
        ("logicalType: number\nlogicalTypeOptions: {minimum: -1e400, maximum: 1e400}", Float()),
        ("logicalType: number\nlogicalTypeOptions: {format: f32, maximum: 1e39}", Float(32)),
        (
            "logicalType: number\nphysicalType: DECIMAL(5, 2)\n"
            "logicalTypeOptions: {maximum: 1e400}",
            Decimal(5, 2),
        ),
    ],
)
def test_bounds_that_the_type_keeps_to_anyway_are_left_out(keys: str, expected: Type) -> None:
    assert type_of(keys) == expected


def test_exclusive_bounds_of_3_0_are_flags() -> None:
    options = "{minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}"
    assert type_of(f"logicalType: integer\nlogicalTypeOptions: {options}") == Integer(
        bounds=Bounds(exclusive_minimum=ZERO, maximum=Number(9))
    )


def test_bounds_of_times_are_iso_text() -> None:
    options = "logicalTypeOptions: {minimum: 2020-01-01 00:00:00+10:00, maximum: 2021-01-01}"
    assert type_of(f"logicalType: timestamp\n{options}") == Timestamp(
        bounds=Bounds(minimum="2019-12-31T14:00:00Z", maximum="2021-01-01T00:00:00Z")
    )
    assert type_of(
        "logicalType: timestamp\n"
        "logicalTypeOptions: {timezone: false, exclusiveMinimum: '2020-01-01 00:00:00'}"
    ) == Timestamp(False, Bounds(exclusive_minimum="2020-01-01T00:00:00"))
    assert type_of(
        "logicalType: date\nlogicalTypeOptions: {minimum: 2020-01-01, exclusiveMinimum: true}"
    ) == Date(Bounds(exclusive_minimum="2020-01-01"))
    assert type_of("logicalType: time\nlogicalTypeOptions: {maximum: '23:59'}") == Time(
        Bounds(maximum="23:59:00")
    )


PRECISION = "[{property: precision, value: 18}, {property: scale, value: 4}]"


@pytest.mark.parametrize(
    "keys",
    [
        "physicalType: DECIMAL(18, 4)",
        f"customProperties: {PRECISION}",
        f"physicalType: numeric\ncustomProperties: {PRECISION}",
        f"physicalType: double\ncustomProperties: {PRECISION}",
        "physicalType: decimal(18,4)\ncustomProperties: [{property: scale, value: 2}]",
    ],
)
def test_digits_of_decimals(keys: str) -> None:
    assert type_of(f"logicalType: number\n{keys}") == Decimal(18, 4)


def test_digits_among_the_options_are_read_with_a_warning() -> None:
    model, found = read(contract_of("""
            - name: total
              logicalType: number
              logicalTypeOptions: {precision: 18, scale: 4}
            """))
    assert brief(found) == ["10:41 PW108"]
    assert model is not None
    assert model.objects[0].record.fields[0].type == Decimal(18, 4)


@pytest.mark.parametrize("name", ["DECIMAL", "numeric", "NUMBER"])
def test_a_decimal_without_digits_has_a_default_and_a_warning(name: str) -> None:
    properties = f"- {{name: total, logicalType: number, physicalType: {name}}}"
    model, found = read(contract_of(properties))
    assert [each.code for each in found] == ["PW109"]
    assert model is not None
    assert model.objects[0].record.fields[0].type == Decimal(38, 9)


def test_records_and_their_names() -> None:
    model = good(contract_of("""
            - name: customer
              logicalType: object
              logicalTypeOptions: {required: [email]}
              properties:
                - {name: email, logicalType: string}
                - {name: phone, logicalType: string}
            - name: lines
              items:
                properties:
                  - {name: sku, logicalType: string, required: true}
            - name: parts
              items: {name: position, properties: [{name: x, logicalType: integer}]}
            - name: addresses
              map:
                key: {logicalType: string}
                value: {properties: [{name: city, logicalType: string}]}
            - name: notes
              customProperties: [{property: recordName, value: remark}]
              items: {properties: [{name: text, logicalType: string}]}
            """))
    record = model.objects[0].record
    assert (record.name, record.path) == ("order", ("orders",))
    customer, lines, parts, addresses, notes = (each.type for each in record.fields)
    assert isinstance(customer, Record)
    assert (customer.name, customer.path) == ("customer", ("orders", "customer"))
    assert [(each.name, each.required) for each in customer.fields] == [
        ("email", True),
        ("phone", False),
    ]
    found = [
        (inner.name, inner.path)
        for type_ in (lines, parts, notes)
        if isinstance(type_, Array)
        for inner in [type_.element]
        if isinstance(inner, Record)
    ]
    assert found == [
        ("line", ("orders", "lines")),
        ("position", ("orders", "parts")),
        ("remark", ("orders", "notes")),
    ]
    assert isinstance(addresses, Map) and isinstance(addresses.value, Record)
    assert addresses.value.name == "address"


ENUM = Enum("state", ("orders", "state"), (EnumValue("on"), EnumValue("no")))


def test_an_enum_has_values_labels_and_descriptions() -> None:
    found = field("""
        - name: state
          logicalType: string
          enum:
            - {value: new, label: New, description: not seen yet, tags: [a]}
            - {value: 1}
            - {value: null}
        """).type
    assert found == Enum(
        "state",
        ("orders", "state"),
        (EnumValue("new", "New", "not seen yet"), EnumValue("1")),
    )


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ("enum: [{value: on}, {value: no}]", []),
        ("enum: [on, no]", ["PW108"]),
        ("enum: [on, no, on]", ["PW108", "PW114"]),
        ("logicalTypeOptions: {enum: [on, no]}", ["PW108"]),
        ("quality: [{metric: invalidValues, arguments: {validValues: [on, no]}, mustBe: 0}]", []),
        ("quality: [{rule: validValues, validValues: [on, no]}]", []),
        ("customProperties: [{property: enumValues, value: [on, no]}]", []),
        ("customProperties: [{property: enum, value: 'on, no'}]", []),
        ("customProperties: [{property: avroSymbols, value: ['on', 'no']}]", []),
        ("enum: 'on, no'", ["PW108"]),
        ("enum: {'on': null, 'no': null}", ["PW108"]),
    ],
)
def test_every_way_to_write_an_enum(keys: str, codes: list[str]) -> None:
    model, found = read(contract_of(f"- name: state\n  logicalType: string\n  {keys}"))
    assert [each.code for each in found] == codes
    assert model is not None
    assert model.objects[0].record.fields[0].type == ENUM


def test_a_rule_with_a_tolerance_makes_no_enum() -> None:
    assert (
        type_of(
            "logicalType: string\n"
            "quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBeLessThan: 5}]"
        )
        == String()
    )


def test_enums_of_other_types_are_bounds() -> None:
    assert type_of("logicalType: integer\nenum: [{value: 1}, {value: 3}, {value: 1.0}]") == Integer(
        bounds=Bounds(allowed=(Number(1), Number(3)))
    )
    assert type_of("logicalType: date\nenum: [{value: 2026-01-31}]") == Date(
        Bounds(allowed=("2026-01-31",))
    )


def test_an_enum_in_a_list_is_named_in_the_singular() -> None:
    found = field("- {name: colours, items: {logicalType: string, enum: [{value: red}]}}").type
    assert found == Array(Enum("colour", ("orders", "colours"), (EnumValue("red"),)))


def test_enums_of_a_map_have_paths_of_their_own() -> None:
    found = field("""
        - name: stocks
          map:
            key: {logicalType: string, enum: [{value: a}]}
            value: {logicalType: string, enum: [{value: b}]}
        """).type
    assert isinstance(found, Map)
    assert isinstance(found.key, Enum) and isinstance(found.value, Enum)
    assert found.key.path != found.value.path
    assert (found.key.name, found.value.name) == ("stock_key", "stock")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("logicalType: strng", ["9:22 PW101"]),
        ("logicalType: decimal", ["9:22 PW101"]),
        ("logicalType: String", ["9:22 PW108"]),
        ("logicalType: [string]", ["9:22 PW102"]),
        ("description: none", ["8:9 PW105"]),
        ("physicalType: GEOGRAPHY", ["9:23 PW120"]),
        ("physicalType: AccountNumber", ["9:23 PW105"]),
        ("logicalType: string\n  physicalType: AccountNumber", ["10:23 PW120"]),
        ("logicalType: number\n  physicalType: AccountNumber", ["10:23 PW120"]),
        ("logicalType: string\n  physicalType: timestamp", ["10:23 PW121"]),
        ("physicalType: " + "ARRAY<" * 100 + "INT" + ">" * 100, ["9:23 PW105"]),
        ("physicalType: 9", ["9:23 PW105", "9:23 PW108"]),
        ("logicalType: array", ["8:9 PW106"]),
        ("logicalType: array\n  items: string", ["10:16 PW102"]),
        ("logicalType: array\n  items: {logicalType: strng}", ["10:30 PW101"]),
        ("logicalType: map", ["8:9 PW106"]),
        ("logicalType: map\n  map: {key: {logicalType: string}}", ["10:14 PW106"]),
        ("logicalType: map\n  map: [a]", ["10:14 PW102"]),
        ("logicalType: vector", ["8:9 PW106"]),
        ("logicalType: vector\n  logicalTypeOptions: {dimensions: 0}", ["10:42 PW107"]),
        (
            "logicalType: vector\n  logicalTypeOptions: {dimensions: 3, elementType: float65}",
            ["10:58 PW107"],
        ),
        ("logicalType: object\n  properties: {a: [b]}", ["10:21 PW108", "10:25 PW102"]),
        ("logicalType: object\n  physicalType: 'STRUCT<INT>'", ["10:23 PW112"]),
        ("logicalType: array\n  physicalType: 'ARRAY<STRUCT<INT>>'", ["8:9 PW106"]),
        ("logicalType: number\n  physicalType: 'DECIMAL(18,2'", ["10:23 PW119"]),
        ("logicalType: integer\n  logicalTypeOptions: {multipleOf: 0}", ["10:42 PW107"]),
        (
            "logicalType: object\n  properties: [{name: a, logicalType: string,"
            " relationships: [{to: orders.id}]}]",
            ["10:68 PW110"],
        ),
        (
            "logicalType: object\n  properties: [{name: a, logicalType: date, unique: true}]",
            ["10:59 PW112"],
        ),
        ("logicalType: number\n  logicalTypeOptions: {minimum: 1e-999999999}", ["10:39 PW107"]),
        (
            "logicalType: object\n  logicalTypeOptions: {required: [b]}\n"
            "  properties: [{name: a, logicalType: string}]",
            ["10:40 PW112"],
        ),
        ("logicalType: string\n  logicalTypeOptions: [a]", ["10:29 PW102"]),
        ("logicalType: string\n  logicalTypeOptions: {maxLength: -1}", ["10:41 PW107"]),
        ("logicalType: string\n  logicalTypeOptions: {maxLength: 1.5}", ["10:41 PW107"]),
        ("logicalType: string\n  logicalTypeOptions: {maxLength: '9'}", ["10:41 PW108"]),
        ("logicalType: string\n  logicalTypeOptions: {maxLength: wide}", ["10:41 PW102"]),
        ("logicalType: string\n  logicalTypeOptions: {maxLenght: 9}", ["10:30 PW104"]),
        ("logicalType: string\n  logicalTypeOptions: {minimum: 9}", ["10:30 PW104"]),
        ("logicalType: string\n  logicalTypeOptions: {pattern: '[a'}", ["10:39 PW115"]),
        (
            "logicalType: string\n  logicalTypeOptions: {pattern: '" + "(" * 9999 + "'}",
            ["10:39 PW115"],
        ),
        ("logicalType: integer\n  logicalTypeOptions: {format: int32}", ["10:38 PW112"]),
        ("logicalType: integer\n  logicalTypeOptions: {minimum: low}", ["10:39 PW107"]),
        ("logicalType: integer\n  logicalTypeOptions: {minimum: .inf}", ["10:39 PW107"]),
        ("logicalType: integer\n  logicalTypeOptions: {multipleOf: 0}", ["10:42 PW107"]),
        ("logicalType: integer\n  enum: [{value: one}]", ["10:24 PW107"]),
        ("logicalType: date\n  logicalTypeOptions: {minimum: 01.02.2020}", ["10:39 PW112"]),
        ("logicalType: time\n  logicalTypeOptions: {timezone: true}", ["10:40 PW112"]),
        ("logicalType: string\n  enum: []", ["10:15 PW113"]),
        ("logicalType: string\n  enum: [{value: null}]", ["10:15 PW113"]),
        ("logicalType: string\n  enum: [{label: a}]", ["10:16 PW103"]),
        ("logicalType: string\n  enum: [[a]]", ["10:16 PW102"]),
        ("logicalType: string\n  items: {logicalType: string}", ["10:16 PW112"]),
        (
            "logicalType: array\n  items: {logicalType: string}\n  enum: [{value: a}]",
            ["11:15 PW112"],
        ),
        ("logicalType: boolean\n  enum: [{value: true}]", ["10:15 PW112"]),
        ("logicalType: string\n  enum: 'a, b'", ["10:15 PW108"]),
        ("logicalType: string\n  enum: {a: first}", ["10:15 PW108"]),
    ],
)
def test_what_is_wrong_with_a_type(keys: str, expected: list[str]) -> None:
    assert findings(f"- name: value\n  {keys}") == expected


@pytest.mark.parametrize(
    ("keys", "expected", "codes"),
    [
        ("type: integer", Integer(), ["PW108"]),
        ("type: Timestamp", Timestamp(), ["PW108", "PW108"]),
        ("type: varchar(20)", String(max_length=20), ["PW108"]),
        ("type: 'STRUCT<GEOGRAPHY>'", Json(), ["PW108", "PW112"]),
        ("type: integer, physicalType: int4", Integer(), ["PW108"]),
        ("type: string, logicalType: integer", Integer(), ["PW104"]),
        ("type: varchar, logicalType: string", String(), ["PW104"]),
        ("type: Name, physicalType: text", String(), ["PW104"]),
    ],
)
def test_type_is_taken_for_what_it_means(keys: str, expected: Type, codes: list[str]) -> None:
    model, found = read(contract_of(f"- {{name: a, {keys}}}"))
    assert model is not None
    assert model.objects[0].record.fields[0].type == expected
    assert [each.code for each in found] == codes


def test_a_near_name_is_suggested() -> None:
    found = read(contract_of("- {name: a, logicalType: strng}"))[1]
    assert found[0].help == "did you mean `string`?"
    found = read(contract_of("- {name: a, logicalType: string, requried: true}"))[1]
    assert found[0].help == "did you mean `required`?"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("{value: 1}, {value: 2}", Integer),
        ("{value: 1}, {value: 2.5}, {value: null}", Float),
        ("{value: 1}, {value: b}", Enum),
        ("{value: true}, {value: 1}", Enum),
    ],
)
def test_the_values_of_an_enum_tell_the_type(values: str, expected: type[Type]) -> None:
    assert isinstance(type_of(f"enum: [{values}]"), expected)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Nullable(Decimal(18, 2))", Decimal(18, 2)),
        ("LowCardinality(String)", String()),
        ("Decimal64(4)", Decimal(18, 4)),
        ("decimal128(20, 2)", Decimal(20, 2)),
        ("decimal(10,2) unsigned", Decimal(10, 2)),
        ("DECIMAL(18, 2) DEFAULT 0", Decimal(18, 2)),
        ("numeric(18, 2) CHECK (total > 0)", Decimal(18, 2)),
        ('VARCHAR(10) COLLATE \\"C\\"', String(max_length=10)),
    ],
)
def test_physical_types_with_something_around_them(written: str, expected: Type) -> None:
    assert type_of(f'physicalType: "{written}"') == expected


@pytest.mark.parametrize(
    "options",
    ["{minLength: -1}", "{maxLength: 2.5}", "{maxLength: ten}", "{maxLength: 1e30}"],
)
def test_a_wrong_option_has_a_way_out(options: str) -> None:
    properties = f"- {{name: a, logicalType: string, logicalTypeOptions: {options}}}"
    (found,) = read(contract_of(properties))[1]
    assert found.is_error and found.help
