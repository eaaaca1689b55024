"""The markers that a merge leaves in a file where two have changed the same lines."""

from __future__ import annotations

import re

OURS, BASE = "yours", "as begun"
# Those of any merge, git's own among them.
_CONFLICT = re.compile(
    r"^<{7} .*\n((?:.*\n)*?)(?:^\|{7}.*\n(?:.*\n)*?)?^={7}\n((?:.*\n)*?)^>{7} .*\n?", re.M
)
_MARKERS = re.compile(rb"^<<<<<<< .*?^>>>>>>> ", re.M | re.S)


def has_markers(data: bytes) -> bool:
    """Whether a conflict is not resolved yet."""
    return b"<<<<<<< " in data and _MARKERS.search(data) is not None


def sides(text: str) -> tuple[str, str]:
    """What stands above the line of each conflict in a text, and what below, with all the rest."""
    return _CONFLICT.sub(r"\1", text), _CONFLICT.sub(r"\2", text)
