# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m evil_drop_table_x_port.handlers"""

import logging

from portwright_runtime import Event

from . import consumers, models

logger = logging.getLogger(__name__)


class UpImportOsHandler(consumers.UpImportOsConsumer):
    def on_up_import_os(self, up_import_os: models.UpImportOs, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    UpImportOsHandler.open().run()
