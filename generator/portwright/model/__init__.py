"""The model: what a contract says, with no YAML and no target in it.

Frozen dataclasses and tuples only. Types are canonical: no physical type text of a
database survives loading. A value that may be null *inside* a list, map or
optional field is `Nullable`; whether a field must be present is `Field.required`.
"""

from portwright.model.contract import Member, Model, Role, Server, SlaProperty, Support, Team
from portwright.model.objects import Compatibility, Expression, Object, Port, Relationship
from portwright.model.policies import Element, PolicyAllowance
from portwright.model.quality import QualityRule
from portwright.model.types import (
    Anonymise,
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
    Nullable,
    Record,
    Reserved,
    Scalar,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)

__all__ = [
    "Anonymise",
    "Array",
    "Boolean",
    "Bounds",
    "Bytes",
    "Compatibility",
    "Date",
    "Decimal",
    "Element",
    "Enum",
    "EnumValue",
    "Expression",
    "Field",
    "Float",
    "Integer",
    "Json",
    "Map",
    "Member",
    "Model",
    "Nullable",
    "Object",
    "PolicyAllowance",
    "Port",
    "QualityRule",
    "Record",
    "Relationship",
    "Reserved",
    "Role",
    "Scalar",
    "Server",
    "SlaProperty",
    "String",
    "Support",
    "Team",
    "Time",
    "Timestamp",
    "Type",
    "Uuid",
    "Vector",
    "VectorElement",
]
