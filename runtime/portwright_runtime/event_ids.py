"""Ids of events: UUIDs of version 7, which grow with time.

An outbox is keyed by them: new rows then go to the end of its index, not all over it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Final

_DRAWN: Final = 256  # ids whose random parts are made at once

# The random parts. Taken from the end, which is atomic; a child process begins with none of its
# parent's.
_pool: list[str] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.clear)

# The last millisecond and its text, which thousands of ids may share.
_now: tuple[int, str] = (0, "")


def new_event_id() -> str:
    """A new id: milliseconds since 1970, then 74 random bits (RFC 9562, section 5.7)."""
    global _now
    milliseconds, text = _now
    if (now := time.time_ns() // 1_000_000) != milliseconds:
        digits = f"{now:012x}"
        text = f"{digits[:8]}-{digits[8:]}-"
        _now = now, text
    try:
        return text + _pool.pop()
    except IndexError:
        first, *others = _random_parts()
        _pool.extend(others)
        return text + first


def _random_parts() -> Iterator[str]:
    """`7xxx-yxxx-xxxxxxxxxxxx`: the version, and the variant in the first two bits of y."""
    digits = os.urandom(10 * (_DRAWN + 1)).hex()
    for at in range(0, len(digits), 20):
        a, b, c = digits[at : at + 3], digits[at + 4 : at + 7], digits[at + 7 : at + 19]
        variant = "89ab"[int(digits[at + 3], 16) & 3]
        yield f"7{a}-{variant}{b}-{c}"
