"""Messages of a person, in topics, in their dead letters and in an outbox: told by their records.

A message that cannot be read is searched for the person's name as text, if that is long enough to
be nobody else's by chance; where that is not in it, it is counted as unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portwright_runtime.dead_letters import SUFFIX
from portwright_runtime.decoder import Decoder
from portwright_runtime.erasing.subject import is_of, wanted
from portwright_runtime.errors import ContractViolation
from portwright_runtime.persons import Wanted
from portwright_runtime.stream import Message
from portwright_runtime.topic import Topic
from portwright_runtime.wire import Wire

_TYPE = "ce_type"
# Letters of a name that is looked for in bytes: `42` is in the messages of many.
_LONG = 8


@dataclass(frozen=True)
class _Course:
    topic: Topic[Any]
    decoder: Decoder[Any]
    wanted: Wanted


class Messages:
    """Which messages are of the person `name`, for topics of any number of objects."""

    def __init__(self, topics: Sequence[Topic[Any]], wire: Wire, name: str) -> None:
        self._name = name.encode() if len(name) >= _LONG else None
        self._courses: dict[str, list[_Course]] = {}
        for topic in topics:
            found = _Course(topic, Decoder(wire, topic), wanted(topic.record, topic.persons, name))
            self._courses.setdefault(topic.name, []).append(found)

    @property
    def topics(self) -> list[str]:
        """The names of the topics, and of those of their dead letters."""
        return [name for each in self._courses for name in (each, f"{each}{SUFFIX}")]

    def is_of(self, message: Message) -> bool | None:
        """Whether the message is of the person; None where it cannot be read."""
        courses = self._of(message)
        if message.value is None:
            return any(_is_key(each, message.key) for each in courses)
        for each in courses:
            try:
                if is_of(each.decoder.decode(message), each.wanted):
                    return True
            except ContractViolation:
                if _is_key(each, message.key) or self._is_in(message.value, message.key):
                    return True
                if len(courses) == 1:
                    return None
        return False

    def _is_in(self, *parts: bytes | None) -> bool:
        return self._name is not None and any(self._name in each for each in parts if each)

    def object_of(self, message: Message) -> str:
        """The object that the message is of, as far as it says."""
        return self._of(message)[0].topic.object

    def _of(self, message: Message) -> list[_Course]:
        """The objects that the message may be of."""
        courses = self._courses[message.topic.removesuffix(SUFFIX)]
        kind = dict(message.headers).get(_TYPE, b"").decode("utf-8", "replace")
        return [each for each in courses if each.topic.event_type == kind] or courses


def _is_key(course: _Course, key: bytes | None) -> bool:
    """Whether the key is the name of the person, and nothing else."""
    fields = course.topic.key_fields
    if key is None or len(fields) != 1 or fields[0] not in course.wanted:
        return False
    return course.topic.key_text((course.wanted[fields[0]],)).encode() == key
