"""Conditions: what has to be true of a decoded Avro record before columns are made of it.

A predicate is true or null where the record is fine, as those of rules are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portwright.model import (
    Array,
    Decimal,
    Integer,
    Json,
    Map,
    Nullable,
    Object,
    Record,
    Time,
    Type,
    Uuid,
)
from portwright.targets.avro_types import is_map
from portwright.targets.ddl import literal
from portwright.targets.spark.dialect import SPARK
from portwright.targets.spark.schema import DIGITS
from portwright.targets.spark.values import is_wide, member, value_of, variable

# The text of an id, whoever wrote it.
UUID = literal(r"\A(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z", SPARK)
_DAY = 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One of them: the place in a record, the rule in words, and its predicate."""

    path: str
    rule: str
    predicate: str


def conditions(object_: Object) -> Iterator[Condition]:
    """The conditions of an object's records."""
    for field in object_.record.fields:
        yield from _conditions(field.type, field.name, member(field, "record"), 0)


def _conditions(type_: Type, path: str, value: str, depth: int) -> Iterator[Condition]:
    match type_:
        case Integer() | Decimal() if is_wide(type_):
            held = value_of(type_, value)
            told = f"must have at most {DIGITS} digits"
            yield Condition(path, told, f"{value} IS NULL OR {held} IS NOT NULL")
        case Decimal(precision, scale):
            whole = max(precision, scale) - scale
            told = f"must have at most {whole} digits before the point"
            yield Condition(path, told, f"abs({value}) < 1{'0' * whole}BD")
        case Uuid():
            yield Condition(path, "must be a UUID", f"{value} RLIKE {UUID}")
        case Time():
            inside = f"{value} >= 0 AND {value} < {_DAY}"
            yield Condition(path, "must be a time of day", inside)
        case Json():
            sound = f"{value} IS NULL OR try_parse_json({value}) IS NOT NULL"
            yield Condition(path, "must be JSON", sound)
        case Nullable(inner):
            yield from _conditions(inner, path, value, depth)
        case Array(element=element):
            yield from _each(element, f"{path}[]", value, variable(depth), depth)
        case Map(key, inner) if is_map(type_):
            keys, values = f"map_keys({value})", f"map_values({value})"
            yield from _each(key, f"{path}{{}}.key", keys, variable(depth), depth)
            yield from _each(inner, f"{path}{{}}", values, variable(depth), depth)
        case Map(key, inner):
            item = variable(depth)
            yield from _each(key, f"{path}{{}}.key", value, f"{item}.key", depth)
            yield from _each(inner, f"{path}{{}}", value, f"{item}.value", depth)
            distinct = f"size(array_distinct(transform({value}, {item} -> {item}.key)))"
            yield Condition(path, "must have distinct keys", f"{distinct} = size({value})")
        case Record(fields=fields):
            for field in fields:
                inside = member(field, value)
                yield from _conditions(field.type, f"{path}.{field.name}", inside, depth)
        case _:
            return


def _each(type_: Type, path: str, list_: str, part: str, depth: int) -> Iterator[Condition]:
    """The conditions of what stands as `part` in every item of a list."""
    for each in _conditions(type_, path, part, depth + 1):
        every = f"forall({list_}, {variable(depth)} -> {each.predicate})"
        yield replace(each, predicate=every)
