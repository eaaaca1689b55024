"""What a table of a contract is in Iceberg: its schema, and how it is partitioned."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, Final, assert_never

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, Struct
from portwright_runtime.loading import lake
from portwright_runtime.warehouse import Table

_TYPES: Final[Mapping[Plain, IcebergType]] = {
    arrow.BOOL: BooleanType(),
    arrow.INT32: IntegerType(),
    arrow.INT64: LongType(),
    arrow.FLOAT32: FloatType(),
    arrow.FLOAT64: DoubleType(),
    arrow.STRING: StringType(),
    arrow.BINARY: BinaryType(),
    arrow.DATE: DateType(),
    arrow.TIME: TimeType(),
    arrow.INSTANT: TimestamptzType(),
    arrow.WALL_CLOCK: TimestampType(),
    lake.NATIVE_UUID: UUIDType(),
}
# Identifier fields may be of no type whose equal values can differ.
_NO_KEYS: Final = (FloatType, DoubleType, ListType, MapType, StructType)
# What makes no sense to have partitions by, or cannot.
_NO_PARTITIONS: Final = (FloatType, DoubleType, UUIDType, ListType, MapType, StructType)


def schema(table: Table[Any]) -> Schema:
    """The columns, numbered from 1, and the primary key where Iceberg has such keys."""
    numbers = count(1)
    fields = [
        _field(numbers, each.name, lake.held(each.type, lake.ICEBERG), each.required)
        for each in table.columns
    ]
    keys = [each for each in fields if each.name in table.primary_key]
    fit = all(each.required and not isinstance(each.field_type, _NO_KEYS) for each in keys)
    return Schema(*fields, identifier_field_ids=[each.field_id for each in keys] if fit else [])


def partitions(table: Table[Any], schema: Schema) -> PartitionSpec:
    """A partition for each value of the partition key."""
    fields = [next(each for each in schema.fields if each.name == n) for n in table.partition_key]
    return PartitionSpec(
        *(
            PartitionField(each.field_id, 1000 + at, IdentityTransform(), each.name)
            for at, each in enumerate(fields)
            if not isinstance(each.field_type, _NO_PARTITIONS)
        )
    )


def _field(numbers: count[int], name: str, type_: ArrowType, required: bool) -> NestedField:
    return NestedField(next(numbers), name, _type(numbers, type_), required=required)


def _type(numbers: count[int], type_: ArrowType) -> IcebergType:
    match type_:
        case Nullable(inner):
            return _type(numbers, inner)
        case Plain("decimal128", (int(precision), int(scale))):
            return DecimalType(precision, scale)
        case Plain():
            return _TYPES[type_]
        case ListOf(element, _):
            return ListType(
                element_id=next(numbers),
                element=_type(numbers, element),
                element_required=not isinstance(element, Nullable),
            )
        case MapOf(key, value):
            return MapType(
                key_id=next(numbers),
                key_type=_type(numbers, key),
                value_id=next(numbers),
                value_type=_type(numbers, value),
                value_required=not isinstance(value, Nullable),
            )
        case Struct(_, fields):
            return StructType(
                *(
                    _field(numbers, name, inner, not isinstance(inner, Nullable))
                    for name, inner in fields
                )
            )
        case _:
            assert_never(type_)
