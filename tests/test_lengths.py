"""Lengths of time as people say them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portwright.oversight.lengths import span

DAY = 86_400


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("0", "0 seconds"),
        ("1", "1 second"),
        ("1.5", "1.5 seconds"),
        ("300", "5 minutes"),
        (str(DAY + 12 * 3600), "1 day 12 hours"),
        (str(400 * DAY), "400 days"),
        (str(366 * DAY), "1 year"),
        (str(3 * 366 * DAY), "3 years"),
    ],
)
def test_a_length_of_time_is_said_in_words(seconds: str, said: str) -> None:
    assert span(Decimal(seconds)) == said
