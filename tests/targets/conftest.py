"""What tests of targets can ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from support import browser as chrome


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chrome.chromium() as found:
        yield found
