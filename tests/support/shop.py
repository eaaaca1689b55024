"""A small shop for engines: tables with every kind of constraint, a good row of each, and rows
that break one rule at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal as Number
from typing import Any

from portwright.model import (
    Array,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Float,
    Integer,
    Model,
    Relationship,
    String,
    Time,
    Timestamp,
    Uuid,
)
from support.models import SPAN, a_model, an_object, enum, field, record

Row = dict[str, Any]

QUOTED = 'it\'s "both" \\ -- /* ; {{ x }} ${y} %s %(z)s :a'


def model() -> Model:
    """Customers and their orders; the orders come first in the contract, as authors write them."""
    zip_code = String(pattern=r"^\d{4}\s?[A-Z]{2}$")
    address = record("address", "orders", "address", fields=(field("zip", zip_code),))
    line = record(
        "line",
        "orders",
        "lines",
        fields=(
            field("sku", String()),
            field("quantity", Integer(32, bounds=Bounds(minimum=Number(1)))),
            field("gift", enum("orders", "lines", "gift", values=("card", "wrap")), False),
        ),
    )
    customers = an_object(
        "customers",
        "customer",
        field("id", Integer(), description=QUOTED),
        field("email", String(max_length=30, pattern=r"^[^@\s]+@\w+\.[a-z]{2,3}$"), unique=True),
        schema="shop",
        primary_key=("id",),
        description=f"Who buys.\nLine two: {QUOTED}",
    )
    orders = an_object(
        "orders",
        "order",
        field("Region", String(min_length=2)),
        field("order", Uuid()),
        field("customer", Integer(), False, physical_name="customer_id"),
        field("of region", String(), False),
        field("of order", Uuid(), False),
        field("status", enum("orders", "status", values=("new", QUOTED, "two\nlines")), False),
        field("small", Integer(8, False), False),
        field("count", Integer(16, bounds=Bounds(multiple_of=Number(6))), False),
        field("size", Integer(32, bounds=Bounds(allowed=(Number(1), Number(3)))), False),
        field("ratio", Float(32, Bounds(Number("0.1"), exclusive_maximum=Number(1))), False),
        field("total", Decimal(12, 2, Bounds(exclusive_minimum=Number(0))), False),
        field("hash", Bytes(2, 2), False),
        field("day", Date(Bounds(minimum="2020-02-29")), False),
        field("clock", Time(Bounds(maximum="18:30:00")), False),
        field("at", Timestamp(True, Bounds(minimum="2024-01-01T00:00:00Z")), False),
        field("wall", Timestamp(False, Bounds(exclusive_maximum="2030-01-01T00:00:00")), False),
        field("tags", Array(String(pattern="^[a-z]"), min_items=1, max_items=2), False),
        field("address", address, False),
        field("lines", Array(line), False),
        schema="shop",
        primary_key=("order", "Region"),
        relationships=(
            Relationship(("customer",), "customers", ("id",), SPAN),
            Relationship(("of region", "of order"), "orders", ("Region", "order"), SPAN),
        ),
    )
    return a_model(orders, customers)


CUSTOMER: Row = {"id": 7, "email": "a@example.org"}

ORDER: Row = {
    "Region": "EU",
    "order": uuid.UUID(int=1),
    "customer_id": 7,
    "of region": None,
    "of order": None,
    "status": QUOTED,
    "small": 255,
    "count": -12,
    "size": 3,
    "ratio": 0.1,
    "total": Number("0.01"),
    "hash": b"\x00\xff",
    "day": dt.date(2020, 2, 29),
    "clock": dt.time(18, 30),
    "at": dt.datetime(2024, 1, 1, 0, 0, 0, 1, dt.UTC),
    "wall": dt.datetime(2029, 12, 31, 23, 59, 59, 999999),
    "tags": ["a", "b"],
    "address": {"zip": "1234 AB"},
    "lines": [
        {"sku": "x", "quantity": 1, "gift": "card"},
        {"sku": "y", "quantity": 2, "gift": None},
    ],
}

# What is changed in the good order, and the rule it breaks: a path and the rule's name.
BAD_ORDERS: list[tuple[Row, str, str]] = [
    ({"Region": "E"}, "Region", "min_characters"),
    ({"status": "old"}, "status", "enum"),
    ({"count": 7}, "count", "multiple_of"),
    ({"size": 2}, "size", "enum"),
    ({"ratio": 0.0999}, "ratio", "minimum"),
    ({"ratio": 1.0}, "ratio", "exclusive_maximum"),
    ({"total": Number("0.00")}, "total", "exclusive_minimum"),
    ({"hash": b"\x00"}, "hash", "min_bytes"),
    ({"hash": b"\x00\x01\x02"}, "hash", "max_bytes"),
    ({"day": dt.date(2020, 2, 28)}, "day", "minimum"),
    ({"clock": dt.time(18, 30, 0, 1)}, "clock", "maximum"),
    ({"at": dt.datetime(2023, 12, 31, 23, 59, 59, 999999, dt.UTC)}, "at", "minimum"),
    ({"wall": dt.datetime(2030, 1, 1)}, "wall", "exclusive_maximum"),
    ({"tags": []}, "tags", "min_items"),
    ({"tags": ["a", "b", "c"]}, "tags", "max_items"),
]

BAD_CUSTOMERS: list[tuple[Row, str, str]] = [
    ({"email": "a@example"}, "email", "pattern"),
    ({"email": "a\n@example.org"}, "email", "pattern"),
    ({"email": "a@example.org\n"}, "email", "pattern"),
    ({"email": "a@exämple.org"}, "email", "pattern"),
]

# What is changed in the good order, and the rule it breaks inside a nested value.
BAD_LISTS: list[tuple[Row, str, str]] = [
    ({"tags": ["a", "B"]}, "tags[]", "pattern"),
    ({"tags": ["a", None]}, "tags[]", "required"),
]

BAD_LINES: list[tuple[Row, str, str]] = [
    ({"lines": [{"sku": None, "quantity": 1, "gift": None}]}, "lines[].sku", "required"),
    ({"lines": [{"sku": "x", "quantity": 0, "gift": None}]}, "lines[].quantity", "minimum"),
    ({"lines": [{"sku": "x", "quantity": 1, "gift": "box"}]}, "lines[].gift", "enum"),
    ({"lines": [None]}, "lines[]", "required"),
]
