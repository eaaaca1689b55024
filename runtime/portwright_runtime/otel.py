"""Traces and metrics for OpenTelemetry: spans `send`, `create` and `process`, linked along the
way of an event, and the metrics of the messaging conventions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context, metrics, propagate, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from portwright_runtime.stream import Event, Headers, Message, Received
from portwright_runtime.telemetry import Sending, Telemetry
from portwright_runtime.version import __version__
from portwright_runtime.warehouse import Load

if TYPE_CHECKING:
    from portwright_runtime.loading.watching import Loading

_SYSTEM: Final = {"messaging.system": "kafka"}


class OtelTelemetry(Telemetry):
    """Records by the SDK that the process has set up."""

    def __init__(self) -> None:
        name = "portwright_runtime"
        self._tracer = trace.get_tracer_provider().get_tracer(name, __version__)
        self._meter = metrics.get_meter_provider().get_meter(name, __version__)
        meter = self._meter
        self._sent = meter.create_counter(
            "messaging.client.sent.messages", "{message}", "Messages that were sent"
        )
        self._consumed = meter.create_counter(
            "messaging.client.consumed.messages", "{message}", "Events by what became of them"
        )
        self._duration = meter.create_histogram(
            "messaging.client.operation.duration", "s", "From sending to the acknowledgement"
        )
        self._process = meter.create_histogram(
            "messaging.process.duration", "s", "Time that handlers took"
        )
        self._retries = meter.create_counter(
            "portwright.consumer.retries", "{retry}", "Handlers asked again"
        )
        self._load_rows = meter.create_counter(
            "portwright.load.rows", "{row}", "Rows of loads by what became of them"
        )
        self._load_duration = meter.create_histogram(
            "portwright.load.duration", "s", "Time that loads took"
        )
        self._load_success = meter.create_gauge(
            "portwright.load.last_success", "s", "When a load last ended well, in Unix time"
        )
        self._load_newest = meter.create_gauge(
            "portwright.load.newest", "s", "The newest value that was loaded, in Unix time"
        )

    def sending(self, topic: str, event_id: str, operation: str = "send") -> Sending:
        return self._sending(topic, event_id, operation, ())

    def relaying(self, message: Message, event_id: str) -> Sending:
        return self._sending(message.topic, event_id, "send", _links(message.headers))

    def _sending(self, topic: str, event_id: str, operation: str, links: Iterable[Link]) -> Sending:
        common = {**_SYSTEM, "messaging.destination.name": topic}
        span = self._tracer.start_span(
            f"{operation} {topic}",
            kind=SpanKind.PRODUCER,
            links=tuple(links),
            attributes={
                **common,
                "messaging.operation.name": operation,
                "messaging.operation.type": operation,
                "messaging.message.id": event_id,
            },
        )
        began = time.perf_counter()
        carrier: dict[str, str] = {}
        propagate.inject(carrier, trace.set_span_in_context(span))

        def ended(error: BaseException | None) -> None:
            figures = {**common, "messaging.operation.name": operation}
            if error is not None:
                figures["error.type"] = type(error).__name__
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            span.end()
            self._duration.record(time.perf_counter() - began, figures)
            self._sent.add(1, figures)

        return Sending(tuple((name, text.encode()) for name, text in carrier.items()), ended)

    @contextmanager
    def process(
        self, received: Received, event: Event, group: str, count: int = 1
    ) -> Iterator[None]:
        common = {
            **_SYSTEM,
            "messaging.destination.name": event.topic,
            "messaging.operation.name": "process",
            "messaging.consumer.group.name": group,
        }
        facts: dict[str, Any] = {
            **common,
            "messaging.operation.type": "process",
            "messaging.message.id": event.id,
            "messaging.destination.partition.id": str(event.partition),
            "messaging.kafka.offset": event.offset,
        }
        if received.message.value is None:
            facts["messaging.kafka.message.tombstone"] = True
        if count > 1:
            facts["messaging.batch.message_count"] = count
        links = tuple(_links(received.message.headers))
        began = time.perf_counter()
        with self._tracer.start_as_current_span(
            f"process {event.topic}",
            context=context.Context(),
            kind=SpanKind.CONSUMER,
            links=links,
            attributes=facts,
            # What a handler raises may quote a record: its type is told, not its words.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                name = type(error).__name__
                span.set_attribute("error.type", name)
                span.set_status(Status(StatusCode.ERROR, name))
                self._process.record(time.perf_counter() - began, {**common, "error.type": name})
                raise
            self._process.record(time.perf_counter() - began, common)

    def consumed(self, event: Event, group: str, outcome: str, reason: str = "") -> None:
        facts = {
            **_SYSTEM,
            "messaging.destination.name": event.topic,
            "messaging.consumer.group.name": group,
            "portwright.outcome": str(outcome),
        }
        self._consumed.add(1, {**facts, "error.type": str(reason)} if reason else facts)

    def retried(self, event: Event, group: str) -> None:
        self._retries.add(
            1,
            {
                "messaging.destination.name": event.topic,
                "messaging.consumer.group.name": group,
            },
        )

    @contextmanager
    def loading(self, loading: Loading) -> Iterator[None]:
        table, terms = loading.table, loading.terms
        common = {
            "portwright.contract": table.contract,
            "portwright.object": table.object,
            "portwright.load.mode": str(terms.mode),
        }
        facts = {"portwright.contract.version": table.version, "portwright.load.id": terms.load_id}
        began = time.perf_counter()
        with self._tracer.start_as_current_span(
            f"load {table.object}",
            attributes={**common, **facts},
            # What a source raises may quote a record.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                name = type(error).__name__
                span.set_attribute("error.type", name)
                span.set_status(Status(StatusCode.ERROR, name))
                failed = {**common, "error.type": name}
                self._load_duration.record(time.perf_counter() - began, failed)
                raise
            self._load_duration.record(time.perf_counter() - began, common)
            if loading.load is not None:
                self._loaded(loading.load, loading.newest, span, common)

    def _loaded(
        self, load: Load, newest: float | None, span: trace.Span, common: dict[str, Any]
    ) -> None:
        """Records a load that is in the table. The rows of one that was there are not new ones."""
        span.set_attribute("portwright.load.status", load.status)
        counts = {
            "written": load.rows,
            "deleted": load.deleted,
            "superseded": load.superseded,
            "rejected": load.rejected,
        }
        for outcome, rows in counts.items():
            span.set_attribute(f"portwright.load.rows.{outcome}", rows)
            if load.status == "published":
                self._load_rows.add(rows, {**common, "portwright.outcome": outcome})
        self._load_success.set(time.time(), common)
        if newest is not None:
            self._load_newest.set(newest, common)

    def observe(self, name: str, unit: str, told: str, read: Callable[[], float | None]) -> None:
        def observations(_: CallbackOptions) -> list[Observation]:
            value = read()
            return [] if value is None else [Observation(value)]

        self._meter.create_observable_gauge(name, [observations], unit, told)


def _links(headers: Headers) -> Iterator[Link]:
    """To the span that the headers tell of."""
    carrier = {name: value.decode("utf-8", "replace") for name, value in headers}
    if "traceparent" in carrier:
        found = trace.get_current_span(propagate.extract(carrier, context.Context()))
        if found.get_span_context().is_valid:
            yield Link(found.get_span_context())
