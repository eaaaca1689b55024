"""What a changed contract means to the tables of each engine that the config makes DDL for."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import migrations
from portwright.config import Config
from portwright.evolution.comparison import Comparison
from portwright.migrations import Plan
from portwright.targets.ddl import Ddl


def efforts(comparison: Comparison, config: Config | None) -> dict[str, str]:
    """What it costs to change the tables of each dialect, in a word; nothing where none changes."""
    if not comparison.changes:
        return {}
    found = {each: plan for each, plan in plans(comparison, config) if plan is None or plan.steps}
    return {each: str(plan.effort) if plan else "unknown" for each, plan in found.items()}


def plans(comparison: Comparison, config: Config | None) -> Iterator[tuple[str, Plan | None]]:
    """Dialects with their plans; None where the engine could not hold the tables of before."""
    for output in config.outputs if config else ():
        if isinstance(output.target, Ddl):
            found = migrations.between(comparison.old, comparison.new, output.target)
            yield output.target.dialect, found
