"""Targets: pure functions from a model to files in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from portwright.diagnostics import Diagnostic

if TYPE_CHECKING:
    from portwright.model import Model


class Owner(StrEnum):
    """Whose file it is once written."""

    TOOL = "tool"  # replaced at each run, removed when it is no longer emitted
    USER = "user"  # begun once; from when somebody edits it, what is new is merged into it


@dataclass(frozen=True, slots=True)
class File:
    """A file to be: a relative path with forward slashes below the target's `out`, and its text."""

    path: PurePosixPath
    text: str
    owner: Owner = Owner.TOOL
    # What it is generated from, as the markers of a merge call it.
    origin: str = field(default="", compare=False)
    # The file of the major version before, whose edits a new one of the user begins with.
    follows: PurePosixPath | None = field(default=None, compare=False)


class Target(Protocol):
    """What a module of this package, or a package of the entry-point group
    `portwright.targets`, offers. Options are fields of the target itself, given when it is made."""

    @property
    def name(self) -> str:
        """The word in `portwright.yaml`."""

    @property
    def summary(self) -> str:
        """One line for `portwright targets`."""

    def check(self, model: Model) -> Iterable[Diagnostic]:
        """What this target cannot say of the model, before anything is written."""

    def emit(self, model: Model) -> Iterable[File]:
        """The files of one model, in a fixed order. Called only where `check` found no error."""


@runtime_checkable
class Typed(Target, Protocol):
    """A target that can also tell what it makes of a type, for `portwright targets --types`."""

    def type_of(self, model: Model) -> str:
        """The type of the only property of the model's only object, as the files have it."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a `Whole` target makes: files, or findings, or both."""

    files: tuple[File, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@runtime_checkable
class Whole(Protocol):
    """A target that needs all models of a config at once, such as an index of them. It is made and
    named like any other."""

    @property
    def name(self) -> str:
        """The word in `portwright.yaml`."""

    @property
    def summary(self) -> str:
        """One line for `portwright targets`."""

    def make(self, models: Sequence[Model]) -> Made:
        """The files of all models, or what it cannot say of them."""


@runtime_checkable
class Indexed(Target, Protocol):
    """A target that makes files of each model and then some of all together, such as their index.
    These are made of what it says of each model, so that a run reads only models that are new."""

    def entry(self, model: Model) -> object:
        """What the index has to know of a model, as data that JSON has words for."""

    def index(self, entries: Sequence[object]) -> Made:
        """The files of all models, made of their entries."""


@runtime_checkable
class Dependent(Protocol):
    """A target that depends on files and programs beside the contracts."""

    @property
    def program(self) -> str:
        """The program it runs."""

    def patterns(self, folder: Path) -> Sequence[str]:
        """Glob patterns below the config's folder of what it depends on."""
