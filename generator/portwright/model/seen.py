"""A model as targets see it: what is deprecated says so, and what is inside something classified is
as classified, where it does not speak for itself."""

from __future__ import annotations

from dataclasses import replace

from portwright.model import walk
from portwright.model.contract import Model
from portwright.model.deprecation import marked
from portwright.model.types import Array, Field, Map, Nullable, Record, Type


def as_seen(model: Model) -> Model:
    """The model for targets. One with nothing deprecated and nothing classified is returned as it
    is."""
    model = marked(model)
    if all(field.public for _, field in walk.fields(model)):
        return model
    objects = (replace(each, record=_record(each.record, None)) for each in model.objects)
    return replace(model, objects=tuple(objects))


def _record(record: Record, above: str | None) -> Record:
    return replace(record, fields=tuple(_field(each, above) for each in record.fields))


def _field(field: Field, above: str | None) -> Field:
    word = (field.classification or "").strip() or above
    return replace(field, classification=word, type=_type(field.type, word))


def _type(type_: Type, above: str | None) -> Type:
    match type_:
        case Nullable(inner):
            return replace(type_, inner=_type(inner, above))
        case Array(element=element):
            return replace(type_, element=_type(element, above))
        case Map(value=value):
            return replace(type_, value=_type(value, above))
        case Record():
            return _record(type_, above)
        case _:
            return type_
