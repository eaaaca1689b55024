"""What is seen of a port from outside: traces and metrics, by OpenTelemetry's messaging
conventions (opentelemetry.io/docs/specs/semconv/messaging).

Nothing is recorded, and next to nothing spent, where the process has set up no SDK. Keys and
values are in none of it: a key may be classified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from portwright_runtime.stream import Event, Headers, Message, Received

if TYPE_CHECKING:
    from portwright_runtime.loading.watching import Loading
    from portwright_runtime.otel import OtelTelemetry
    from portwright_runtime.topic import Topic
    from portwright_runtime.warehouse import Table

    Handed: TypeAlias = Topic[Any] | Table[Any]

_STAND_INS: Final = ("opentelemetry.trace", "opentelemetry.metrics._internal")
_NOTHING: Final = nullcontext()

# A value of a figure with its labels, and what gives all there are.
Value: TypeAlias = tuple[float, Mapping[str, str]]
Read: TypeAlias = Callable[[], Iterable[Value]]


# Made for every message, and not frozen for that: see `Message`.
@dataclass(slots=True)
class Sending:
    """One message on its way: the headers that carry its trace, and who hears how it ended."""

    headers: Headers = ()
    ended: Callable[[BaseException | None], None] | None = None


_UNSEEN: Final = Sending()


class Telemetry:
    """Sees nothing. The base of what does."""

    def sending(self, topic: str, event_id: str, operation: str = "send") -> Sending:
        """A message about to be sent (`send`), or written into an outbox (`create`)."""
        return _UNSEEN

    def relaying(self, message: Message, event_id: str) -> Sending:
        """A message of an outbox about to be sent; its headers hold the trace it came from."""
        return _UNSEEN

    def process(
        self, received: Received, event: Event, group: str, count: int = 1
    ) -> AbstractContextManager[None]:
        """Watches the handling of an event, or of a batch of `count` that begins with it."""
        return _NOTHING

    def consumed(self, event: Event, group: str, outcome: str, reason: str = "") -> None:
        """Counts an event by what became of it."""

    def retried(self, event: Event, group: str) -> None:
        """Counts a handler that was asked again."""

    def refused(self, topic: Topic[Any]) -> None:
        """Counts a record that is not of the contract."""

    def supported(self, handed: Handed) -> None:
        """Notes the last day of an object's support, where one is told."""

    def loading(self, loading: Loading) -> AbstractContextManager[None]:
        """Watches a load."""
        return _NOTHING

    def observe(self, name: str, unit: str, told: str, read: Read) -> None:
        """Has a figure read whenever metrics are collected. Several may read for one name."""


_SILENT: Final = Telemetry()
_loud: OtelTelemetry | None = None


def current() -> Telemetry:
    """What the process has set up by now: asked when a port or a consumer starts."""
    global _loud
    if _loud is not None:
        return _loud
    try:
        from opentelemetry import metrics, trace
    except ImportError:
        return _SILENT
    providers = (trace.get_tracer_provider(), metrics.get_meter_provider())
    if all(map(is_stand_in, providers)):
        return _SILENT
    from portwright_runtime.otel import OtelTelemetry

    _loud = OtelTelemetry()
    return _loud


def is_stand_in(provider: object) -> bool:
    """Whether it is one of the API itself, until an SDK is set up."""
    return type(provider).__module__ in _STAND_INS


def forget() -> None:
    """Looks anew at what the process has set up; for tests."""
    global _loud
    _loud = None
