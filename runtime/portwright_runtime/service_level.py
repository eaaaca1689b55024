"""What a contract's service levels promise of a table, for schedulers and alerts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The promise of `slaProperties` for one table, in seconds; None for what is not promised.

    `schedule` is when it is loaded, as cron has it, and `frequency` how long it may be from one
    load to the next. `timestamp` is the column that tells how old a row is: of a load, the
    newest may be `latency` old, and at any time `freshness`.
    """

    schedule: str | None = None
    frequency: float | None = None
    latency: float | None = None
    freshness: float | None = None
    timestamp: str | None = None

    @property
    def oldest(self) -> float | None:
        """How old the newest value in the table may be at any time: what is loaded with some
        latency gets older until the next load."""
        if self.freshness is not None or self.latency is None:
            return self.freshness
        return self.latency + (self.frequency or 0)
