# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m voyages_port.handlers"""

import logging

from portwright_runtime import Event, run_consumers

from . import consumers, models

logger = logging.getLogger(__name__)


class VoyagesHandler(consumers.VoyagesConsumer):
    def on_voyage(self, voyage: models.Voyage, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


class NotesHandler(consumers.NotesConsumer):
    def on_note(self, note: models.Note, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run_consumers(
        VoyagesHandler.open(),
        NotesHandler.open(),
    )
