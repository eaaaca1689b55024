"""Models made by hand: what the tests of targets start from, with no contract to read."""

from __future__ import annotations

from decimal import Decimal as Number

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.testing.builders import SCALARS, SPAN, a_model, an_object, enum, field, record
from portwright.testing.hazards import HOSTILE, all_types_model, hostile_model, nested_model

__all__ = [
    "HOSTILE",
    "MODELS",
    "SCALARS",
    "SPAN",
    "Array",
    "Boolean",
    "Bounds",
    "Bytes",
    "Date",
    "Decimal",
    "Enum",
    "EnumValue",
    "Field",
    "Float",
    "Integer",
    "Json",
    "Map",
    "Model",
    "Nullable",
    "Number",
    "Object",
    "Record",
    "String",
    "Time",
    "Timestamp",
    "Type",
    "Uuid",
    "Vector",
    "VectorElement",
    "a_model",
    "all_types_model",
    "an_object",
    "enum",
    "field",
    "hostile_model",
    "nested_model",
    "record",
]

# The models that every target is tried with.
MODELS = {"all types": all_types_model, "nested": nested_model, "hostile": hostile_model}
