"""The rows that a report has of each contract, in words; a form prints them in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright.overseeing.gathering import Entry, LetOff, Report
from portwright.overseeing.sums import ending
from portwright.oversight import Guarded, Promised
from portwright.oversight.lengths import counted


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of one thing; `look` is how it looks in a terminal."""

    title: str
    lines: tuple[str, ...]
    look: str | None = None


def rows(entry: Entry, report: Report) -> Iterator[Row]:
    """The rows with something in them."""
    known = entry.known
    people = [f"{name} ({role})" if role else name for name, role in known.members]
    others = [each for each in people if each != known.owner]
    support = [
        f"{each.channel} ({each.tool})" if each.tool else each.channel for each in known.support
    ]
    made = (
        Row("contract", (known.source,)),
        Row("owner", _one(f"{known.owner}{_in_brackets(others)}" if known.owner else "")),
        Row("support", _one(", ".join(support))),
        Row("ports", tuple(f"{each.name}: {', '.join(each.ports)}" for each in known.objects)),
        Row("promises", tuple(map(_promise, known.promises))),
        Row("readers", tuple(f"{r.role}: {r.may} {', '.join(r.objects)}" for r in known.readers)),
        Row("classified", tuple(map(_guarded, known.guarded))),
        Row("unclassified", tuple(f"{u.path} looks like {u.guess}" for u in known.unclassified)),
        Row("let off", tuple(map(_exception, entry.allowed))),
    )
    yield from (each for each in made if each.lines)
    for end, days in entry.ends:
        look = "warning" if report.soon(days) else None
        what = f"{end.word} of {end.elements}" if end.elements else end.word
        yield Row("ends", (f"{what} {ending(end.day, days)}",), look)
    if known.lacks:
        yield Row("lacks", (", ".join(known.lacks),), "warning")


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _in_brackets(words: list[str]) -> str:
    return f": {', '.join(words)}" if words else ""


def _promise(of: Promised) -> str:
    objects = f" ({', '.join(of.objects)})" if of.objects else ""
    kept = f", in {of.kept}" if of.kept else ""
    return f"{of.said} {of.figure}{kept}{objects}"


def _guarded(of: Guarded) -> str:
    seen = f"seen by {', '.join(of.seen_by)}" if of.seen_by else "seen by no reader"
    hidden = f", hidden from {', '.join(of.hidden_from)}" if of.hidden_from else ""
    return f"{of.path} is {of.classification}: {seen}{hidden}"


def _exception(of: LetOff) -> str:
    at = ".".join(of.allowance.path)
    where = f" at {at}" if at else ""
    until = f", {ending(str(of.allowance.until), of.days)}" if of.days is not None else ""
    passed = f" ({counted(of.findings, 'finding')})"
    return f"{of.allowance.policy}{where}{passed}: {of.allowance.reason}{until}"
