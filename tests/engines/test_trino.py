"""The DDL for Trino, executed by its Iceberg connector and read back from its catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from portwright.model import Integer, Model, String
from portwright.targets.ddl import DIALECTS, Ddl, checks, qualified
from portwright.targets.ddl.text import stored
from support import acceptance, cases, corpus, ddl, jars, models, patterns, reading, shop, tools

if TYPE_CHECKING:
    from support.trino import Trino

DIALECT = DIALECTS["trino"]
MODELS = [models.all_types_model(), shop.model(), models.nested_model()]

ALL_TYPES = {
    "flag": "boolean",
    **{name: "integer" for name in ("i8", "u8", "i16", "u16", "i32", "quantity")},
    "u32": "bigint",
    "i64": "bigint",
    "u64": "decimal(20,0)",
    "i128": "decimal(38,0)",
    "u128": "decimal(38,0)",
    "f32": "real",
    "f64": "double",
    "ratio": "double",
    "amount": "decimal(12,2)",
    "fee": "decimal(4,4)",
    "huge": "decimal(38,0)",
    **{name: "varchar" for name in ("note", "code", "email", "status", "priority", "extra")},
    "key": "uuid",
    "raw": "varbinary",
    "hash": "varbinary",
    "day": "date",
    "clock": "time(6)",
    "instant": "timestamp(6) with time zone",
    "wall": "timestamp(6)",
    **{f"vector_{name}": "array(real)" for name in ("bfloat16", "float16", "float32")},
    "vector_float64": "array(double)",
    **{f"vector_{name}": "array(integer)" for name in ("binary", "int8", "uint8")},
    "choices": "array(varchar)",
    "part": "row(label varchar)",
    "rows": "array(row(n bigint))",
    "spots": "map(varchar, row(x double, y double))",
    "matrix": "array(array(double))",
    "gaps": "array(integer)",
    "labels": "map(varchar, varchar)",
    "by_id": "map(uuid, array(date))",
    "by_number": "map(integer, map(date, decimal(9,3)))",
    "by_flag": "map(boolean, real)",
    "extras": "array(varchar)",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trino]:
    """The Trino of this file."""
    from support import trino

    found = jars.fetch("trino")
    if found is None:
        tools.missing("there is no Java to fetch jars with")
    with trino.running(found, tmp_path_factory.mktemp("trino")) as running:
        yield running


@pytest.fixture
def trino(server: Trino) -> Iterator[Trino]:
    """A Trino that is empty, and the test's own."""
    yield server
    server.empty()


def create(server: Trino, model: Model) -> None:
    """Runs the file of the model twice: it may be run again."""
    text = ddl.file(model, "trino")
    for _ in range(2):
        server.run(text)


def columns(server: Trino, schema: str, table: str) -> list[tuple[Any, ...]]:
    """Name, type, nullability and comment of every column, from the catalogue."""
    found = server.execute(
        "SELECT column_name, data_type, is_nullable = 'YES', comment"
        " FROM iceberg.information_schema.columns"
        f" WHERE table_schema = '{schema}' AND table_name = '{table}' ORDER BY ordinal_position"
    )
    return [tuple(each) for each in found]


@pytest.mark.parametrize("model", MODELS)
def test_names_nulls_and_comments_come_back(trino: Trino, model: Model) -> None:
    create(trino, model)
    for each in model.objects:
        found = columns(trino, each.schema or "main", stored(each.table, DIALECT))
        assert [(name, null, comment) for name, _, null, comment in found] == [
            (stored(field.column, DIALECT), not field.required, field.description)
            for field in each.record.fields
        ]
        (written,) = trino.execute(f"SHOW CREATE TABLE {qualified(model, each, DIALECT)}")
        comment = (each.description or "").replace("'", "''")
        assert (f"COMMENT '{comment}'\nWITH" in written[0]) == bool(comment)


def test_types_come_back(trino: Trino) -> None:
    create(trino, models.all_types_model())
    found = {name: type_ for name, type_, *_ in columns(trino, "main", "samples")}
    assert found == {name: ALL_TYPES[name.removeprefix("maybe_")] for name in found}


@pytest.mark.parametrize("model", MODELS)
def test_every_rule_is_a_predicate(trino: Trino, model: Model) -> None:
    create(trino, model)
    for each in model.objects:
        broken = " OR ".join(f"NOT ({check.predicate})" for check in checks(each, DIALECT))
        table = qualified(model, each, DIALECT)
        assert trino.execute(f"EXPLAIN (TYPE VALIDATE) SELECT 1 FROM {table} WHERE {broken}")


def test_the_catalog_and_the_schema_are_those_of_the_server(trino: Trino) -> None:
    server = (
        "servers: [{server: t, type: trino, host: h, port: 1, catalog: iceberg, schema: a-b}]\n"
    )
    model = reading.good(reading.contract_of("- {name: id, logicalType: integer}", server))
    create(trino, model)
    assert columns(trino, "a-b", "orders_v1") == [("id", "bigint", True, None)]


def test_a_partition_key_is_a_partitioning(trino: Trino) -> None:
    partitioned = "logicalType: {}, partitioned: true, partitionKeyPosition: {}"
    model, said = reading.read(
        reading.contract_of(
            f"- {{name: Placed At, {partitioned.format('timestamp', 1)}}}\n"
            f"- {{name: day, {partitioned.format('date', 2)}}}\n"
            f'- {{name: "it\'s", {partitioned.format("string", 3)}}}\n'
            f"- {{name: parts, {partitioned.format('object', 4)},"
            " properties: [{name: a, logicalType: string}]}"
        )
    )
    assert model is not None, said
    create(trino, model)
    (written,) = trino.execute("SHOW CREATE TABLE orders_v1")
    assert "partitioning = ARRAY['day(\"placed at\")','day','\"it''s\"']" in written[0]
    assert [each.code for each in Ddl("trino").check(model)] == ["PW346"]


def test_every_key_word_is_a_column_a_field_and_a_table(trino: Trino) -> None:
    words = ["value", "comment", "row", "map", *sorted(DIALECT.identifiers.reserved)]
    fields = [models.field(word, Integer(), False, description="x") for word in words]
    struct = models.record("s", "wide", "nested field", fields=tuple(fields))
    wide = models.an_object("wide", "wide", *fields, models.field("nested field", struct, False))
    tables = [models.an_object(word, word, fields[0]) for word in ("order", "select", "table")]
    create(trino, models.a_model(wide, *tables))
    assert [name for name, *_ in columns(trino, "main", "wide")] == [*words, "nested field"]


def test_hostile_text_is_only_text(trino: Trino) -> None:
    texts = [text for text in models.HOSTILE if "\0" not in text]
    names = [" ".join(text.split()) for text in texts]
    fields = [
        models.field(name, String(), False, description=text)
        for name, text in zip(names, texts, strict=True)
    ]
    values = models.enum("t", "e", values=tuple(texts))
    table = models.an_object(
        "t", 'a"b', *fields, models.field("e", values, False), description=texts[1]
    )
    model = models.a_model(
        replace(table, table='x"; DROP TABLE y; --', schema='a"b'),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )
    create(trino, model)
    found = columns(trino, 'a"b', 'x"; drop table y; --')
    assert [name for name, *_ in found] == [*(name.lower() for name in names), "e"]
    (check,) = checks(table, DIALECT)
    where = qualified(model, model.objects[0], DIALECT)
    select = f"SELECT 1 FROM {where} WHERE {check.predicate}"
    assert trino.execute(f"EXPLAIN (TYPE VALIDATE) {select}")


@pytest.mark.parametrize("facts", [{"table": "a$files"}, {"table": "a@1"}])
def test_names_that_the_connector_has_not(facts: dict[str, str]) -> None:
    table = replace(models.an_object("t", "t", models.field("a", String())), **facts)
    (said,) = Ddl("trino").check(models.a_model(table))
    assert said.code == "PW341" and said.is_error


def test_patterns_mean_what_they_mean_in_ecma(trino: Trino) -> None:
    for pattern in patterns.PORTABLE:
        (row,) = trino.execute(f"SELECT {', '.join(patterns.predicates(pattern, DIALECT))}")
        assert list(row) == patterns.expected(pattern), pattern


@pytest.mark.parametrize("name", cases.good())
def test_the_cases(trino: Trino, name: str) -> None:
    acceptance.trino_tables(cases.CASES / name / "expected", trino)


@corpus.needed
def test_the_tables_of_the_corpus(trino: Trino) -> None:
    target = Ddl("trino")
    for _, model in corpus.models():
        without = replace(model, servers=())  # their catalogs are not here
        if not any(each.is_error for each in target.check(without)):
            for file in target.emit(without):
                trino.run(file.text)
            trino.empty()
