"""Migrations: what makes the tables of an old contract those of a new one, with their rows in them.
Pure: two models and a dialect in, a plan out."""

from __future__ import annotations

from portwright.migrations.planning import plan
from portwright.migrations.steps import Effort, Held, Plan, Step

__all__ = ["Effort", "Held", "Plan", "Step", "plan"]
