"""The file of a migration: its steps as SQL, each behind a comment that says what it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from portwright.migrations.steps import Plan, Step
from portwright.model import Model
from portwright.render import comment, one_line, render
from portwright.targets.ddl import Dialect

_WIDTH = 96
_ALONE = (
    "Its statements are not one transaction here. Where one fails, nothing after it was run: mend"
    " what is in the way, and go on with it."
)
LEFT_OUT = "steps are left out, as comments."
_TOGETHER = "It is one transaction: where a statement fails, none has been run."


@dataclass(frozen=True, slots=True)
class _View:
    """A step as it is printed."""

    comment: str
    statements: tuple[str, ...]


def document(plan: Plan, old: Model, new: Model, dialect: Dialect, against: str) -> str:
    """The whole file; `against` says what the contract was compared with."""
    forms = dialect.alterations
    begin, end = forms.transaction or (None, None)
    runs = any(map(plan.runs, plan.steps))
    return render(
        "migrations/migration.sql.j2",
        head="\n".join(_head(plan, old, new, dialect, against)),
        begin=[begin] if begin and runs else [],
        end=[end] if end and runs else [],
        steps=[
            _View(_comment(number, each, plan), tuple(_statements(each, plan, forms.batch)))
            for number, each in enumerate(plan.steps, 1)
        ],
    )


def _head(plan: Plan, old: Model, new: Model, dialect: Dialect, against: str) -> Iterator[str]:
    what = f"{new.name} {old.version} to {new.version}"
    yield one_line(f"-- Made by portwright from {new.source}: {what}, against {against}.")
    how = _TOGETHER if dialect.alterations.transaction else _ALONE
    yield from _lines(f"For {dialect.title}: {plan.effort}. Review it, and run it once. {how}")
    if plan.left_out:
        count = len(plan.left_out)
        yield from _lines(f"{count} of {len(plan.steps)} {LEFT_OUT}")


def _comment(number: int, step: Step, plan: Plan) -> str:
    place = f"{step.table}.{step.column}" if step.column else step.table
    detail = f", {step.detail}" if step.detail else ""
    lines = [*_lines(f"{number}. {str(step.kind).capitalize()}: {place}{detail}.")]
    if not plan.runs(step) and step.held:
        lines += _lines(f"Left out: {step.held}.")
    if step.note:
        lines += _lines(step.note)
    if step.rows:
        lines += _lines("What it finds is in the way:")
        lines += (comment(f"{each};", "--     ") for each in step.rows)
    return "\n".join(lines)


def _statements(step: Step, plan: Plan, batch: str | None) -> Iterator[str]:
    for each in step.statements:
        text = f"{each};" + (f"\n{batch}" if batch else "")
        yield text if plan.runs(step) else comment(text, "-- ")


def _lines(text: str) -> Iterator[str]:
    """The text as comments of a readable width; no break in it ends one."""
    return (f"-- {line}" for line in wrap(one_line(text), _WIDTH, break_on_hyphens=False))
