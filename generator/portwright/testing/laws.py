"""The laws of targets, and which of them a target breaks.

For every model it says what it cannot do, or makes files: of relative paths, none twice, in its
folder only, with LF at the ends of lines, the same ones each time, in every process and folder, in
every time zone; and it leaves the model as it was.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from portwright import plugins
from portwright.diagnostics import Span
from portwright.exchange import as_document
from portwright.model import Model
from portwright.targets import Indexed, Made, Target, Whole
from portwright.testing.hazards import hazards

_PLACE = Span("portwright.yaml")
_SECONDS = 300


def check(target: Target | Whole, models: Mapping[str, Model] | None = None) -> None:
    """Raises AssertionError with all laws that the target breaks for one of the models, which are
    the hazards where none are given."""
    found = list(broken(target, models))
    if found:
        raise AssertionError("\n".join((f"`{target.name}` breaks laws of targets:", *found)))


def broken(target: Target | Whole, models: Mapping[str, Model] | None = None) -> Iterator[str]:
    """A line for each law that is broken, with the model that it is broken for."""
    given = dict(hazards() if models is None else models)
    before = as_document(given.values())
    first = outcomes(target, given)
    found = [f"{name}: {law}" for name, made in first.items() for law in _of_files(made)]
    second = outcomes(target, given)
    found += _differences(first, second, "asked again, it gives other files")
    if as_document(given.values()) != before:
        found.append("it changes the models it is given")
    yield from found
    if found:
        return  # another process would say the same again
    elsewhere = _elsewhere(target, given)
    if isinstance(elsewhere, str):
        yield elsewhere
    else:
        why = "in a process with another hash seed, folder and time zone it gives other files"
        yield from _differences(second, elsewhere, why)


def outcomes(target: Target | Whole, models: Mapping[str, Model]) -> dict[str, Made]:
    """What the target makes of each model; one of all models is asked for all together, too."""
    if isinstance(target, Whole):
        together = {name: (model,) for name, model in models.items()}
        asked = {**together, "all together": tuple(models.values()), "no model": ()}
        return {name: _quiet(_all(target, each)) for name, each in asked.items()}
    made = {name: _one(target, model) for name, model in models.items()}
    return {**made, "all together": _index(target, models)} if isinstance(target, Indexed) else made


def _index(target: Indexed, models: Mapping[str, Model]) -> Made:
    """What it makes of the entries of all models."""
    entries = [plugins.entry(target, _PLACE, each) for each in models.values()]
    documents = [each.document for each in entries]
    made = plugins.index(target, _PLACE, PurePosixPath("out"), documents)
    return Made(made.files, tuple(e for each in entries for e in each.findings) + made.findings)


def _quiet(made: Made) -> Made:
    """Without what a program wrote to its standard error, which may tell the time."""
    return Made(made.files, tuple(each for each in made.findings if each.code != "PW531"))


def _all(target: Whole, models: Sequence[Model]) -> Made:
    return plugins.make(target, _PLACE, PurePosixPath("out"), models)


def _one(target: Target, model: Model) -> Made:
    """The files, or none where the target says that there are none for this model."""
    found = plugins.check(target, _PLACE, model)
    if any(each.is_error for each in found):
        return Made(findings=found)
    made = plugins.emit(target, _PLACE, PurePosixPath("out"), model)
    return Made(made.files, (*found, *made.findings))


def _of_files(made: Made) -> Iterator[str]:
    for each in made.findings:
        if each.code.startswith("PW5"):  # what is wrong with the target, not with the model
            yield f"{each.message} ({each.help})"
    for file in made.files:
        if "\r" in file.text:
            yield f"`{file.path}` has CR in it: lines end with LF"


def _differences(first: Mapping[str, Made], second: Mapping[str, Made], why: str) -> Iterator[str]:
    for name, one in first.items():
        other = second[name]
        if one != other:
            texts = {each.path: each.text for each in other.files}
            differ = [str(e.path) for e in one.files if texts.get(e.path) != e.text]
            yield f"{name}: {why}: {', '.join(differ) or 'in number, order or findings'}"


def _elsewhere(target: Target | Whole, models: Mapping[str, Model]) -> dict[str, Made] | str:
    """What it makes in another process, or why that cannot be asked."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    zone = "Asia/Kathmandu" if os.environ.get("TZ") != "Asia/Kathmandu" else "UTC"
    around = {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        asked = pickle.dumps((target, dict(models)))
    except Exception as fault:
        return f"it cannot be handed to another process: {fault}"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "portwright.testing.again"],
            input=asked,
            cwd=folder,
            env={**os.environ, **around},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return f"another process cannot use it, its class has to be in a module: {' '.join(said)}"
    made: dict[str, Made] = pickle.loads(done.stdout)
    return made
