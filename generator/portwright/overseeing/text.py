"""The report for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from portwright import terminal
from portwright.diagnostics import printable
from portwright.overseeing.gathering import Entry, Report
from portwright.overseeing.rows import rows
from portwright.overseeing.sums import sums

_INDENT = 16


def shown(report: Report) -> str:
    """A paragraph for each contract, what is not as generated, and what it all comes to."""
    parts = ["\n".join(_entry(each, report)) for each in report.entries]
    if report.drift:
        drift = (f"  {printable(each.file)} {each.what}" for each in report.drift)
        parts.append("\n".join([terminal.painted("not as generated", "strong"), *drift]))
    parts.append("\n".join(printable(each) for each in sums(report)))
    return "\n\n".join(parts) + "\n"


def _entry(entry: Entry, report: Report) -> Iterator[str]:
    known = entry.known
    status = f" ({known.status})" if known.status else ""
    yield terminal.painted(printable(f"{known.name} {known.version}{status}"), "strong")
    for row in rows(entry, report):
        for place, line in enumerate(row.lines):
            yield from _wrapped(row.title if not place else "", line, row.look)


def _wrapped(title: str, line: str, look: str | None) -> Iterator[str]:
    room = max(terminal.width() - _INDENT, 20)
    for place, part in enumerate(textwrap.wrap(printable(line), room) or [""]):
        head = f"  {title:<{_INDENT - 2}}" if not place else " " * _INDENT
        yield head + (terminal.painted(part, look) if look else part)
