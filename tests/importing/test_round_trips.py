"""What is generated of a contract, read back: a contract that the same is generated of again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from portwright import lock, pipeline
from portwright.importing import making, reading
from portwright.importing.reading import Request
from portwright.model import Boolean, Date, Float, Integer, Model, Object, String, Uuid
from portwright.targets import registry
from portwright.targets.protobuf.types import value_prefix
from support.drawn_models import models
from support.models import MODELS, a_model, all_types_model, an_object, field
from support.protobuf import TAGS

# Those that say all that their columns are. In others some come back as what they are there: a
# text, a number of so many digits.
PLAIN = (Boolean, Date, Integer, Float, String, Uuid)
EXACT = "postgres duckdb mysql databricks trino".split()
OTHERS = "snowflake bigquery redshift sqlserver fabric oracle clickhouse".split()


def generated(model: Model, target: str, **options: str) -> str:
    """The file of the model's first object."""
    numbered, _ = lock.apply_all([model], lock.Lock())
    made = registry.make(target, options)
    files = [*made.emit(numbered[0])]
    return next(
        each.text for each in files if each.path.suffix in (".avsc", ".json", ".proto", ".sql")
    )


def read_back(text: str, path: Path) -> Model:
    """The model of the contract that is begun from the text, called as it was before."""
    path.write_text(text, "utf-8")
    draft, found = reading.read(Request(str(path), name="things"))
    assert draft is not None, found
    contract, refused = making.contract(draft, "checkout")
    assert contract is not None, refused
    model, found = pipeline.read(contract.encode(), "x", {})
    assert model is not None and not [each for each in found if each.is_error]
    return replace(model, domain="retail", major=1)


def same(model: Model, folder: Path, target: str, suffix: str, **options: str) -> None:
    """Holds a target to it."""
    before = generated(model, target, **options)
    again = generated(read_back(before, folder / f"x{suffix}"), target, **options)
    assert _FORMS[target](again) == _FORMS[target](before)


def avro_form(text: str) -> Any:
    """The schema without the names of its types, which are made of those of properties."""

    def bare(node: Any) -> Any:
        match node:
            case dict():
                named = _NAMES if node.get("type") in ("record", "enum") else _GUESSED
                return {key: bare(value) for key, value in node.items() if key not in named}
            case list():
                return [bare(each) for each in node]
            case _:
                return node

    return bare(json.loads(text))


_NAMES = ("name", "namespace", "aliases")
# What is personal is guessed anew.
_GUESSED = ("odcs.classification", "confluent:tags")


def json_form(text: str) -> Any:
    """The schema with its definitions in place."""
    schema = json.loads(text)
    definitions = schema.pop("$defs", {})
    for key in ("$id", "title"):
        schema.pop(key)

    def whole(node: Any) -> Any:
        match node:
            case dict() if "$ref" in node:
                rest = {key: value for key, value in node.items() if key != "$ref"}
                return whole({**definitions[node["$ref"].removeprefix("#/$defs/")], **rest})
            case dict():
                return {key: whole(value) for key, value in node.items() if key not in _GUESSED}
            case list():
                return [whole(each) for each in node]
            case _:
                return node

    return whole(schema)


def proto_form(text: str) -> str:
    """The file with its types numbered in their order."""
    text = text.partition("\n")[2]  # the first line names the contract's file
    text = TAGS.sub("", text)
    names = re.findall(r"(?m)^\s*(?:message|enum) (\w+)", text)
    for number, name in sorted(enumerate(names), key=lambda pair: -len(pair[1])):
        text = re.sub(rf"\b{name}\b", f"T{number}", text)
        text = re.sub(rf"\b{value_prefix(name)}_(?=\w+ = )", f"V{number}_", text)
    return text


def ddl_form(text: str) -> list[str]:
    """The columns of the table, and its key."""
    inside = text[text.index("(\n", text.index("CREATE TABLE")) :]
    lines = [each.strip().rstrip(",") for each in inside.split("\n")[1:]]
    columns = [each for each in lines[: lines.index(")") if ")" in lines else None] if each]
    found = []
    for each in columns:
        if each.startswith(")"):
            break
        if not each.startswith(("CONSTRAINT", "PRIMARY KEY")) or "PRIMARY KEY" in each:
            found.append(re.sub(r"CONSTRAINT \S+ ", "", each))
    return found


_FORMS: dict[str, Any] = {
    "avro": avro_form,
    "json-schema": json_form,
    "protobuf": proto_form,
    "ddl": ddl_form,
}


@pytest.mark.parametrize("name", ["all types", "nested"])
@pytest.mark.parametrize(
    ("target", "suffix"),
    [("avro", ".avsc"), ("json-schema", ".schema.json"), ("protobuf", ".proto")],
)
def test_schemas_of_every_type_come_back(
    tmp_path: Path, name: str, target: str, suffix: str
) -> None:
    same(MODELS[name](), tmp_path, target, suffix)


@pytest.mark.parametrize("dialect", EXACT)
def test_tables_of_every_type_come_back(tmp_path: Path, dialect: str) -> None:
    same(all_types_model(), tmp_path, "ddl", f".{dialect}.sql", dialect=dialect)


@pytest.mark.parametrize("dialect", OTHERS)
def test_tables_of_other_dialects_come_back_with_their_columns(
    tmp_path: Path, dialect: str
) -> None:
    path = tmp_path / f"x.{dialect}.sql"
    once = read_back(generated(all_types_model(), "ddl", dialect=dialect), path)
    twice = read_back(generated(once, "ddl", dialect=dialect), path)
    [before], [one], [two] = all_types_model().objects, once.objects, twice.objects
    assert [name for name, _ in facts(one)] == [name for name, _ in facts(before)]
    assert facts(two) == facts(one)
    # Lists may be missing everywhere in some of them.
    whole = {each.column.lower() for each in before.record.fields if isinstance(each.type, PLAIN)}
    needed = {name for name, required in facts(one) if required}
    assert {name for name, required in facts(before) if required} & whole <= needed


@pytest.mark.parametrize("dialect", [*EXACT, *OTHERS])
def test_keys_come_back(tmp_path: Path, dialect: str) -> None:
    first = (field("a", String(max_length=9)), field("b", Integer(), unique=True))
    model = a_model(an_object("things", "thing", *first, primary_key=("b", "a")))
    text = generated(model, "ddl", dialect=dialect)
    [made] = read_back(text, tmp_path / f"x.{dialect}.sql").objects
    assert made.primary_key == (("b", "a") if "PRIMARY KEY" in text.upper() else ())
    assert all(each.required for each in made.record.fields)


def facts(given: Object) -> list[tuple[str, bool]]:
    """The columns, in lower case as some dialects quote them in capitals, and which are needed."""
    return [(each.column.lower(), each.required) for each in given.record.fields]


@given(model=models())
@settings(max_examples=10)
def test_avro_of_any_model_comes_back(tmp_path_factory: Any, model: Model) -> None:
    same(model, tmp_path_factory.getbasetemp(), "avro", ".avsc")


@given(model=models())
@settings(max_examples=10)
def test_json_schemas_of_any_model_come_back(tmp_path_factory: Any, model: Model) -> None:
    same(model, tmp_path_factory.getbasetemp(), "json-schema", ".schema.json")


@given(model=models())
@settings(max_examples=10)
def test_protobuf_of_any_model_comes_back(tmp_path_factory: Any, model: Model) -> None:
    same(model, tmp_path_factory.getbasetemp(), "protobuf", ".proto")


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
@given(model=models())
@settings(max_examples=8)
def test_tables_of_any_model_come_back(tmp_path_factory: Any, dialect: str, model: Model) -> None:
    same(model, tmp_path_factory.getbasetemp(), "ddl", f".{dialect}.sql", dialect=dialect)
