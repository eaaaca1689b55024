"""The checkout's port at work on embedded parts: publish, load, consume, compare.

Run with `make demo`. Everything it leaves is below `.portwright/local`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from checkout import database
from checkout_port import CheckoutPort, Order, mapping
from checkout_port.handlers import Fulfilment, Ledger

COUNT = 3_000
HERE = Path(__file__).parent
LOCAL = HERE / ".portwright" / "local"


@contextmanager
def step(what: str) -> Iterator[None]:
    """Prints what was done and how long it took."""
    start = time.perf_counter()
    yield
    print(f"  {what:<58} {time.perf_counter() - start:6.2f} s")


def main() -> None:
    """Publishes the service's orders, loads the tables, consumes, and compares both ends."""
    for name in ("service.db", "stream.db", "warehouse.duckdb"):
        for path in LOCAL.glob(f"{name}*"):
            path.unlink()
    LOCAL.mkdir(parents=True, exist_ok=True)
    stream, warehouse = f"sqlite:{LOCAL}/stream.db", f"duckdb:{LOCAL}/warehouse.duckdb"

    print("\nA service with tables of its own, and a contract for everybody else\n")
    with step(f"the service fills its database with {COUNT:,} baskets"):
        service = database.connect(LOCAL / "service.db")
        database.fill(service, COUNT)
    with step("mapping.py turns baskets into the contract's records"):
        orders = [mapping.order(*basket) for basket in database.paid_baskets(service)]
        refunds = [mapping.refund(row) for row in database.refunds(service)]
    with CheckoutPort.open(stream, warehouse) as port:
        with step(f"stream: {len(orders):,} orders and {len(refunds):,} refunds published"):
            port.orders.publish_all(orders)
            for refund in refunds:
                port.refunds.publish(refund)
        with step("table: both loaded, checked, and published at once"):
            port.orders.load(orders, load_id="2026-11-22")
            port.refunds.load(refunds, load_id="2026-11-22")
        again = port.orders.load(orders, load_id="2026-11-22")

    fulfilment, ledger = Fulfilment.open(stream=stream), Ledger.open(stream=stream)
    with step("consumer: the orders are packed, the refunds booked"):
        fulfilment.run(until_idle=True)
        ledger.run(until_idle=True)

    compare(orders, fulfilment, ledger)
    total = sum(each.total for each in orders)
    print(f"""
  The consumer and the warehouse hold the same {len(orders):,} orders worth {total:,} EUR,
  and {ledger.paid_back:,} EUR of refunds. Loading 2026-11-22 again: {again.status}.

Where to look

  contracts/checkout.odcs.yaml        what the owner wrote
  src/checkout_port/mapping.py        the owner's code: baskets to orders
  src/checkout_port/handlers.py       the consumer's code: what to do with an order
  src/checkout_port/models.py         generated: the typed records
  gen/                                generated: Avro, JSON Schema, Protobuf, SQL
  .portwright/local/                  the stream, the warehouse, and the fresh output above
  (all in {HERE})

  {sys.executable} -c "import duckdb; \\
    print(duckdb.connect('{LOCAL}/warehouse.duckdb').sql('FROM orders LIMIT 3'))"
""")


def compare(orders: list[Order], fulfilment: Fulfilment, ledger: Ledger) -> None:
    """Ends the program if consumers and warehouse do not hold what was published."""
    with duckdb.connect(str(LOCAL / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT order_id, total, len(lines) FROM orders").fetchall()
        paid_back = connection.execute("SELECT sum(amount) FROM refunds").fetchone()
    consumed = {(each.order_id, each.total, len(each.lines)) for each in fulfilment.packed}
    published = {(each.order_id, each.total, len(each.lines)) for each in orders}
    if not set(rows) == consumed == published or paid_back != (ledger.paid_back,):
        raise SystemExit("what was published, consumed and loaded differs")


if __name__ == "__main__":
    main()
