"""What targets make of a contract, asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from portwright import plugins
from portwright.config import Output
from portwright.diagnostics import printable
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.pieces.parts import Outcome, Task
from portwright.targets import File, Indexed, Whole


def outcomes(task: Task) -> list[Outcome]:
    """What the missing targets make of a model; no files where one would not be written."""
    model = as_seen(task.model)
    outputs = [task.outputs[position] for position in task.missing]
    made = [_checked(each, model) for each in outputs]
    if not task.emits or task.failed or any(each.failed for each in made):
        return made
    return [_emitted(output, model, each) for output, each in zip(outputs, made, strict=True)]


def _checked(output: Output, model: Model) -> Outcome:
    if isinstance(output.target, Whole) and not isinstance(output.target, Indexed):
        return Outcome()
    return Outcome(plugins.check(output.target, output.span, model))


def _emitted(output: Output, model: Model, checked: Outcome) -> Outcome:
    if isinstance(output.target, Whole) and not isinstance(output.target, Indexed):
        return replace(checked, files=())
    made = plugins.emit(output.target, output.span, output.out, model)
    files = tuple(placed(output, made.files, f"contract {printable(model.version)}"))
    return replace(checked, emitted=made.findings, files=files)


def placed(output: Output, files: Iterable[File], origin: str = "") -> Iterator[File]:
    """The files of an output where they are written."""
    for each in files:
        follows = None if each.follows is None else output.out / each.follows
        yield replace(each, path=output.out / each.path, origin=origin, follows=follows)
