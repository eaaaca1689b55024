"""YAML to nodes: scalars of YAML 1.2, places, and everything a hostile file can try."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portwright import composer, source
from portwright.diagnostics import Span
from portwright.nodes import Mapping, Node, Scalar, Sequence, data


def parse(text: str, environ: dict[str, str] | None = None) -> Node:
    node, found = source.parse(text, "a.yaml", environ)
    assert found == []
    assert node is not None
    return node


def value(text: str, environ: dict[str, str] | None = None) -> object:
    return data(parse(text, environ))


def faults(text: str) -> list[str]:
    found = source.parse(text, "a.yaml")[1]
    assert all(each.help for each in found)
    return [f"{each.span.line}:{each.span.column}+{each.span.width} {each.code}" for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("true", True),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("False", False),
        ("null", None),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("1", 1),
        ("-12", -12),
        ("+7", 7),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1.10", Decimal("1.10")),
        (".5", Decimal("0.5")),
        ("1.", Decimal("1")),
        ("1e3", Decimal("1e3")),
        ("6.02E+23", Decimal("6.02E+23")),
        (".inf", Decimal("Infinity")),
        ("-.INF", Decimal("-Infinity")),
        ("1.2.3", "1.2.3"),
        ("12:30:45", "12:30:45"),
        ("190:20:30", "190:20:30"),
        ("2026-11-22", "2026-11-22"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
        ("-", "-"),
        ("=", "="),
        ("١٢", "١٢"),
        ("1" * 5000, "1" * 5000),
        ("1e99999", "1e99999"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("''", ""),
        ("!!str 12", "12"),
        ("! 12", "12"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, expected: object) -> None:
    if text == "-":
        text = "[a, -]"
        expected = ("a", "-")
    found = value(f"key: {text}")
    assert found == {"key": expected}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(expected)


def test_not_a_number_is_a_decimal() -> None:
    found = parse("key: .nan")
    assert isinstance(found, Mapping)
    scalar = found.get("key")
    assert isinstance(scalar, Scalar) and isinstance(scalar.value, Decimal)
    assert scalar.value.is_nan()


def test_a_number_that_nothing_holds_is_text() -> None:
    assert value("[1e400, 1e1000]") == (Decimal("1e400"), "1e1000")


@pytest.mark.parametrize("text", ["---\n", "---\n...\n", "# nothing\n---\n"])
def test_a_document_of_nothing_is_empty(text: str) -> None:
    node, (fault,) = source.parse(text, "a.yaml")
    assert (node, fault.code) == (None, "PW003")


def test_a_number_keeps_its_text() -> None:
    found = parse("version: 1.10")
    assert isinstance(found, Mapping)
    assert found.get("version") == Scalar("1.10", Decimal("1.10"), Span("a.yaml", 1, 10, 4))


def test_nodes_know_their_place() -> None:
    found = parse("a: x\nlist:\n  - one\n  - {k: 'v w'}\ntext: |\n  many\n  lines\n")
    assert isinstance(found, Mapping)
    assert found.span == Span("a.yaml", 1, 1, 4)
    assert found.key("list") == Scalar("list", "list", Span("a.yaml", 2, 1, 4))
    items = found.get("list")
    assert isinstance(items, Sequence)
    assert items.span == Span("a.yaml", 3, 3, 5)
    assert [item.span for item in items.items] == [
        Span("a.yaml", 3, 5, 3),
        Span("a.yaml", 4, 5, 10),
    ]
    inner = items.items[1]
    assert isinstance(inner, Mapping)
    assert inner.get("k") == Scalar("v w", "v w", Span("a.yaml", 4, 9, 5), quoted=True)
    text = found.get("text")
    assert isinstance(text, Scalar) and text.quoted
    assert (text.text, text.span) == ("many\nlines\n", Span("a.yaml", 5, 7, 1))
    assert found.get("none") is None and found.key("none") is None


def test_places_count_characters_and_line_feeds_only() -> None:
    found = parse("\u00fcber: '\u2028x'\r\nkey: value\r\n")
    assert isinstance(found, Mapping)
    key = found.get("key")
    assert key is not None and key.span == Span("a.yaml", 2, 6, 5)
    first = found.get("\u00fcber")
    assert first is not None and first.span == Span("a.yaml", 1, 7, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1+1 PW003"]),
        ("# only a comment\n", ["1:1+1 PW003"]),
        ("a: [1, 2", ["1:4+1 PW001"]),
        ("a: 'open", ["1:4+1 PW001"]),
        ("a: b: c", ["1:5+1 PW001"]),
        ("a:\n\tb: 1", ["2:1+1 PW001"]),
        ("a: @b", ["1:4+1 PW001"]),
        ("a: 1\n b: 2", ["2:3+1 PW001"]),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nc: 2\n>>>>>>> x\n", ["2:1+12 PW640"]),
        ("a: 1\r\n<<<<<<< HEAD\r\n=======\r\nc: 2\r\n>>>>>>> x\r\n", ["2:1+12 PW640"]),
        ("a: 1\n<<<<<<< HEAD\nb: 1\nc: 2\n>>>>>>> x\n", ["3:1+1 PW001"]),
        ("a: |\n  <<<<<<< x\n  =======\n  >>>>>>> y\n", []),
        ("a: \x00", ["1:4+1 PW002"]),
        ("a: 1\nb: \x1b[31m", ["2:4+1 PW002"]),
        ('a: "\\0"', ["1:4+4 PW002"]),
        ("a: 1\n---\nb: 2", ["2:1+3 PW005"]),
        ("a: *nowhere", ["1:4+8 PW006"]),
        ("a: &a [*a]", ["1:8+2 PW006"]),
        ("a: &a {b: &a [*a]}", ["1:15+2 PW006"]),
        ("a: 1\nb: 2\na: 3", ["3:1+1 PW007"]),
        ("a: 1\n'a': 3", ["2:1+3 PW007"]),
        ("a: {b: 1, b: 2}\na: 2", ["1:11+1 PW007", "2:1+1 PW007"]),
        ("a: {{ x }}", ["1:5+5 PW008"]),
        ("[1]: 2", ["1:1+3 PW008"]),
        ("<<: 3", ["1:5+1 PW008"]),
        ("a: !!python/object/apply:os.system [ls]", ["1:4+33 PW009"]),
        ("a: !include x.yaml", ["1:4+15 PW009"]),
    ],
)
def test_faults_have_a_place(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


def test_a_repeated_key_still_gives_the_first_value() -> None:
    node, found = source.parse("a: 1\na: 2\n", "a.yaml")
    assert [each.code for each in found] == ["PW007"]
    assert node is not None and data(node) == {"a": 1}


@pytest.mark.parametrize("text", ["[" * 1000, "- " * 1000 + "x", "{a: " * 1000, "? " * 1000])
def test_depth_has_a_limit(text: str) -> None:
    assert [fault.split()[1] for fault in faults(text)] == ["PW004"]


def test_depth_below_the_limit_is_read() -> None:
    depth = composer.MAX_DEPTH
    found = parse("[" * depth + "]" * depth)
    for _ in range(depth - 1):
        assert isinstance(found, Sequence)
        (found,) = found.items
    assert found == Sequence((), Span("a.yaml", 1, depth, 2))


def test_aliases_share_a_value() -> None:
    assert value("a: &x {k: [1]}\nb: *x") == {"a": {"k": (1,)}, "b": {"k": (1,)}}


def test_an_anchor_may_be_set_again() -> None:
    assert value("a: &x 1\nb: *x\nc: &x 2\nd: *x") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert faults("\n".join(lines)) == ["5:45+3 PW004"]


def test_aliases_cannot_nest_beyond_the_limit() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))]
    assert [fault.split()[1] for fault in faults("\n".join(lines))] == ["PW004"]


def test_merge_keys_add_what_is_missing() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nall: {<<: [*b, *m], x: 0}\none: {<<: *b}"
    found = value(text)
    assert isinstance(found, dict)
    assert found["all"] == {"x": 0, "y": 2, "z": 4}
    assert found["one"] == {"x": 1, "y": 2}
    assert value("a: {'<<': 1}") == {"a": {"<<": 1}}


def test_variables() -> None:
    environ = {"HOST": "kafka:9092", "EMPTY": "", "LOOP": "${HOST}", "N": "1.0"}
    text = (
        "a: ${HOST}\nb: x-${HOST}-${NONE:-y}\nc: '${NONE:-}'\nd: ${EMPTY:-e}\n"
        "e: ${LOOP}\nf: $${HOST}\ng: ${N}\nh: $HOST ${} ${1} ${a b}\n${HOST}: key"
    )
    assert value(text, environ) == {
        "a": "kafka:9092",
        "b": "x-kafka:9092-y",
        "c": "",
        "d": "e",
        "e": "${HOST}",
        "f": "${HOST}",
        "g": "1.0",
        "h": "$HOST ${} ${1} ${a b}",
        "${HOST}": "key",
    }


def test_a_default_may_hold_a_variable() -> None:
    assert value("a: '${A:-${B:-c}d}'") == {"a": "cd"}
    assert value("a: ${A:-${B}}", {"B": "b"}) == {"a": "b"}
    _, (fault,) = source.parse("a: ${A:-${B}}", "a.yaml")
    assert fault.code == "PW010" and "`B`" in fault.message


def test_an_unresolved_variable_is_an_error_with_a_way_out() -> None:
    node, found = source.parse("a: 1\nhost: '${KAFKA}:${PORT}'\n", "a.yaml")
    assert [(each.code, each.span) for each in found] == [
        ("PW010", Span("a.yaml", 2, 7, 18)),
        ("PW010", Span("a.yaml", 2, 7, 18)),
    ]
    assert "KAFKA" in found[0].message and "${KAFKA:-" in (found[0].help or "")
    assert node is not None


def test_placeholders_of_queries_are_left_alone() -> None:
    text = "query: select ${column}\nimplementation: {sql: ['${table}']}"
    assert value(text) == {
        "query": "select ${column}",
        "implementation": {"sql": ("${table}",)},
    }


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b"a: \xff", (1, 4), "PW002"),
        (b"a: 1\n\xc3\xbcb: \xe9", (2, 5), "PW002"),
        ("a: 1".encode("utf-16"), (1, 1), "PW002"),
        (b"x" * (source.MAX_BYTES + 1), (1, 1), "PW004"),
    ],
    ids=["first-line", "second-line", "utf-16", "large"],
)
def test_bytes_that_cannot_be_read(content: bytes, place: tuple[int, int], code: str) -> None:
    text, found = source.decode(content, "a.yaml")
    assert text is None
    assert [((each.span.line, each.span.column), each.code) for each in found] == [(place, code)]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert source.decode(b"\xef\xbb\xbfa: 1\r\n", "a.yaml") == ("a: 1\r\n", [])
    assert value("a: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}


@given(st.binary(max_size=80))
def test_no_bytes_raise(content: bytes) -> None:
    text, found = source.decode(content, "a.yaml")
    assert (text is None) == bool(found)


@given(
    st.text(
        alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#%@`,?<\n\t \\$~0.\x00\u2028\ud800"), max_size=60
    )
)
def test_no_text_raises(text: str) -> None:
    node, found = source.parse(text, "a.yaml")
    assert node is not None or found
    for each in found:
        assert 1 <= each.span.line <= text.count("\n") + 1
        assert each.span.column >= 1 and each.span.width >= 1
