"""Whatever a contract holds, reading it ends in findings, never in an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright.contract import physical, type_text
from portwright.diagnostics import Span
from portwright.model import Type
from support.reading import FILE, HEAD, read

SEED = HEAD + """\
name: shop
servers: [{server: a, type: kafka, host: h}]
team: {members: [{username: u}]}
slaProperties: [{property: latency, value: 4}]
schema:
  - name: orders
    physicalType: table
    relationships: [{from: orders.id, to: lines.id}]
    properties:
      - name: id
        logicalType: string
        physicalType: varchar(36)
        primaryKey: true
        primaryKeyPosition: 1
        logicalTypeOptions: {maxLength: 36, pattern: "^a$", format: uuid}
      - name: total
        logicalType: number
        physicalType: DECIMAL(18, 2)
        logicalTypeOptions: {minimum: 0, exclusiveMaximum: true}
        customProperties: [{property: precision, value: 18}]
      - name: at
        logicalType: date
        logicalTypeOptions: {format: yyyy-MM-dd, minimum: 2020-01-01}
        enum: [{value: 2020-01-01}]
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: sku, logicalType: string}]}
      - name: tags
        map: {key: {logicalType: string}, value: {logicalType: integer}}
        quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0}]
"""
LINES = SEED.splitlines(keepends=True)
WORDS = sorted({word.strip("{}[],:'\"") for word in SEED.split()} - {""})
ANYTHING = st.sampled_from(
    [
        "null",
        "[]",
        "{}",
        "[[]]",
        "{a: b}",
        "-1",
        "1e999",
        ".nan",
        "true",
        "''",
        "text",
        "'\"'",
        "9" * 40,
    ]
)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """The seed with some words exchanged and some lines moved, doubled or dropped."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "word", "value", "indent", "move"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "word":
                old, new = draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))
                lines[at] = lines[at].replace(old, new)
            case "value" if ": " in lines[at]:
                lines[at] = lines[at].split(": ")[0] + f": {draw(ANYTHING)}\n"
            case "indent":
                lines[at] = " " * draw(st.integers(0, 10)) + lines[at].lstrip()
            case _:
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
    return "".join(lines)


@settings(max_examples=300)
@given(mutations())
def test_no_mutation_raises(text: str) -> None:
    model, found = read(text)
    assert model is not None or any(each.is_error for each in found)
    for each in found:
        assert each.span.line <= text.count("\n") + 1


TYPES = """STRUCT ROW array map ENUM decimal int not null comment
    < > ( ) [ ] , : = ' " ` \\ 9 * é""".split()


@settings(max_examples=300)
@given(st.lists(st.sampled_from(TYPES)).map(" ".join) | st.text())
def test_no_physical_type_raises(text: str) -> None:
    found = physical.read(text, physical.Place("a", "a", ("a",), Span(FILE)))
    assert found is None or isinstance(found.type, Type)


@pytest.mark.parametrize("part", ["'\\'", "'", '"', "`a", "a(", "<", "enum('a',", "a ", "-", "x'"])
def test_no_physical_type_takes_long(part: str) -> None:
    before = time.process_time()
    type_text.parse(part * (type_text.LONGEST // len(part)))
    assert time.process_time() - before < 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)


def flow(value: object) -> str:
    """The value in YAML's flow style."""
    match value:
        case dict():
            return "{" + ", ".join(f"'{key}': {flow(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case str():
            return f"'{value}'"
        case None:
            return "null"
        case _:
            return str(value).lower()


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=5))
def test_no_property_raises(keys: dict[str, object]) -> None:
    property_ = {"name": "a", "logicalType": "string", **keys}
    read(f"{HEAD}schema:\n  - {{name: orders, properties: [{flow(property_)}]}}\n")
