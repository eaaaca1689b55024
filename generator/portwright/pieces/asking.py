"""What targets make of a contract, asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from portwright import plugins
from portwright.config import Output
from portwright.diagnostics import Diagnostic, printable
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.pieces.parts import Outcome, Task
from portwright.targets import File, Indexed, Made, Whole


def outcomes(task: Task) -> list[Outcome]:
    """What the missing targets make of a model; no files where one would not be written."""
    model = as_seen(task.model)
    outputs = [task.outputs[position] for position in task.missing]
    made = [_checked(each, model) for each in outputs]
    if not task.emits or task.failed or any(each.failed for each in made):
        return made
    return [_emitted(output, model, each) for output, each in zip(outputs, made, strict=True)]


def _checked(output: Output, model: Model) -> Outcome:
    if isinstance(output.target, Whole):
        return Outcome()
    return Outcome(plugins.check(output.target, output.span, model))


def _emitted(output: Output, model: Model, checked: Outcome) -> Outcome:
    if isinstance(output.target, Whole):
        return replace(checked, files=())
    made = plugins.emit(output.target, output.span, output.out, model)
    files = tuple(placed(output, made.files, f"contract {printable(model.version)}"))
    entry = plugins.entry(output.target, output.span, model)
    return replace(
        checked, emitted=(*made.findings, *entry.findings), files=files, entry=entry.document
    )


def all_files(
    outputs: Iterable[Output], tasks: Sequence[Task], models: Sequence[Model]
) -> tuple[dict[File, Output], list[Diagnostic]]:
    """All files, and what was found by targets that make them of all `models`, which are good."""
    placed_: dict[File, Output] = {}
    found: list[Diagnostic] = []
    for position, output in enumerate(outputs):
        every = [each.made[position] for each in tasks if not each.is_broken]
        of_all = together(output, every, models)
        found += of_all.findings
        placed_.update((each, output) for each in placed(output, of_all.files))
        for made in every:
            for each in (made.files if made else None) or ():
                placed_.setdefault(each, output)  # what all contracts share (buf.yaml) is one file
    return placed_, found


def together(output: Output, made: Iterable[Outcome | None], models: Sequence[Model]) -> Made:
    """What a target makes of all models, or of the entries that it `made` of each."""
    target = output.target
    if isinstance(target, Whole):
        return plugins.make(target, output.span, output.out, models)
    if not isinstance(target, Indexed):
        return Made()
    entries = [each.entry for each in made if each is not None]
    return plugins.index(target, output.span, output.out, entries)


def placed(output: Output, files: Iterable[File], origin: str = "") -> Iterator[File]:
    """The files of an output where they are written."""
    for each in files:
        follows = None if each.follows is None else output.out / each.follows
        yield replace(each, path=output.out / each.path, origin=origin, follows=follows)
