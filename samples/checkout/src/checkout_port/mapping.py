# Begun by portwright from contracts/checkout.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from sqlite3 import Row
from uuid import UUID

from .models import Order, OrderCustomer, OrderLine, OrderStatus, Refund, RefundReason

STATUS = {1: OrderStatus.PLACED, 2: OrderStatus.SHIPPED, 9: OrderStatus.CANCELLED}
REASON = {"d": RefundReason.DAMAGED, "r": RefundReason.RETURNED, "g": RefundReason.GOODWILL}


def order(basket: Row, rows: Iterable[Row]) -> Order:
    """A paid basket with its client's columns, and its rows, as an order."""
    return Order(
        order_id=UUID(basket["public_ref"]),
        status=STATUS[basket["state"]],
        placed_at=datetime.fromtimestamp(basket["created"], UTC),
        customer=OrderCustomer(customer_id=basket["client_id"], email=basket["mail"]),
        currency=basket["ccy"],
        total=money(basket["cents"]),
        lines=tuple(line(row) for row in rows),
        gift_message=basket["card_text"],
        attributes={"campaign": basket["campaign"]} if basket["campaign"] else {},
    )


def line(row: Row) -> OrderLine:
    """A row of a basket as a line of the order."""
    return OrderLine(
        sku=row["article"],
        quantity=row["n"],
        unit_price=money(row["cents"]),
        discount=money(row["rebate_cents"]) if row["rebate_cents"] else None,
    )


def refund(row: Row) -> Refund:
    """Money paid back, with the public reference of its basket, as a refund."""
    return Refund(
        refund_id=row["id"],
        order_id=UUID(row["public_ref"]),
        amount=money(row["cents"]),
        reason=REASON[row["why"]],
        refunded_at=datetime.fromtimestamp(row["at"], UTC),
        booked_on=date.fromisoformat(row["booked"]) if row["booked"] else None,
    )


def money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
