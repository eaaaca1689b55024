"""Kafka, through librdkafka: idempotent, acknowledged by all replicas, one partition a key
for all clients.

A thread serves the acknowledgements, so a handle is done without anybody asking. Connections
are made by the first message: a service that only enqueues needs no broker.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from portwright_runtime.delivery import Delivery
from portwright_runtime.errors import ClosedError, StreamError
from portwright_runtime.kafka_config import KafkaConfig
from portwright_runtime.kafka_retention import kept
from portwright_runtime.stream import Message, Position
from portwright_runtime.wire import Wire

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Producer

    from portwright_runtime.kafka_subscription import KafkaSubscription

logger = logging.getLogger(__name__)

# Seconds: between two looks of the serving thread, and for what is left when a process ends.
_SERVE: Final = 0.1
_GATHER: Final = 0.005
_OWN_SERVE: Final = 50  # messages
_AT_EXIT: Final = 10.0
_ENDLESS: Final = 30.0
_FULL: Final = 0.01

_open: WeakSet[KafkaStream] = WeakSet()


class KafkaStream:
    """The Stream of a Kafka cluster. Not to be used across a fork."""

    def __init__(self, config: KafkaConfig, wire: Wire) -> None:
        self._config = config
        self._wire = wire
        self._patience = config.delivery_timeout
        self._lock = Lock()
        self._made: Producer | None = None
        self._served: Thread | None = None
        self._closed = Event()
        self._fatal: StreamError | None = None
        self._process = os.getpid()
        # Only roughly right with several threads, which is all that it has to be.
        self._sent = 0

    def __repr__(self) -> str:
        return f"KafkaStream({self._config.servers!r})"

    @property
    def wire(self) -> Wire:
        """Confluent's wire format, with the registry of the cluster."""
        return self._wire

    def send(self, message: Message) -> Delivery:
        """The handle of the message. Waits while the client's queue is full."""
        delivery = self.try_send(message)
        if delivery is None:
            delivery = self._when_there_is_room(message)
        return delivery

    def try_send(self, message: Message) -> Delivery | None:
        """The handle of the message, None where the client's queue is full."""
        delivery = Delivery()
        self._sent += 1
        if self._made is not None and not self._sent % _OWN_SERVE:
            # The sender serves, too: busy, it leaves the serving thread little of the interpreter.
            self._asked(self._made.poll, 0.0)

        def settle(error: KafkaError | None, sent: Any) -> None:
            if error is None:
                delivery.set_result(Position(message.topic, sent.partition(), sent.offset()))
            else:
                self._fail(delivery, error, message.topic)

        try:
            (self._made or self._producer()).produce(
                message.topic,
                message.value,
                message.key,
                on_delivery=settle,
                timestamp=int(message.timestamp.timestamp() * 1000),  # milliseconds
                headers=list(message.headers),
            )
        except BufferError:
            return None
        except Exception as error:
            reason = _reason(error)
            if reason is None:
                raise
            self._fail(delivery, reason, message.topic)
        return delivery

    def send_all(self, messages: Sequence[Message]) -> Iterator[Delivery]:
        """As `send` for each, in order; the client makes batches of them."""
        return map(self.send, messages)

    def kept(self, topic: str) -> str:
        """Until when messages of the topic are kept, in words."""
        return kept(self._config, topic)

    def flush(self, timeout: float | None = None) -> None:
        """Returns when every message is acknowledged or has failed, or after `timeout` seconds."""
        producer = self._made
        if producer is None or self._process != os.getpid():
            return
        deadline = time.monotonic() + (self._patience + 5 if timeout is None else timeout)
        # In small steps, so that Ctrl-C is heard.
        while self._asked(producer.flush, max(0.0, min(0.5, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                return

    def subscribe(self, topics: Iterable[str], group: str) -> KafkaSubscription:
        """A new member of the consumer group."""
        from portwright_runtime.kafka_subscription import KafkaSubscription

        self._check_usable()
        return KafkaSubscription(self._config, tuple(topics), group)

    def close(self, timeout: float | None = None) -> None:
        """Waits for acknowledgements as `flush` does, but no more than 30 seconds where messages
        are tried for ever; what has none by then has failed."""
        if self._closed.is_set():
            return
        try:
            if timeout is None and self._patience == float("inf"):
                timeout = _ENDLESS
            self.flush(timeout)
        finally:
            self._end()

    # ------------------------------------------------------------- the client

    def _producer(self) -> Producer:
        self._check_usable()
        with self._lock:
            if self._made is None:
                self._made = self._connect()
                self._served = Thread(target=self._serve, name="portwright-kafka", daemon=True)
                self._served.start()
                _open.add(self)
            return self._made

    def _connect(self) -> Producer:
        from confluent_kafka import KafkaException, Producer

        from portwright_runtime.kafka_errors import configuration_error

        try:
            return Producer({**self._config.producer(), "error_cb": self._hear}, logger=logger)
        except KafkaException as error:
            raise configuration_error(error, self._config.options) from None

    def _serve(self) -> None:
        producer = self._made
        while producer is not None and not self._closed.is_set():
            # One acknowledgement ends the wait at once; under load, more gather meanwhile: to serve
            # each by itself would have two threads hand the interpreter to and fro.
            if self._asked(producer.poll, _SERVE):
                self._closed.wait(_GATHER)
            elif self._fatal is not None:
                self._closed.wait(_SERVE)  # the client does not wait any more

    def _asked(self, call: Callable[[float], int], seconds: float) -> int:
        """What the client says; nothing where it raises that it has failed for good."""
        try:
            return call(seconds)
        except Exception as error:
            reason = _reason(error)
            if reason is None:
                raise
            if self._fatal is None:
                self._hear(reason)
            return 0

    def _hear(self, error: KafkaError) -> None:
        """What goes wrong beside messages: the client recovers, unless it is fatal."""
        from portwright_runtime.kafka_errors import stream_error

        heard = stream_error(error, "Kafka")
        if error.fatal():
            self._fatal = heard
        logger.log(logging.CRITICAL if error.fatal() else logging.WARNING, "%s", heard)

    def _fail(self, delivery: Delivery, error: KafkaError, topic: str) -> None:
        from portwright_runtime.kafka_errors import stream_error

        delivery.set_exception(stream_error(error, topic))

    def _when_there_is_room(self, message: Message) -> Delivery:
        deadline = time.monotonic() + self._patience + 5
        while True:
            # Serves acknowledgements in this thread, too: it may be the serving one.
            self._asked(self._producer().poll, _FULL)
            delivery = self.try_send(message)
            if delivery is not None:
                return delivery
            if time.monotonic() > deadline:
                raise StreamError("Kafka takes no messages: the queue of the client stays full")

    def _check_usable(self) -> None:
        if self._closed.is_set():
            raise ClosedError("the stream is closed")
        if self._process != os.getpid():
            raise StreamError("the stream belongs to another process: open one after the fork")
        if self._fatal is not None:
            raise self._fatal

    def _end(self) -> None:
        self._closed.set()
        self._wire.registry.close()
        producer, served = self._made, self._served
        if producer is None or self._process != os.getpid():
            return
        if served is not None:
            served.join(timeout=5)
        if len(producer):
            producer.purge()
            self._asked(producer.flush, 5.0)
        self._made = None
        _open.discard(self)


def _reason(error: Exception) -> KafkaError | None:
    """What the client's exception is about, if it is the client's."""
    from confluent_kafka import KafkaError

    reason = error.args[0] if error.args else None
    return reason if isinstance(reason, KafkaError) else None


@atexit.register
def _flush_what_is_open() -> None:
    """A process that ends without `close` still gets its messages out, or says how many it lost."""
    for stream in list(_open):
        if stream._process != os.getpid():
            continue
        stream.flush(_AT_EXIT)
        left = len(stream._made) if stream._made is not None else 0
        if left:
            logger.critical("%d messages were not delivered when the process ended", left)
        stream._end()
