"""Foreign keys in every notation, and relationships that make none."""

from __future__ import annotations

import pytest

from portwright.model import Relationship
from support.reading import HEAD, brief, good, read

SHOP = HEAD + """\
schema:
  - name: customers
    id: cust
    properties:
      - {name: id, id: cust_id, logicalType: string, primaryKey: true}
      - {name: email, logicalType: string, unique: true}
      - {name: age, logicalType: integer}
      - {name: address, properties: [{name: street, logicalType: string}]}
  - name: shop.seats
    properties:
      - {name: row, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - {name: seat, logicalType: integer, primaryKey: true, primaryKeyPosition: 2}
  - name: orders
    OBJECT
    properties:
      - {name: customer, logicalType: string, PROPERTY}
      - {name: row, logicalType: integer}
      - {name: seat, logicalType: integer}
"""


def shop(prop: str = "", obj: str = "") -> str:
    text = SHOP.replace(", PROPERTY", f", relationships: [{prop}]" if prop else "")
    return text.replace("    OBJECT\n", f"    relationships: [{obj}]\n" if obj else "")


def keys(text: str) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    relationships: tuple[Relationship, ...] = good(text).object("orders").relationships
    return [(each.columns, each.target, each.target_columns) for each in relationships]


CUSTOMER = (("customer",), "customers", ("id",))
SEAT = (("row", "seat"), "shop.seats", ("row", "seat"))


@pytest.mark.parametrize(
    "to",
    [
        "customers.id",
        "[customers.id]",
        "cust.cust_id",
        "schema/cust/properties/cust_id",
        "/schema/cust/properties/cust_id",
        "schema/customers/properties/id",
    ],
)
def test_notations_of_a_property(to: str) -> None:
    assert keys(shop(prop=f"{{to: {to}, type: foreignKey}}")) == [CUSTOMER]


def test_a_unique_column_is_a_key() -> None:
    assert keys(shop(prop="{to: customers.email}")) == [(("customer",), "customers", ("email",))]


@pytest.mark.parametrize(
    "relationship",
    [
        "{from: [orders.row, orders.seat], to: [shop.seats.row, shop.seats.seat]}",
        "{from: [row, seat], to: [shop.seats.row, shop.seats.seat], type: foreignKey}",
    ],
)
def test_notations_of_an_object(relationship: str) -> None:
    assert keys(shop(obj=relationship)) == [SEAT]


def test_one_foreign_key_said_twice_is_one() -> None:
    twice = shop(prop="{to: customers.id}", obj="{from: orders.customer, to: customers.id}")
    assert keys(twice) == [CUSTOMER]


@pytest.mark.parametrize(
    "to",
    ["other.yaml#customers.id", "https://example.org/c.yaml#/schema/customers/properties/id"],
)
def test_another_contract_is_no_fault(to: str) -> None:
    assert keys(shop(prop=f"{{to: '{to}'}}")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (shop(prop="{to: clients.id}"), ["19:68 PW110"]),
        (shop(prop="{to: customers.number}"), ["19:68 PW110"]),
        (shop(prop="{to: customers.age}"), ["19:68 PW110"]),
        (shop(prop="{to: customers.address.street}"), ["19:68 PW110"]),
        (shop(prop="{to: [customers.id, customers.email]}"), ["19:69 PW110"]),
        (shop(prop="{to: shop.seats.row}"), ["19:68 PW110"]),
        (shop(prop="{to: id}"), ["19:68 PW110"]),
        (shop(prop="{type: foreignKey}"), ["19:63 PW110"]),
        (shop(prop="{to: customers.id, type: manyToMany}"), ["19:88 PW110"]),
        (shop(prop="{to: {a: b}}"), ["19:63 PW110"]),
        (shop(prop="customers.id"), ["19:63 PW102"]),
        (shop(obj="{from: orders.row, to: customers.id}"), ["18:44 PW110"]),
        (shop(obj="{from: customers.id, to: customers.id}"), ["18:28 PW110"]),
        (shop(obj="{to: customers.id}"), ["18:21 PW110"]),
        (shop(obj="{from: [row, customer], to: [shop.seats.row, customers.id]}"), ["18:50 PW110"]),
    ],
)
def test_relationships_that_make_no_foreign_key(text: str, expected: list[str]) -> None:
    model, found = read(text)
    assert brief(found) == expected
    assert not any(each.is_error for each in found)
    assert model is not None and model.object("orders").relationships == ()
