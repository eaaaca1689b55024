"""What a report comes to, in sentences: what is missing, what is let pass, what ends."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.overseeing.gathering import Report
from portwright.oversight.lengths import counted

# So many contracts are named in a sentence; each is told of above it, too.
_NAMED = 10


def sums(report: Report) -> Iterator[str]:
    """A sentence for each thing that somebody should look at, after one that counts all."""
    known = [each.known for each in report.entries]
    yield counted(len(known), "contract") + _among(
        f"{counted(sum(len(each.objects) for each in known), 'object')}",
        f"{_properties(sum(len(each.guarded) for each in known))} classified",
    )
    for word in ("an owner", "a channel of support", "promises", "readers"):
        if lacking := [each.name for each in known if word in each.lacks]:
            yield f"{counted(len(lacking), 'contract')} without {word}: {_some(lacking)}"
    if unclassified := sum(len(each.unclassified) for each in known):
        yield f"{_properties(unclassified)} with personal data by the name, and not classified"
    allowed = [each for entry in report.entries for each in entry.allowed]
    if allowed:
        over = sum(each.days is not None and each.days < 0 for each in allowed)
        yield counted(len(allowed), "exception") + " from policies" + _among(
            f"{over} of them over" if over else ""
        )
    for entry in report.entries:
        for end, days in entry.ends:
            if report.soon(days):
                what = f" of {end.elements}" if end.elements else ""
                yield f"{entry.known.name}: {end.word}{what} {ending(end.day, days)}"
    if report.drift:
        yield f"{counted(len(report.drift), 'file')} not as generated: run `portwright generate`"
    if report.errors:
        yield f"{counted(report.errors, 'error')} in contracts: see `portwright lint`"


def ending(day: str, days: int) -> str:
    """`ends on 2027-01-31, in 65 days`."""
    if days < 0:
        return f"ended on {day}, {counted(-days, 'day')} ago"
    return f"ends on {day}, in {counted(days, 'day')}" if days else f"ends today, on {day}"


def _some(names: list[str]) -> str:
    """The names, of many the first ones."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _properties(count: int) -> str:
    return "1 property" if count == 1 else f"{count:,} properties"


def _among(*parts: str) -> str:
    return "".join(f", {each}" for each in parts if each)
