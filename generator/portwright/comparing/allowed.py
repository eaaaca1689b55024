"""Findings about allowances: what they let pass, and which of them want looking after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from portwright.comparing import show
from portwright.diagnostics import Diagnostic, Severity, error, nearest, printable, warning
from portwright.evolution import words
from portwright.evolution.allowances import Allowance
from portwright.evolution.comparison import Comparison
from portwright.evolution.verdicts import broken

# An allowance that ends so soon wants to be told of in time.
SOON = timedelta(days=14)
_EXPIRED = "release the change as a new version, or agree on another `until`"


def passed(comparison: Comparison) -> Iterator[Diagnostic]:
    """A notice for each change that breaks somebody, and may."""
    for change in comparison.untold:
        for allowance in comparison.allowed(change):
            span = allowance.span
            message = f"{words.headline(change)}; {show.agreement(allowance)}"
            help = f"it is allowed at {printable(span.file)}:{span.line}:{span.column}"
            place = show.here(comparison, change)
            yield Diagnostic("PW743", Severity.NOTICE, message, place, help)


def looked_after(
    allowances: Iterable[Allowance], comparisons: Sequence[Comparison], today: date, whole: bool
) -> Iterator[Diagnostic]:
    """Allowances that are over, that soon will be, and that let nothing pass. `whole` says that
    all contracts were compared: else those of other contracts may be needed there."""
    names = {name for one in comparisons for name in (one.new.id, one.new.name)}
    for each in allowances:
        if any(_lets_pass(each, one) for one in comparisons):
            yield from _ending(each, today)
        elif whole or each.contract in names:
            way_out = "remove it" if each.contract in {None, *names} else None
            help = way_out or nearest(each.contract or "", names) or "remove it"
            message = f"this allowance of `{each.kind}` lets nothing pass"
            yield warning("PW745", message, each.span, help)


def _lets_pass(allowance: Allowance, comparison: Comparison) -> bool:
    """Whether it lets something of the contract pass, or did as long as it held."""
    of_it = allowance.is_of(comparison.old) or allowance.is_of(comparison.new)
    return of_it and any(allowance.covers(each, broken(each)) for each in comparison.untold)


def _ending(allowance: Allowance, today: date) -> Iterator[Diagnostic]:
    of = f"the allowance of `{allowance.kind}` ({printable(allowance.reason)})"
    if not allowance.holds(today):
        yield error("PW744", f"{of} ended on {allowance.until}", allowance.span, _EXPIRED)
    elif allowance.until - today <= SOON:
        yield warning("PW746", f"{of} ends on {allowance.until}", allowance.span, _EXPIRED)
