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

    DESTRUCTIVE = "what is taken away cannot be had back"
    VALUES = "only the owner of the data knows the values"


@dataclass(frozen=True, slots=True)
class Step:
    """One alteration of a `table`, or of a `column` of it, both as SQL: its statements, each
    without its semicolon.

    `detail` says what becomes what, `note` what it locks and reads. `rows` are queries that find
    what is in the way.
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
    """The steps from one version of a contract to another in one engine; steps that take data away
    are left out unless it is `destructive`."""

    steps: tuple[Step, ...]
    destructive: bool = False

    @property
    def effort(self) -> Effort:
        """That of the costliest step."""
        return max((each.effort for each in self.steps), default=Effort.NOTHING)

    @property
    def left_out(self) -> tuple[Step, ...]:
        """The steps that are not run with the others."""
        return tuple(each for each in self.steps if not self.runs(each))

    def runs(self, step: Step) -> bool:
        """Whether the step is run with the others."""
        return step.held is None or (self.destructive and step.destructive)
