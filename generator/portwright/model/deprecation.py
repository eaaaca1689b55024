"""What is deprecated, marked in a model: every target then tells it where it tells of the thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from portwright.model import support, walk
from portwright.model.contract import Model
from portwright.model.objects import Object
from portwright.model.types import Array, Field, Map, Nullable, Record, Type

# The last day on which the property at a path is supported.
Until = Callable[[tuple[str, ...]], date | None]


def marked(model: Model) -> Model:
    """The model whose deprecated parts say so in their descriptions, and until when they are
    supported. All objects of a deprecated contract are. A model without any is returned as it is.
    """
    over = support.is_over(model)
    parts = any(field.deprecated for _, field in walk.fields(model))
    if not over and not parts and not any(each.deprecated for each in model.objects):
        return model
    purpose = _told(model.purpose, support.until(model)) if over else model.purpose
    objects = tuple(_object(model, each, over or each.deprecated) for each in model.objects)
    return replace(model, purpose=purpose, objects=objects)


def sentence(until: date | None) -> str:
    """`DEPRECATED, supported until 2027-01-31.`: the same on every day."""
    return f"DEPRECATED, supported until {until}." if until else "DEPRECATED."


def _told(description: str | None, until: date | None) -> str:
    return f"{sentence(until)} {description or ''}".rstrip()


def _object(model: Model, object_: Object, deprecated: bool) -> Object:
    record = _record(object_.record, (), lambda path: support.until(model, object_, *path))
    if deprecated:
        told = _told(record.description, support.until(model, object_))
        record = replace(record, description=told)
    return replace(object_, record=record, deprecated=deprecated)


def _record(record: Record, path: tuple[str, ...], until: Until) -> Record:
    fields = (_field(each, (*path, each.name), until) for each in record.fields)
    return replace(record, fields=tuple(fields))


def _field(field: Field, path: tuple[str, ...], until: Until) -> Field:
    description = field.description
    if field.deprecated:
        description = _told(description, until(path))
    return replace(field, description=description, type=_type(field.type, path, until))


def _type(type_: Type, path: tuple[str, ...], until: Until) -> Type:
    match type_:
        case Nullable(inner):
            return replace(type_, inner=_type(inner, path, until))
        case Array(element=element):
            return replace(type_, element=_type(element, path, until))
        case Map(value=value):
            return replace(type_, value=_type(value, path, until))
        case Record():
            return _record(type_, path, until)
        case _:
            return type_
