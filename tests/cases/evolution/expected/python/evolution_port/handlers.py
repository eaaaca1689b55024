# Begun by portwright from contract.odcs.yaml. This file is yours.
"""What is done with the records of the contract. Run: python -m evolution_port.handlers"""

import logging

from portwright_runtime import Event, run_consumers

from . import consumers, models

logger = logging.getLogger(__name__)


class UsersHandler(consumers.UsersConsumer):
    def on_user(self, user: models.User, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


class TeamsHandler(consumers.TeamsConsumer):
    def on_team(self, team: models.Team, event: Event) -> None:
        logger.info("%s: event %s of %s", event.topic, event.id, event.time)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run_consumers(
        UsersHandler.open(),
        TeamsHandler.open(),
    )
