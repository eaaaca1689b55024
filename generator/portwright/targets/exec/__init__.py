"""Exec: a program of anybody's, in any language, that makes files of the models.

It is asked once a run: one JSON document on its standard input, one on its standard output.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from portwright import others
from portwright.diagnostics import Diagnostic, Severity, Span, error
from portwright.model import Model
from portwright.paths import find, is_inside
from portwright.targets import Made, foreign
from portwright.targets.exec import process, protocol

_SECONDS = 60
_LONGEST = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Exec:
    """The target. `folder` is the config's, where the program runs, and `place` that of the target
    in the config."""

    command: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    timeout: int = _SECONDS
    folder: Path = field(default=Path(), metadata={"given": "folder"})
    place: Span = field(default=Span("portwright.yaml"), metadata={"given": "place"})

    name: ClassVar[str] = "exec"
    summary: ClassVar[str] = "what a program of yours, in any language, makes of the models"

    def __post_init__(self) -> None:
        if not self.command or not self.command[0].strip():
            raise ValueError("`command` is a list of words, the program first")
        if not 0 < self.timeout <= _LONGEST:
            raise ValueError(f"`timeout` is a number of seconds from 1 to {_LONGEST}")

    @property
    def program(self) -> str:
        """The program it runs."""
        return self.command[0]

    def patterns(self, folder: Path) -> tuple[str, ...]:
        """What it depends on: `inputs`, else the words of the command that are files there."""
        if self.inputs:
            return self.inputs
        words = (glob.escape(word.removeprefix("./")) for word in self.command)
        return tuple(each for each in words if is_inside(each) and find([each], folder))

    def make(self, models: Sequence[Model]) -> Made:
        """The program's files and findings."""
        request = protocol.request(models, self.options)
        said: tuple[Diagnostic, ...] = ()
        try:
            ended = process.run(self.command, self.folder, request, self.timeout)
            said = self._said(ended.said)
            made = protocol.response(ended.output, self.place)
            found = tuple(others.findings(made.findings))
            return Made(tuple(foreign.files(made.files)), (*said, *found))
        except (process.Failure, others.Fault) as fault:
            message = f"`{self._called}` {fault}"
            return Made(findings=(*said, error(fault.code, message, self.place, fault.help)))

    def _said(self, text: str) -> tuple[Diagnostic, ...]:
        """A notice of what it wrote to its standard error."""
        if not text:
            return ()
        message = f"`{self._called}` wrote to its standard error"
        return (Diagnostic("PW531", Severity.NOTICE, message, self.place, text),)

    @property
    def _called(self) -> str:
        return " ".join(self.command)
