"""The dbt target without dbt: what its documents and queries say, and what is reported."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portwright.diagnostics import Diagnostic
from portwright.model import (
    Date,
    Integer,
    Model,
    Object,
    Port,
    Relationship,
    Server,
    SlaProperty,
    String,
    Timestamp,
)
from portwright.render import dump_yaml
from portwright.targets.dbt import Dbt
from portwright.targets.dbt.dialects import ADAPTERS, adapted, can_be_cast
from portwright.targets.dbt.jinja import inert
from portwright.targets.ddl import columns
from support.models import (
    SPAN,
    a_model,
    all_types_model,
    an_object,
    enum,
    field,
    nested_model,
)

Document = dict[str, Any]
EVERY = pytest.mark.parametrize("dialect", ADAPTERS)


def files(model: Model, dialect: str = "postgres") -> dict[str, str]:
    return {str(each.path): each.text for each in Dbt(dialect).emit(model)}


def tables(model: Model, dialect: str = "postgres") -> list[Document]:
    """The tables of the only source."""
    [source] = sources(model, dialect)
    found: list[Document] = source["tables"]
    return found


def sources(model: Model, dialect: str = "postgres") -> list[Document]:
    text = files(model, dialect)["models/staging/checkout/_checkout__sources.yml"]
    found: list[Document] = yaml.safe_load(text)["sources"]
    return found


def found(*objects: Object, dialect: str = "postgres") -> list[Diagnostic]:
    return list(Dbt(dialect).check(a_model(*objects)))


def orders(**facts: Any) -> Object:
    key = field("order_id", String(), unique=True, examples=({"any": ["o1"]},))
    return an_object("orders", "order", key, field("placed_at", Timestamp()), **facts)


def lines(columns: tuple[str, ...], target: str, aims: tuple[str, ...]) -> Object:
    return an_object(
        "lines",
        "line",
        field("order_id", String()),
        field("number", Integer()),
        primary_key=("order_id", "number"),
        relationships=(Relationship(columns, target, aims, SPAN),),
    )


@EVERY
def test_files_lie_where_dbt_looks_for_them(dialect: str) -> None:
    assert list(
        files(a_model(orders(), lines(("order_id",), "orders", ("order_id",))), dialect)
    ) == [
        "models/staging/checkout/_checkout__sources.yml",
        "models/staging/checkout/_checkout__models.yml",
        "models/staging/checkout/stg_checkout__orders.sql",
        "models/staging/checkout/stg_checkout__lines.sql",
        "tests/checkout/assert_checkout__lines.sql",
    ]


def test_without_a_table_there_is_nothing() -> None:
    assert files(a_model(orders(ports=(Port.STREAM,)))) == {}


def test_a_source_is_where_the_contract_says_else_where_the_connection_is() -> None:
    [source] = sources(a_model(orders()))
    assert source["schema"] == "{{ target.schema }}"
    assert source["config"]["meta"] == {"contract": "checkout-1", "version": "1.2.0"}
    [source] = sources(a_model(orders(qualifier=("Sales",), table="order")))
    assert (source["schema"], source["quoting"]) == ("Sales", {"schema": True, "identifier": False})
    assert source["tables"][0]["identifier"] == "order"
    assert source["tables"][0]["quoting"] == {"identifier": True}


def test_each_schema_is_a_source() -> None:
    model = a_model(
        orders(qualifier=("sales",)),
        an_object("items", "item", field("n", Integer()), qualifier=("stock",)),
    )
    assert [(each["name"], each["schema"]) for each in sources(model)] == [
        ("checkout", "sales"),
        ("checkout_stock", "stock"),
    ]
    made = files(model)
    assert (
        "source('checkout_stock', 'items')"
        in made["models/staging/checkout/stg_checkout__items.sql"]
    )


def test_a_source_is_on_the_server_that_is_chosen() -> None:
    def server(name: str, database: str) -> Server:
        return Server(name, "snowflake", settings=(("database", database), ("schema", "sales")))

    model = a_model(orders(), servers=(server("dev", "DEV"), server("prod", "select")))
    [source] = sources(model, "snowflake")
    assert (source["database"], source["schema"]) == ("DEV", "sales")
    files_ = {each.path.name: each.text for each in Dbt("snowflake", "prod").emit(model)}
    [source] = yaml.safe_load(files_["_checkout__sources.yml"])["sources"]
    assert (source["database"], source["quoting"]["database"]) == ("SELECT", True)
    assert [each.code for each in Dbt("snowflake", "test").check(model)] == ["PW347"]
    assert list(Dbt("snowflake", "test").emit(model)) == []


def test_types_of_casts_have_no_clauses() -> None:
    for name in ADAPTERS:
        dialect = adapted(name)
        types = {
            each.type
            for made in (all_types_model(), nested_model())
            for each in columns(made.objects[0], dialect)
        }
        assert not [each for each in types if re.search("NOT NULL|COLLATE|OPTIONS|COMMENT", each)]


def test_a_type_that_cast_does_not_take_is_left_alone() -> None:
    for name in ADAPTERS:
        assert can_be_cast("CLOB", adapted(name)) == (name != "oracle")


def test_names_with_quotes_come_in_quotes() -> None:
    [table] = tables(a_model(an_object("t", "t", field('a"b', Integer()), field("a b", Integer()))))
    assert [(each["name"], each.get("quote")) for each in table["columns"]] == [
        ('"a""b"', None),
        ("a b", True),
    ]


def test_values_are_words_or_sql() -> None:
    model = a_model(
        an_object(
            "t",
            "t",
            field("a", enum("t", "a", values=("NEW", "1st", "a b")), False),
            field("b", enum("t", "b", values=("NEW", "it's")), False),
            field("c", enum("t", "c", values=("env_var('HOME')",)), False),
            field("d", enum("t", "d", values=("", " x")), False),
        )
    )
    [table] = tables(model)
    arguments = [each["data_tests"][0]["accepted_values"]["arguments"] for each in table["columns"]]
    assert arguments == [
        {"values": ["NEW", "1st", "a b"]},
        {"values": ["'NEW'", "'it''s'"], "quote": False},
        {"values": ["'env_var(''HOME'')'"], "quote": False},
        {"values": ["''", "' x'"], "quote": False},
    ]


def test_a_key_is_tested_by_column_or_as_a_whole() -> None:
    model = a_model(orders(), lines(("order_id",), "orders", ("order_id",)))
    first, second = tables(model)
    assert first["columns"][0]["data_tests"] == ["not_null", "unique"]
    reference = {"to": "source('checkout', 'orders')", "field": "order_id"}
    assert second["columns"][0]["data_tests"] == [
        "not_null",
        {"relationships": {"arguments": reference}},
    ]
    rule = files(model)["tests/checkout/assert_checkout__lines.sql"]
    assert "'order_id, number: must be unique'" in rule
    assert "group by order_id, number having count(*) > 1" in rule


@pytest.mark.parametrize(
    ("element", "value", "unit", "expected"),
    [
        ("orders.placed_at", 24, "hours", {"count": 24, "period": "hour"}),
        ("items.n, orders.placed_at", "2", "d", {"count": 2, "period": "day"}),
        ("orders.placed_at", 15, "minutes", {"count": 15, "period": "minute"}),
        ("orders.placed_at", 1, "y", None),
        ("orders.placed_at", 1.5, "d", None),
        ("orders.placed_at", "500ms", None, None),
        ("orders.order_id", 1, "d", None),
        (None, 1, "d", None),
    ],
)
def test_freshness_is_taken_where_it_is_clear(
    element: str | None, value: object, unit: str | None, expected: object
) -> None:
    sla = (SlaProperty("latency", 1, "d"), SlaProperty("freshness", value, unit, element=element))
    [table] = tables(a_model(orders(), sla=sla))
    if expected is None:
        assert "config" not in table
    else:
        assert table["config"] == {
            "loaded_at_field": "placed_at",
            "freshness": {"error_after": expected},
        }


def test_a_model_has_the_contracts_names_and_types() -> None:
    object_ = an_object(
        "t",
        "t",
        field("OrderDate", Date(), physical_name="ORD DT"),
        field("order", String(), False),
    )
    made = files(a_model(object_))
    text = made["models/staging/checkout/stg_checkout__t.sql"]
    assert '    cast("ORD DT" as date) as order_date,\n' in text
    assert '    cast("order" as text) as "order"\n' in text
    [model] = yaml.safe_load(made["models/staging/checkout/_checkout__models.yml"])["models"]
    assert model["config"] == {"contract": {"enforced": True}}
    assert model["columns"] == [
        {
            "name": "order_date",
            "data_type": "date",
            "constraints": [{"type": "not_null", "warn_unsupported": False}],
        },
        {"name": "order", "quote": True, "data_type": "text"},
    ]


_TEXTS = st.one_of(
    st.text(),
    st.text("ab01 \n-:#'\"[]{},&*!|>%@`~=<?.\t\\\r\x85\u2028\u202e"),
    st.sampled_from(("yes", "No", "~", "null", "1.0", "1e3", "0x1f", "2026-01-31", "<<", "a: b")),
)


@given(
    st.recursive(
        st.one_of(_TEXTS, st.booleans(), st.integers()),
        lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
    )
)
def test_what_is_written_is_what_dbt_reads(document: object) -> None:
    written = dump_yaml(document)
    assert yaml.safe_load(written) == document
    assert written.replace("\n", "").isprintable()


def test_yaml_looks_as_people_write_it() -> None:
    document = {"a": [{"b": "STRUCT(x INT)[]", "c": ["d", "it: is"]}], "e": "one\n\ntwo", "f": []}
    assert dump_yaml(document) == (
        "a:\n"
        "  - b: STRUCT(x INT)[]\n"
        "    c:\n"
        "      - d\n"
        "      - 'it: is'\n"
        "e: |-\n"
        "  one\n"
        "\n"
        "  two\n"
        "f: []\n"
    )


def test_words_of_any_yaml_are_quoted() -> None:
    words = ["y", "N", "no", "on", "~", "1e3", "0o17", "12:30", "+1", ".5", "2026-01-31", "1", "-"]
    assert dump_yaml([*words, 1, True, -5, "name"]) == (
        "".join(f"- '{each}'\n" for each in words) + "- 1\n- true\n- -5\n- name\n"
    )


def test_no_text_is_a_template() -> None:
    assert inert("{{ x }} {% y %} {# z #} {{{ { }") == (
        "{{ '{' }}{ x }} {{ '{' }}% y %} {{ '{' }}# z #} {{ '{' }}{{ '{' }}{ { }"
    )


def test_names_that_meet_are_an_error() -> None:
    other = an_object("Orders!", "order", field("n", Integer()), table="other")
    assert [each.code for each in found(orders(), other)] == ["PW370"]
    two = an_object("t", "t", field("orderId", Integer()), field("order_id", Integer()))
    assert [each.code for each in found(two)] == ["PW370"]
    one = orders(qualifier=("a",))
    first = an_object("b", "b", field("n", Integer()), qualifier=("x y",))
    second = an_object("c", "c", field("n", Integer()), qualifier=("x_y",))
    assert [each.code for each in found(one, first, second)] == ["PW370"]


def test_a_relationship_that_is_not_tested_is_said() -> None:
    stream = orders(ports=(Port.STREAM,))
    assert [each.code for each in found(stream, lines(("order_id",), "orders", ("order_id",)))] == [
        "PW371"
    ]
    assert found(orders(), lines(("order_id",), "orders", ("order_id",))) == []
    assert [each.code for each in found(orders(), lines(("number",), "orders", ("order_id",)))] == [
        "PW371"
    ]


def test_names_that_are_too_long_are_an_error() -> None:
    object_ = an_object("t" * 50, "t", field("名" * 12, Integer()))
    assert [each.code for each in found(object_)] == ["PW372", "PW372"]
    assert found(object_, dialect="duckdb") == []


def test_names_that_dbt_would_run_are_an_error() -> None:
    assert [each.code for each in found(orders(table="it's"))] == ["PW373"]
    assert [each.code for each in found(orders(qualifier=("a\\b",)))] == ["PW373"]
