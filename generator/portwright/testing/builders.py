"""Models made by hand, with no contract to read."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

from portwright.diagnostics import Span
from portwright.model import (
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
    Model,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)

SPAN = Span("contract.odcs.yaml", 1, 1, 1)

SCALARS: dict[str, Type] = {
    "flag": Boolean(),
    **{
        f"{'i' if signed else 'u'}{bits}": Integer(bits, signed)
        for bits in (8, 16, 32, 64, 128)
        for signed in (True, False)
    },
    "quantity": Integer(32, bounds=Bounds(minimum=Number(1), maximum=Number(999))),
    "f32": Float(32),
    "f64": Float(64),
    "ratio": Float(64, Bounds(minimum=Number(0), exclusive_maximum=Number(1))),
    "amount": Decimal(12, 2),
    "fee": Decimal(4, 4),
    "huge": Decimal(38, 0),
    "note": String(),
    "code": String(min_length=2, max_length=5, pattern="^[A-Z]+$"),
    "email": String(format="email"),
    "key": Uuid(),
    "raw": Bytes(),
    "hash": Bytes(min_length=4, max_length=4),
    "day": Date(),
    "clock": Time(),
    "instant": Timestamp(),
    "wall": Timestamp(zoned=False),
}


def field(name: str, type_: Type, required: bool = True, **facts: Any) -> Field:
    """A property, required unless said otherwise."""
    return Field(name, type_, SPAN, required=required, **facts)


def enum(*path: str, values: tuple[str, ...]) -> Enum:
    """An enum named by the last part of its path."""
    return Enum(path[-1], path, tuple(EnumValue(value) for value in values))


def record(name: str, *path: str, fields: tuple[Field, ...]) -> Record:
    return Record(name, path, fields)


def an_object(name: str, singular: str, *fields: Field, **facts: Any) -> Object:
    """An object with a table and a topic of its own name."""
    root = Record(singular, (name,), fields, facts.pop("description", None))
    return Object(name, root, SPAN, **{"topic": name, "table": name, **facts})


def a_model(*objects: Object, **facts: Any) -> Model:
    """Major 1 of the contract `checkout` in the domain `retail`, or what `facts` say."""
    defaults: dict[str, Any] = {
        "id": "checkout-1",
        "version": "1.2.0",
        "major": 1,
        "name": "checkout",
        "domain": "retail",
        "source": "contracts/checkout.odcs.yaml",
    }
    return Model(span=SPAN, objects=objects, **{**defaults, **facts})
