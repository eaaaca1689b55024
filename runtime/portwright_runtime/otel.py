"""Traces for OpenTelemetry: spans `send`, `create` and `process`, linked along the way of an event,
and `load`; each tells the metrics how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context, propagate, trace
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

from portwright_runtime.loading import figures
from portwright_runtime.otel_metrics import Metrics
from portwright_runtime.stream import Event, Headers, Message, Received
from portwright_runtime.telemetry import Read, Sending, Telemetry, is_stand_in
from portwright_runtime.version import __version__

if TYPE_CHECKING:
    from portwright_runtime.loading.watching import Loading
    from portwright_runtime.telemetry import Handed
    from portwright_runtime.topic import Topic

_SYSTEM: Final = {"messaging.system": "kafka"}


class OtelTelemetry(Telemetry):
    """Records by the SDK that the process has set up."""

    def __init__(self) -> None:
        provider = trace.get_tracer_provider()
        self._traces = not is_stand_in(provider)
        self._tracer = provider.get_tracer("portwright_runtime", __version__)
        self._metrics = Metrics()

    def sending(self, topic: str, event_id: str, operation: str = "send") -> Sending:
        span = self._span(topic, event_id, operation, ()) if self._traces else None
        # The event's time is taken with the next breath: its way begins here.
        stage = "publish" if operation == "send" else ""
        return self._sending(topic, operation, stage, time.time(), span)

    def relaying(self, message: Message, event_id: str) -> Sending:
        topic, links = message.topic, _links(message.headers)
        span = self._span(topic, event_id, "send", links) if self._traces else None
        return self._sending(topic, "send", "relay", message.timestamp.timestamp(), span)

    def _span(self, topic: str, event_id: str, operation: str, links: Iterable[Link]) -> Span:
        return self._tracer.start_span(
            f"{operation} {topic}",
            kind=SpanKind.PRODUCER,
            links=tuple(links),
            attributes={
                **_SYSTEM,
                "messaging.destination.name": topic,
                "messaging.operation.name": operation,
                "messaging.operation.type": operation,
                "messaging.message.id": event_id,
            },
        )

    def _sending(
        self, topic: str, operation: str, stage: str, at: float, span: Span | None
    ) -> Sending:
        """A message on its way; that of its event began `at`, in Unix time."""
        began = time.perf_counter()

        def ended(error: BaseException | None) -> None:
            name = "" if error is None else type(error).__name__
            if span is not None:
                if name:
                    _failed(span, name)
                span.end()
            self._metrics.sent(topic, operation, time.perf_counter() - began, name)
            if stage and not name:
                self._metrics.delivered(topic, stage, at)

        if span is None:
            return Sending((), ended)
        carrier: dict[str, str] = {}
        propagate.inject(carrier, trace.set_span_in_context(span))
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
                _failed(span, name)
                self._metrics.processed(event.topic, group, time.perf_counter() - began, name)
                raise
            self._metrics.processed(event.topic, group, time.perf_counter() - began, "")

    def consumed(self, event: Event, group: str, outcome: str, reason: str = "") -> None:
        self._metrics.consumed(event.topic, group, outcome, reason)
        if outcome == "handled":
            self._metrics.delivered(event.topic, "consume", event.time.timestamp(), group)

    def retried(self, event: Event, group: str) -> None:
        self._metrics.retried(event.topic, group)

    def refused(self, topic: Topic[Any]) -> None:
        self._metrics.refused(topic)

    def supported(self, handed: Handed) -> None:
        self._metrics.supported(handed)

    def observe(self, name: str, unit: str, told: str, read: Read) -> None:
        self._metrics.observe(name, unit, told, read)

    @contextmanager
    def loading(self, loading: Loading) -> Iterator[None]:
        table, terms = loading.table, loading.terms
        common = {**figures.labels_of(table), "portwright.load.mode": str(terms.mode)}
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
                _failed(span, name)
                self._metrics.load_ended(time.perf_counter() - began, common, name)
                raise
            self._metrics.load_ended(time.perf_counter() - began, common, "")
            if loading.load is not None:
                span.set_attribute("portwright.load.status", loading.load.status)
                for outcome, rows in figures.counts(loading.load).items():
                    span.set_attribute(f"portwright.load.rows.{outcome}", rows)
                self._metrics.loaded(loading, common)


def _failed(span: Span, name: str) -> None:
    """Marks a span as failed by an error of this type."""
    span.set_attribute("error.type", name)
    span.set_status(Status(StatusCode.ERROR, name))


def _links(headers: Headers) -> Iterator[Link]:
    """To the span that the headers tell of."""
    carrier = {name: value.decode("utf-8", "replace") for name, value in headers}
    if "traceparent" in carrier:
        found = trace.get_current_span(propagate.extract(carrier, context.Context()))
        if found.get_span_context().is_valid:
            yield Link(found.get_span_context())
