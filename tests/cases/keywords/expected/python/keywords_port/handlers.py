# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m keywords_port.handlers"""

import logging

from portwright_runtime import Event, run_consumers

from . import consumers, models

logger = logging.getLogger(__name__)


class OrderHandler(consumers.OrderConsumer):
    def on_order(self, order: models.Order, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


class EventHandler(consumers.EventConsumer):
    def on_event(self, event_: models.Event, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


class ClassHandler(consumers.ClassConsumer):
    def on_class(self, class_: models.Class, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run_consumers(
        OrderHandler.open(),
        EventHandler.open(),
        ClassHandler.open(),
    )
