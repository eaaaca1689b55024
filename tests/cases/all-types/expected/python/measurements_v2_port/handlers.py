# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m measurements_v2_port.handlers"""

import logging

from portwright_runtime import Event

from . import consumers, models

logger = logging.getLogger(__name__)


class SamplesHandler(consumers.SamplesConsumer):
    def on_sample(self, sample: models.Sample, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    SamplesHandler.open().run()
