"""Tools of a machine that a test needs and no package brings."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Ends the test: with a skip that is seen or, in CI, where all has to be there, a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
