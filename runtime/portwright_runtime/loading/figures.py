"""What is told of the last load of a table: figures that stay true after its process has ended.

They are the same, by the same names, where a process sends them by OpenTelemetry and in files for
the textfile collector of Prometheus' node exporter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from portwright_runtime.deprecation import end_of
from portwright_runtime.loading.watching import Loading
from portwright_runtime.warehouse import Load

if TYPE_CHECKING:
    from portwright_runtime.telemetry import Handed

Labels: TypeAlias = Mapping[str, str]
Read: TypeAlias = Callable[[Loading], Iterable[tuple[float | None, Labels]]]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure of loads: its name and unit in OpenTelemetry, what it is, and its values with the
    labels that they have beside those of the table; None where there is none."""

    name: str
    unit: str
    told: str
    read: Read

    @property
    def prometheus(self) -> str:
        """The name as OpenTelemetry's exporters write it for Prometheus."""
        return self.name.replace(".", "_") + ("_seconds" if self.unit == "s" else "")


def one(read: Callable[[Loading], float | None]) -> Read:
    """A value without labels of its own."""
    return lambda loading: ((read(loading), {}),)


def counts(load: Load) -> dict[str, int]:
    """The rows of a load by what became of them."""
    return {
        "written": load.rows,
        "deleted": load.deleted,
        "superseded": load.superseded,
        "rejected": load.rejected,
    }


def _last_rows(loading: Loading) -> Iterator[tuple[float | None, Labels]]:
    if loading.load is not None:
        for outcome, rows in counts(loading.load).items():
            yield rows, {"portwright.outcome": outcome}


def _seconds(loading: Loading) -> float | None:
    return None if loading.ended is None else round(loading.ended - loading.began, 3)


LAST: Final = (
    Gauge(
        "portwright.load.last_success",
        "s",
        "When a load last ended well, in Unix time",
        one(lambda loading: loading.ended),
    ),
    Gauge(
        "portwright.load.newest",
        "s",
        "The newest value that was loaded, in Unix time",
        one(lambda loading: loading.newest),
    ),
    Gauge("portwright.load.last_rows", "{row}", "Rows of the last load", _last_rows),
    Gauge("portwright.load.last_duration", "s", "Time that the last load took", one(_seconds)),
    Gauge(
        "portwright.load.promised_frequency",
        "s",
        "How long it may be from one load to the next",
        one(lambda loading: loading.table.sla.frequency),
    ),
    Gauge(
        "portwright.load.promised_freshness",
        "s",
        "How old the newest value may be",
        one(lambda loading: loading.table.sla.oldest),
    ),
)
END_OF_SUPPORT: Final = Gauge(
    "portwright.end_of_support.timestamp",
    "s",
    "The end of the last day of support, in Unix time",
    one(lambda loading: end_of(loading.table.supported_until)),
)


def labels_of(handed: Handed) -> dict[str, str]:
    """What names an object in every figure. Two major versions of it are handed out at once."""
    major = re.search(r"[0-9]{1,9}", handed.version)
    return {
        "portwright.contract": handed.contract,
        "portwright.object": handed.object,
        "portwright.major": str(int(major[0])) if major else "1",
    }


def text(loadings: Iterable[Loading]) -> str:
    """The figures of loads as Prometheus reads them, of each table those of its last load."""
    last = {tuple(labels_of(each.table).values()): each for each in loadings}
    return "".join(_block(gauge, last.values()) for gauge in (*LAST, END_OF_SUPPORT))


def _block(gauge: Gauge, loadings: Iterable[Loading]) -> str:
    lines = [
        f"{gauge.prometheus}{{{_labels({**labels_of(each.table), **more})}}} {value!r}\n"
        for each in loadings
        for value, more in gauge.read(each)
        if value is not None
    ]
    name = gauge.prometheus
    head = f"# HELP {name} {gauge.told}\n# TYPE {name} gauge\n"
    return head + "".join(lines) if lines else ""


def _labels(labels: Labels) -> str:
    return ",".join(f'{name.replace(".", "_")}="{_escaped(text)}"' for name, text in labels.items())


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
