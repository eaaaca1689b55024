"""Spark's SQL as its jobs write it: that of Databricks, for tables of Delta Lake and of Iceberg."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from portwright.model import Array, Enum, EnumValue, Map, Nullable, Object, Record, Type, walk
from portwright.targets.avro_types import UNKNOWN, is_enum, unknown
from portwright.targets.ddl import DIALECTS, Check, checks, columns
from portwright.targets.ddl.kinds import Kind
from portwright.targets.ddl.text import prose

_DATABRICKS = DIALECTS["databricks"]

# What a job calls the message that a row is of.
MESSAGE = "portwright_message"

# Columns of these kinds refuse a whole batch for one value, so rows are checked before.
_REFUSING = frozenset({Kind.INT8, Kind.INT16, Kind.VARCHAR})

assert _DATABRICKS.types.struct is not None
SPARK = replace(
    _DATABRICKS,
    name="spark",
    title="Spark",
    identifiers=replace(_DATABRICKS.identifiers, own_columns=re.compile(rf"(?i:{MESSAGE})")),
    types=replace(
        _DATABRICKS.types,
        wider=_DATABRICKS.types.wider | _REFUSING,
        # Spark takes what it decodes for null perhaps, and MERGE none of that for such fields.
        struct=replace(_DATABRICKS.types.struct, not_null=""),
    ),
)

# Names that Parquet files do not have as they are.
_ODD = re.compile(r"[ ,;{}()\n\t=]")


def options(object_: Object) -> dict[str, str]:
    """What stands behind the columns of the object's table, by its format."""
    comment = f"COMMENT {prose(object_.description, SPARK)}" if object_.description else ""
    names = (each.column for record in walk.records(object_.record) for each in record.fields)
    mapped = any(map(_ODD.search, names))
    variant = any("VARIANT" in each.type for each in columns(object_, SPARK))
    return {
        "delta": _joined(comment, mapped and "'delta.columnMapping.mode' = 'name'"),
        # The only version of Iceberg's tables that has the type.
        "iceberg": _joined(comment, variant and "'format-version' = '3'"),
    }


def _joined(comment: str, property: str | bool) -> str:
    properties = f"TBLPROPERTIES ({property})" if property else ""
    return " ".join(filter(None, (comment, properties)))


def rules(object_: Object) -> Iterator[Check]:
    """The rules about a row that was read, in which UNKNOWN stands for the values of an enum that
    only another version of the contract has."""
    record = _read(object_.record)
    assert isinstance(record, Record)
    read = checks(replace(object_, record=record), SPARK)
    for each, found in zip(checks(object_, SPARK), read, strict=True):
        yield replace(found, rule=each.rule)


def _read(type_: Type) -> Type:
    """The type of what is read for a value of `type_`."""
    match type_:
        case Enum(values=values) if is_enum(type_) and unknown(type_) is None:
            return replace(type_, values=(*values, EnumValue(UNKNOWN)))
        case Nullable(inner):
            return Nullable(_read(inner))
        case Array(element=element):
            return replace(type_, element=_read(element))
        case Map(key, value):
            return Map(_read(key), _read(value))
        case Record(fields=fields):
            read = tuple(replace(each, type=_read(each.type)) for each in fields)
            return replace(type_, fields=read)
        case _:
            return type_
