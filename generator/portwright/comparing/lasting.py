"""What has to last: versions that have readers, and wire numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from portwright import lock, pipeline
from portwright.comparing.baseline import Baseline, Today
from portwright.diagnostics import Diagnostic, Span, error, printable, warning
from portwright.evolution import wire
from portwright.evolution.comparison import Comparison
from portwright.model import Model, support
from portwright.paths import LOCK


def left(comparison: Comparison, models: Iterable[Model]) -> Iterator[Diagnostic]:
    """A warning where a new major version takes the place of the old one, which has readers."""
    old = comparison.old
    there = {(each.id, each.major) for each in models}
    if old.major and not support.is_over(old) and (old.id, old.major) not in there:
        message = f"version {old.version} is not handed out any more, and has readers"
        way_out = "run `portwright bump`: it keeps the old contract beside the new one"
        yield warning("PW707", message, comparison.new.span, way_out)


def gone(model: Model, models: Iterable[Model], day: date, config: str) -> Iterator[Diagnostic]:
    """An error where a contract is gone that somebody may rely on. Nobody does on what is retired,
    on what has ended, and on a version 0 that became a 1."""
    later = any(each.id == model.id and each.major for each in models)
    end = support.until(model)
    ended = end is not None and end < day
    if support.is_retired(model) or ended or (later and not model.major):
        return
    message = f"the contract `{model.name}` {model.version} is gone, and its readers with it"
    way_out = "bring it back until its end of support, and write `status: retired` before it goes"
    yield error("PW705", message, Span(config), way_out)


def renumbered(
    comparisons: Iterable[Comparison], before: Baseline, today: Today
) -> Iterator[Diagnostic]:
    """An error for each wire number that is another one than it was."""
    now, wrong = pipeline.read_lock(today.home)
    if not before.locks or wrong:
        return
    for each in comparisons:
        then = before.locks.get(before.path_of(each.old))
        if then is None or each.old.major != each.new.major:
            continue
        old, _ = lock.apply(each.old, then)
        new, _ = lock.apply(each.new, now)
        for one in wire.renumbered(old, new):
            numbers = f"had the wire number {one.before}, and has {one.after}"
            message = (
                f"`{printable(one.path)}` {numbers}: readers of Protobuf look under the old one"
            )
            yield error("PW708", message, one.span, f"restore its line of {LOCK}")
