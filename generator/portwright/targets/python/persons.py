"""The properties that name the person whom a record is about, as what erases a person finds them.

It compares texts that all formats and engines make alike, of one value a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from portwright.diagnostics import Diagnostic, warning
from portwright.model import Field, Integer, Model, Nullable, Object, Record, String, Uuid, walk

# The fields that lead to one, the outermost first.
Path: TypeAlias = tuple[Field, ...]

_NAMES = (String, Uuid, Integer)


def of(object_: Object) -> list[Path]:
    """Those that an erasure looks at, in the order of the contract."""
    return [path for path in _paths(object_.record, ()) if isinstance(_bare(path[-1]), _NAMES)]


def named(path: Path) -> str:
    """The path by the contract's names: `customer.customer_id`."""
    return ".".join(each.name for each in path)


def check(model: Model) -> Iterator[Diagnostic]:
    """Warnings of those that it does not look at."""
    for object_ in model.objects:
        alone = {id(path[-1]): path for path in _paths(object_.record, ())}
        for record in walk.records(object_.record):
            for field in record.fields:
                if field.subject and id(field) not in alone:
                    yield warning(
                        "PW450",
                        f"`{field.name}` names a person in a list or a map, where erasing does not"
                        " look",
                        field.span,
                        "hand out a record for each person, or erase these rows by hand",
                    )
        for path in alone.values():
            if not isinstance(_bare(path[-1]), _NAMES):
                yield warning(
                    "PW451",
                    f"`{named(path)}` names a person by what is neither text nor whole number",
                    path[-1].span,
                    "name the person by a string, a uuid or an integer",
                )


def _paths(record: Record, before: Path) -> Iterator[Path]:
    """The paths to properties that name a person, one a record."""
    for field in record.fields:
        path = (*before, field)
        if field.subject:
            yield path
        elif isinstance(inner := _bare(field), Record):
            yield from _paths(inner, path)


def _bare(field: Field) -> object:
    return field.type.inner if isinstance(field.type, Nullable) else field.type
