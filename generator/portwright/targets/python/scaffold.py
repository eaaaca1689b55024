"""`mapping.py` and `handlers.py`: written once, and from then on the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from portwright import render
from portwright.model import Model
from portwright.targets import File, Owner
from portwright.targets.python import mapping, naming, objects
from portwright.targets.python.formatting import fitted


def files(model: Model) -> Iterator[File]:
    """`<package>/mapping.py`, and where an object has a stream port `<package>/handlers.py`."""
    yield _file(model, "mapping", functions=mapping.functions(model))
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
    """The first line of what is the user's."""
    return render.one_line(f"# Begun by portwright from {model.source}. This file is yours.")


def _file(model: Model, name: str, **view: object) -> File:
    text = render.render(f"python/{name}.py.j2", header=header(model), **view)
    return File(PurePosixPath(naming.package(model), f"{name}.py"), fitted(text), Owner.USER)
