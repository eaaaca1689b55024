# Begun by portwright from contracts/checkout.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m checkout_port.handlers"""

import logging
from decimal import Decimal

from portwright_runtime import Event, Stream, run_consumers

from .consumers import OrdersConsumer, RefundsConsumer
from .models import Order, Refund

logger = logging.getLogger(__name__)


class Fulfilment(OrdersConsumer):
    """Packs orders."""

    def __init__(
        self, group: str | None = None, stream: Stream | str | None = None
    ) -> None:
        super().__init__(group, stream)
        self.packed: list[Order] = []

    def on_order(self, order: Order, event: Event) -> None:
        self.packed.append(order)
        logger.info("packed %s: %d lines", order.order_id, len(order.lines))


class Ledger(RefundsConsumer):
    """Adds up what was paid back."""

    paid_back = Decimal(0)

    def on_refund(self, refund: Refund, event: Event) -> None:
        self.paid_back += refund.amount


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run_consumers(
        Fulfilment.open(),
        Ledger.open(),
    )
