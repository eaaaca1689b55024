"""A table made by hand, as generated packages have them: what the tests of loading start from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portwright_runtime import arrow
from portwright_runtime.record import Record
from portwright_runtime.types import ExactDecimal, StrictText
from portwright_runtime.warehouse import Check, Column, Dialect, Table


class Order(Record):
    order_id: StrictText
    total: ExactDecimal
    card: StrictText | None = None


def order(number: int, total: int = 1, card: str | None = None) -> Order:
    return Order(order_id=f"o{number}", total=Decimal(total), card=card)


def order_row(record: Order) -> dict[str, object]:
    return {"order_id": record.order_id, "total": record.total, "card": record.card}


CREATE = """\
CREATE TABLE IF NOT EXISTS sales.orders (
    order_id VARCHAR NOT NULL,
    total DECIMAL(12, 2) NOT NULL,
    card VARCHAR
)"""


def orders_table(**facts: Any) -> Table[Order]:
    """The table of the object `orders`, or what `facts` make of it."""
    defaults: dict[str, Any] = {
        "contract": "checkout",
        "version": "1.2.0",
        "object": "orders",
        "schema": "sales",
        "name": "orders",
        "record": Order,
        "row": order_row,
        "columns": (
            Column("order_id", arrow.STRING, "order_id", required=True),
            Column("total", arrow.decimal(12, 2), "total", required=True),
            Column("card", arrow.STRING, "card", classified=True),
        ),
        "primary_key": ("order_id",),
        "unique": (("card",),),
        "dialects": {
            "duckdb": Dialect(
                create=("CREATE SCHEMA IF NOT EXISTS sales", CREATE),
                checks=(Check("total", "must be ≥ 0", "total >= 0"),),
            )
        },
    }
    return Table(**{**defaults, **facts})
