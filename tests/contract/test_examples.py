"""Examples: which are values of their type, how JSON writes them, what is said of the others."""

from __future__ import annotations

import json
import re
import time

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright.targets.json_schema import schema
from support.reading import brief, contract_of, good, read

TYPES = {
    "flag": "logicalType: boolean",
    "byte": "logicalType: integer, logicalTypeOptions: {format: i8}",
    "sixes": "logicalType: integer, logicalTypeOptions: {exclusiveMinimum: 0, multipleOf: 6}",
    "level": "logicalType: integer, enum: [{value: 1}, {value: 2}]",
    "ratio": "logicalType: number, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1}",
    "single": "logicalType: number, logicalTypeOptions: {format: f32}",
    "price": "logicalType: number, physicalType: 'DECIMAL(6,2)'",
    "huge": "logicalType: number, physicalType: 'DECIMAL(38,1)'",
    "text": "logicalType: string",
    "code": "logicalType: string,"
    " logicalTypeOptions: {minLength: 2, maxLength: 3, pattern: '^[A-Z]+$'}",
    "ahead": "logicalType: string, logicalTypeOptions: {pattern: '^(?=a).$'}",
    "again": "logicalType: string, logicalTypeOptions: {pattern: '^(a)\\1$'}",
    "email": "logicalType: string, logicalTypeOptions: {format: email}",
    "ip": "logicalType: string, logicalTypeOptions: {format: ipv6}",
    "cost": "logicalType: number, physicalType: 'DECIMAL(6,2)', logicalTypeOptions: {minimum: 0}",
    "host": "logicalType: string, logicalTypeOptions: {format: hostname}",
    "post": "logicalType: string, logicalTypeOptions: {format: date}",
    "sent": "logicalType: string, logicalTypeOptions: {format: date-time}",
    "open": "logicalType: string, logicalTypeOptions: {format: time}",
    "ipv4": "logicalType: string, logicalTypeOptions: {format: ipv4}",
    "tenths": "logicalType: number, logicalTypeOptions: {multipleOf: 0.1}",
    "link": "logicalType: string, logicalTypeOptions: {format: uri}",
    "key": "logicalType: string, logicalTypeOptions: {format: uuid}",
    "raw": "logicalType: string, logicalTypeOptions: {format: binary, maxLength: 3}",
    "state": "logicalType: string, enum: [{value: NEW}, {value: '2'}]",
    "day": "logicalType: date, logicalTypeOptions: {minimum: '2020-01-01'}",
    "odd_day": "logicalType: date, logicalTypeOptions: {format: dd/MM/yyyy}",
    "clock": "logicalType: time",
    "at": "logicalType: timestamp, logicalTypeOptions: {maximum: '2030-01-01T00:00:00Z'}",
    "wall": "logicalType: timestamp, logicalTypeOptions: {timezone: false}",
    "any": "logicalType: object",
    "vector": "logicalType: vector, logicalTypeOptions: {dimensions: 2}",
    "tags": "logicalType: array, items: {logicalType: string},"
    " logicalTypeOptions: {maxItems: 2, uniqueItems: true}",
    "gaps": "logicalType: array, items: {logicalType: integer, required: false}",
    "spot": "logicalType: object, properties: [{name: x, logicalType: number, required: true},"
    " {name: y, logicalType: date}]",
    "counts": "logicalType: map, map: {key: {logicalType: integer}, value: {logicalType: boolean}}",
}


def property_of(name: str, example: str) -> str:
    return contract_of(f"- {{name: {name}, {TYPES[name]}, examples: [{example}]}}")


@pytest.mark.parametrize(
    ("name", "example", "shown"),
    [
        ("flag", "true", True),
        ("flag", "'False'", False),
        ("byte", "-128", -128),
        ("byte", "'12'", 12),
        ("byte", "7.0", 7),
        ("sixes", "12", 12),
        ("level", "2", 2),
        ("ratio", "0.25", 0.25),
        ("ratio", "'1e-3'", 0.001),
        ("single", "1", 1),
        ("price", "1.5", "1.5"),
        ("price", "'-1234.50'", "-1234.50"),
        ("price", "1.500", "1.50"),
        (
            "huge",
            "1234567890123456789012345678901234567.8",
            "1234567890123456789012345678901234567.8",
        ),
        ("cost", "-0.0", "0.0"),
        ("text", "007", "007"),
        ("text", "1.10", "1.10"),
        ("text", "2026-01-31", "2026-01-31"),
        ("code", "AB", "AB"),
        ("ahead", "a", "a"),
        ("email", "a@b.c", "a@b.c"),
        ("ip", "'::1'", "::1"),
        ("link", "'https://example.org'", "https://example.org"),
        ("link", "'http://[::1]:80/a?b=1#c'", "http://[::1]:80/a?b=1#c"),
        ("host", "db-1.example.org", "db-1.example.org"),
        ("post", "2026-01-31", "2026-01-31"),
        ("sent", "'2026-01-31T12:30:00+01:00'", "2026-01-31T12:30:00+01:00"),
        ("open", "'12:30:00Z'", "12:30:00Z"),
        ("key", "00000000-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000a"),
        ("raw", "AAEC", "AAEC"),
        ("state", "2", "2"),
        ("day", "2026-01-31", "2026-01-31"),
        ("clock", "'12:30'", "12:30:00"),
        ("at", "2026-01-31 12:30:00", "2026-01-31T12:30:00Z"),
        ("at", "'2026-01-31T12:30:00.5+01:00'", "2026-01-31T11:30:00.500000Z"),
        ("wall", "'2026-01-31T12:30:00Z'", "2026-01-31T12:30:00"),
        ("any", "[1, {a: 1.5}, null]", [1, {"a": 1.5}, None]),
        ("any", """'{"a": 1.50}'""", {"a": 1.5}),
        ("any", "word", "word"),
        ("vector", "[1, 0.5]", [1, 0.5]),
        ("tags", "[a, 1]", ["a", "1"]),
        ("tags", "a", ["a"]),
        ("tags", """'["a", "b"]'""", ["a", "b"]),
        ("gaps", "[1, null]", [1, None]),
        ("spot", "{x: 1, z: 3}", {"x": 1}),
        ("spot", "{x: 1, y: 2026-01-31}", {"x": 1, "y": "2026-01-31"}),
        ("counts", "{1: true}", {"1": True}),
    ],
)
def test_an_example_is_shown_as_json_writes_it(name: str, example: str, shown: object) -> None:
    model = good(property_of(name, example))
    assert model.objects[0].record.fields[0].examples == (shown,)
    document = schema(model, model.objects[0])
    jsonschema.Draft202012Validator(
        document, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate({name: shown})


@pytest.mark.parametrize(
    ("name", "example", "fault", "allowed"),
    [
        ("flag", "Y", "is no flag", "write `true` or `false`"),
        ("byte", "128", "is beyond its type", "it holds signed whole numbers of 8 bits"),
        ("byte", "1.5", "is no whole number", "write a whole number"),
        ("byte", "[1]", "is a list", "write one value"),
        ("sixes", "0", "is out of its bounds", "it is greater than 0"),
        ("sixes", "8", "is no multiple of 6", "it is a multiple of 6"),
        ("level", "3", "is none of its values", "it may be `1`, `2`"),
        ("ratio", "1", "is out of its bounds", "it is less than 1"),
        (
            "ratio",
            "'1,000'",
            "is no number",
            "write a number, without signs of thousands and units",
        ),
        ("ratio", ".nan", "is beyond its type", "it holds finite numbers of 64 bits"),
        ("single", "1e39", "is beyond its type", "it holds finite numbers of 32 bits"),
        (
            "price",
            "1.234",
            "has too many digits after the point",
            "it holds 6 digits, 2 of them after the point",
        ),
        ("price", "12345", "is beyond its type", "it holds 6 digits, 2 of them after the point"),
        ("code", "A", "has 1 characters", "it has 2 to 3 characters"),
        ("code", "ab", "does not match its pattern", "it matches `^[A-Z]+$`"),
        ("email", "nobody", "is no email", "its format is `email`"),
        ("ip", "127.0.0.1", "is no ipv6", "its format is `ipv6`"),
        ("link", "example", "is no uri", "its format is `uri`"),
        ("link", "'http://a b'", "is no uri", "its format is `uri`"),
        ("host", "a_b", "is no hostname", "its format is `hostname`"),
        ("post", "31.1.2026", "is no date", "its format is `date`"),
        ("sent", "'2026-02-30T12:30:00Z'", "is no date-time", "its format is `date-time`"),
        ("open", "'12:30'", "is no time", "its format is `time`"),
        ("key", "1", "is no UUID", "write 32 hexadecimal digits with hyphens"),
        ("state", "new", "is none of its values", "it may be `NEW`, `2`"),
        ("day", "2019-12-31", "is out of its bounds", "it is at least 2020-01-01"),
        ("day", "31.1.2026", "is not written as ISO 8601 has it", "write it like 2026-01-31"),
        ("clock", "noon", "is not written as ISO 8601 has it", "write it like 12:30:00"),
        ("at", "2031-01-01", "is out of its bounds", "it is at most 2030-01-01T00:00:00Z"),
        ("wall", "soon", "is not written as ISO 8601 has it", "write it like 2026-01-31T12:30:00"),
        ("any", "1e400", "is beyond every number of JSON", "write a finite number"),
        ("vector", "[1]", "has 1 components", "it has 2"),
        ("vector", "1", "is no list or map", "write a list of 2 numbers"),
        ("tags", "[a, b, c]", "has 3 elements", "it has at most 2"),
        ("tags", "[a, a]", "has an element twice", "its elements are distinct"),
        ("spot", "{y: 2026-01-31}", "lacks `x`", "`x` is required"),
        ("spot", "[1]", "is a list", "write a map of its properties"),
        ("spot", "{x: a}", "is no number", "write a number, without signs of thousands and units"),
        (
            "counts",
            "{a: true}",
            "is no number",
            "write a number, without signs of thousands and units",
        ),
        ("counts", "1", "is no list or map", "write a map of keys and values"),
    ],
)
def test_an_example_that_is_no_value_is_a_warning_and_left_out(
    name: str, example: str, fault: str, allowed: str
) -> None:
    model, (found,) = read(property_of(name, example))
    assert model is not None and model.objects[0].record.fields[0].examples == ()
    assert (found.code, found.is_error) == ("PW140", False)
    assert (found.message, found.help) == (f"an example of the property `{name}` {fault}", allowed)


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("odd_day", "31/01/2026"),  # in the author's own format
        ("raw", "'FF:00'"),
        ("again", "aa"),  # what back-references match need not end, so it is not asked
        ("raw", "AAECAw=="),
        ("tags", "'[a'"),
        ("any", "'{'"),
        ("text", "null"),
    ],
)
def test_what_is_written_in_a_way_of_its_own_is_left_out_silently(name: str, example: str) -> None:
    assert good(property_of(name, example)).objects[0].record.fields[0].examples == ()


WORDS = st.sampled_from(
    [
        *("", "x", "NEW", "2", "0.5", "-1e3", "1e-400", "NaN", "AAEC", "::1", "a@b", "é\ud7ff"),
        *("::1%1", "a_b", "http://a b", "-0.0", "0.3"),
        *("2026-01-31", "12:30", "2026-01-31T12:30:00+14:00", "0001-01-01T00:00:00+14:00"),
        *("[1]", '{"x": 1}', "[" * 50),
    ]
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=4) | WORDS
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | SCALARS.map(str), inner),
    max_leaves=5,
)


@settings(max_examples=300)
@given(name=st.sampled_from(sorted(TYPES)), example=ANYTHING, plain=st.booleans())
def test_whatever_is_shown_is_valid(name: str, example: object, plain: bool) -> None:
    written = json.dumps(example)
    if plain and isinstance(example, str) and re.fullmatch(r"[\w:.+-]+", example):
        written = example
    model, _ = read(property_of(name, written))
    if model is None or not model.objects:
        return  # the text is no YAML
    document = schema(model, model.objects[0])
    for shown in model.objects[0].record.fields[0].examples:
        json.dumps(shown, allow_nan=False)
        jsonschema.Draft202012Validator(
            document, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        ).validate({name: shown})


def test_a_finding_is_at_the_example() -> None:
    text = contract_of("""
            - name: spots
              logicalType: array
              examples:
                - [1, 2]
                - [3, four]
              items: {logicalType: integer}
            """)
    _, found = read(text)
    (line,) = (number for number, each in enumerate(text.splitlines(), 1) if "four" in each)
    assert brief(found) == [f"{line}:{text.splitlines()[line - 1].index('four') + 1} PW140"]


def test_no_pattern_takes_long() -> None:
    text = f"""
            - name: a
              logicalType: string
              logicalTypeOptions: {{pattern: "^(a+)+$"}}
              examples: [{"a" * 5000}!]
            """
    start = time.monotonic()
    _, found = read(contract_of(text))
    assert [each.code for each in found] == ["PW140"]
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "parts",
    [
        "logicalType: array, items: {logicalType: integer, examples: [1, x]}",
        "logicalType: map, map: {key: {logicalType: integer, examples: [1, x]},"
        " value: {logicalType: string}}",
        "logicalType: map, map: {key: {logicalType: string, examples: [1]},"
        " value: {logicalType: integer, examples: [1, x]}}",
    ],
)
def test_examples_of_parts_are_looked_at(parts: str) -> None:
    _, found = read(contract_of(f"- {{name: a, {parts}}}"))
    assert [each.code for each in found] == ["PW140"]
    assert found[0].message.endswith(" is no number")
