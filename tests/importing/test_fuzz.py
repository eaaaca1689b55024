"""Sources changed at random: a contract that is accepted, or a finding of why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright.importing import making, reading
from portwright.importing.reading import Request
from support.fuzz import HOSTILE

SQL = """CREATE TYPE m AS ENUM ('a', 'b');
CREATE TABLE s.t (id SERIAL PRIMARY KEY, m m, "x y" NUMERIC(5,2) CHECK ("x y" > 0) DEFAULT 1,
 l TEXT[] NOT NULL, UNIQUE (id, m), FOREIGN KEY (id) REFERENCES u (id));
COMMENT ON COLUMN s.t.l IS 'it''s';"""
AVRO = """{"type": "record", "name": "R", "fields": [{"name": "a", "type": ["null", "long"]},
 {"name": "m", "type": {"type": "map", "values": "R"}, "default": {}},
 {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"]}}]}"""
SCHEMA = """{"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/x"},
 "b": {"type": ["array", "null"], "items": {"enum": [1, 2.5]}},
 "c": {"allOf": [{"type": "string"}, {"pattern": "^a"}]}}, "$defs": {"x": {"type": "integer"}}}"""
PROTO = """syntax = "proto3";
message A { string s = 1; repeated B b = 2; map<int32, B> m = 3; oneof o { bool x = 4; } }
message B { E e = 1; A a = 2; enum E { E_NONE = 0; E_A = 1; } }"""
SAMPLE = '[{"id": 1, "a": [{"b": null}, {"b": 1.5}], "d": "2026-01-01"}, {"id": 2, "c": {}}]'
SOURCES = {".sql": SQL, ".avsc": AVRO, ".schema.json": SCHEMA, ".proto": PROTO, ".json": SAMPLE}
WORDS = [
    *HOSTILE,
    '"',
    "'",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ";",
    "null",
    "\t",
    "\r\n",
    "-1e9",
]


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """The text with some of it cut out, moved, or put in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 20)))
        word = draw(st.sampled_from(WORDS) | st.text(max_size=5) | st.just(text[start:end] * 2))
        text = text[:start] + word + text[end:]
    return text


def outcome(path: Path) -> None:
    """Holds a source to the law."""
    draft, found = reading.read(Request(str(path), name="shop"))
    if draft is None:
        assert any(each.is_error for each in found)
        return
    assert not any(each.is_error for each in found)
    text, refused = making.contract(draft, "shop")
    assert (text is None) == bool(refused)


@pytest.mark.parametrize("suffix", SOURCES)
@given(data=st.data())
@settings(max_examples=40)
def test_no_source_is_too_odd(tmp_path_factory: Any, suffix: str, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / f"x{suffix}"
    text = data.draw(changed(SOURCES[suffix]))
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    outcome(path)


@given(names=st.lists(st.sampled_from(HOSTILE) | st.text(), min_size=1, max_size=6, unique=True))
@settings(max_examples=40)
def test_no_name_is_too_odd(tmp_path_factory: Any, names: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "names.postgres.sql"
    quoted = ['"' + each.replace('"', '""') + '"' for each in names]
    columns = ", ".join(f"{each} TEXT DEFAULT {each}" for each in quoted)
    sql = f"CREATE TABLE {quoted[0]} ({columns}, PRIMARY KEY ({', '.join(quoted)}));"
    sql += (
        f"COMMENT ON COLUMN {quoted[0]}.{quoted[0]} IS '{names[0].replace(chr(39), chr(39) * 2)}'"
    )
    path.write_bytes(sql.encode("utf-8", "surrogatepass"))
    outcome(path)
