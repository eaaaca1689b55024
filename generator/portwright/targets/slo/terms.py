"""Terms: what a config says of all promises, and what goes without saying."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portwright.model import SlaProperty
from portwright.promises import OBJECTIVE, WINDOW

PAGE: Final = "page"
TICKET: Final = "ticket"
# The severity of what is urgent, by the driver of the service level (ODCS: regulatory, analytics,
# operational); `default` is that of levels with no driver, or another, `slow` that of the rest.
SEVERITIES: Final[Mapping[str, str]] = {
    "regulatory": PAGE,
    "operational": PAGE,
    "analytics": TICKET,
    "default": PAGE,
    "slow": TICKET,
}
_OBJECTIVE: Final = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,9})?)\s*%?")
_WINDOW: Final = re.compile(r"([0-9]{1,3})\s*([dw])")
_LABEL: Final = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Terms:
    """`objective` in percent over `window` seconds; severities by driver; labels of every rule;
    and what the series of the contract have in common, where others are in the same Prometheus."""

    objective: Decimal = OBJECTIVE
    window: Decimal = WINDOW
    severities: tuple[tuple[str, str], ...] = tuple(SEVERITIES.items())
    labels: tuple[tuple[str, str], ...] = ()
    select: tuple[tuple[str, str], ...] = ()

    def urgent(self, sla: SlaProperty | None = None) -> str:
        """The severity of what cannot wait, of this level."""
        known = dict(self.severities)
        driver = ((sla.driver if sla else None) or "").strip().lower()
        return known.get(driver, known["default"]) if driver != "slow" else known["default"]

    @property
    def slow(self) -> str:
        """The severity of what can wait until somebody works."""
        return dict(self.severities)["slow"]


def terms(
    objective: str,
    window: str,
    severities: Mapping[str, object],
    labels: Mapping[str, object],
    select: Mapping[str, object],
) -> Terms:
    """The terms of a target's options; ValueError says which is none."""
    share = _OBJECTIVE.fullmatch(objective.strip())
    if share is None or not 0 < Decimal(share[1]) < 100:
        raise ValueError(f"the objective `{objective}` is no share: write percent, such as 99.5")
    days = _WINDOW.fullmatch(window.strip())
    if days is None or int(days[1]) == 0:
        raise ValueError(f"the window `{window}` is no length of time: write days, such as 28d")
    length = Decimal(int(days[1]) * (7 if days[2] == "w" else 1) * 86_400)
    known = {key.strip().lower(): value for key, value in _texts(severities, "severities")}
    return Terms(
        Decimal(share[1]),
        length,
        tuple({**SEVERITIES, **known}.items()),
        _labels(labels, "labels"),
        _labels(select, "select"),
    )


def _labels(given: Mapping[str, object], option: str) -> tuple[tuple[str, str], ...]:
    found = _texts(given, option)
    for name, _ in found:
        if not _LABEL.fullmatch(name):
            raise ValueError(f"`{name}` in `{option}` is no name of a label")
    return found


def _texts(given: Mapping[str, object], option: str) -> tuple[tuple[str, str], ...]:
    for name, value in given.items():
        if not isinstance(value, str):
            raise ValueError(f"`{name}` in `{option}` has to be a text")
    return tuple((name, str(value)) for name, value in given.items())
