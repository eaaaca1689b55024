"""dbt itself reads, tests and builds what is generated: one project holds every contract."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portwright import pipeline
from portwright.model import Model
from support import cases, corpus, dbt
from support.models import all_types_model, nested_model
from support.reading import read

pytestmark = pytest.mark.skipif(
    not dbt.PROGRAM.exists() and not os.environ.get("CI"), reason="`make test` installs dbt"
)

SHOP = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
name: {name}
version: "1.0"
description: {{purpose: Orders and who gave them.}}
slaProperties:
  - {{property: freshness, value: 2, unit: d, element: orders.placed_at}}
schema:
  - name: customers
    physicalName: customers
    tags: [gold]
    properties:
      - {{name: customer_id, logicalType: integer, primaryKey: true}}
      - {{name: email, logicalType: string, unique: true, classification: restricted}}
  - name: orders
    physicalName: ORDERS 2
    properties:
      - {{name: order id, physicalName: Order, logicalType: string, primaryKey: true}}
      - {{name: customerId, logicalType: integer, relationships: [{{to: customers.customer_id}}]}}
      - {{name: PLACED_AT, physicalName: placed_at, logicalType: timestamp, required: true}}
      - {{name: status, logicalType: string, enum: [{{value: NEW}}, {{value: "it's"}}]}}
      - {{name: total, logicalType: number, physicalType: "decimal(9,2)",
         logicalTypeOptions: {{minimum: 0}}}}
  - name: lines
    physicalName: lines
    relationships: [{{from: order_id, to: orders.order id}}]
    properties:
      - {{name: order_id, logicalType: string, primaryKey: true, primaryKeyPosition: 1}}
      - {{name: number, logicalType: integer, primaryKey: true, primaryKeyPosition: 2}}
      - {{name: size, logicalType: string, enum: [{{value: S}}, {{value: M}}]}}
  - name: parcels
    physicalName: parcels
    relationships:
      - {{from: [parcels.order_id, parcels.line], to: [lines.order_id, lines.number]}}
    properties:
      - {{name: order_id, logicalType: string}}
      - {{name: line, logicalType: integer}}
"""
GOOD = (
    "INSERT INTO customers VALUES (1, 'a@b.example'), (2, NULL)",
    "INSERT INTO \"ORDERS 2\" VALUES ('o1', 1, now(), 'it''s', 0), ('o2', NULL, now(), 'NEW', 3.5)",
    "INSERT INTO lines VALUES ('o1', 1, 'S'), ('o1', 2, 'M'), ('o2', 1, NULL)",
    "INSERT INTO parcels VALUES ('o1', 2), (NULL, 7), ('o2', NULL)",
)
# The same tables as somebody else made them, who promised nothing.
BAD = (
    *(f"DROP TABLE {each}" for each in ("parcels", "lines", '"ORDERS 2"', "customers")),
    "CREATE TABLE customers AS FROM (VALUES (1, 'x'), (1, 'x'), (NULL, 'y')) t(customer_id, email)",
    'CREATE TABLE "ORDERS 2" AS FROM (VALUES'
    " ('o1', 9, NULL::TIMESTAMPTZ, 'OLD', -1), ('o1', 1, '2020-01-01', 'NEW', 1))"
    ' t("Order", customerId, placed_at, status, total)',
    "CREATE TABLE lines AS FROM (VALUES ('o1', 1, 'XL'), ('o1', 1, 'S'), ('o9', 1, 'S'))"
    " t(order_id, number, size)",
    "CREATE TABLE parcels AS FROM (VALUES ('o1', 2)) t(order_id, line)",
)
BROKEN = {
    "source_not_null_bad_customers_customer_id",
    "source_unique_bad_customers_customer_id",
    "source_unique_bad_customers_email",
    "source_unique_bad_orders__Order_",
    "source_not_null_bad_orders_placed_at",
    "source_relationships_bad_orders_customerId__customer_id__source_bad_customers_",
    "source_accepted_values_bad_orders_status__False___NEW____it_s_",
    "source_accepted_values_bad_lines_size__S__M",
    "source_relationships_bad_lines_order_id___Order___source_bad_orders_",
    "assert_bad__orders",
    "assert_bad__lines",
    "assert_bad__parcels",
}

# Each would do something if dbt ran it.
TRAPS = (
    "{{ env_var('PORTWRIGHT_TRAP') }}",
    "{% do exceptions.raise_compiler_error('run') %}",
    "{# gone #}",
    "{{{ x }}} {{{% y %}}} {% raw %}",
    "env_var('PORTWRIGHT_TRAP', 2)",
    " var('PORTWRIGHT_TRAP')",
    "'; DROP SCHEMA main; --",
    "None",
    "1",
)
PLACE = "{{ 7 * 7 }}"


def trap() -> Model:
    """A contract with a trap wherever dbt reads text."""
    quoted = ["'" + each.replace("'", "''") + "'" for each in TRAPS]
    values = ", ".join(f"{{value: {each}}}" for each in quoted)
    properties = "\n".join(
        f"      - {{name: {text}, logicalType: string, description: {text}, tags: [{text}],"
        f" classification: {text}, required: true, unique: true, enum: [{values}]}}"
        for text in quoted[:7]
    )
    model, found = read(f"""\
apiVersion: v3.1.0
kind: DataContract
id: {quoted[0]}
name: {quoted[0]}
version: "#}}{{{{ env_var('PORTWRIGHT_TRAP') }}}}{{#"
description: {{purpose: {quoted[0]}}}
schema:
  - name: {quoted[3]}
    physicalName: "{PLACE}"
    description: {quoted[3]}
    tags: [{", ".join(quoted)}]
    properties:
{properties}
""")
    assert model is not None, found
    return model


def shop(name: str) -> Model:
    model, found = read(SHOP.format(name=name))
    assert model is not None, found
    return model


def case(name: str) -> Model:
    model, found = pipeline.load(cases.CASES / name / cases.CONTRACT, cases.CONTRACT, {})
    assert model is not None, found
    return model


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> dbt.Project:
    """All contracts in one project, built once."""
    made = dbt.Project(tmp_path_factory.mktemp("dbt"))
    made.add(shop("good"), *GOOD)
    made.add(shop("bad"), *BAD)
    row = ", ".join("'" + TRAPS[0].replace("'", "''") + "'" for _ in range(7))
    made.add(trap(), f'INSERT INTO "{PLACE}" VALUES ({row})')
    for name, each in {"types": all_types_model(), "nested": nested_model()}.items():
        made.add(replace(each, name=name))
    for name in cases.good():
        made.add(case(name))
    made.run("build", PORTWRIGHT_TRAP="sprung")
    return made


def test_good_rows_pass_and_become_typed_models(project: dbt.Project) -> None:
    assert dbt.statuses(of(project, "good").values()) == {"pass", "success"}
    with duckdb.connect(project.warehouse, read_only=True) as connection:
        described = connection.execute("DESCRIBE stg_good__orders").fetchall()
        assert [(each[0], each[1]) for each in described] == [
            ("order_id", "VARCHAR"),
            ("customer_id", "BIGINT"),
            ("placed_at", "TIMESTAMP WITH TIME ZONE"),
            ("status", "VARCHAR"),
            ("total", "DECIMAL(9,2)"),
        ]
        assert connection.execute("FROM stg_good__lines").fetchall() == [
            ("o1", 1, "S"),
            ("o1", 2, "M"),
            ("o2", 1, None),
        ]


def test_bad_rows_fail_the_test_of_each_rule(project: dbt.Project) -> None:
    found = of(project, "bad")
    failed = {name.rsplit(".", 1)[0] for name, each in found.items() if each["status"] == "fail"}
    assert failed == BROKEN
    assert "error" not in dbt.statuses(found.values())
    messages = {name: each["failures"] for name, each in found.items() if "assert" in name}
    # Below zero; no key of its own twice, no line 2 of o1.
    assert messages == {"assert_bad__orders": 1, "assert_bad__lines": 1, "assert_bad__parcels": 1}


def test_old_rows_are_stale(project: dbt.Project) -> None:
    project.run("source", "freshness", "--select", "source:good", "source:bad")
    found = project.results("sources")
    assert {name: each["status"] for name, each in found.items()} == {
        "source.port.good.orders": "pass",
        "source.port.bad.orders": "error",
    }


def test_every_case_is_built(project: dbt.Project) -> None:
    results = project.results()
    models = {name for name in results if name.startswith("model.")}
    others = {name: each for name, each in results.items() if "bad" not in name}
    assert dbt.statuses(others.values()) == {"pass", "success"}
    assert len(models) > 2 * len(cases.good())


def test_templates_in_a_contract_say_only_themselves(project: dbt.Project) -> None:
    manifest = project.manifest()
    name = "env_var_portwright_trap"
    [source] = [each for each in manifest["sources"].values() if each["source_name"] == name]
    assert source["description"] == TRAPS[3]
    assert source["source_description"] == TRAPS[0]
    assert source["source_meta"]["contract"] == TRAPS[0]
    assert set(source["tags"]) == {each.strip() for each in TRAPS}
    columns = list(source["columns"].values())
    assert [each["description"].splitlines()[0] for each in columns] == [
        each.strip() for each in TRAPS[:7]
    ]
    assert [each["name"] for each in columns] == list(TRAPS[:7])
    assert source["identifier"] == PLACE
    assert [each["config"]["meta"]["classification"] for each in columns] == [
        each.strip() for each in TRAPS[:7]
    ]
    [model] = [
        each
        for each in manifest["nodes"].values()
        if each["resource_type"] == "model" and each["name"].startswith(f"stg_{name}")
    ]
    assert [each["description"].splitlines()[0] for each in model["columns"].values()] == [
        each.strip() for each in TRAPS[:7]
    ]
    assert "sprung" not in (project.root / "target" / "manifest.json").read_text()
    # The one row holds a trap in each column, and it is an accepted value.
    tests = {key: each for key, each in project.results().items() if name in key}
    assert dbt.statuses(tests.values()) == {"pass", "success"}
    assert sum("accepted_values" in key for key in tests) == 7
    for each in tests.values():
        assert "sprung" not in (each["compiled_code"] or "")


def of(project: dbt.Project, contract: str) -> dict[str, dict[str, Any]]:
    """The results of a contract's nodes."""
    return {name: each for name, each in project.results().items() if f"_{contract}_" in name}


@corpus.needed
def test_contracts_of_others_are_read(tmp_path: Path) -> None:
    made = dbt.Project(tmp_path)
    count = 0
    for path in corpus.FILES:
        model, _ = pipeline.load(path, path.name, {})
        if model is None or dbt.refused(model):
            continue
        count += 1
        made.write(replace(model, name=f"c{count} {model.name}"))
    assert count > 100
    made.run("parse")
