"""A target tried by hand: models of contracts, what it makes of them, and programs as targets."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from portwright import lock, pipeline, plugins
from portwright.diagnostics import Span, as_text
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.targets import Target, Whole
from portwright.targets.exec import Exec

_PLACE = Span("portwright.yaml")


def load(path: str | Path) -> Model:
    """The model of a contract, as a target gets it; AssertionError with what is wrong with it."""
    model, found = pipeline.load(Path(path), str(path), os.environ)
    wrong = [each for each in found if each.is_error]
    if model is None or wrong:
        raise AssertionError("\n".join(as_text(each, "") for each in wrong))
    return as_seen(lock.apply(model, lock.Lock())[0])


def files(target: Target | Whole, *models: Model) -> dict[str, str]:
    """The texts that the target makes of the models by path; AssertionError where it makes none."""
    found = []
    if isinstance(target, Whole):
        made = [plugins.make(target, _PLACE, PurePosixPath("out"), models)]
    else:
        found = [each for model in models for each in plugins.check(target, _PLACE, model)]
        made = [plugins.emit(target, _PLACE, PurePosixPath("out"), model) for model in models]
    found += [each for one in made for each in one.findings]
    if wrong := [as_text(each, "") for each in found if each.is_error]:
        raise AssertionError("\n".join(wrong))
    return {str(each.path): each.text for one in made for each in one.files}


def command(
    *words: str, folder: str | Path = ".", options: dict[str, object] | None = None
) -> Whole:
    """The target that a program is, for `check` and `files`; paths are from the folder."""
    return Exec(words, options=options or {}, folder=Path(folder).resolve())
