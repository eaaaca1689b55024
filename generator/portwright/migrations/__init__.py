"""Migrations: what makes the tables of an old contract those of a new one, with their rows in them.
Pure: two models and a dialect in, a plan out."""

from __future__ import annotations

from portwright.migrations.planning import plan
from portwright.migrations.steps import Effort, Held, Plan, Step
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.targets.ddl import DIALECTS, Ddl
from portwright.targets.ddl.places import chosen_server

__all__ = ["Effort", "Held", "Plan", "Step", "between", "plan"]


def between(old: Model, new: Model, target: Ddl, *, destructive: bool = False) -> Plan | None:
    """The plan for the engine and the server of a target; None where the engine cannot hold the
    tables of one of them."""
    if any(each.is_error for model in (old, new) for each in target.check(model)):
        return None
    before, after = (chosen_server(model, target.server) for model in (old, new))
    if before is None or after is None:
        return None
    dialect = DIALECTS[target.dialect]
    return plan(as_seen(before), as_seen(after), dialect, destructive=destructive)
