# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m patients_port.handlers"""

import logging

from portwright_runtime import Event, run_consumers

from . import consumers, models

logger = logging.getLogger(__name__)


class PatientsHandler(consumers.PatientsConsumer):
    def on_patient(self, patient: models.Patient, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


class VisitsHandler(consumers.VisitsConsumer):
    def on_visit(self, visit: models.Visit, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run_consumers(
        PatientsHandler.open(),
        VisitsHandler.open(),
    )
