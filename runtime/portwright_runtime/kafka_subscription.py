"""A member of a Kafka consumer group: offsets are stored after the handler, and committed by
the client once a second, when partitions move, and at the end."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Any, Final, TypeAlias

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from portwright_runtime.errors import ClosedError
from portwright_runtime.kafka_config import KafkaConfig
from portwright_runtime.kafka_errors import bear, configuration_error, stream_error
from portwright_runtime.stream import Message, Position, Received

logger = logging.getLogger(__name__)

Place: TypeAlias = tuple[str, int]

# Seconds for one question to the brokers, and between two signs of life: others that join the
# group wait for each member's.
_ANSWER: Final = 10.0
_BEAT: Final = 0.2
_LONGEST_SILENCE: Final = 1.0
# Seconds after which the client hears of what is done: the most that is handled twice after a
# crash, besides what it has not committed yet.
_HAND_OVER: Final = 0.1

# The last millisecond that a datetime can tell.
_LAST: Final = 253_402_300_799_000

_UNKNOWN: Final = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC})


class KafkaSubscription:
    """One member of a consumer group. Used by one thread."""

    prefetch: Final = 100

    def __init__(self, config: KafkaConfig, topics: tuple[str, ...], group: str) -> None:
        self._topics = topics
        self._closed = False
        self._joined = False
        self._held: set[Place] = set()
        # What came with a sign of life, for the next `poll`.
        self._ahead: deque[Received] = deque()
        # Topics that do not exist.
        self._missing: set[str] = set()
        # Per partition: where it ended when last asked, what was handed out, what was committed.
        self._ends: dict[Place, int] = {}
        self._given: dict[Place, int] = {}
        self._stored: dict[Place, int] = {}
        # What the client has not been told of yet, and when it was last told.
        self._unstored: dict[Place, int] = {}
        self._handed_over = self._last_sign = time.monotonic()
        try:
            self._consumer = Consumer(config.consumer(group), logger=logger)
        except KafkaException as error:
            raise configuration_error(error, config.options) from None
        self._consumer.subscribe(
            list(topics), on_assign=self._gain, on_revoke=self._lose, on_lost=self._lose
        )

    @property
    def joined(self) -> bool:
        """Whether the group has taken this member in, perhaps without a partition for it."""
        return self._joined

    def poll(self, max_messages: int, timeout: float) -> Sequence[Received]:
        """The next messages, in order within each partition; [] if none came within `timeout` s."""
        self._check_open()
        self._fetch(0 if self._ahead else timeout)
        if 0 < len(self._ahead) < max_messages:
            for each in self._consumer.consume(max_messages - len(self._ahead), 0):
                self._keep(each)
        found = [self._ahead.popleft() for _ in range(min(max_messages, len(self._ahead)))]
        for received in found:
            position = received.position
            self._given[position.topic, position.partition] = position.offset + 1
        return found

    def commit(self, received: Received) -> None:
        """Stores that the group is past this message, if the partition is still this member's."""
        self._check_open()
        position = received.position
        place = (position.topic, position.partition)
        if self._given.get(place, 0) <= position.offset:  # as `holds` says
            return
        self._stored[place] = self._unstored[place] = position.offset + 1
        now = time.monotonic()
        if now - self._last_sign > _LONGEST_SILENCE:
            # Handlers are slow: without a poll, brokers take the member for dead.
            self._fetch(0)
        elif now - self._handed_over > _HAND_OVER:
            self._hand_over()

    def _hand_over(self) -> None:
        """Gives the client the offsets that are done, which it commits."""
        self._handed_over = time.monotonic()
        done, self._unstored = self._unstored, {}
        if not done:
            return
        offsets = [TopicPartition(*place, offset) for place, offset in done.items()]
        try:
            self._consumer.store_offsets(offsets=offsets)
        except KafkaException as error:
            if error.args[0].code() not in (KafkaError._STATE, KafkaError._UNKNOWN_PARTITION):
                raise stream_error(error.args[0], "the offsets of the group") from None

    def at_end(self) -> bool:
        """Whether this member has been given all that its partitions hold."""
        if not self._held:
            return self._missing.issuperset(self._topics)
        return not self._ahead and self._held <= self._ends.keys()

    def caught_up(self) -> bool:
        """Whether the group has committed all that its topics hold now."""
        self._check_open()
        if not self._joined:
            # Of topics that are not there, no group is made.
            return self._missing.issuperset(self._topics)
        if self._ahead:
            return False
        for place in self._held:
            # At its end, and nothing handed out that is not stored.
            if place not in self._ends or self._given.get(place) != self._stored.get(place):
                return False
        return self._commit_now() and all(self._is_done(topic) for topic in self._topics)

    def holds(self, received: Received) -> bool:
        """Whether the message's partition has been this member's since it was given out."""
        position = received.position
        return self._given.get((position.topic, position.partition), 0) > position.offset

    def wait(self, seconds: float, stopping: Event) -> None:
        """Waits as a living member of the group, `stopping` ends it at once."""
        self._check_open()
        deadline = time.monotonic() + seconds
        try:
            while not stopping.is_set() and (left := deadline - time.monotonic()) > 0:
                # Again each time: partitions that were gained meanwhile are not paused.
                self._consumer.pause(self._consumer.assignment())
                stopping.wait(min(left, _BEAT))
                self._fetch(0)
        finally:
            self._consumer.resume(self._consumer.assignment())

    def close(self) -> None:
        """Commits what is stored and leaves the group. Safe to call again."""
        if not self._closed:
            self._closed = True
            try:
                self._hand_over()
            finally:
                self._consumer.close()

    # ------------------------------------------------------------- the client

    def _gain(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        self._joined = True
        for each in partitions:
            self._forget((each.topic, each.partition))
            self._held.add((each.topic, each.partition))
            self._missing.discard(each.topic)

    def _lose(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        for each in partitions:
            self._held.discard((each.topic, each.partition))
            self._forget((each.topic, each.partition))

    def _forget(self, place: Place) -> None:
        for known in (self._ends, self._given, self._stored):
            known.pop(place, None)
        # The others get it, or this member once more.
        kept = (each for each in self._ahead if _place(each) != place)
        self._ahead = deque(kept)

    def _fetch(self, timeout: float) -> None:
        """Keeps the next message, if one comes within `timeout` s. A sign of life."""
        # Before partitions may move, which they do in here.
        self._hand_over()
        message = self._consumer.poll(timeout)
        self._last_sign = time.monotonic()
        if message is not None:
            self._keep(message)

    def _keep(self, message: KafkaMessage) -> None:
        """Puts the message where `poll` takes it from, or hears its news about a partition."""
        error = message.error()
        if error is not None:
            self._hear(message, error)
            return
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        assert topic is not None and partition is not None and offset is not None
        if (topic, partition) not in self._held:
            return
        self._ends.pop((topic, partition), None)
        headers: Any = message.headers() or ()
        if None in [value for _, value in headers]:
            headers = [(name, value or b"") for name, value in headers]
        found = Message(
            topic,
            _bytes(message.key()),
            _bytes(message.value()),
            tuple(headers),
            _instant(message.timestamp()[1]),
        )
        self._ahead.append(Received(found, Position(topic, partition, offset)))

    def _hear(self, message: KafkaMessage, error: KafkaError) -> None:
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        if error.code() == KafkaError._PARTITION_EOF:
            if topic is not None and partition is not None and offset is not None:
                self._ends[topic, partition] = offset
            return
        if topic is not None and error.code() in _UNKNOWN:
            self._missing.add(topic)
        bear(error, topic or "Kafka")

    def _commit_now(self) -> bool:
        """Whether the group has taken all that is stored."""
        self._hand_over()
        try:
            self._consumer.commit(asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() != KafkaError._NO_OFFSET:
                bear(error.args[0], "the offsets of the group")
                return False
        return True

    def _is_done(self, topic: str) -> bool:
        """Whether the group is past all of a topic's messages."""
        try:
            known = self._consumer.list_topics(topic, timeout=_ANSWER).topics[topic].partitions
            places = {(topic, number) for number in known} - self._held
            if not known:  # it is not there, unless the client has not heard of it yet
                return topic in self._missing
            others = [TopicPartition(*place) for place in sorted(places)]
            for each in self._consumer.committed(others, timeout=_ANSWER) if others else ():
                low, high = self._consumer.get_watermark_offsets(each, timeout=_ANSWER)
                if max(each.offset, low) < high:
                    return False
        except KafkaException as error:
            bear(error.args[0], topic)
            return False
        return True

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the subscription is closed")


def _place(received: Received) -> Place:
    return received.position.topic, received.position.partition


def _instant(milliseconds: int) -> datetime:
    """The instant of a message, which its writer may have set to anything."""
    if not 0 <= milliseconds <= _LAST:
        milliseconds = min(max(milliseconds, 0), _LAST)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _bytes(data: str | bytes | None) -> bytes | None:
    return data.encode() if isinstance(data, str) else data
