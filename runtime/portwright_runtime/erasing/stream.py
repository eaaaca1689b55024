"""A person in a stream: found by reading its topics from the first message on.

A stream that can remove messages does. Elsewhere a tombstone for each key makes compacted topics
forget, and tells readers to; what else there is stays as long as the topic keeps it.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, Protocol, Self, runtime_checkable

from portwright_runtime.dead_letters import SUFFIX
from portwright_runtime.erasing.messages import Messages
from portwright_runtime.erasing.report import Found
from portwright_runtime.errors import StreamError
from portwright_runtime.stream import Position, Received, Stream, Subscription

# Seconds: between two looks, and to be given something to read.
_LOOK: Final = 0.1
_JOIN: Final = 60.0
# Seconds by which the clock of a producer may be ahead.
_AHEAD: Final = 60.0
_AT_ONCE: Final = 500


@runtime_checkable
class Removes(Protocol):
    """A stream of which single messages can be taken out."""

    def remove(self, positions: Sequence[Position]) -> None:
        """Takes messages out, down to the bytes."""


@runtime_checkable
class Keeps(Protocol):
    """A stream that knows how long it keeps messages."""

    def kept(self, topic: str) -> str:
        """Until when messages of the topic are kept, in words."""


@dataclass
class Seen:
    """What was read of a person: `places` of messages with a record, by object and topic; `alive`
    are the keys, by topic, whose last message is such a one; tombstones that name the person."""

    places: dict[tuple[str, str], list[Position]] = field(default_factory=dict)
    alive: dict[tuple[str, bytes], bool] = field(default_factory=dict)
    tombstones: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def found(self) -> list[Found]:
        """The messages, as a report tells of them."""
        return [
            Found(object_, "dead letters" if topic.endswith(SUFFIX) else "the stream", len(places))
            for (object_, topic), places in sorted(self.places.items())
        ]


class Scan:
    """A reader of all topics, in a group of its own, which commits nothing."""

    def __init__(self, stream: Stream, messages: Messages) -> None:
        self._messages = messages
        self._held = closing(
            stream.subscribe(messages.topics, f"portwright-erase-{uuid.uuid4().hex}")
        )

    def __enter__(self) -> Self:
        self._subscription: Subscription = self._held.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._subscription.close()

    def read(self, keys: Iterable[tuple[str, bytes]] = ()) -> Seen:
        """What is of the person among the messages that were not read yet, up to now. `keys` are
        those of the person that are known from elsewhere: alive unless the stream says another."""
        seen = Seen(alive=dict.fromkeys(keys, True))
        for received in self._until(time.time()):
            self._note(received, seen)
        return seen

    def _note(self, received: Received, seen: Seen) -> None:
        message, topic = received.message, received.position.topic
        is_of = self._messages.is_of(message)
        place = (topic, message.key or b"")
        if message.value is None:
            seen.tombstones[topic] += is_of is True
        elif is_of:
            object_ = self._messages.object_of(message)
            seen.places.setdefault((object_, topic), []).append(received.position)
        elif is_of is None:
            seen.unread[topic] += 1
        if message.key is not None and (is_of or place in seen.alive):
            seen.alive[place] = bool(is_of and message.value is not None)

    def _until(self, end: float) -> Iterator[Received]:
        """The messages up to the Unix time `end`: more may come all the time."""
        joined_by = time.monotonic() + _JOIN
        later = end + _AHEAD
        while True:
            batch = self._subscription.poll(_AT_ONCE, _LOOK)
            yield from batch
            # What is from times to come says nothing of when it was sent.
            now = time.time()
            if batch and all(later < each.message.timestamp.timestamp() <= now for each in batch):
                return
            if not batch and self._subscription.at_end():
                return
            if not batch and time.monotonic() > joined_by:
                raise StreamError("the stream gives nothing to read: see that its topics are there")


def remains(stream: Stream, seen: Seen) -> Iterator[str]:
    """What stays in the stream, and until when."""
    for (object_, topic), places in sorted(seen.places.items()):
        if not isinstance(stream, Removes):
            until = (
                stream.kept(topic)
                if isinstance(stream, Keeps)
                else "as long as the topic keeps them"
            )
            yield f"{len(places)} messages of {object_} in {topic}, {until}"
    for topic, count in sorted(seen.tombstones.items()):
        if count:
            yield f"{count} tombstones in {topic}, whose key names the person"
    for topic, count in sorted(seen.unread.items()):
        yield f"{count} messages in {topic} that cannot be read, and do not tell whom they are of"


def due(seen: Seen) -> list[tuple[str, bytes]]:
    """The topics and keys that a tombstone is to be sent for. None is for dead letters: one without
    a value would tell nobody anything."""
    alive = (place for place, is_alive in sorted(seen.alive.items()) if is_alive)
    return [(topic, key) for topic, key in alive if not topic.endswith(SUFFIX)]
