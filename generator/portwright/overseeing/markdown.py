"""The report as Markdown, for a page of a wiki or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.markdown_text import plain
from portwright.overseeing.gathering import Entry, Report
from portwright.overseeing.rows import rows
from portwright.overseeing.sums import sums


def shown(report: Report) -> str:
    """What it all comes to, a section for each contract, and what is not as generated."""
    lines = ["# Data ports", "", *(f"- {plain(each)}" for each in sums(report)), ""]
    for each in report.entries:
        lines += [*_entry(each, report), ""]
    if report.drift:
        lines += ["## Not as generated", "", "| file | |", "|---|---|"]
        lines += [f"| {plain(each.file)} | {plain(each.what)} |" for each in report.drift]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _entry(entry: Entry, report: Report) -> Iterator[str]:
    known = entry.known
    status = f" ({known.status})" if known.status else ""
    yield f"## {plain(f'{known.name} {known.version}{status}')}"
    yield from ("", "| | |", "|---|---|")
    for row in rows(entry, report):
        yield f"| {row.title} | {'<br>'.join(map(plain, row.lines))} |"
