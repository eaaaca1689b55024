"""How long a contract and its parts are supported, by its service levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portwright.diagnostics import Span
from portwright.model.contract import Model
from portwright.model.levels import Kind, kind_of
from portwright.model.objects import Object

# The properties that promise an end (ODCS, Service-Level Agreement), and what ends.
ENDS = {Kind.END_OF_SUPPORT: "support", Kind.END_OF_LIFE: "life"}
OVER = ("deprecated", "retired")
# What a contract's status is before it is handed out.
PLANS = ("proposed", "draft")


@dataclass(frozen=True, slots=True)
class End:
    """The last day (`until`) of what is promised; of the whole contract where there are no
    `elements`. `word` is what ends."""

    word: str
    until: date
    elements: tuple[str, ...]
    span: Span


def ends(model: Model) -> Iterator[End]:
    """The ends that the contract tells, in its order."""
    for each in model.sla:
        word = ENDS.get(kind_of(each.property))
        if word is not None and each.day is not None:
            elements = (name.strip() for name in (each.element or "").split(","))
            yield End(word, each.day, tuple(filter(None, elements)), each.span or model.span)


def is_over(model: Model) -> bool:
    """Whether its status says that nobody should begin to use it."""
    return word(model.status) in OVER


def is_plan(model: Model) -> bool:
    """Whether its status says that it is not handed out yet."""
    return word(model.status) in PLANS


def is_retired(model: Model) -> bool:
    """Whether its status says that it is not handed out any more."""
    return word(model.status) == "retired"


def word(status: str | None) -> str:
    """A status as it is compared: people write it in capitals, too."""
    return (status or "").strip().lower()


def until(model: Model, object_: Object | None = None, *path: str) -> date | None:
    """The last day on which the property at `path`, else the object, else the contract is
    supported; None where no day is told. What is said of a part goes before what is said of all.
    """
    known = list(ends(model))
    tables: set[str] = set()
    if object_ is not None:
        named = (object_.name, object_.table, object_.topic, object_.id)
        tables = {each for each in named if each}
    property_ = ".".join(path)
    parts = {property_, *(f"{each}.{property_}" for each in tables)} if path else set()
    for called in (parts, tables):
        if days := [each.until for each in known if called.intersection(each.elements)]:
            return min(days)
    return min((each.until for each in known if not each.elements), default=None)
