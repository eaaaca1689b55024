"""`testing.py` of a package: what services and consumers test with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from portwright import names, regex, render
from portwright.diagnostics import Diagnostic, warning
from portwright.model import Field, Model, Object, String, walk
from portwright.targets import File
from portwright.targets.python import deprecation, layout, naming
from portwright.targets.python.examples import (
    Examples,
    Fault,
    NoExample,
    examples,
    faults,
    without_example,
)
from portwright.targets.python.examples.rules import is_checked
from portwright.targets.python.expressions import Expressions, imported
from portwright.targets.python.formatting import fitted
from portwright.targets.python.layout import Expression
from portwright.targets.python.text import docstring, literal


@dataclass(frozen=True, slots=True)
class KitView:
    """What is offered of one object: names, docstrings, and the lines of two lists.

    `missing` is a literal that says why there are none.
    """

    record: str
    examples: str
    invalid: str
    missing: str | None
    docstring: tuple[str, ...]
    invalid_docstring: tuple[str, ...]
    full: int = 0
    records: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def check(model: Model) -> Iterator[Diagnostic]:
    """A warning for every property of which there is no example."""
    for path, field in without_example(model):
        yield warning(
            "PW358",
            f"`{'.'.join(path)}`: no example is found that surely keeps to its rules",
            field.span,
            _way_out(field),
        )


def _way_out(field: Field) -> str:
    for each in walk.own_types(field.type):
        pattern = each.pattern if isinstance(each, String) else None
        if pattern is not None and regex.read(pattern) is None and is_checked(pattern):
            return "write its pattern without back-references: it is then read, and `examples:` are"
    return "give it `examples:` in the contract"


def files(model: Model) -> Iterator[File]:
    """`<package>/testing.py`."""
    expressions = Expressions(names.type_names(model))
    views = [_view(model, each, expressions) for each in model.objects]
    text = render.render(
        "python/testing.py.j2",
        header=deprecation.header(model, render.header(model, "# ")),
        imports=imported(expressions.uses),
        helpers=_helpers(views) if views else [],
        modules=["models", "port"] if views else ["port"],
        port=naming.port_class(model),
        objects=views,
    )
    laid_out = (line for each in views for line in (*each.records, *each.faults))
    yield File(PurePosixPath(naming.package(model), "testing.py"), fitted(text, laid_out))


def _helpers(views: Iterable[KitView]) -> list[str]:
    """What the runtime has for the documents that are written with it."""
    written = "".join(line for each in views for line in each.faults)
    return ["Invalid", *(each for each in ("changed", "without") if f"{each}(" in written)]


def _view(model: Model, object_: Object, expressions: Expressions) -> KitView:
    record = names.type_names(model)[object_.record.path]
    view = KitView(
        record=record,
        examples=naming.examples(object_),
        invalid=naming.invalid_examples(object_),
        missing=None,
        docstring=tuple(docstring(f"Records that are valid: each is another {record}.", 4)),
        invalid_docstring=tuple(docstring(f"What is no {record}: each breaks one rule.", 4)),
    )
    try:
        found = examples(object_)
    except NoExample as lack:
        why = f"no example of `{object_.name}.{lack}` is found: give it `examples:` in the contract"
        told = tuple(docstring("There are none: the error says why.", 4))
        return replace(view, missing=literal(why), docstring=told, invalid_docstring=told)
    return replace(
        view,
        full=found.full,
        records=tuple(_records(object_, found, expressions)),
        faults=tuple(_faults(object_, found, expressions)),
    )


def _records(object_: Object, found: Examples, expressions: Expressions) -> Iterator[str]:
    """The lines of the items of the list."""
    told = {0: "# As little as there can be.", found.full: "# Everything there can be."}
    for n, each in enumerate(found.records):
        if n in told:
            yield f"        {told[n]}"
        yield from layout.lines(expressions.of(object_.record, each), 8, after=",")


def _faults(object_: Object, found: Examples, expressions: Expressions) -> Iterator[str]:
    for each in faults(object_, found.records[found.full]):
        yield from layout.lines(_fault(each, expressions), 8, after=",")


def _fault(fault: Fault, expressions: Expressions) -> Expression:
    path = literal(".".join(map(str, fault.path)))
    steps = [("", expressions.document(*each)) for each in fault.steps]
    if fault.type_ is None:
        made = layout.call("without", ("", "valid"), *steps)
    else:
        value = expressions.document(fault.type_, fault.value)
        made = layout.call("changed", ("", "valid"), *steps, ("to=", value))
    return layout.call("Invalid", ("", path), ("", literal(fault.rule)), ("", made))
