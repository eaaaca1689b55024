"""Which method of a consumer an event is for, and the record that it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from portwright_runtime.decoder import Decoder
from portwright_runtime.errors import ContractViolation
from portwright_runtime.record import Record
from portwright_runtime.stream import Event, Message
from portwright_runtime.topic import Topic
from portwright_runtime.wire import Wire

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Route(Generic[R]):
    """From a topic to the names of a consumer's methods: for records, and for tombstones."""

    topic: Topic[R]
    handler: str
    deleted: str


def routed(*routes: Route[Any]) -> tuple[Route[Any], ...]:
    """The routes of a consumer, of however many records."""
    return routes


# One for every event: see `Message`.
@dataclass(slots=True)
class Task:
    """What is to be done about one event: a method and what it is given first."""

    method: Callable[[Any, Event], None]
    subject: Any
    route: Route[Any]


@dataclass(frozen=True, slots=True)
class _Course:
    route: Route[Any]
    decoder: Decoder[Any]
    handle: Callable[[Any, Event], None]
    delete: Callable[[str, Event], None]


class Dispatch:
    """The routes of a consumer, by topic."""

    def __init__(self, wire: Wire, routes: tuple[Route[Any], ...], consumer: object) -> None:
        self._courses: dict[str, list[_Course]] = {}
        for route in routes:
            course = _Course(
                route,
                Decoder(wire, route.topic),
                getattr(consumer, route.handler),
                getattr(consumer, route.deleted),
            )
            self._courses.setdefault(route.topic.name, []).append(course)

    def task(self, message: Message, event: Event) -> Task | None:
        """The task, None where the event is for nobody here.

        A ContractViolation where the event is no record; a StreamError where the registry that
        knows its schema is away.
        """
        course = self._course(message, event)
        if course is None:
            return None
        if message.value is None:
            key = (message.key or b"").decode("utf-8", "replace")
            return Task(course.delete, key, course.route)
        return Task(course.handle, course.decoder.decode(message), course.route)

    @property
    def topics(self) -> list[Topic[Any]]:
        """The topics that records come from, one for each route."""
        return [each.route.topic for courses in self._courses.values() for each in courses]

    def topic_of(self, event: Event) -> Topic[Any]:
        """The topic that an event is taken to be of: what is told when nothing can be read."""
        return self._courses[event.topic][0].route.topic

    def _course(self, message: Message, event: Event) -> _Course | None:
        courses = self._courses[event.topic]
        if len(courses) == 1:
            return courses[0] if courses[0].decoder.accepts(event) else None
        kind = event.type
        if not kind and message.value is not None:
            # A writer without CloudEvents: its schema has the record's name.
            kind = courses[0].decoder.record_name(message)
        for each in courses:
            if each.route.topic.event_type == kind:
                return each
        if not kind:
            topic = courses[0].route.topic
            rule = "it does not say which of the topic's records it is"
            raise ContractViolation(f"{topic.contract} {topic.version}", topic.object, "", rule)
        # Perhaps one of ours of another major version, which is refused.
        for each in courses:
            each.decoder.accepts(event)
        return None
