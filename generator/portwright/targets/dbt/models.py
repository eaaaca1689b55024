"""Staging models: each column cast to its type and called by its name in the contract."""

from __future__ import annotations

from dataclasses import dataclass

from portwright import names
from portwright.model import Field, Object
from portwright.targets.dbt.dialects import can_be_cast
from portwright.targets.dbt.jinja import inert
from portwright.targets.dbt.places import Place, name
from portwright.targets.dbt.sources import Document, configured, described, facts, meaning
from portwright.targets.ddl import Dialect, quote
from portwright.targets.ddl import columns as ddl_columns


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a staging model, as SQL: the expression it comes from, its type and name."""

    value: str
    type: str
    name: str


def columns(object_: Object, dialect: Dialect) -> list[Column]:
    """The columns of the object's model, in order."""
    return [
        Column(
            inert(
                f"cast({each.identifier} as {each.type})"
                if can_be_cast(each.type, dialect)
                else each.identifier
            ),
            inert(each.type),
            quote(names.snake(field.name), dialect),
        )
        for field, each in zip(object_.record.fields, ddl_columns(object_, dialect), strict=True)
    ]


def models(found: list[Place], dialect: Dialect) -> Document:
    """The document of models: dbt holds each to its columns and their types."""
    return {"models": [_model(each, dialect) for each in found]}


def _model(place: Place, dialect: Dialect) -> Document:
    object_ = place.object
    return {
        "name": place.model,
        **described(object_.description),
        "config": {"contract": {"enforced": True}},
        "columns": [
            _column(field, column, dialect)
            for field, column in zip(object_.record.fields, columns(object_, dialect), strict=True)
        ],
    }


def _column(field: Field, column: Column, dialect: Dialect) -> Document:
    named = name(names.snake(field.name), dialect)
    # Held where the model is made a table; a view, which is what it is by default, holds none.
    not_null = {"type": "not_null", "warn_unsupported": False}
    return {
        "name": named.text,
        **({"quote": True} if named.quoted else {}),
        "data_type": column.type,
        **described(meaning(field)),
        **configured(field.tags, facts(field)),
        **({"constraints": [not_null]} if field.required else {}),
    }
