"""Dead letters: events that no consumer of a group got past, kept aside as they came.

A letter has the original's bytes, key and headers, and headers `dlq_…` that say where it was,
what went wrong and why. These hold names of types, fields and rules, never a value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from portwright_runtime.errors import ContractViolation
from portwright_runtime.stream import Event, Headers, Message, Received

SUFFIX: Final = ".dlq"
_PREFIX: Final = "dlq_"
_REPLAYS: Final = "dlq_replays"
# Which run of a command put a letter to the end of its topic.
_RUN: Final = "dlq_run"


class Reason(StrEnum):
    """What went wrong with an event."""

    DESERIALIZATION = "deserialization"  # its bytes are no record
    VALIDATION = "validation"  # its record breaks a rule of the contract
    HANDLER = "handler"  # the handler raised, each time it was asked


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an event is put aside. `error` is a type's name, or a path with the rule it broke."""

    reason: Reason
    error: str
    attempts: int
    first: datetime
    last: datetime

    @classmethod
    def of_bytes(cls, error: ContractViolation) -> Self:
        """What is wrong with an event that cannot be read."""
        now = datetime.now(UTC)
        path = f"{error.path}: " if error.path else ""
        reason = Reason.VALIDATION if error.path else Reason.DESERIALIZATION
        return cls(reason, f"{path}{error.rule}", 1, now, now)

    @classmethod
    def of_handler(cls, error: Exception, attempts: int, first: datetime) -> Self:
        """What is wrong where a handler raised: its type, as its message may hold anything."""
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else _named(kind)
        return cls(Reason.HANDLER, name, attempts, first, datetime.now(UTC))


def _named(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


@dataclass(frozen=True, slots=True)
class Place:
    """Who could not handle an event: a group, its consumer, and the contract it reads by."""

    group: str
    consumer: str
    contract: str


def letter(received: Received, event: Event, failure: Failure, place: Place) -> Message:
    """The message for the dead-letter topic."""
    message = received.message
    said = {
        "reason": failure.reason,
        "error": failure.error,
        "event": event.id,
        "topic": event.topic,
        "partition": str(event.partition),
        "offset": str(event.offset),
        "group": place.group,
        "consumer": place.consumer,
        "contract": place.contract,
        "attempts": str(failure.attempts),
        "first_failed": failure.first.isoformat(),
        "last_failed": failure.last.isoformat(),
    }
    added = tuple((f"{_PREFIX}{name}", text.encode()) for name, text in said.items())
    kept = tuple(each for each in message.headers if each[0] == _REPLAYS or not _is_ours(each[0]))
    return Message(
        topic=f"{event.topic}{SUFFIX}",
        key=message.key,
        value=message.value,
        headers=kept + added,
        timestamp=datetime.now(UTC),
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter read back: what its headers say, by their names without `dlq_`."""

    received: Received
    said: dict[str, str]

    @property
    def replays(self) -> int:
        """How often it was sent again before."""
        text = self.said.get("replays", "0")
        return int(text) if text.isdecimal() else 0

    def original(self) -> Message:
        """The message as it was, for the topic it was of, with one replay more to its name.

        ValueError where it does not say which topic that is.
        """
        topic = self.said.get("topic")
        if not topic:
            raise ValueError("it does not say which topic it is of")
        message = self.received.message
        kept: Headers = tuple(each for each in message.headers if not _is_ours(each[0]))
        count = (_REPLAYS, str(self.replays + 1).encode())
        return replace(message, topic=topic, headers=(*kept, count), timestamp=datetime.now(UTC))

    def kept(self, run: str) -> Message:
        """The letter once more, for the end of its topic, where `run` put it."""
        message = self.received.message
        rest = tuple(each for each in message.headers if each[0] != _RUN)
        return replace(message, headers=(*rest, (_RUN, run.encode())), timestamp=datetime.now(UTC))


def read(received: Received) -> Letter:
    """The letter in a message of a dead-letter topic."""
    said = {
        name.removeprefix(_PREFIX): value.decode("utf-8", "replace")
        for name, value in received.message.headers
        if _is_ours(name)
    }
    return Letter(received, said)


def _is_ours(name: str) -> bool:
    return name.startswith(_PREFIX)
