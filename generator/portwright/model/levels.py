"""Kinds of service levels: those of the standard by all their spellings, and what people write
beside them (ODCS, Service-Level Agreement)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is promised, as the standard writes it. `freshness`, `completeness` and `volume` are
    none of its words; `other` is all that is no word of ours either."""

    AVAILABILITY = "availability"
    THROUGHPUT = "throughput"
    ERROR_RATE = "errorRate"
    GENERAL_AVAILABILITY = "generalAvailability"
    END_OF_SUPPORT = "endOfSupport"
    END_OF_LIFE = "endOfLife"
    RETENTION = "retention"
    FREQUENCY = "frequency"
    LATENCY = "latency"
    FRESHNESS = "freshness"
    COMPLETENESS = "completeness"
    TIME_OF_AVAILABILITY = "timeOfAvailability"
    TIME_TO_DETECT = "timeToDetect"
    TIME_TO_NOTIFY = "timeToNotify"
    TIME_TO_REPAIR = "timeToRepair"
    OTHER = "other"


# The short names of the standard, and what people write for its words.
_MEANT: Final[Mapping[str, Kind]] = {
    **{"av": Kind.AVAILABILITY, "uptime": Kind.AVAILABILITY},
    **{"th": Kind.THROUGHPUT, "er": Kind.ERROR_RATE, "errors": Kind.ERROR_RATE},
    **{"ga": Kind.GENERAL_AVAILABILITY, "es": Kind.END_OF_SUPPORT, "el": Kind.END_OF_LIFE},
    **{"re": Kind.RETENTION, "fy": Kind.FREQUENCY, "interval": Kind.FREQUENCY},
    **{"updatefrequency": Kind.FREQUENCY, "ly": Kind.LATENCY, "datafreshness": Kind.FRESHNESS},
    **{"eos": Kind.END_OF_SUPPORT, "eol": Kind.END_OF_LIFE},
    **{"mttd": Kind.TIME_TO_DETECT, "mttr": Kind.TIME_TO_REPAIR},
    **{"td": Kind.TIME_TO_DETECT, "tn": Kind.TIME_TO_NOTIFY, "tr": Kind.TIME_TO_REPAIR},
}
_KINDS: Final[Mapping[str, Kind]] = {
    **{each.value.lower(): each for each in Kind if each is not Kind.OTHER},
    **_MEANT,
}


def kind_of(property_: str) -> Kind:
    """The kind of a service level by its name: `errorRate`, `error_rate` and `ER` are one."""
    return _KINDS.get(re.sub(r"[\s_-]", "", property_).lower(), Kind.OTHER)
