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
    fields = tuple(_field(each, above) for each in record.fields)
    if all(new is old for new, old in zip(fields, record.fields, strict=True)):
        return record  # as most are: to copy all of a model takes long
    return replace(record, fields=fields)


def _field(field: Field, above: str | None) -> Field:
    word = (field.classification or "").strip() or above
    type_ = _type(field.type, word)
    if word == field.classification and type_ is field.type:
        return field
    return replace(field, classification=word, type=type_)


def _type(type_: Type, above: str | None) -> Type:
    match type_:
        case Nullable(inner):
            made = _type(inner, above)
            return type_ if made is inner else replace(type_, inner=made)
        case Array(element=element):
            made = _type(element, above)
            return type_ if made is element else replace(type_, element=made)
        case Map(value=value):
            made = _type(value, above)
            return type_ if made is value else replace(type_, value=made)
        case Record():
            return _record(type_, above)
        case _:
            return type_
