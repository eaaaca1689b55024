"""The Avro schema that a job has Spark read records by: the contract's, as Spark can take it.

A writer's schema is resolved into it, so it may say less than that of the `avro` target: bytes and
names are the same, and what Spark has no type for is read as what it is made of.
"""

from __future__ import annotations

from typing import Any, Final

from portwright.model import Model, Object
from portwright.targets import avro_schema

# The most digits of a decimal of Spark, in which smaller ones are read as well: Spark makes null of
# a number with more digits than it is told of, and a writer may have been told of more.
DIGITS: Final = 38
# Releases of Spark read these as different types: as what they are made of, they are one.
_PLAIN: Final = frozenset({"time-micros", "uuid"})
_KEPT: Final = frozenset(
    "aliases default fields items logicalType name namespace precision scale size symbols type"
    " values".split()
)


def schema(model: Model, object_: Object) -> dict[str, object]:
    """The schema of the object's records."""
    found = _adapted(avro_schema.schema(model, object_))
    assert isinstance(found, dict)
    return found


def _adapted(schema: Any) -> object:
    match schema:
        case list():
            return [_adapted(each) for each in schema]
        case {"type": str(base), "logicalType": str(logical)} if logical in _PLAIN:
            return base
        case {"logicalType": "decimal", "precision": int(digits)}:
            return "bytes" if digits >= DIGITS else {**schema, "precision": DIGITS}
        case dict():
            kept = {key: value for key, value in schema.items() if key in _KEPT}
            return {key: v if key == "default" else _adapted(v) for key, v in kept.items()}
        case _:
            return schema
