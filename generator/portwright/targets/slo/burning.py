"""Burning: how fast an error budget may go before somebody is called.

Two windows each: the long one says that it matters, the short one that it still goes on (The Site
Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"). The workbook's rates are
those of 30 days: what counts is the share of the budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portwright.targets.slo.indicators import Indicator

# What error ratios are recorded over.
WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@dataclass(frozen=True, slots=True)
class Burn:
    """A share of the budget that is gone within `long`, in seconds."""

    long: str
    short: str
    seconds: int
    share: Decimal
    urgent: bool


_BURNS: Final = (
    Burn("1h", "5m", 3_600, Decimal("0.02"), True),
    Burn("6h", "30m", 21_600, Decimal("0.05"), True),
    Burn("1d", "2h", 86_400, Decimal("0.1"), False),
    Burn("3d", "6h", 259_200, Decimal("0.1"), False),
)


def rate(burn: Burn, window: Decimal) -> Decimal:
    """How many times as fast as it may the budget goes: 13.44 for 2 % in an hour of 28 days."""
    return (burn.share * window / burn.seconds).quantize(Decimal("0.0001"))


def burns(indicator: Indicator, *, urgent: bool) -> list[tuple[Burn, Decimal]]:
    """Those that can be, with the error ratio above which they are."""
    found = ((each, rate(each, indicator.promise.window)) for each in possible(indicator))
    return [(each, rate_ * indicator.budget) for each, rate_ in found if each.urgent is urgent]


def possible(indicator: Indicator) -> list[Burn]:
    """Of a small objective not even all errors burn the budget so fast, and a window of a day
    has no three."""
    window = indicator.promise.window
    return [
        each
        for each in _BURNS
        if each.seconds <= window and rate(each, window) * indicator.budget < 1
    ]


def never_called(indicator: Indicator) -> bool:
    """Whether nothing that happens is urgent."""
    return not burns(indicator, urgent=True)
