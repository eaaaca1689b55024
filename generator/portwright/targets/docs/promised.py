"""What a contract promises, in plain words with its numbers, and when what ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portwright.model import Model, SlaProperty, support
from portwright.promises import Kind, Promise, promises
from portwright.targets.docs import words

_SAID: Final = {
    Kind.AVAILABILITY: "It can be reached",
    Kind.THROUGHPUT: "It takes as much as",
    Kind.ERROR_RATE: "Records with errors are at most",
    Kind.RETENTION: "Records are kept for",
    Kind.FREQUENCY: "It is renewed every",
    Kind.LATENCY: "A record arrives within",
    Kind.FRESHNESS: "The newest record is no older than",
    Kind.COMPLETENESS: "Records that arrive are at least",
    Kind.TIME_OF_AVAILABILITY: "It is there by",
    Kind.TIME_TO_DETECT: "A fault is noticed within",
    Kind.TIME_TO_NOTIFY: "Readers are told within",
    Kind.TIME_TO_REPAIR: "A fault is repaired within",
    Kind.GENERAL_AVAILABILITY: "It is there for all since",
    Kind.OTHER: "",
}
_ENDS: Final = {Kind.END_OF_SUPPORT, Kind.END_OF_LIFE}
# Of these a share of cases over some time is counted.
_COUNTED: Final = {Kind.LATENCY, Kind.FRESHNESS, Kind.FREQUENCY}


@dataclass(frozen=True, slots=True)
class Promised:
    """A row: `said` with its `figure`, for the `objects` where these are not all, and how often it
    is `kept`."""

    said: str
    figure: str
    objects: tuple[str, ...]
    kept: str
    description: str


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day of support or life, of the whole contract where there are no `elements`."""

    word: str
    day: str
    elements: str


def promised(model: Model) -> list[Promised]:
    """The promises, in the contract's order."""
    found: dict[int, list[Promise]] = {}
    for each in promises(model):
        found.setdefault(model.sla.index(each.sla), []).append(each)
    return [
        _row(found[place], len(model.objects)) for place in sorted(found) if _is_told(found[place])
    ]


def _is_told(of: list[Promise]) -> bool:
    return of[0].kind not in _ENDS


def _row(of: list[Promise], objects: int) -> Promised:
    first = of[0]
    over = f"{words.percent(first.objective)} of cases over {words.span(first.window)}"
    names = tuple(each.object.name for each in of)
    return Promised(
        _SAID[first.kind] or first.sla.property,
        _figure(first),
        () if len(names) == objects else names,
        over if first.kind in _COUNTED else "",
        (first.sla.description or "").strip(),
    )


def _figure(of: Promise) -> str:
    if of.share is not None:
        told = words.percent(of.share * 100)
        return f"{told} of the time" if of.kind is Kind.AVAILABILITY else told
    return words.span(of.seconds) if of.seconds else written(of.sla)


def written(sla: SlaProperty) -> str:
    """The value as the contract has it, with its unit."""
    value = (
        ", ".join(map(str, sla.value)) if isinstance(sla.value, tuple | list) else str(sla.value)
    )
    return " ".join(filter(None, (value, sla.unit)))


def endings(model: Model) -> Iterator[Ending]:
    """The ends, the first one first."""
    for each in sorted(support.ends(model), key=lambda end: end.until):
        yield Ending(each.word, each.until.isoformat(), ", ".join(each.elements))
