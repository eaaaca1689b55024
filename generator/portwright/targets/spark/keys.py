"""Keys: the columns of a primary key out of the text of a message's key, which `key_text` is."""

from __future__ import annotations

from typing import assert_never

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.ddl.column_types import sql_type
from portwright.targets.spark.conditions import UUID
from portwright.targets.spark.dialect import SPARK


def is_keyed_by_row(object_: Object) -> bool:
    """Whether the key of the object's messages is the primary key of its rows."""
    key = object_.key
    return (
        key is not None
        and key.template is None
        and key.paths == object_.primary_key
        and all(_parsed(each.type, "") is not None for each in object_.fields(object_.primary_key))
    )


def key_values(object_: Object) -> list[str]:
    """The value of each column of the primary key, null where the text holds none."""
    fields = object_.fields(object_.primary_key)
    texts = ["key_text"]
    if len(fields) > 1:
        texts = [f"get(from_json(key_text, 'array<string>'), {n})" for n in range(len(fields))]
    return [_parsed(field.type, text) or "" for field, text in zip(fields, texts, strict=True)]


def _parsed(type_: Type, text: str) -> str | None:
    """The value whose text a key holds (as the runtime's `keys` writes it); None for types that
    are no columns of keys."""
    match type_:
        case String() | Enum() | Time():
            return text
        case Uuid():
            return f"CASE WHEN {text} RLIKE {UUID} THEN lower({text}) END"
        case Bytes():
            return f"try_to_binary({text}, 'base64')"
        case Boolean() | Integer() | Float() | Decimal() | Date() | Timestamp():
            return f"try_cast({text} AS {sql_type(type_, SPARK)})"
        case Json() | Vector() | Array() | Map() | Record() | Nullable():
            return None
        case _:
            assert_never(type_)
