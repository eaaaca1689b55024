"""The table of types: it is whole, says what files say, and the page in the docs is of today."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portwright import type_table
from portwright.contract.logical import Logical
from portwright.diagnostics import Diagnostic, warning
from portwright.model import Array, Json, Map, Model, Nullable, Record, Scalar, Type, Vector, walk
from portwright.targets import File, Target, registry
from portwright.targets.ddl import DIALECTS
from portwright.targets.ddl.kinds import Kind, kind
from support.commands import portwright

PAGE = Path(__file__).parents[1] / "docs" / "types.md"
NAMES = list(type_table.targets())


def value_type(sample: str) -> Type:
    return type_table.read(sample).objects[0].record.fields[0].type


def test_the_page_of_the_docs_is_of_today(update: bool) -> None:
    if update:
        PAGE.write_text(type_table.as_markdown(), "utf-8")
    assert PAGE.read_text("utf-8") == type_table.as_markdown()


def test_every_type_of_the_model_has_a_sample() -> None:
    assert set(type_table.SAMPLES) == set(Logical)
    found = [
        each
        for samples in type_table.SAMPLES.values()
        for sample in samples
        for each in walk.types(value_type(sample))
    ]
    kinds = {kind(each) for each in found if isinstance(each, Scalar | Json | Vector)}
    assert kinds == set(Kind)
    assert {Array, Map, Record, Nullable} <= {type(each) for each in found}


def test_every_target_that_types_something_and_every_dialect_is_asked() -> None:
    typed = {name for name in registry.BUILT_IN if hasattr(registry.target_class(name), "type_of")}
    assert {name.split()[0] for name in NAMES} == typed > {"avro", "ddl", "protobuf"}
    assert [name for name in NAMES if " " in name] == [f"ddl {each}" for each in DIALECTS]
    count = sum(map(len, type_table.SAMPLES.values()))
    assert len(list(type_table.cells())) == count * len(NAMES)


def squeezed(text: str) -> str:
    """Text without its spaces, and without the commas that break a line."""
    return re.sub(r",(?=[)\]])", "", re.sub(r"\s+", "", text))


@pytest.mark.parametrize("name", NAMES)
def test_the_table_says_what_the_files_say(name: str) -> None:
    target = type_table.targets()[name]
    # A Python package takes its time: one sample of each logical type will do.
    some = {samples[-1] for samples in type_table.SAMPLES.values()} if name == "python" else None
    for cell in type_table.cells(name.split()[-1:]):
        if some is None or cell.sample in some:
            model = type_table.read(cell.sample)
            text = "\n".join(each.text for each in target.emit(model))
            assert has(name, cell.type, text), (cell, text)


def has(name: str, written: str, text: str) -> bool:
    """Whether a target's files hold the type."""
    match name.split()[0]:
        case "avro":
            return bool(json.loads(text)["fields"][0]["type"] == json.loads(written))
        case "json-schema":
            property_, *definitions = written.split("; ")
            held = json.loads(text)
            return bool(
                held["properties"]["value"] == json.loads(property_)
                and [*held.get("$defs", {})] == [each.partition(":")[0] for each in definitions]
            )
        case "arrow":
            held = json.loads(text)["fields"][0]["type"]
            facts = [f"{key}={json.dumps(each)}" for key, each in held.items() if key != "name"]
            return written.startswith(held["name"]) and all(each in written for each in facts)
        case "protobuf":
            field, *made = re.split(r"; (?=message |enum )", written)
            parts = [f"{field} value = 1;", *made]
            return all(squeezed(each) in squeezed(text) for each in parts)
        case "python":
            return squeezed(f"value: {written}") in squeezed(text)
        case _:
            return f"value {written}" in text or f"{written} NOT NULL" in text


def test_what_is_lost_is_what_generating_warns_of() -> None:
    [cell] = [
        each
        for each in type_table.cells(["duckdb"])
        if each.sample == '{logicalType: number, physicalType: "DECIMAL(60, 20)"}'
    ]
    [warning] = type_table.targets()["ddl duckdb"].check(type_table.read(cell.sample))
    [loss] = cell.losses
    assert warning.message == f"`value`: {loss}"
    assert f"  ! {loss}" in re.sub(" +!", "  !", type_table.as_text(["duckdb"]))
    assert f"| ddl duckdb | `DECIMAL(38, 20)` | {loss} |" in type_table.as_markdown()


class Quiet:
    """A target of another package that tells no types."""

    name = "quiet"
    summary = "nothing"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield warning("PW999", "lost | found", model.span)

    def emit(self, model: Model) -> Iterator[File]:
        yield from ()


class Telling(Quiet):
    """One that does."""

    def type_of(self, model: Model) -> str:
        return f"a|b `{len(model.objects)}`"


@pytest.mark.parametrize(("cls", "asked"), [(Quiet, []), (Telling, ["other"])])
def test_targets_of_others_may_tell_their_types(
    cls: type[Target], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "names", lambda: ["other"])
    monkeypatch.setattr(registry, "target_class", lambda _: cls)
    assert list(type_table.targets()) == asked
    rows = re.findall(r"(?m)^\| other \|.*", type_table.as_markdown())
    assert set(rows) == ({r"| other | `` a\|b `1` `` | lost \| found |"} if asked else set())


def test_the_command_prints_all_or_some(tmp_path: Path) -> None:
    everything = portwright(tmp_path, "targets", "--types")
    assert everything.returncode == 0
    assert "\n\n{logicalType: boolean}\n  avro " in everything.stdout
    some = portwright(tmp_path, "targets", "--types", "avro", "duckdb").stdout
    assert '\n\n{logicalType: boolean}\n  avro        "boolean"\n  ddl duckdb  BOOLEAN\n\n' in some
    assert "postgres" not in some
    cells = json.loads(portwright(tmp_path, "targets", "--types", "--format", "json").stdout)
    assert cells[0] == {
        "logicalType": "string",
        "property": "{logicalType: string}",
        "target": "avro",
        "type": '"string"',
        "losses": [],
    }
    wrong = portwright(tmp_path, "targets", "--types", "dbt")
    assert wrong.returncode == 2 and "no types are known of dbt" in wrong.stderr
