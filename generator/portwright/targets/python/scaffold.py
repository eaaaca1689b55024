"""`mapping.py` and `handlers.py`: written once, and from then on the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from portwright import render
from portwright.model import Model
from portwright.targets import File, Owner
from portwright.targets.python import blocks, mapping, naming, objects
from portwright.targets.python.formatting import fitted


def files(model: Model) -> Iterator[File]:
    """`<package>/mapping.py`, and where an object has a stream port `<package>/handlers.py`."""
    yield _file(
        model,
        "mapping",
        functions=mapping.functions(model),
        imports=blocks.text(model, "python/mapping.py.j2", "imports"),
        helpers=blocks.text(model, "python/mapping.py.j2", "helpers"),
    )
    streams = objects.streams(model)
    if streams:
        alone = streams[0] if len(streams) == 1 else None
        yield _file(
            model,
            "handlers",
            objects=streams,
            alone=alone,
            package=naming.package(model),
            runtime=["Event"] if alone else ["Event", "run_consumers"],
        )


def header(model: Model) -> str:
    """The head of what is the user's."""
    first = f"# Begun by portwright from {model.source}. This file is yours."
    return render.with_licence(first, model, "# ")


def _file(model: Model, name: str, **view: object) -> File:
    text = render.render(f"python/{name}.py.j2", header=header(model), **view)
    path = PurePosixPath(naming.package(model), f"{name}.py")
    follows = None
    if model.major > 1:
        before = replace(model, major=model.major - 1)
        follows = PurePosixPath(naming.package(before), path.name)
    return File(path, fitted(text), Owner.USER, follows=follows)
