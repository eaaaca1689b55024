"""How often a handler is asked again about an event, and how long is waited in between."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """`attempts` in all; before the second a wait of up to `first` seconds, then of up to twice
    that each time, `most` at the longest.

    Waits are drawn from all of their range, so that consumers that failed together do not come
    back together ("full jitter": aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
    """

    attempts: int = 5
    first: float = 0.2
    most: float = 30.0

    def wait(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        return random.uniform(0, min(self.most, self.first * 2 ** min(failures - 1, 30)))
