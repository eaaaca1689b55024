"""The rules over a model, by contracts that break one each."""

from __future__ import annotations

import pytest

from support.reading import HEAD, brief, contract_of, findings, good, read

T = "physicalType: topic, physicalName: t"
FIELDS = "properties: [{name: a, logicalType: string}]"


def objects(*each: str, before: str = "") -> str:
    """A contract of objects in flow style, the first in line 6."""
    return f"{HEAD}{before}schema:\n" + "".join(f"  - {{{one}}}\n" for one in each)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (objects(f"name: a, {FIELDS}", f"name: a, {FIELDS}"), ["7:12 PW201"]),
        (objects(f"name: order, {FIELDS}", f"name: orders, {FIELDS}"), ["7:12 PW203"]),
        (objects(f"name: Ab, {FIELDS}", f"name: ab, {FIELDS}"), ["7:12 PW203", "7:12 PW204"]),
        (objects(f"{T}, name: a, {FIELDS}", f"{T}, name: b, {FIELDS}"), ["7:50 PW204"]),
        (objects(f"{T}.dlq, name: a, {FIELDS}", f"{T}, name: b, {FIELDS}"), ["6:54 PW204"]),
        (objects(f"name: '---', {FIELDS}"), ["6:12 PW205"]),
        (objects(f"name: {'a' * 256}, {FIELDS}"), ["6:12 PW205", "6:12 PW211"]),
        (objects(f"name: {'a' * 250}, {FIELDS}"), ["6:12 PW211"]),
        (objects(f'name: "a\\nb", {FIELDS}'), ["6:12 PW205"]),
        (objects(f'name: a, physicalName: "b\\tc", {FIELDS}'), ["6:12 PW205"]),
        (objects(f"name: a, physicalType: topic, physicalName: b c, {FIELDS}"), ["6:12 PW211"]),
        (objects(f"name: a, physicalType: topic, physicalName: .., {FIELDS}"), ["6:12 PW211"]),
        (objects(f"name: a, {FIELDS}", before="domain: '../..'\n"), ["3:5 PW205"]),
        (objects(f"name: a, {FIELDS}", before="name: '*/'\n"), ["5:7 PW205"]),
    ],
)
def test_names_of_objects(text: str, expected: list[str]) -> None:
    found = read(text)[1]
    assert brief(found) == expected
    assert all(each.help for each in found)


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "a.b",
        "../../etc",
        "{{ x }}",
        "km/h",
        "größe",
        "名前",
        "class",
        "a'; drop",
        "1st",
    ],
)
def test_names_that_every_target_can_bend(name: str) -> None:
    quoted = name.replace("'", "''")
    good(contract_of(f"- {{name: '{quoted}', logicalType: string}}"))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("- {name: a, logicalType: string}\n- {name: a, logicalType: date}", ["9:16 PW202"]),
        (
            "- {name: line, properties: [{name: a, logicalType: string}]}\n"
            "- {name: lines, items: {properties: [{name: a, logicalType: string}]}}",
            ["9:16 PW203"],
        ),
        ('- {name: "a\\u202eb", logicalType: string}', ["8:16 PW205"]),
        ('- {name: "a\\x07", logicalType: string}', ["8:16 PW205"]),
        ("- {name: '*/', logicalType: string}", ["8:16 PW205"]),
    ],
)
def test_names_of_properties(properties: str, expected: list[str]) -> None:
    assert findings(properties) == expected


def limits(logical: str, options: str, more: str = "") -> str:
    return f"- {{name: a, logicalType: {logical}, logicalTypeOptions: {{{options}}}{more}}}"


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (limits("integer", "minimum: 2, maximum: 1"), ["8:16 PW206"]),
        (limits("integer", "minimum: 1, maximum: 1"), []),
        (limits("integer", "exclusiveMinimum: 1, maximum: 1"), ["8:16 PW206"]),
        (limits("number", "minimum: 1, exclusiveMaximum: 1"), ["8:16 PW206"]),
        (limits("number", "exclusiveMinimum: 1, exclusiveMaximum: 1"), ["8:16 PW206"]),
        (limits("integer", "format: i8, minimum: 200"), ["8:16 PW206"]),
        (limits("integer", "format: u8, maximum: -1"), ["8:16 PW206"]),
        (limits("integer", "minimum: 1.2, maximum: 1.8"), ["8:16 PW206"]),
        (limits("integer", "exclusiveMinimum: 1, exclusiveMaximum: 2"), ["8:16 PW206"]),
        (limits("integer", "exclusiveMinimum: 1, exclusiveMaximum: 3"), []),
        (limits("integer", "format: u8, exclusiveMinimum: 255"), ["8:16 PW206"]),
        (limits("number", "minimum: 1e400"), ["8:16 PW206"]),
        (limits("number", "format: f32, maximum: -1e39"), ["8:16 PW206"]),
        (limits("number", "minimum: 1000", ", physicalType: 'DECIMAL(5, 2)'"), ["8:16 PW206"]),
        (limits("date", "minimum: 2021-01-01, maximum: 2020-01-01"), ["8:16 PW206"]),
        (limits("timestamp", "minimum: 2021-01-01, maximum: 2021-01-01T00:00:00.5Z"), []),
        (
            limits("timestamp", "minimum: 2021-01-01, maximum: 2021-01-01T00:00+01:00"),
            ["8:16 PW206"],
        ),
        (limits("number", "format: f32, minimum: 1e39"), ["8:16 PW206"]),
        (limits("string", "minLength: 3, maxLength: 2"), ["8:16 PW206"]),
        (limits("vector", "dimensions: 100000"), []),
        (limits("vector", "dimensions: 100001"), ["8:16 PW206"]),
        (
            "- {name: a, logicalType: array, items: {logicalType: string, logicalTypeOptions:"
            " {minLength: 2, maxLength: 1}}, logicalTypeOptions: {minItems: 2, maxItems: 1}}",
            ["8:16 PW206", "8:16 PW206"],
        ),
        ("- {name: a, logicalType: number, physicalType: 'DECIMAL(2,3)'}", ["8:16 PW207"]),
        ("- {name: a, logicalType: number, physicalType: 'DECIMAL(1001,3)'}", ["8:16 PW207"]),
        ("- {name: a, logicalType: integer, enum: [{value: 1.5}]}", ["8:16 PW208"]),
        (limits("integer", "format: i8", ", enum: [{value: 300}]"), ["8:16 PW208"]),
        (limits("number", "format: f32", ", enum: [{value: 1}, {value: 1e39}]"), ["8:16 PW208"]),
        (
            "- {name: a, logicalType: number, physicalType: 'DECIMAL(3,2)', enum:"
            " [{value: 1.5}, {value: 9.99}, {value: 10}, {value: 0.125}, {value: 0}]}",
            ["8:16 PW208", "8:16 PW208"],
        ),
    ],
)
def test_values(properties: str, expected: list[str]) -> None:
    assert findings(properties) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("logicalType: array, items: {logicalType: string}, primaryKey: true", ["8:16 PW209"]),
        ("properties: [{name: b, logicalType: string}], primaryKey: true", ["8:16 PW209"]),
        ("logicalType: object, primaryKey: true", ["8:16 PW209"]),
        ("logicalType: date, primaryKey: true", []),
        ("logicalType: object, partitioned: true", ["8:16 PW210"]),
        ("logicalType: date, partitioned: true", []),
        (
            "logicalType: map, map: {key: {logicalType: object}, value: {logicalType: string}}",
            ["8:16 PW212"],
        ),
    ],
)
def test_keys(keys: str, expected: list[str]) -> None:
    assert findings(f"- {{name: a, {keys}}}") == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("name: b, customProperties: [{property: previousNames, value: c}]", []),
        ("name: b, customProperties: [{property: previousNames, value: b}]", []),
        ("name: old", ["8:16 PW230"]),
        ("name: b, customProperties: [{property: previousNames, value: [old]}]", ["9:16 PW230"]),
        ("name: b, customProperties: [{property: previousNames, value: a}]", ["9:16 PW230"]),
    ],
)
def test_names_of_before(second: str, expected: list[str]) -> None:
    first = "name: a, customProperties: [{property: previousNames, value: [old]}]"
    properties = f"- {{{first}, logicalType: date}}\n- {{{second}, logicalType: date}}"
    assert findings(properties) == expected


def test_json_in_a_primary_key_is_no_error() -> None:
    found = read(contract_of("- {name: a, logicalType: object, primaryKey: true}"))[1]
    assert [each.is_error for each in found] == [False]
