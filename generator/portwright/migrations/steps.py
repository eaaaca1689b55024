"""A plan: the steps of a migration, in the order in which they are run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from portwright.targets.ddl.alterations import Alteration


class Effort(IntEnum):
    """What a migration costs, least first: nothing is to do; catalogues are changed; a table or a
    column is written anew; columns stand beside those they replace for a while; so do tables."""

    NOTHING = 0
    IN_PLACE = 1
    REWRITE = 2
    EXPAND = 3
    NEW_TABLE = 4

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


class Held(StrEnum):
    """Why a step is not run with the others."""

    DESTRUCTIVE = "it takes data away"
    VALUES = "it waits for values that only the owner of the data knows"


@dataclass(frozen=True, slots=True)
class Step:
    """One alteration of a `table`, or of a `column` of it, both as SQL: its statements, each
    without its semicolon.

    `detail` says what becomes what, `note` what it locks and reads. `rows` are queries that find
    what is in the way. What `relaxes` a column is needless where the step that drops it is run.
    """

    kind: Alteration
    table: str
    statements: tuple[str, ...]
    column: str | None = None
    detail: str = ""
    note: str = ""
    rows: tuple[str, ...] = ()
    rewrites: bool = False
    held: Held | None = None
    relaxes: bool = False

    @property
    def destructive(self) -> bool:
        """Whether what it takes away cannot be had back."""
        return self.held is Held.DESTRUCTIVE

    @property
    def effort(self) -> Effort:
        if self.kind is Alteration.COPY_ROWS:
            return Effort.NEW_TABLE
        if self.kind is Alteration.FILL_COLUMN:
            return Effort.EXPAND
        return Effort.REWRITE if self.rewrites else Effort.IN_PLACE

    def holding(self, held: Held | None) -> Step:
        """The step, held for that reason if it is not held already."""
        return replace(self, held=self.held or held)


@dataclass(frozen=True, slots=True)
class Plan:
    """What makes the tables of `old` those of `new`, the names of the versions, in one engine."""

    steps: tuple[Step, ...]

    @property
    def effort(self) -> Effort:
        """That of the costliest step."""
        return max((each.effort for each in self.steps), default=Effort.NOTHING)

    def run(self, *, destructive: bool) -> tuple[Step, ...]:
        """The steps that are run, `destructive` ones among them or not."""
        return tuple(
            each for each in self.shown(destructive=destructive) if _runs(each, destructive)
        )

    def left_out(self, *, destructive: bool) -> tuple[Step, ...]:
        """The steps that are not run with the others."""
        shown = self.shown(destructive=destructive)
        return tuple(each for each in shown if not _runs(each, destructive))

    def shown(self, *, destructive: bool) -> tuple[Step, ...]:
        """All steps, but for what is needless where destructive ones are run."""
        return tuple(each for each in self.steps if not (each.relaxes and destructive))


def _runs(step: Step, destructive: bool) -> bool:
    return step.held is None or (destructive and step.destructive)
