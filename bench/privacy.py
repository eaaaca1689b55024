"""Making orders anonymous and showing them without what is classified, beside publishing them and
beside what one writes by hand for the same: two hashes, a mask and a record made anew."""

from __future__ import annotations

import hmac
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from checkout import database
from checkout_port import CheckoutPort, Order, OrderCustomer, mapping
from checkout_port.privacy import anonymise

from portwright_runtime import open_stream
from portwright_runtime.privacy import redacted

COUNT = 2_000
ROUNDS = 5
KEY = b"a key for measures, not anybody's"


def by_hand(order: Order) -> Order:
    """The order with its customer hashed and its message masked."""

    def digest(value: object) -> bytes:
        return hmac.digest(KEY, str(value).encode(), "sha256")

    email = order.customer.email
    customer = OrderCustomer(
        customer_id=1 + int.from_bytes(digest(order.customer.customer_id)) % (2**63 - 1),
        email=None if email is None else f"{digest(email).hex()[:32]}@example.org",
    )
    masked = None if order.gift_message is None else "***"
    fields = {**dict(order), "customer": customer, "gift_message": masked}
    return Order(**fields)


def each(orders: list[Order], work: Callable[[Order], Any]) -> float:
    """Seconds an order takes, in the fastest of a few rounds."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for order in orders:
            work(order)
        found.append((time.perf_counter() - start) / len(orders))
    return min(found)


def main() -> None:
    """Prints microseconds a record and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        source = database.connect(":memory:")
        database.fill(source, COUNT)
        orders = [mapping.order(*basket) for basket in database.paid_baskets(source)]
        with CheckoutPort.open(stream=open_stream(f"sqlite:{folder}/stream.db")) as port:
            published = each(orders, port.orders.publish)
    made = each(orders, partial(anonymise, key=KEY))
    hand = each(orders, by_hand)
    for told, seconds in (
        ("published, validated and acknowledged", published),
        ("made anonymous, and validated", made),
        ("the same by hand", hand),
        ("as JSON, all of it", each(orders, lambda order: order.model_dump_json())),
        ("as JSON for logs, redacted", each(orders, redacted)),
        ("shown, *** for what is classified", each(orders, repr)),
    ):
        print(f"{told:38} {seconds * 1e6:7.1f} µs a record")
    print(f"ratio to by hand {made / hand:.2f}, to publishing {made / published:.3f}")


main()
