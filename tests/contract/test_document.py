"""Whole contracts: the smallest, everything around the schema, and every way to get it wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portwright import contract, source
from portwright.diagnostics import Span
from portwright.model import (
    Float,
    Integer,
    Member,
    Port,
    QualityRule,
    Role,
    SlaProperty,
    String,
    Support,
    Team,
)
from support.reading import FILE, HEAD, brief, contract_of, findings, good, read

MINIMAL = """\
apiVersion: v3.1.0
kind: DataContract
id: checkout
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
      - {name: quantity, logicalType: integer}
      - {name: weight, logicalType: number}
"""


def test_a_minimal_contract_is_enough() -> None:
    model = good(MINIMAL)
    assert (model.id, model.name, model.version, model.major) == (
        "checkout",
        "checkout",
        "1.0.0",
        1,
    )
    assert (model.source, model.span) == (FILE, Span(FILE, 3, 5, 8))
    (orders,) = model.objects
    assert orders.ports == (Port.STREAM, Port.TABLE)
    assert orders.topic == "checkout.orders.v1"
    assert (orders.schema, orders.table) == (None, "orders_v1")
    assert orders.primary_key == ("order_id",)
    assert [(f.name, f.type, f.required) for f in orders.record.fields] == [
        ("order_id", String(), True),
        ("quantity", Integer(), False),
        ("weight", Float(), False),
    ]
    assert orders.record.fields[1].span == Span(FILE, 9, 16, 8)


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.2", "v3.1.0", "v3.2.0", "v3.2"])
def test_versions_that_are_read(version: str) -> None:
    good(MINIMAL.replace("v3.1.0", version))


def test_everything_around_the_schema_is_kept() -> None:
    model = good("""\
apiVersion: v3.1.0
kind: DataContract
id: 4f1c
version: 2.3.1
name: Checkout Orders
domain: Sales
status: active
tenant: acme
dataProduct: checkout
tags: [sales, money]
contractCreatedTs: 2026-11-22T10:00:00Z
description: {purpose: why, usage: how, limitations: null}
price: {priceAmount: 9.95, priceCurrency: EUR, priceUnit: megabyte}
team:
  name: Checkout
  description: Owners
  members: [{username: ada, name: Ada, role: owner, dateIn: 2026-01-01}]
roles:
  - {role: reader, access: read, firstLevelApprovers: lead, secondLevelApprovers: cto}
support:
  - {channel: "#checkout", tool: slack, url: "https://example.org", scope: issues}
slaProperties:
  - {property: retention, value: 4, unit: d, element: orders.order_id, driver: operational}
  - {property: frequency, value: 1.5, unit: d, valueExt: 2, scheduler: cron, schedule: "0 * * * *"}
servers:
  - {server: prod, type: Kafka, host: "kafka:9092", environment: prod, description: live}
  - {server: dwh, type: postgres, host: db, port: 5432, database: shop, schema: sales}
schema:
  - name: orders
    id: orders_obj
    physicalType: view
    businessName: Orders
    description: All orders
    tags: [core]
    deprecated: true
    quality:
      - {metric: rowCount, mustBeGreaterThan: 0, mustBeLessThan: 9, unit: rows, severity: error}
      - {type: sql, query: "select ${column}", mustBe: 0, dimension: accuracy, name: n}
    properties:
      - name: order_id
        id: order_id_prop
        physicalName: ORDER_ID
        logicalType: string
        unique: true
        classification: confidential
        description: Number of the order
        tags: [key]
        examples: [a, 1, 2026-01-01, null]
        deprecated: true
        quality: [{metric: nullValues, mustBe: 0}]
""")
    assert (model.name, model.domain, model.data_product) == (
        "Checkout Orders",
        "Sales",
        "checkout",
    )
    assert (model.major, model.status, model.tenant) == (2, "active", "acme")
    assert (model.purpose, model.usage, model.limitations) == ("why", "how", None)
    assert model.tags == ("sales", "money")
    assert model.team == Team("Checkout", "Owners", (Member("ada", "Ada", "owner"),))
    (role,) = model.roles
    assert replace(role, span=None) == Role("reader", "read", None, "lead", "cto")
    assert model.support == (Support("#checkout", "https://example.org", "slack", "issues"),)
    assert [(each.property, str(each.value), each.unit) for each in model.sla] == [
        ("retention", "4", "d"),
        ("frequency", "1.5", "d"),
    ]
    assert isinstance(model.sla[0], SlaProperty) and model.sla[0].element == "orders.order_id"
    kafka, postgres = model.servers
    assert (kafka.type, kafka.setting("host"), kafka.environment) == ("kafka", "kafka:9092", "prod")
    assert postgres.settings == (
        ("database", "shop"),
        ("host", "db"),
        ("port", 5432),
        ("schema", "sales"),
    )
    (orders,) = model.objects
    assert (orders.id, orders.business_name, orders.physical_type) == (
        "orders_obj",
        "Orders",
        "view",
    )
    assert (orders.description, orders.tags, orders.deprecated) == ("All orders", ("core",), True)
    assert orders.topic == "sales.checkout-orders.orders.v2"
    assert (orders.schema, orders.table, orders.ports) == ("sales", "orders_v2", (Port.TABLE,))
    assert [(rule.type, rule.metric, rule.operator, rule.operand) for rule in orders.quality] == [
        ("library", "rowCount", "mustBeGreaterThan", 0),
        ("library", "rowCount", "mustBeLessThan", 9),
        ("sql", None, "mustBe", 0),
    ]
    assert orders.quality[2].query == "select ${column}"
    (field,) = orders.record.fields
    assert (field.id, field.column, field.unique) == ("order_id_prop", "ORDER_ID", True)
    assert (field.classification, field.description) == ("confidential", "Number of the order")
    assert field.examples == ("a", "1", "2026-01-01")
    assert field.deprecated and field.tags == ("key",)
    assert [rule.metric for rule in field.quality] == ["nullValues"]


def test_a_team_may_be_a_list() -> None:
    text = "team: [{username: ada, role: owner, dateOut: null}]\n" + MINIMAL
    assert good(text).team == Team(members=(Member("ada", None, "owner"),))


def test_rules_of_3_0_keep_their_arguments() -> None:
    model = good(contract_of("""
            - name: state
              logicalType: string
              quality:
                - {rule: validPattern, pattern: "^a", mustBeLessThan: 5, unit: percent}
                - {engine: soda, implementation: "{x}"}
                - {description: be nice}
            """))
    library, custom, text = model.objects[0].record.fields[0].quality
    assert (library.type, library.metric, library.arguments) == (
        "library",
        "validPattern",
        (("pattern", "^a"),),
    )
    assert custom.type == "custom"
    assert custom.arguments == (("engine", "soda"), ("implementation", "{x}"))
    assert isinstance(text, QualityRule) and text.type == "text"


@pytest.mark.parametrize(
    ("version", "major"), [("2.0.1", 2), ("v12", 12), ("2026-11", 2026), ("draft", 1), ("0.9", 0)]
)
def test_the_major_version_is_the_first_number(version: str, major: int) -> None:
    assert good(MINIMAL.replace("1.0.0", f"'{version}'")).major == major


def test_an_unquoted_version_is_taken_as_written() -> None:
    model, found = read(MINIMAL.replace("1.0.0", "1.10"))
    assert model is not None and model.version == "1.10"
    assert brief(found) == ["4:10 PW108"]
    assert found[0].help == 'write `version: "1.10"`'


def test_null_is_as_good_as_absent() -> None:
    good(
        contract_of(
            "- {name: a, logicalType: string, description: null, tags: null, physicalName: ~,"
            " required: null, logicalTypeOptions: null, enum: null, examples: null, quality: null}",
            before="name: null\ndescription: null\nservers: null\nteam: null\n",
        )
    )


def test_an_unknown_semantic_type_is_told() -> None:
    properties = "- {name: a, logicalType: number, semanticType: mesure}"
    model, (found,) = read(contract_of(properties))
    assert (found.code, found.help) == ("PW112", "did you mean `measure`?")
    assert model is not None and len(model.objects[0].record.fields) == 1


def test_measures_are_no_fields() -> None:
    model = good(contract_of("""
            - {name: total, logicalType: number, semanticType: column}
            - {name: revenue, logicalType: number, semanticType: measure}
            - {name: region, logicalType: string, semanticType: dimension}
            """))
    assert [each.name for each in model.objects[0].record.fields] == ["total", "region"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("just text", ["1:1 PW102"]),
        ("- a\n- b", ["1:1 PW102"]),
        ("~", ["1:1 PW102"]),
        ("a: 1", ["1:1 PW104", *["1:1 PW103"] * 4, "1:1 PW117"]),
        ("dataContractSpecification: 1.1.0\nid: x", ["1:1 PW100"]),
        ("apiVersion: v2.2.2\nkind: DataContract\nuuid: x", ["1:13 PW100"]),
        ("apiVersion: v4.0.0\nkind: DataContract", ["1:13 PW100"]),
        ("apiVersion: latest\nkind: DataContract", ["1:13 PW100"]),
        ("apiVersion: v3.1.0\nkind: DataProduct", ["2:7 PW100"]),
        (MINIMAL.replace("v3.1.0", "3.1.0"), ["1:13 PW108"]),
        (MINIMAL.replace("v3.1.0", "3.1"), ["1:13 PW108", "1:13 PW108"]),
        (MINIMAL.replace("v3.1.0", "v3.9.0"), ["1:13 PW116"]),
        (MINIMAL.replace("id: checkout", "id: ''"), ["3:5 PW103"]),
        (MINIMAL.replace("id: checkout", "id: [a]"), ["3:5 PW102"]),
        (MINIMAL.replace("id: checkout", "id: null"), ["3:5 PW103"]),
        (MINIMAL.replace("id: checkout", "id: 12"), ["3:5 PW108"]),
        (HEAD, ["1:1 PW117"]),
        (HEAD + "schema: []", ["5:9 PW117"]),
        (HEAD + "schema:\n", ["5:1 PW117"]),
        (HEAD + "schema: {name: orders}", ["5:9 PW102"]),
        (HEAD + "schema: orders", ["5:9 PW102"]),
        (HEAD + "schema: [orders]", ["5:10 PW102"]),
        (HEAD + "schema: [{name: orders}]", ["5:10 PW118"]),
        (HEAD + "schema: [{name: orders, properties: []}]", ["5:37 PW118"]),
        (HEAD + "schema: [{name: orders, properties: {a: [b]}}]", ["5:37 PW108", "5:41 PW102"]),
        (HEAD + "schema: [{name: orders, properties: a}]", ["5:37 PW102"]),
        (HEAD + "schema: [{name: orders, properties: [a]}]", ["5:38 PW102"]),
        (HEAD + "schema: [{name: order_id, logicalType: string}]", ["5:10 PW108"]),
        (HEAD + "schema: [{name: a, logicalType: string}, {name: b, properties: []}]", [
            "5:10 PW118", "5:64 PW118",
        ]),
        (HEAD + "schema: [{properties: [{logicalType: strng}]}]", [
            "5:10 PW103", "5:24 PW103", "5:38 PW101",
        ]),
        (MINIMAL + "schemaa: []\n", ["11:1 PW104"]),
        (MINIMAL + "description: text\n", ["11:14 PW108"]),
        (MINIMAL + "tags: one\n", ["11:7 PW108"]),
        (MINIMAL + "team: text\n", ["11:7 PW102"]),
        (MINIMAL + "servers: {server: a}\n", ["11:10 PW102"]),
        (MINIMAL + "servers: [{server: a}]\n", ["11:11 PW103"]),
        (MINIMAL + "servers: [{server: a, type: kafak}]\n", ["11:29 PW111"]),
        (MINIMAL + "servers: [{server: a, type: kafka, host: h, topik: b}]\n", ["11:45 PW104"]),
        (MINIMAL + "customProperties: {a: b}\n", ["11:19 PW108"]),
        (MINIMAL + "slaProperties: [latency]\n", ["11:17 PW102"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_contract(text: str, expected: list[str]) -> None:
    found = read(text)[1]
    assert brief(found) == expected
    assert all(each.help for each in found if each.is_error)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("- {logicalType: string}", ["8:9 PW103"]),
        ("- {name: '', logicalType: string}", ["8:16 PW103"]),
        ("- {name: [a], logicalType: string}", ["8:16 PW102"]),
        ("- {name: 12, logicalType: string}", ["8:16 PW108"]),
        ("- {name: a, logicalType: string, required: yes}", ["8:50 PW108"]),
        ("- {name: a, logicalType: string, required: maybe}", ["8:50 PW102"]),
        ("- {name: a, logicalType: string, required: [true]}", ["8:50 PW102"]),
        ("- {name: a, logicalType: string, isNullable: true}", ["8:40 PW104"]),
        ("- {name: a, logicalType: string, primaryKeyPosition: first, primaryKey: true}", [
            "8:60 PW102",
        ]),
        ("- {name: a, logicalType: string, examples: b}", ["8:50 PW102"]),
        ("- {name: a, logicalType: string, quality: [{type: magic}]}", ["8:57 PW122"]),
        ("- {name: a, logicalType: string, customProperties: {recordName: b}}", ["8:58 PW108"]),
        ("- {name: a, properties: [{name: b, logicalType: string, primaryKey: true}]}", [
            "8:75 PW112",
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_property(properties: str, expected: list[str]) -> None:
    assert findings(properties) == expected


def test_prose_of_the_wrong_kind_is_left_out() -> None:
    properties = "- {name: a, logicalType: string, description: [b], tags: {c: d}, examples: e}"
    model, found = read(contract_of(properties))
    assert [(each.code, each.is_error) for each in found] == [("PW102", False)] * 3
    assert model is not None
    (field,) = model.objects[0].record.fields
    assert (field.description, field.tags, field.examples) == (None, (), ())


def test_all_faults_come_at_once() -> None:
    assert findings("""
        - {name: a, logicalType: strng}
        - {logicalType: string}
        - {name: c, logicalType: array, items: {logicalType: text}}
        - {name: d, logicalType: string, requierd: true}
        - {name: d, logicalType: string}
        """) == ["8:32 PW101", "9:9 PW103", "10:60 PW101", "11:40 PW104", "12:16 PW202"]


def test_a_faulty_contract_still_gives_its_outline() -> None:
    node, _ = source.parse(contract_of("- {name: a, logicalType: strng}"), FILE)
    assert node is not None
    model, found = contract.load(node, "contracts/shop.odcs.yaml")
    assert [each.code for each in found] == ["PW101"]
    assert model is not None and model.source == "contracts/shop.odcs.yaml"
    assert [each.name for each in model.objects[0].record.fields] == ["a"]


BOTH = ("stream table", "shop.orders.v1")
STREAM = ("stream", "shop.orders.v1")
TABLE = ("table", "shop.orders.v1")
KAFKA = "{server: a, type: kafka}"
POSTGRES = "{server: b, type: postgres, schema: sales}"


@pytest.mark.parametrize(
    ("servers", "physical", "expected"),
    [
        ("", "", (*BOTH, None, "orders_v1")),
        (KAFKA, "", (*STREAM, None, "orders_v1")),
        ("{server: a, type: kinesis}", "", (*STREAM, None, "orders_v1")),
        ("{server: a, type: pubsub}", "", (*STREAM, None, "orders_v1")),
        ("{server: a, type: custom, stream: s}", "", (*STREAM, None, "orders_v1")),
        ("{server: a, type: custom}", "", (*BOTH, None, "orders_v1")),
        ("{server: a, type: api, location: l}", "", (*BOTH, None, "orders_v1")),
        ("{server: a, type: s3, location: l}", "", (*TABLE, None, "orders_v1")),
        (POSTGRES, "", (*TABLE, "sales", "orders_v1")),
        ("{server: a, type: bigquery, dataset: d}", "", (*TABLE, "d", "orders_v1")),
        (f"{KAFKA}, {POSTGRES}", "", (*BOTH, "sales", "orders_v1")),
        (f"{KAFKA}, {POSTGRES}", "physicalType: topic", (*STREAM, "sales", "orders_v1")),
        (f"{KAFKA}, {POSTGRES}", "physicalType: table", (*TABLE, "sales", "orders_v1")),
        (KAFKA, "physicalName: shop-orders", ("stream", "shop-orders", None, "shop-orders")),
        (POSTGRES, "physicalName: T_ORDERS", (*TABLE, "sales", "T_ORDERS")),
        (POSTGRES, "physicalName: raw.T_ORDERS", (*TABLE, "raw", "T_ORDERS")),
        (POSTGRES, "physicalName: db.raw.T", (*TABLE, "raw", "T")),
        ("", "physicalType: topic, physicalName: t", ("stream table", "t", None, "orders_v1")),
    ],
)  # fmt: skip
def test_ports_topics_and_tables(
    servers: str, physical: str, expected: tuple[str, str, str | None, str]
) -> None:
    text = f"{HEAD}servers: [{servers}]\nschema:\n  - {{name: orders, {physical}"
    text += ", " if physical else ""
    model, told = read(f"{text}properties: [{{name: a, logicalType: string}}]}}\n")
    assert model is not None and {each.code for each in told} <= {"PW123"}
    (found,) = model.objects
    assert (" ".join(found.ports), found.topic, found.schema, found.table) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("primaryKey: true", "primaryKey: true"), ("a", "b")),
        (
            ("primaryKey: true, primaryKeyPosition: 2", "primaryKey: true, primaryKeyPosition: 1"),
            ("b", "a"),
        ),
        (
            ("primaryKey: true, primaryKeyPosition: -1", "primaryKey: true, primaryKeyPosition: 1"),
            ("b", "a"),
        ),
        (("primaryKey: false, primaryKeyPosition: 1", "primaryKey: true"), ("b",)),
        (
            ("primaryKey: true, primaryKeyPosition: 1", "primaryKey: true, primaryKeyPosition: 0"),
            ("b", "a"),
        ),
    ],
)
def test_keys_have_an_order(keys: tuple[str, str], expected: tuple[str, ...]) -> None:
    a, b = (
        f"- {{name: {name}, logicalType: string, {key}}}\n"
        for name, key in zip("ab", keys, strict=True)
    )
    (found,) = good(contract_of(a + b)).objects
    assert found.primary_key == expected
    assert {f.name for f in found.record.fields if f.required} == set(expected)
    partitioned = (a + b).replace("primaryKey", "partition").replace("partition:", "partitioned:")
    partitioned = partitioned.replace("partitionPosition", "partitionKeyPosition")
    (found,) = good(contract_of(partitioned)).objects
    assert found.partition_key == expected and found.primary_key == ()


def test_the_name_of_a_record_can_be_said() -> None:
    text = MINIMAL.replace(
        "  - name: orders",
        "  - name: orders\n    customProperties: [{property: recordName, value: Sale}]",
    )
    assert good(text).objects[0].record.name == "Sale"


@pytest.mark.parametrize(
    ("value", "names"),
    [("placed", ("placed",)), ("[a, '']", ("a",)), ("{a: b}", ()), ("[[a]]", ())],
)
def test_names_of_before_can_be_told(value: str, names: tuple[str, ...]) -> None:
    custom = f"customProperties: [{{property: previousNames, value: {value}}}]"
    text = MINIMAL.replace("  - name: orders", f"  - name: orders\n    {custom}")
    assert good(text).objects[0].aliases == names
    property_ = f"- {{name: a, logicalType: string, {custom}}}"
    assert good(contract_of(property_)).objects[0].record.fields[0].aliases == names
