# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m lending_port.handlers"""

import logging

from portwright_runtime import Event, run_consumers

from . import consumers, models

logger = logging.getLogger(__name__)


class LoansHandler(consumers.LoansConsumer):
    def on_loan(self, loan: models.Loan, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


class BooksHandler(consumers.BooksConsumer):
    def on_book(self, book: models.Book, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run_consumers(
        LoansHandler.open(),
        BooksHandler.open(),
    )
