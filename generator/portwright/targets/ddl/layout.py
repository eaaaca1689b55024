"""Layout: how an engine lays out a table's rows by the contract's partition key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from string import Formatter

from portwright.model import Field, Object, Record, Type, walk
from portwright.targets.ddl.column_types import column_kind
from portwright.targets.ddl.dialect import Dialect, Option
from portwright.targets.ddl.keys import primary_key, unique_keys
from portwright.targets.ddl.text import literal, prose, quote


@dataclass(frozen=True, slots=True)
class Laid:
    """Expressions to partition and to cluster by, and the fields that can be neither."""

    partition: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    left_out: tuple[Field, ...] = ()


def lay_out(object_: Object, dialect: Dialect) -> Laid:
    """The object's partition key as the engine can use it; an engine without a layout uses none."""
    layout = dialect.layout
    if layout is None:
        return Laid()
    fields = object_.fields(object_.partition_key)
    may_part = not layout.in_keys or all(
        all(each in key for each in fields)
        for key in (primary_key(object_, dialect), *unique_keys(object_, dialect))
        if key
    )
    may_cluster = _first(object_, layout.first)
    partition: list[str] = []
    cluster: list[str] = []
    left_out: list[Field] = []
    for each in fields:
        found = column_kind(each.type, dialect)
        by_part = layout.partition.get(found) if found and may_part else None
        by_cluster = layout.cluster.get(found) if found and each in may_cluster else None
        column = quote(each.column, dialect)
        if by_part and len(partition) != layout.partitions:
            partition.append(by_part.format(column=column))
        elif by_cluster and len(cluster) != layout.clusters:
            cluster.append(by_cluster.format(column=column))
        else:
            left_out.append(each)
    return Laid(tuple(partition), tuple(cluster), tuple(left_out))


def _first(object_: Object, most: int | None) -> tuple[Field, ...]:
    """The columns that are among the first ones, all if there is no such limit."""
    fields = object_.record.fields
    counted = accumulate(_parts(each.type) for each in fields)
    ends = zip(fields, counted, strict=True)
    return tuple(each for each, end in ends if most is None or end <= most)


def _parts(type_: Type) -> int:
    """How many columns a column of the type is: a record is its fields."""
    match type_:
        case Record(fields=fields) if fields:
            return sum(_parts(each.type) for each in fields)
        case _:
            return 1


def options(object_: Object, dialect: Dialect) -> tuple[str, ...]:
    """The clauses behind the columns of CREATE TABLE."""
    laid = lay_out(object_, dialect)
    key = primary_key(object_, dialect)
    words = {
        "comment": prose(object_.description, dialect) if object_.description else "",
        "partition": ", ".join(laid.partition),
        "partition_texts": ", ".join(literal(each, dialect) for each in laid.partition),
        "cluster": ", ".join(laid.cluster),
        "key": ", ".join(quote(each.column, dialect) for each in key),
    }
    return tuple(
        text
        for each in dialect.statements.options
        if (text := _option(each, words, tuple(_columns(object_))))
    )


def _option(option: Option, words: dict[str, str], columns: tuple[str, ...]) -> str | None:
    named = (option.needs, *(name for _, name, _, _ in Formatter().parse(option.text)))
    if not all(words[name] for name in named if name):
        return option.otherwise
    if option.odd and not any(map(option.odd.search, columns)):
        return option.otherwise
    return option.text.format(**words)


def _columns(object_: Object) -> Iterator[str]:
    """The names of the columns, and of the fields inside them."""
    for record in walk.records(object_.record):
        yield from (each.column for each in record.fields)
