"""Fields: the tree of an object's properties, each with what a reader wants to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright.model import Enum, Field, Model, Object, Record, String, support, walk
from portwright.render import inline_json
from portwright.targets.docs import html, words


@dataclass(frozen=True, slots=True)
class FieldView:
    """A property as a page shows it. `marks` are words beside its name, `found` is what a search
    looks in. Values of one that is not public are in no example."""

    id: str
    name: str
    type: str
    column: str
    description: str
    marks: tuple[str, ...]
    classification: str
    until: str
    limits: tuple[str, ...]
    patterns: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]
    points_at: tuple[tuple[str, str], ...]
    found: str
    children: tuple[FieldView, ...]


def tree(model: Model, object_: Object) -> tuple[FieldView, ...]:
    """The properties of an object, in the contract's order."""
    return tuple(_views(model, object_, object_.record, (), True))


def _views(
    model: Model, object_: Object, record: Record, path: tuple[str, ...], public: bool
) -> Iterator[FieldView]:
    for each in record.fields:
        yield _view(model, object_, each, (*path, each.name), public and each.public)


def _view(
    model: Model, object_: Object, field: Field, path: tuple[str, ...], public: bool
) -> FieldView:
    inside = list(walk.own_types(field.type))
    children = tuple(
        view
        for each in inside
        if isinstance(each, Record)
        for view in _views(model, object_, each, path, public)
    )
    until = support.until(model, object_, *path) if field.deprecated else None
    classification = "" if field.public else (field.classification or "").strip()
    return FieldView(
        html.anchor(object_.name, *path),
        field.name,
        words.type_(field.type),
        "" if field.column == field.name else field.column,
        (field.description or "").strip(),
        tuple(_marks(object_, field, path)),
        classification,
        until.isoformat() if until else "",
        tuple(words.limits(field.type)),
        tuple(each.pattern for each in inside if isinstance(each, String) and each.pattern),
        tuple((v.value, v.meaning) for e in inside if isinstance(e, Enum) for v in e.values),
        tuple(map(_example, field.examples)) if public else (),
        tuple(_aims(object_, path)),
        " ".join((".".join(path), field.column, classification)),
        children,
    )


def _marks(object_: Object, field: Field, path: tuple[str, ...]) -> Iterator[str]:
    if len(path) == 1 and field.name in object_.primary_key:
        yield "key"
    yield "required" if field.required else "optional"
    if field.unique:
        yield "unique"
    if len(path) == 1 and field.name in object_.partition_key:
        yield "partition"
    if field.deprecated:
        yield "deprecated"


def _aims(object_: Object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What the property points at: the id there, and what it is called."""
    for each in object_.relationships:
        for column, target in zip(each.columns, each.target_columns, strict=True):
            if ".".join(path) == column:
                yield html.anchor(each.target, target), f"{each.target}.{target}"


def _example(value: object) -> str:
    return value if isinstance(value, str) else inline_json(value)
