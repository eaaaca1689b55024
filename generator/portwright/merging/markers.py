"""The markers that a merge leaves in a file where two have changed the same lines."""

from __future__ import annotations

import re

OURS, BASE = "yours", "as begun"
# Those of any merge, git's own among them.
_MARKERS = re.compile(rb"^<<<<<<< .*?^>>>>>>> ", re.M | re.S)


def has_markers(data: bytes) -> bool:
    """Whether a conflict is not resolved yet."""
    return b"<<<<<<< " in data and _MARKERS.search(data) is not None
