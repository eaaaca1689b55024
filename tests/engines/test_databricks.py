"""The DDL for Databricks: read by Spark's parser, and executed by Spark with Delta Lake.

Unity Catalog is not here: keys are read, and left out of what is executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from portwright.model import Integer, Model, Record, String, Type, Uuid
from portwright.targets.ddl import DIALECTS, Ddl, checks, literal, qualified, quote, statements
from support import acceptance, cases, corpus, ddl, jars, models, patterns, reading, shop, tools

if TYPE_CHECKING:
    from support.spark import Spark

# Spark's client leaves connections to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

DIALECT = DIALECTS["databricks"]
KEYLESS = replace(
    DIALECT, statements=replace(DIALECT.statements, primary_key=None, foreign_key=None)
)
MODELS = [models.all_types_model(), shop.model(), models.nested_model()]

ALL_TYPES = {
    "flag": "boolean",
    "i8": "tinyint",
    "u8": "smallint",
    "i16": "smallint",
    "u16": "int",
    "i32": "int",
    "u32": "bigint",
    "i64": "bigint",
    "u64": "decimal(20,0)",
    "i128": "decimal(38,0)",
    "u128": "decimal(38,0)",
    "quantity": "int",
    "f32": "float",
    "f64": "double",
    "ratio": "double",
    "amount": "decimal(12,2)",
    "fee": "decimal(4,4)",
    "huge": "decimal(38,0)",
    **{name: "string" for name in ("note", "email", "key", "clock", "status", "priority")},
    "code": "string",  # of at most five characters, as a test below sees
    "raw": "binary",
    "hash": "binary",
    "day": "date",
    "instant": "timestamp",
    "wall": "timestamp_ntz",
    **{f"vector_{name}": "array<float>" for name in ("bfloat16", "float16", "float32")},
    "vector_float64": "array<double>",
    **{f"vector_{name}": "array<tinyint>" for name in ("binary", "int8")},
    "vector_uint8": "array<smallint>",
    "choices": "array<string>",
    "part": "struct<label:string>",
    "rows": "array<struct<n:bigint>>",
    "spots": "map<string,struct<x:double,y:double>>",
    "matrix": "array<array<double>>",
    "gaps": "array<int>",
    "labels": "map<string,string>",
    "by_id": "map<string,array<date>>",
    "by_number": "map<int,map<date,decimal(9,3)>>",
    "by_flag": "map<boolean,float>",
    "extra": "variant",
    "extras": "array<variant>",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """The Spark of this file."""
    from support import spark

    # Those of jobs, too: one process has one Java, with the jars that its first session had.
    found = [jars.fetch(group) for group in ("delta", "streams")]
    if None in found:
        tools.missing("no Java is installed")
    every = [jar for group in found for jar in group or ()]
    with spark.running(every, tmp_path_factory.mktemp("spark")) as running:
        yield running


@pytest.fixture
def spark(session: Spark) -> Iterator[Spark]:
    """A Spark that is empty, and the test's own."""
    yield session
    session.empty()


def create(session: Spark, model: Model) -> None:
    """Reads the file of the model, and runs its statements, but for keys, twice."""
    session.parse(ddl.file(model, "databricks"))
    for _ in range(2):
        for each in model.objects:
            for statement in statements(model, each, KEYLESS):
                session.execute(statement)


def expected(type_: Type, *, optional: bool = False) -> Iterator[tuple[Any, ...]]:
    """Name, nullability and comment of each field of a record, and of the fields in it; none is
    NOT NULL where the record is `optional`."""
    match type_:
        case Record(fields=fields):
            for each in fields:
                null = optional or not each.required
                parts = tuple(expected(each.type, optional=null))
                yield each.column, null, each.description, parts
        case _:
            return


def found(type_: Any) -> Iterator[tuple[Any, ...]]:
    for each in getattr(type_, "fields", ()):
        comment = each.metadata.get("comment")
        yield each.name, each.nullable, comment, tuple(found(each.dataType))


@pytest.mark.parametrize("model", MODELS)
def test_names_nulls_and_comments_come_back(spark: Spark, model: Model) -> None:
    create(spark, model)
    for each in model.objects:
        table = qualified(model, each, DIALECT)
        assert list(found(spark.schema(table))) == list(expected(each.record))
        facts = dict(row[:2] for row in spark.execute(f"DESCRIBE TABLE EXTENDED {table}"))
        assert facts.get("Comment") == each.description
        broken = " OR ".join(f"NOT ({check.predicate})" for check in checks(each, DIALECT))
        assert spark.execute(f"SELECT 1 FROM {table} WHERE {broken}") == []


def test_a_record_that_may_be_null_has_required_fields(spark: Spark) -> None:
    inner = models.record("c", "t", "b", fields=(models.field("d", String()),))
    outer = models.record("b", "t", fields=(models.field("c", inner), models.field("e", String())))
    model = models.a_model(models.an_object("t", "t", models.field("b", outer, False)))
    create(spark, model)
    spark.execute("INSERT INTO t VALUES (NULL), (named_struct('c', NULL, 'e', 'x'))")
    broken = {
        check.path: spark.execute(f"SELECT count(*) FROM t WHERE NOT ({check.predicate})")[0][0]
        for check in checks(model.objects[0], DIALECT)
    }
    assert broken == {"b.c": 1, "b.c.d": 0, "b.e": 0}


def test_types_come_back(spark: Spark) -> None:
    create(spark, models.all_types_model())
    rows = spark.execute("DESCRIBE TABLE samples")
    assert {name: type_ for name, type_, _ in rows} == {
        name: ALL_TYPES[name.removeprefix("maybe_")] for name, *_ in rows
    }


def test_keys_are_read(spark: Spark) -> None:
    (file,) = Ddl("databricks").emit(shop.model())
    _, customers, orders = spark.parse(file.text)
    assert "primarykeyconstraint(id, pk_customers, customers, " in customers
    assert "primarykeyconstraint(order, Region, pk_orders, orders, " in orders
    assert "foreignkeyconstraint(customer_id, shop, customers, id, fk_orders__" in orders


def test_what_must_be_there_is(spark: Spark) -> None:
    create(spark, shop.model())
    with pytest.raises(Exception, match="NOT_NULL"):
        spark.execute("INSERT INTO shop.customers VALUES (7, NULL)")
    with pytest.raises(Exception, match="EXCEED_CHAR_VARCHAR_LIMIT"):
        spark.execute(f"INSERT INTO shop.customers VALUES (7, '{'x' * 31}')")
    spark.execute("INSERT INTO shop.customers VALUES (7, 'a@example.org')")


def test_the_catalog_and_the_schema_are_those_of_the_server(spark: Spark) -> None:
    place = "host: h, catalog: spark_catalog, schema: sales"
    server = f"servers: [{{server: d, type: databricks, {place}}}]\n"
    model = reading.good(reading.contract_of("- {name: id, logicalType: integer}", server))
    create(spark, model)
    assert [each.name for each in spark.schema("spark_catalog.sales.orders_v1")] == ["id"]


def test_a_partition_key_is_a_clustering(spark: Spark) -> None:
    partitioned = "logicalType: {}, partitioned: true, partitionKeyPosition: {}"
    model, said = reading.read(
        reading.contract_of(
            f"- {{name: placed at, {partitioned.format('timestamp', 1)}}}\n"
            f"- {{name: day, {partitioned.format('date', 2)}}}\n"
            f"- {{name: open, {partitioned.format('boolean', 3)}}}"
        )
    )
    assert model is not None, said
    create(spark, model)
    ((columns,),) = [row[:1] for row in spark.session.sql(
        "DESCRIBE DETAIL orders_v1").select("clusteringColumns").collect()]  # fmt: skip
    assert columns == ["`placed at`", "day"]
    assert [each.code for each in Ddl("databricks").check(model)] == ["PW346"]


def test_only_the_first_columns_are_clustered_by(spark: Spark) -> None:
    parts = tuple(models.field(f"p{index}", String()) for index in range(30))
    fields = (
        models.field("r", models.record("r", "t", fields=parts)),
        *(models.field(name, String()) for name in ("a", "b", "c")),
    )
    table = models.an_object("t", "t", *fields, partition_key=("b", "c"))
    create(spark, models.a_model(table))
    (finding,) = Ddl("databricks").check(models.a_model(table))
    assert finding.code == "PW346" and "`c`" in finding.message
    refused = statements(models.a_model(table), table, KEYLESS)[0].replace("(b)", "(c)")
    with pytest.raises(Exception, match="DELTA_CLUSTERING_COLUMN_MISSING_STATS"):
        spark.execute(refused.replace(" t ", " u "))


def test_every_key_word_is_a_column_a_field_and_a_table(spark: Spark) -> None:
    spark.execute("SET spark.sql.ansi.enforceReservedKeywords = true")
    try:
        words = [row[0].lower() for row in spark.execute("SELECT keyword FROM sql_keywords()")]
        reserved = {
            row[0].lower()
            for row in spark.execute("SELECT keyword FROM sql_keywords() WHERE reserved")
        }
        assert reserved <= DIALECT.identifiers.reserved
        fields = [models.field(word, Integer(), False) for word in words]
        struct = models.record("s", "wide", "s", fields=tuple(fields))
        wide = models.an_object("wide", "wide", *fields, models.field("nested", struct, False))
        tables = [models.an_object(word, word, models.field(word, Uuid())) for word in words]
        for file in Ddl("databricks").emit(models.a_model(wide, *tables)):
            assert len(spark.parse(file.text)) == len(tables) + 1
    finally:
        spark.execute("SET spark.sql.ansi.enforceReservedKeywords = false")


def test_hostile_text_is_only_text(spark: Spark) -> None:
    texts = [text for text in models.HOSTILE if "\0" not in text]
    names = [" ".join(text.split()).replace("${", "$ {") for text in texts]
    fields = [
        models.field(name, String(), False, description=text)
        for name, text in zip(names, texts, strict=True)
    ]
    values = models.enum("t", "e", values=(*texts, "${spark.app.name}"))
    table = models.an_object("t", "t", *fields, models.field("e", values), description=texts[1])
    model = models.a_model(table, name="evil`; DROP TABLE x; --", source="a\nb.yaml")
    create(spark, model)
    assert [each.name for each in spark.schema("t")] == [*names, "e"]
    (check,) = [each for each in checks(table, DIALECT) if each.name == "enum"]
    spark.execute(f"INSERT INTO t (e) VALUES ({literal('${spark.app.name}', DIALECT)})")
    assert spark.execute("SELECT e FROM t") == [("$" + "{spark.app.name}",)]
    assert spark.execute(f"SELECT 1 FROM t WHERE NOT ({check.predicate})") == []


@pytest.mark.parametrize("name", ["a b", "a.b", "a/b"])
def test_names_that_unity_catalog_has_not(name: str) -> None:
    table = models.an_object("t", "t", models.field("a", String()))
    for facts in ({"table": name}, {"qualifier": (name,)}):
        (said,) = Ddl("databricks").check(models.a_model(replace(table, **facts)))
        assert said.code == "PW341" and said.is_error


def test_no_name_is_a_variable() -> None:
    table = models.an_object("t", "t", models.field("${x}", String()))
    (said,) = Ddl("databricks").check(models.a_model(table))
    assert said.code == "PW341" and said.is_error
    assert quote("$ {x}", DIALECT) == "`$ {x}`"


def test_patterns_mean_what_they_mean_in_ecma(spark: Spark) -> None:
    for pattern in patterns.PORTABLE:
        (row,) = spark.execute(f"SELECT {', '.join(patterns.predicates(pattern, DIALECT))}")
        assert list(row) == patterns.expected(pattern), pattern


@pytest.mark.parametrize("name", cases.good())
def test_the_cases(session: Spark, name: str) -> None:
    acceptance.databricks_tables(cases.CASES / name / "expected", session)


@corpus.needed
def test_the_tables_of_the_corpus(session: Spark) -> None:
    for text in ddl.of_corpus("databricks"):
        session.parse(text)
