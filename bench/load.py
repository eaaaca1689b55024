"""Loading a table: typed records through the port, with every check, beside the hand-written
Arrow insert that checks nothing. Both start from the same records and replace the same rows;
they take turns, and the best of several rounds counts."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from checkout_port import models, tables

from portwright_runtime.warehouse import Table
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support.tables import Loader

COUNT = 100_000
ROUNDS = 3
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def refund(number: int) -> models.Refund:
    """A flat record."""
    return models.Refund(
        refund_id=number,
        order_id=uuid.UUID(int=number),
        amount=Decimal(number % 9_000 + 1) / 100,
        reason=models.RefundReason.DAMAGED,
        refunded_at=NOON + dt.timedelta(seconds=number),
        booked_on=NOON.date() if number % 2 else None,
    )


def order(number: int) -> models.Order:
    """A nested record: two lines, a customer and labels."""
    price = Decimal(number % 9_000 + 1) / 100
    line = models.OrderLine(sku=f"sku-{number % 500}", quantity=number % 5 + 1, unit_price=price)
    return models.Order(
        order_id=uuid.UUID(int=number),
        status=models.OrderStatus.PLACED,
        placed_at=NOON + dt.timedelta(seconds=number),
        customer=models.OrderCustomer(customer_id=number + 1, email=f"c{number}@example.org"),
        currency="EUR",
        total=price * 2,
        lines=(line, line),
        attributes={"campaign": "autumn"},
    )


def refund_by_hand(record: models.Refund) -> dict[str, Any]:
    return {
        "refund_id": record.refund_id,
        "order_id": str(record.order_id),
        "amount": record.amount,
        "reason": record.reason.value,
        "refunded_at": record.refunded_at,
        "booked_on": record.booked_on,
    }


def order_by_hand(record: models.Order) -> dict[str, Any]:
    return {
        "order_id": str(record.order_id),
        "status": record.status.value,
        "placed_at": record.placed_at,
        "customer": {
            "customer_id": record.customer.customer_id,
            "email": record.customer.email,
        },
        "currency": record.currency,
        "total": record.total,
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "discount": line.discount,
            }
            for line in record.lines
        ],
        "gift_message": record.gift_message,
        "attributes": list(record.attributes.items()),
    }


def by_hand(connection: duckdb.DuckDBPyConnection, table: Table[Any], rows: list[Any]) -> None:
    """Replaces the table's rows in one transaction, all of them at once."""
    connection.register("batch", pa.Table.from_pylist(rows, schema=table.arrow_schema))
    connection.begin()
    connection.execute(f"DELETE FROM {table.name}")
    connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM batch")
    connection.commit()
    connection.unregister("batch")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(
    shape: str, table: Table[Any], records: list[Any], row: Callable[[Any], dict[str, Any]]
) -> None:
    """Prints rows a second of both, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(Path(folder, "port.duckdb"))
        loader = Loader(warehouse, table)
        hand = duckdb.connect(str(Path(folder, "hand.duckdb")))
        for statement in table.dialects["duckdb"].create:
            hand.execute(statement)
        ours, theirs = [], []
        for turn in range(ROUNDS):
            ours.append(seconds(lambda: loader.load(records, load_id=str(turn))))  # noqa: B023
            theirs.append(seconds(lambda: by_hand(hand, table, [row(each) for each in records])))
        hand.close()
        warehouse.close()
    print(f"{shape}, {len(records):,} rows")
    print(f"  through the port, checked twice   {len(records) / min(ours):9,.0f} rows/s")
    print(f"  Arrow insert by hand, unchecked   {len(records) / min(theirs):9,.0f} rows/s")
    print(f"  ratio {min(theirs) / min(ours):.2f}")


def main() -> None:
    """Measures a flat table and a nested one."""
    refunds, orders = list(map(refund, range(COUNT))), list(map(order, range(COUNT)))
    measure("flat", tables.REFUNDS_TABLE, refunds, refund_by_hand)
    measure("nested", tables.ORDERS_TABLE, orders, order_by_hand)


main()
