"""`testing.py` of a package: what its users and its owner test with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic, warning
from portwright.model import Model, Object
from portwright.targets import File
from portwright.targets.python import examples, naming
from portwright.targets.python.examples import NoExample
from portwright.targets.python.formatting import fitted
from portwright.targets.python.text import docstring, literal


@dataclass(frozen=True, slots=True)
class ExamplesView:
    """The examples of one object: names, and documents as literals. `missing` says why there are
    none."""

    record: str
    examples: str
    wrong_examples: str
    valid_constant: str
    wrong_constant: str
    valid: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]
    missing: str | None
    missing_docstring: str


def check(model: Model) -> Iterator[Diagnostic]:
    """A warning for every object that no example can be made of."""
    for each in model.objects:
        try:
            examples.examples(each)
        except NoExample as error:
            yield warning(
                "PW358",
                f"no example of `{each.name}` can be made: none is found for `{error}`",
                each.span,
                f"give the property `{error}` an example in the contract: `examples: […]`",
            )


def files(model: Model) -> Iterator[File]:
    """`<package>/testing.py`."""
    types = names.type_names(model)
    views = [_view(each, types[each.record.path]) for each in model.objects]
    text = render.render(
        "python/testing.py.j2",
        header=render.header(model, "# "),
        imports=["models", "port"] if views else ["port"],
        port=naming.port_class(model),
        objects=views,
    )
    verbatim = [line for each in views for text_ in each.valid for line in text_.splitlines()]
    yield File(PurePosixPath(naming.package(model), "testing.py"), fitted(text, verbatim))


def _view(object_: Object, record: str) -> ExamplesView:
    word = names.snake(object_.name)
    missing = None
    valid: list[str] = []
    wrong: list[tuple[str, str]] = []
    try:
        valid = [_dumped(each) for each in examples.examples(object_)]
        wrong = [(literal(each.path), _dumped(each.document)) for each in examples.wrong(object_)]
    except NoExample as error:
        missing = f"the contract gives no example of `{error}`, and none could be made"
    return ExamplesView(
        record=record,
        examples=f"{word}_examples",
        wrong_examples=f"wrong_{word}_examples",
        valid_constant=f"_{names.screaming(object_.name)}_VALID",
        wrong_constant=f"_{names.screaming(object_.name)}_WRONG",
        valid=tuple(valid),
        wrong=tuple(wrong),
        missing=literal(missing) if missing else None,
        missing_docstring=docstring("There are none: the error says why.", 4)[0],
    )


def _dumped(document: dict[str, object]) -> str:
    return literal(json.dumps(document, ensure_ascii=False))
