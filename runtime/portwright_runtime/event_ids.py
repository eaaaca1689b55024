"""Ids of events: UUIDs of version 7, which grow with time.

An outbox is keyed by them: new rows then go to the end of its index, not all over it.
"""

from __future__ import annotations

import os
import time
from typing import Final

_RANDOM: Final = 10  # bytes of one id
_DRAWN: Final = 256  # ids for which they are drawn at once

# Taken from the end, which is atomic; a child process begins with none of its parent's.
_pool: list[bytes] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.clear)


def new_event_id() -> str:
    """A new id: milliseconds since 1970, then 74 random bits (RFC 9562, section 5.7)."""
    try:
        drawn = _pool.pop()
    except IndexError:
        some = os.urandom(_RANDOM * _DRAWN)
        _pool.extend(some[at : at + _RANDOM] for at in range(0, len(some), _RANDOM))
        drawn = os.urandom(_RANDOM)
    n = time.time_ns() // 1_000_000 << 80 | int.from_bytes(drawn, "big")
    n = n & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    text = f"{n:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
