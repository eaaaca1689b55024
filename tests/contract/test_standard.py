"""What breaks a rule of the standard and harms nothing that is generated: a warning, placed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.reading import HEAD, brief, contract_of, good, read

FIELD = "- {name: a, logicalType: string}"


def top(lines: str) -> list[str]:
    """What is found in a contract with those lines at its top, from line 5 on."""
    return brief(read(contract_of(FIELD, before=lines))[1])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{metric: nullValues, mustBe: 0}", []),
        ("{metric: rowCount, mustBeGreaterThan: 0, mustBeLessThan: 9}", []),
        ("{metric: rowCount, mustBeBetween: [0, 9], dimension: cp}", []),
        ("{type: sql, query: select 1, mustBeBetween: [0.5, 1]}", []),
        ("{type: text, description: All is well.}", []),
        ("{type: custom, engine: soda, implementation: x}", []),
        ("{rule: not_null}", []),
        ("{}", ["8:52 PW122"]),
        ("{type: magic}", ["8:59 PW122"]),
        ("{metric: nulValues, mustBe: 0}", ["8:61 PW122"]),
        ("{metric: not_null, mustBe: 0}", ["8:61 PW122"]),
        ("{rule: EXISTS IN b}", ["8:59 PW122"]),
        ("{type: library, mustBe: 0}", ["8:52 PW122"]),
        ("{mustBe: 0}", ["8:52 PW122"]),
        ("{metric: nullValues}", ["8:52 PW122"]),
        ("{type: sql, mustBe: 0}", ["8:52 PW122"]),
        ("{type: sql, query: '', mustBe: 0}", ["8:71 PW122"]),
        ("{type: custom, engine: soda}", ["8:52 PW122"]),
        ("{type: custom, implementation: x}", ["8:52 PW122"]),
        ("{metric: nullValues, mustBe: 0, mustNotBe: 1}", ["8:52 PW122"]),
        ("{metric: rowCount, mustBeBetween: [100]}", ["8:86 PW122"]),
        ("{metric: rowCount, mustBeBetween: 100}", ["8:86 PW122"]),
        ("{metric: rowCount, mustBeLessThan: '9 rows'}", ["8:87 PW122"]),
        ("{type: text, description: x, dimension: validity}", ["8:92 PW122"]),
    ],
)
def test_quality_rules(rule: str, expected: list[str]) -> None:
    found = read(contract_of(f"- {{name: abc, logicalType: string, quality: [{rule}]}}"))[1]
    assert brief(found) == expected
    assert all(each.help and not each.is_error for each in found)


def test_rules_at_the_top_are_those_of_the_only_object() -> None:
    rules = "quality: [{metric: rowCount, mustBeGreaterThan: 0}]\n"
    model, found = read(contract_of(FIELD, before=rules))
    assert brief(found) == ["5:10 PW108"]
    assert model is not None
    assert [rule.metric for rule in model.objects[0].quality] == ["rowCount"]


def test_rules_at_the_top_are_of_none_of_several_objects() -> None:
    objects = "".join(f"  - {{name: {name}, properties: [{FIELD[2:]}]}}\n" for name in "ab")
    model, found = read(f"{HEAD}quality: [{{metric: rowCount, mustBe: 1}}]\nschema:\n{objects}")
    assert brief(found) == ["5:10 PW112"]
    assert model is not None and not any(each.quality for each in model.objects)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("{server: a, type: kafka, host: h}", []),
        ("{server: a, type: athena, schema: s}", []),
        ("{server: a, type: kafka}", ["5:11 PW123"]),
        ("{server: a, type: athena, regionName: r}", ["5:11 PW123"]),
        ("{server: a, type: snowflake}", ["5:11 PW123"]),
        ("{sever: a, type: kinesis}", ["5:11 PW124", "5:12 PW104"]),
        ("{server: a, type: kinesis}, {server: a, type: kinesis}", ["5:48 PW125"]),
    ],
)
def test_servers(server: str, expected: list[str]) -> None:
    assert top(f"servers: [{server}]\n") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("slaProperties: [{property: latency, value: null}]", []),
        ("slaProperties: [{property: latency}]", ["5:17 PW124"]),
        ("slaProperties: [{property: '', value: 4}]", ["5:28 PW124"]),
        ("slaProperties: [{property: frequency, value: 4, unit: d, element: orders.a}]", []),
        ("slaProperties: [{property: latency, value: 4, unit: d, element: 'orders, a'}]", []),
        ("slaProperties: [{property: latency, value: 4, unit: d, element: orders.a.b}]", []),
        (
            "slaProperties: [{property: latency, value: 4, unit: d, element: order.a}]",
            ["5:65 PW126"],
        ),
        (
            "slaProperties: [{property: latency, value: 4, unit: d, schedule: 0 1 * * *}]",
            ["5:66 PW126"],
        ),
        (
            "slaProperties: [{property: latency, value: 4, unit: d, scheduler: cron}]",
            ["5:67 PW126"],
        ),
        ("slaDefaultElement: orders", []),
        ("slaDefaultElement: orders, customers", ["5:20 PW126"]),
        ("roles: [{access: read}]", ["5:9 PW124"]),
        ("roles: [{id: a, role: x}, {id: a, role: y}]", ["5:32 PW125"]),
        ("support: [{tool: slack}]", ["5:11 PW124"]),
        ("team: {username: ada}", ["5:8 PW104"]),
        ("team: [{name: Ada}]", ["5:8 PW124"]),
        ("team: {members: [{name: Ada}]}", ["5:18 PW124"]),
        ("authoritativeDefinitions: [{url: u}]", ["5:28 PW124"]),
        ("customProperties: [{property: a, value: null}]", []),
        ("customProperties: [{property: a, value: [{id: 'x y'}]}]", []),
        ("customProperties: [{value: 1}]", ["5:20 PW124"]),
        ("customProperties: [{property: '', value: 1}]", ["5:31 PW124"]),
        ("customProperties: [{property: a, value: 1}, {property: a, value: 2}]", ["5:56 PW125"]),
        ("customProperties: {a: 1}", ["5:19 PW108"]),
        ("price: {priceAmount: 9.95, priceCurrency: USD, priceUnit: GB}", []),
        ("price: {priceAmount: 9.95}", ["5:8 PW127"]),
        ("price: {priceAmount: -1, priceCurrency: USD}", ["5:22 PW127"]),
        ("price: {priceAmount: much, priceCurrency: USD}", ["5:22 PW102"]),
    ],
)
def test_what_is_said_for_people(line: str, expected: list[str]) -> None:
    assert top(f"{line}\n") == expected


@pytest.mark.parametrize("id_", ["bad/id!", "two words", "a#b"])
def test_an_id_that_no_reference_can_name(id_: str) -> None:
    found = read(contract_of(FIELD).replace("id: shop", f"id: '{id_}'"))[1]
    assert brief(found) == ["3:5 PW125"]


@pytest.mark.parametrize("id_", ["urn:datacontract:shop:orders", "shop.v1", "a_b-c"])
def test_an_id_that_is_fine(id_: str) -> None:
    good(contract_of(FIELD).replace("id: shop", f"id: {id_}"))


def test_ids_of_properties_are_their_own() -> None:
    properties = "- {id: x, name: a, logicalType: string}\n- {id: x, name: b, logicalType: string}"
    assert brief(read(contract_of(properties))[1]) == ["9:14 PW125"]


def test_a_synonym_needs_its_word() -> None:
    properties = "- {name: a, logicalType: string, synonyms: [{description: none}]}"
    assert brief(read(contract_of(properties))[1]) == ["8:51 PW124"]


def test_a_relationship_of_a_property_starts_there() -> None:
    relationships = "[{from: orders.b, to: orders.a}]"
    properties = f"""
        - {{name: a, logicalType: string, unique: true}}
        - {{name: b, logicalType: string, relationships: {relationships}}}
        """
    model, found = read(contract_of(properties))
    assert brief(found) == ["9:63 PW110"]
    assert model is not None and len(model.objects[0].relationships) == 1


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("value: 500ms", Decimal(500), "ms"),
        ("value: 99.9%", Decimal("99.9"), "%"),
        ("value: 95%, unit: percent", Decimal(95), "percent"),
        ("value: 1 h", Decimal(1), "h"),
    ],
)
def test_a_value_may_hold_its_unit(written: str, value: Decimal, unit: str) -> None:
    line = f"slaProperties: [{{property: timeToDetect, {written}}}]\n"
    model, found = read(contract_of(FIELD, before=line))
    assert [each.code for each in found] == ["PW108"]
    assert found[0].message.endswith(f"is taken as {value} {unit}")
    assert model is not None
    assert [(each.value, each.unit) for each in model.sla] == [(value, unit)]
    assert found[0].help is not None
    asked = found[0].help.removeprefix("write `").removesuffix("`").replace("` and `", ", ")
    line = f"slaProperties: [{{property: timeToDetect, {asked}}}]\n"
    (level,) = good(contract_of(FIELD, before=line)).sla
    assert (level.value, level.unit) == (value, unit)


@pytest.mark.parametrize("value", ["P1Y", "Available 24/7", "2042-05-12T09:30:10-08:00", "09:00"])
def test_other_values_are_kept_as_written(value: str) -> None:
    line = f"slaProperties: [{{property: timeToDetect, value: '{value}'}}]\n"
    assert [each.value for each in good(contract_of(FIELD, before=line)).sla] == [value]
