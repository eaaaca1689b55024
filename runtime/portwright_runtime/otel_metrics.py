"""Metrics for OpenTelemetry: those of its messaging conventions, and what promises of contracts are
kept by. `docs/metrics.md` has them all, as Prometheus names them.

Most are recorded for each record, so labels are made once for what they are of.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

from portwright_runtime.deprecation import end_of
from portwright_runtime.loading import figures
from portwright_runtime.telemetry import Read, Value
from portwright_runtime.version import __version__

if TYPE_CHECKING:
    from portwright_runtime.loading.watching import Loading
    from portwright_runtime.telemetry import Handed
    from portwright_runtime.topic import Topic

# Seconds. Alerts rest on them: what is promised is read at one of these.
LATENCIES: Final = (
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0),
    *(1_800.0, 3_600.0, 7_200.0, 14_400.0, 21_600.0, 43_200.0, 86_400.0),
)
# The buckets that the messaging conventions ask for.
_OPERATIONS: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
_TOPIC: Final = "messaging.destination.name"
_GROUP: Final = "messaging.consumer.group.name"
_SYSTEM: Final = {"messaging.system": "kafka"}


# Names, units and what they are.
_SENT: Final = ("messaging.client.sent.messages", "{message}", "Messages that were sent")
_CONSUMED: Final = (
    "messaging.client.consumed.messages",
    "{message}",
    "Events by what became of them",
)
_RETRIES: Final = ("portwright.consumer.retries", "{retry}", "Handlers asked again")
_INVALID: Final = (
    "portwright.records.invalid",
    "{record}",
    "Records that are not of the contract",
)
_ROWS: Final = ("portwright.load.rows", "{row}", "Rows of loads by what became of them")
_DURATION: Final = (
    "messaging.client.operation.duration",
    "s",
    "From sending to the acknowledgement",
)
_PROCESS: Final = ("messaging.process.duration", "s", "Time that handlers took")
_LATENCY: Final = ("portwright.delivery.latency", "s", "How late events are")
_LOADS: Final = ("portwright.load.duration", "s", "Time that loads took")
_NEWEST: Final = (
    "portwright.delivery.newest",
    "s",
    "The time of the newest event that went through, in Unix time",
)


class Tally:
    """A counter that is read when metrics are collected: to count costs a hundredth of what it does
    to have the SDK count."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], tuple[int, Mapping[str, str]]] = {}
        self._lock = threading.Lock()

    def add(self, key: tuple[str, ...], labels: Mapping[str, str]) -> None:
        """Counts one of a kind."""
        with self._lock:
            self._counts[key] = (self._counts.get(key, (0, labels))[0] + 1, labels)

    def observations(self, _: CallbackOptions) -> list[Observation]:
        """All that were counted."""
        return [Observation(count, labels) for count, labels in [*self._counts.values()]]


class Metrics:
    """The instruments of a process, and the labels that were used with them.

    Labels are of few: topics and groups are those of contracts, errors are types.
    """

    def __init__(self) -> None:
        meter = metrics.get_meter_provider().get_meter("portwright_runtime", __version__)
        self._meter = meter
        self._sent, self._consumed = Tally(), Tally()
        for tally, (name, unit, told) in ((self._sent, _SENT), (self._consumed, _CONSUMED)):
            meter.create_observable_counter(name, [tally.observations], unit, told)
        self._retries, self._invalid = (
            meter.create_counter(*each) for each in (_RETRIES, _INVALID)
        )
        self._load_rows = meter.create_counter(*_ROWS)
        self._duration, self._process = (
            meter.create_histogram(*each, explicit_bucket_boundaries_advisory=_OPERATIONS)
            for each in (_DURATION, _PROCESS)
        )
        self._latency, self._load_duration = (
            meter.create_histogram(*each, explicit_bucket_boundaries_advisory=LATENCIES)
            for each in (_LATENCY, _LOADS)
        )
        self._labels: dict[tuple[str, ...], dict[str, str]] = {}
        self._newest: dict[tuple[str, ...], float] = {}
        # By what names an object, and its last loads by the figure, too.
        self._ends: dict[tuple[str, ...], Value] = {}
        self._last: dict[str, dict[tuple[str, ...], list[Value]]] = {}
        self._reads: dict[str, list[Read]] = {}
        self.observe(*_NEWEST, self._read_newest)
        end = figures.END_OF_SUPPORT
        self.observe(end.name, end.unit, end.told, self._read_ends)
        for gauge in figures.LAST:
            self._last[gauge.name] = {}
            self.observe(gauge.name, gauge.unit, gauge.told, partial(self._read_last, gauge.name))

    # ------------------------------------------------------------- streams

    def sent(self, topic: str, operation: str, seconds: float, error: str) -> None:
        """A message was acknowledged, or was not, by an error of this type."""
        key = ("sent", topic, operation, error)
        labels = self._labels.get(key) or self._made(
            key,
            {**_SYSTEM, _TOPIC: topic, "messaging.operation.name": operation, "error.type": error},
        )
        self._duration.record(seconds, labels)
        self._sent.add(key, labels)

    def delivered(self, topic: str, stage: str, at: float, group: str = "") -> None:
        """An event of that time went through a stage."""
        key = ("delivered", topic, stage, group)
        labels = self._labels.get(key) or self._made(
            key, {_TOPIC: topic, "stage": stage, _GROUP: group}
        )
        self._latency.record(max(0.0, time.time() - at), labels)
        if at > self._newest.get(key, 0.0):
            self._newest[key] = at

    def processed(self, topic: str, group: str, seconds: float, error: str) -> None:
        """A handler returned, or raised an error of this type."""
        key = ("processed", topic, group, error)
        labels = self._labels.get(key) or self._made(
            key,
            {
                **_SYSTEM,
                _TOPIC: topic,
                "messaging.operation.name": "process",
                _GROUP: group,
                "error.type": error,
            },
        )
        self._process.record(seconds, labels)

    def consumed(self, topic: str, group: str, outcome: str, reason: str) -> None:
        """An event is done with."""
        key = ("consumed", topic, group, outcome, reason)
        labels = self._labels.get(key) or self._made(
            key,
            {
                **_SYSTEM,
                _TOPIC: topic,
                _GROUP: group,
                "portwright.outcome": str(outcome),
                "error.type": str(reason),
            },
        )
        self._consumed.add(key, labels)

    def retried(self, topic: str, group: str) -> None:
        """A handler is asked again."""
        self._retries.add(1, {_TOPIC: topic, _GROUP: group})

    def refused(self, topic: Topic[Any]) -> None:
        """A record is not of the contract."""
        self._invalid.add(1, figures.labels_of(topic))

    def supported(self, handed: Handed) -> None:
        """The last day of an object's support, if one is told."""
        if (end := end_of(handed.supported_until)) is not None:
            labels = figures.labels_of(handed)
            self._ends[tuple(labels.values())] = (end, labels)

    # ------------------------------------------------------------- loads

    def load_ended(self, seconds: float, labels: Mapping[str, str], error: str) -> None:
        """A try at a load ended, by an error of this type if it failed."""
        told = {**labels, "error.type": error} if error else labels
        self._load_duration.record(seconds, told)

    def loaded(self, loading: Loading, labels: Mapping[str, str]) -> None:
        """A load is in the table. The rows of one that was there are not new ones."""
        load, table = loading.load, loading.table
        if load is not None and load.status == "published":
            for outcome, rows in figures.counts(load).items():
                self._load_rows.add(rows, {**labels, "portwright.outcome": outcome})
        named = figures.labels_of(table)
        for gauge in figures.LAST:
            self._last[gauge.name][tuple(named.values())] = [
                (value, {**named, **more})
                for value, more in gauge.read(loading)
                if value is not None
            ]
        self.supported(table)

    # ------------------------------------------------------------- what is read

    def observe(self, name: str, unit: str, told: str, read: Read) -> None:
        """Has a figure read whenever metrics are collected. Several may read for one name."""
        reads = self._reads.setdefault(name, [])
        reads.append(read)
        if len(reads) > 1:
            return

        def observations(_: CallbackOptions) -> list[Observation]:
            return [Observation(value, labels) for each in reads for value, labels in each()]

        self._meter.create_observable_gauge(name, [observations], unit, told)

    def _read_newest(self) -> list[Value]:
        return [(at, self._labels[key]) for key, at in [*self._newest.items()]]

    def _read_last(self, name: str) -> list[Value]:
        return [each for values in [*self._last[name].values()] for each in values]

    def _read_ends(self) -> list[Value]:
        return [*self._ends.values()]

    def _made(self, key: tuple[str, ...], labels: dict[str, str]) -> dict[str, str]:
        """The labels that are not empty, kept for the next time."""
        self._labels[key] = made = {name: text for name, text in labels.items() if text}
        return made
