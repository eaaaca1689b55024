"""Ids of events: UUIDs of version 7, which grow with time.

An outbox is keyed by them: new rows then go to the end of its index, not all over it.
"""

from __future__ import annotations

import os
import time
from typing import Final

_RANDOM: Final = 10  # bytes


def new_event_id() -> str:
    """A new id: milliseconds since 1970, then 74 random bits (RFC 9562, section 5.7)."""
    n = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(_RANDOM), "big")
    n = n & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    text = f"{n:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
