"""What real contracts do against the standard: understood, with a warning and a way out."""

from __future__ import annotations

import pytest

from portwright.model import Decimal, Integer, Model, String
from support.reading import HEAD, brief, contract_of, field, good, read


def told(text: str) -> tuple[Model, list[str]]:
    """The model, and what is found, in brief; nothing of it is an error."""
    model, found = read(text)
    assert not any(each.is_error for each in found), found
    assert all(each.help for each in found)
    assert model is not None
    return model, brief(found)


def outline(model: Model) -> dict[str, list[str]]:
    """The objects and the names of their fields."""
    return {each.name: [field.name for field in each.record.fields] for each in model.objects}


COLUMNS = """\
schema:
  - name: order_id
    logicalType: string
  - name: total
    physicalType: DECIMAL(18,2)
"""


def test_columns_directly_under_schema_are_one_object_named_after_the_contract() -> None:
    model, found = told(f"{HEAD}name: sales\n{COLUMNS}")
    assert found == ["7:5 PW108"]
    assert outline(model) == {"sales": ["order_id", "total"]}
    assert model.objects[0].record.name == "sale"


@pytest.mark.parametrize(
    ("type_", "codes"),
    [
        ("physicalType: bigint", ["PW108"]),
        ("physicalType: varchar(20)", ["PW108"]),
        ("logicalType: integer", ["PW108"]),
        ("physicalType: table", ["PW118"]),
        ("physicalType: object", ["PW118"]),
        ("logicalType: object", ["PW118"]),
        ("type: date", ["PW108", "PW108"]),
        ("type: 'varchar(20)'", ["PW108", "PW108"]),
        ("type: array", ["PW106", "PW108", "PW108"]),
        ("type: object", ["PW118", "PW104"]),
        ("type: table", ["PW118", "PW104"]),
    ],
)
def test_what_is_written_like_a_column(type_: str, codes: list[str]) -> None:
    found = read(f"{HEAD}schema: [{{name: a, {type_}}}]")[1]
    assert [each.code for each in found] == codes


def test_columns_beside_an_object_are_an_error() -> None:
    found = read(f"{HEAD}{COLUMNS}  - name: orders\n    properties: [{{name: a, type: text}}]\n")[1]
    assert [each.code for each in found if each.is_error] == ["PW118", "PW118"]


@pytest.mark.parametrize(
    ("schema", "expected", "place"),
    [
        ("{name: orders, properties: [{name: a, logicalType: string}]}", ["a"], "5:9 PW108"),
        ("{orders: {properties: [{name: a, logicalType: string}]}}", ["a"], "5:9 PW108"),
        (
            "[{name: orders, properties: {a: {logicalType: string}, b: {logicalType: date}}}]",
            ["a", "b"],
            "5:37 PW108",
        ),
        ("[{name: orders, properties: {a: {name: b, logicalType: date}}}]", ["b"], "5:37 PW108"),
    ],
)
def test_maps_where_lists_belong(schema: str, expected: list[str], place: str) -> None:
    model, found = told(f"{HEAD}schema: {schema}\n")
    assert found == [place]
    assert outline(model) == {"orders": expected}


def test_maps_of_names_and_types_at_every_depth() -> None:
    model, found = told(contract_of("""
            - name: lines
              items:
                properties:
                  sku: string
                  count: int4
            """))
    assert found == ["11:13 PW108"]
    (lines,) = model.objects[0].record.fields
    inner = {each.name: each.type for each in lines.type.element.fields}  # type: ignore[union-attr]
    assert inner == {"sku": String(), "count": Integer()}


def test_an_object_may_call_itself_something_else() -> None:
    model, found = told(
        f"{HEAD}schema: [{{name: o, logicalType: table, properties: [{{name: a, type: date}}]}}]"
    )
    assert found == ["5:33 PW108", "5:69 PW108"]
    assert outline(model) == {"o": ["a"]}


@pytest.mark.parametrize(
    ("written", "name"), [("12", "12"), ("true", "true"), ("1.50", "1.50"), ("2026-01-31", "")]
)
def test_names_that_yaml_takes_for_something_else(written: str, name: str) -> None:
    model, found = told(contract_of(f"- {{name: {written}, logicalType: string}}"))
    assert found == (["8:16 PW108"] if name else [])
    assert outline(model) == {"orders": [name or written]}


@pytest.mark.parametrize(
    "name", ["10u / 10v / max_i10fg", "Gross Weight (kg)", "größe", "a.b", "$ref", "class"]
)
def test_names_may_hold_anything(name: str) -> None:
    assert outline(good(contract_of(f"- {{name: '{name}', logicalType: string}}"))) == {
        "orders": [name]
    }


@pytest.mark.parametrize("flag", ["yes", "On", "1", "y", "'true'"])
def test_flags_in_other_words(flag: str) -> None:
    model, found = told(contract_of(f"- {{name: a, logicalType: string, required: {flag}}}"))
    assert found == ["8:50 PW108"]
    assert model.objects[0].record.fields[0].required


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("unit: kg", "8:40 PW104"),
        ("description: 2026-01-31", ""),
        ("description: 12", "8:53 PW108"),
        ("description: [a]", "8:53 PW102"),
        ("description: null", ""),
        ("tags: [1, true]", ""),
        ("examples: [2026-01-31, null]", ""),
        ("customProperties: {unit: kg}", "8:58 PW108"),
    ],
)
def test_odd_kinds_of_values(keys: str, place: str) -> None:
    _, found = told(contract_of(f"- {{name: a, logicalType: string, {keys}}}"))
    assert found == ([place] if place else [])


@pytest.mark.parametrize(
    ("keys", "expected", "codes"),
    [
        (("primaryKeyPosition: 1", "primaryKeyPosition: 1"), ("a", "b"), ["9:63 PW112"]),
        (("required: false", "required: false"), ("a", "b"), []),
    ],
)
def test_keys(keys: tuple[str, str], expected: tuple[str, ...], codes: list[str]) -> None:
    a, b = keys
    model, found = told(contract_of(f"""
            - {{name: a, logicalType: string, primaryKey: true, {a}}}
            - {{name: b, logicalType: string, primaryKey: true, {b}}}
            """))
    assert model.objects[0].primary_key == expected
    assert all(each.required for each in model.objects[0].record.fields)
    assert [each.split()[1] for each in found] == [each.split()[1] for each in codes]


def test_a_position_without_a_key_is_told() -> None:
    properties = "- {name: a, logicalType: string, primaryKeyPosition: 2}"
    assert told(contract_of(properties))[1] == ["8:60 PW112"]
    properties = "- {name: a, logicalType: string, partitionKeyPosition: -1}"
    assert told(contract_of(properties))[1] == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("dataContractSpecification: 1.1.0\nid: x\nmodels: {}", "datacontract export odcs"),
        ("apiVersion: v2.2.2\nkind: DataContract\nquantumName: x", "`properties` for `columns`"),
        ("uuid: 1\ndataset: []", "`schema` for `dataset`"),
        ("apiVersion: v2.2.0\nkind: DataContract", "`id` for `uuid`"),
        ("openapi: 3.1.0", "write a contract"),
        ("$schema: https://json-schema.org/draft/2020-12/schema", "import jsonschema"),
    ],
)
def test_other_documents_are_recognised(head: str, expected: str) -> None:
    model, (found,) = read(head)
    assert model is None and found.code == "PW100" and found.is_error
    assert found.help is not None and expected in found.help


def test_the_way_to_convert_names_the_file() -> None:
    (found,) = read("dataContractSpecification: 1.1.0")[1]
    assert found.help is not None
    assert "`datacontract export odcs shop.odcs.yaml --output shop.v3.odcs.yaml`" in found.help


def test_a_contract_of_odcs_3_may_hold_such_keys() -> None:
    text = contract_of("- {name: a, logicalType: string}", before="dataset: x\n")
    assert [each.code for each in read(text)[1]] == ["PW104"]


def test_the_kind_in_lower_case() -> None:
    text = contract_of("- {name: a, logicalType: string}").replace("DataContract", "datacontract")
    assert told(text)[1] == ["2:7 PW108"]


def test_digits_in_custom_properties_may_be_in_quotes() -> None:
    found = field("""
        - name: price
          logicalType: number
          physicalType: decimal
          customProperties: [{property: precision, value: "10"}, {property: scale, value: "2"}]
        """)
    assert found.type == Decimal(10, 2)
