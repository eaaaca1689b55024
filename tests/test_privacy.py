"""Strategies: what stands for values, and what the contract asks for that never could."""

from __future__ import annotations

import pytest

from portwright.diagnostics import Severity
from portwright.model import Anonymise, Model, Record
from portwright.model.seen import as_seen
from portwright.names import type_names
from portwright.privacy import strategies, tags
from portwright.targets.python import anonymising
from portwright.targets.python.annotations import Annotations
from support.reading import HEAD, brief, contract_of, findings, read

OF = "customProperties: [{property: anonymise, value: %s}]"


def said(model: Model) -> dict[str, str]:
    return {".".join(path): each.way.value for path, each in strategies(as_seen(model)).items()}


def test_what_the_contract_does_not_say_goes_by_what_a_value_is_for() -> None:
    model, _ = read(contract_of("""
        - {name: order_id, logicalType: integer, primaryKey: true, classification: internal}
        - {name: number, logicalType: string, unique: true, classification: internal}
        - {name: plain, logicalType: string}
        - {name: open, logicalType: string, classification: Public}
        - {name: note, logicalType: string, classification: internal}
        - name: customer
          logicalType: string
          customProperties: [{property: dataSubject, value: true}]
        - name: grade
          logicalType: string
          unique: true
          classification: internal
          enum: [{value: A}]
        """))
    assert model is not None
    assert said(model) == {
        "orders.order_id": "hash",
        "orders.number": "hash",
        "orders.note": "mask",
        "orders.customer": "hash",
        "orders.grade": "mask",
    }


def test_what_is_said_holds_for_all_in_it_until_something_else_is_said() -> None:
    model, _ = read(contract_of("""
        - name: customer
          logicalType: object
          classification: restricted
          properties:
            - {name: name, logicalType: string}
            - name: city
              logicalType: string
              customProperties: [{property: anonymise, value: keep}]
        - name: friends
          logicalType: array
          customProperties: [{property: anonymise, value: hash}]
          items:
            logicalType: object
            properties: [{name: name, logicalType: string}, {name: close, logicalType: boolean}]
        """))
    assert model is not None
    assert said(model) == {
        "orders.customer": "mask",
        "orders.customer.name": "mask",
        "orders.customer.city": "keep",
        "orders.friends": "hash",
        "orders.friends.name": "hash",
        "orders.friends.close": "mask",
    }


def test_what_refers_to_hashed_values_is_hashed() -> None:
    model, found = read(f"""{HEAD}schema:
  - name: people
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
        customProperties: [{{property: dataSubject, value: true}}]
  - name: orders
    properties:
      - {{name: person, logicalType: integer, primaryKey: true, relationships: [{{to: people.id}}]}}
      - {{name: other, logicalType: integer, relationships: [{{to: people.id}}],
         customProperties: [{{property: anonymise, value: keep}}]}}
  - name: lines
    properties:
      - {{name: of, logicalType: integer, relationships: [{{to: orders.person}}]}}
""")
    assert model is not None and not [each for each in found if each.is_error]
    assert said(model) == {
        "people.id": "hash",
        "orders.person": "hash",
        "orders.other": "keep",
        "lines.of": "hash",
    }
    assert all(each.tells_apart for each in strategies(model).values())


@pytest.mark.parametrize(
    ("rest", "way", "code"),
    [
        ("required: true, logicalType: string", "'null'", "PW440"),
        ("logicalType: boolean", "hash", "PW441"),
        ("logicalType: string, enum: [{value: A}]", "hash", "PW441"),
        ("logicalType: object", "hash", "PW441"),
        ("logicalType: string, unique: true", "mask", "PW442"),
        ("logicalType: integer, primaryKey: true", "mask", "PW442"),
        ("logicalType: string", "hash", None),
        ("logicalType: boolean", "mask", None),
        ("logicalType: string, enum: [{value: A}]", "keep", None),
    ],
)
def test_strategies_that_cannot_be(rest: str, way: str, code: str | None) -> None:
    found = findings(f"- {{name: value, {rest}, {OF % way}}}")
    assert found == ([f"8:16 {code}"] if code else [])


def test_an_encrypted_twin_is_there() -> None:
    twin = "- {name: iban, logicalType: string, encryptedName: iban_encrypted}\n"
    _, [told] = read(contract_of(twin))
    assert (told.code, told.severity) == ("PW445", Severity.NOTICE)
    assert findings(twin + "- {name: iban_encrypted, logicalType: string}") == []
    _, [told] = read(contract_of("- {name: iban, logicalType: string, encryptedName: iban}"))
    assert (told.code, told.severity) == ("PW445", Severity.WARNING)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (f"logicalTypeOptions: {{pattern: '^(?=a)b$'}}, {OF % 'hash'}", ["error PW443"]),
        (f"logicalTypeOptions: {{pattern: '^(?=a)b$'}}, {OF % 'mask'}", ["error PW443"]),
        ("logicalTypeOptions: {pattern: '^(?=a)b$'}, classification: internal", ["warning PW443"]),
        (f"logicalTypeOptions: {{format: date}}, {OF % 'hash'}", ["error PW443"]),
        (f"logicalTypeOptions: {{maxLength: 12, format: email}}, {OF % 'hash'}", ["error PW443"]),
        (f"unique: true, logicalTypeOptions: {{maxLength: 6}}, {OF % 'hash'}", ["warning PW444"]),
        (f"unique: true, logicalTypeOptions: {{maxLength: 12}}, {OF % 'hash'}", []),
        (f"logicalTypeOptions: {{maxLength: 6}}, {OF % 'hash'}", []),
    ],
)
def test_values_that_nothing_can_stand_for(rest: str, expected: list[str]) -> None:
    model, _ = read(contract_of(f"- {{name: value, logicalType: string, {rest}}}"))
    assert model is not None
    found = [f"{each.severity.value} {each.code}" for each in anonymising.check(model)]
    assert found == expected


@pytest.mark.parametrize(
    ("longest", "least", "found"), [(1, 2, ["PW443"]), (1, 1, []), (12, 2, []), (11, 2, ["PW443"])]
)
def test_hashes_that_may_meet_keep_no_list_of_distinct_ones(
    longest: int, least: int, found: list[str]
) -> None:
    items = f"items: {{logicalType: string, logicalTypeOptions: {{maxLength: {longest}}}}}"
    options = f"logicalTypeOptions: {{uniqueItems: true, minItems: {least}}}"
    for way, codes in (("hash", found), ("keep", [])):
        text = f"- {{name: value, logicalType: array, {options}, {items}, {OF % way}}}"
        model, _ = read(contract_of(text))
        assert model is not None
        assert [each.code for each in anonymising.check(model)] == codes


def test_every_way_can_be_said() -> None:
    for each in Anonymise:
        model, found = read(
            contract_of(f"- {{name: value, logicalType: string, {OF % repr(each.value)}}}")
        )
        assert model is not None and brief(found) == []
        assert said(model) == {"orders.value": each.value}


def test_what_is_in_something_classified_may_speak_for_itself() -> None:
    model, _ = read(contract_of("""
        - name: customer
          logicalType: object
          classification: restricted
          properties:
            - {name: name, logicalType: string}
            - {name: country, logicalType: string, classification: public}
            - {name: note, logicalType: string, classification: internal}
        """))
    assert model is not None
    model = as_seen(model)
    [order] = model.objects
    [customer] = order.record.fields
    assert isinstance(customer.type, Record)
    found = [tags.of_field(each) for each in customer.type.fields]
    assert found == [("RESTRICTED",), (), ("INTERNAL",)]
    shown = [Annotations(type_names(model)).field(each).text for each in customer.type.fields]
    assert ["Classified" in each for each in shown] == [True, False, True]
