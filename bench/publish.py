"""Publishing to the embedded log, beside the least a hand-written outbox could do: one
committed INSERT of ready-made bytes in SQLite with the same durability."""

from __future__ import annotations

import sqlite3
import tempfile
import time

from checkout import database
from checkout_port import CheckoutPort, mapping
from checkout_port.codec import encode_order

from portwright_runtime import open_stream

COUNT = 2_000


def main() -> None:
    """Prints microseconds a record and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        source = database.connect(":memory:")
        database.fill(source, COUNT)
        orders = [mapping.order(*basket) for basket in database.paid_baskets(source)]
        payloads = [encode_order(order) for order in orders]

        start = time.perf_counter()
        with CheckoutPort.open(stream=open_stream(f"sqlite:{folder}/stream.db")) as port:
            for order in orders:
                port.orders.publish(order)
        ours = (time.perf_counter() - start) / len(orders)

        hand = sqlite3.connect(f"{folder}/hand.db", isolation_level=None)
        hand.execute("PRAGMA journal_mode = WAL")
        hand.execute("PRAGMA synchronous = FULL")
        hand.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, key TEXT, value BLOB)")
        start = time.perf_counter()
        for order, payload in zip(orders, payloads, strict=True):
            hand.execute(
                "INSERT INTO log (key, value) VALUES (?, ?)", (str(order.order_id), payload)
            )
        theirs = (time.perf_counter() - start) / len(orders)
    print(f"publish, validated and acknowledged   {ours * 1e6:7.0f} µs a record")
    print(f"one committed INSERT by hand          {theirs * 1e6:7.0f} µs a record")
    print(f"ratio {ours / theirs:.2f}")


main()
