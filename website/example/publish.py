"""One visit, published."""

from datetime import UTC, datetime

from visits_port import Visit, VisitsPort

with VisitsPort.open() as port:
    port.visits.publish(Visit(visit_id="v-1", visited_at=datetime.now(UTC), pages=3))
