"""A contract of a build, and what is to be made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portwright.cache import documents
from portwright.config import Output
from portwright.diagnostics import Diagnostic
from portwright.lock import Lock
from portwright.model import Model
from portwright.oversight import Overview
from portwright.policies import Judged
from portwright.released import Release
from portwright.targets import File


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a contract gave: its model, what was found in it, and a digest of each variable
    that it asked for."""

    model: Model | None
    found: tuple[Diagnostic, ...]
    asked: Mapping[str, str | None]


@dataclass(slots=True)
class Piece:
    """A contract of a build. `data` are its bytes, `outline` its model or what is known of it,
    `model` is None until it is read, `asked` are the variables that it asks for."""

    name: str
    data: bytes | None
    key: str
    outline: Model | None = None
    found: tuple[Diagnostic, ...] = ()
    asked: Mapping[str, str | None] = field(default_factory=dict)
    model: Model | None = None
    known: bool = False

    def take(self, read: Read) -> None:
        """Knows from now on what reading it gave."""
        self.model, self.found, self.asked, self.known = read.model, read.found, read.asked, True
        # Through a document, as if a run before had read it: both ways have to lead to the same.
        self.outline = documents.to_outline(documents.outline(read.model))

    @property
    def is_whole(self) -> bool:
        return self.known and (self.outline is None or self.model is not None)

    @property
    def identity(self) -> list[Any]:
        """What is read from it depends on this."""
        return [self.key, sorted(self.asked.items())]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one target makes of one contract: what it cannot say of it, and what was found while it
    was `emitted`. No files where none were asked for. `entry` is what its index has to know."""

    checked: tuple[Diagnostic, ...] = ()
    emitted: tuple[Diagnostic, ...] = ()
    files: tuple[File, ...] | None = None
    entry: object = None

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        return (*self.checked, *self.emitted)

    @property
    def failed(self) -> bool:
        """Whether it is not to be emitted."""
        return any(each.is_error for each in self.checked)


@dataclass(slots=True)
class Task:
    """What is to be made of a contract by `outputs`. `model` is its outline until it is read and
    numbered, `outline` stays. Of one that `is_broken` no target is asked, and nothing `emits` files
    while another contract is. `before` and `after` are its lines of the lock, the second None until
    they are known; `key` is that of how it stands before, `numbered` that of how it is emitted.
    `made` by targets is None where it is missing, and so are what policies have `judged`, and its
    `overview`, where somebody wants it. `released` are versions before this one.
    """

    piece: Piece
    outline: Model
    earlier: Piece | None
    outputs: tuple[Output, ...]
    emits: bool
    is_broken: bool
    before: Lock
    model: Model
    key: str = ""
    numbered: str = ""
    after: Lock | None = None
    made: list[Outcome | None] = field(default_factory=list)
    judged: Judged | None = None
    overview: Overview | None = None
    released: tuple[tuple[Release, bytes], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether an output that is known has an error."""
        return any(each.failed for each in self.made if each is not None)

    @property
    def missing(self) -> list[int]:
        """The places of the outputs that are to be asked."""
        return [position for position, each in enumerate(self.made) if each is None]
