"""Rows of tables of files beside the staged ones: which are there, and which are replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

import pyarrow

from portwright_runtime.arrow import ArrowSchema, RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.naming import listed, quoted
from portwright_runtime.loading.staging import DELETED, STAGED, Staging
from portwright_runtime.warehouse import Finding, LoadMode, Table

# What queries over the staging call the rows of the table.
TARGET: Final = "_portwright_target"
_BATCH: Final = 10_000

# The table of rows that were put aside.
REJECTIONS: Final = pyarrow.schema(
    [
        ("contract", pyarrow.string()),
        ("table", pyarrow.string()),
        ("load_id", pyarrow.string()),
        ("row", pyarrow.int64()),
        ("path", pyarrow.string()),
        ("rule", pyarrow.string()),
        ("shown", pyarrow.string()),
    ]
)


def rejections(staging: Staging, load_id: str) -> Iterator[RecordBatch]:
    """The rows of the staging that were put aside, in batches of `REJECTIONS`."""
    table = staging.table
    found = staging.rejections()
    while some := [*islice(found, _BATCH)]:
        named = {"contract": table.contract, "table": table.name, "load_id": load_id}
        rows = [{**named, **asdict(each)} for each in some]
        yield pyarrow.RecordBatch.from_pylist(rows, schema=REJECTIONS)


def rows(
    staging: Staging, types: lake.Types, first: Sequence[str] = ()
) -> pyarrow.RecordBatchReader:
    """The staged rows that are to be written, as tables of these types hold them; ordered by the
    columns that come `first`, then as they came in."""
    schema = lake.schema(staging.table, types)
    where = f"NOT {quoted(DELETED)}"
    found = staging.batches(lake.forms(staging.table, types), where, first)
    batches = (lake.conformed(each, schema) for each in found)
    return pyarrow.RecordBatchReader.from_batches(schema, batches)


def as_staged(table: Table[Any], columns: Iterable[str]) -> str:
    """Columns of the table's rows, in the types that they are staged in; null where they hold what
    is no value of the contract."""
    types = dict(table.dialects["duckdb"].columns)
    return ", ".join(f"TRY_CAST({quoted(n)} AS {types[n]}) AS {quoted(n)}" for n in columns)


def looked_at(table: Table[Any], mode: LoadMode) -> list[str]:
    """The columns of the table's rows that a load looks at before it is published."""
    names = {name for key in table.keys for name in key}
    if mode == "partition":
        names.update(table.partition_key)
    elif mode == "upsert" and table.latest_by is not None:
        names.add(table.latest_by)
    return [each.name for each in table.columns if each.name in names]


def replaced(table: Table[Any], mode: LoadMode) -> str:
    """The condition under which a staged row `s` takes the place of a row `t` of the table."""
    if mode == "partition":
        same = " IS NOT DISTINCT FROM "
        names = table.partition_key
    else:
        same = " = "
        names = table.primary_key
    return " AND ".join(f"s.{quoted(each)}{same}t.{quoted(each)}" for each in names)


def leave_older_out(staging: Staging) -> int:
    """How many staged rows have a later one in the table, by `latest_by`; they are left out."""
    table = staging.table
    if table.latest_by is None:
        return 0
    latest = quoted(table.latest_by)
    return staging.leave_out(
        f"EXISTS (SELECT 1 FROM {quoted(TARGET)} AS t WHERE {replaced(table, 'upsert')}"
        f" AND t.{latest} > s.{latest})"
    )


def present(staging: Staging, mode: LoadMode) -> Iterator[Finding]:
    """What staged rows have the key of a row of the table that stays."""
    table = staging.table
    stays = f"SELECT * FROM {quoted(TARGET)} AS t"
    if mode != "append":
        same = replaced(table, mode)
        stays += f" WHERE NOT EXISTS (SELECT 1 FROM {STAGED} AS s WHERE {same})"
    for key in table.keys:
        both = (
            f"{STAGED} WHERE NOT {quoted(DELETED)} AND ({listed(key)}) IN"
            f" (SELECT ({listed(key)}) FROM ({stays}))"
        )
        [[found]] = staging.query(f"SELECT count(*) FROM {both}")
        if found:
            path = ", ".join(each.property for each in table.columns if each.name in key)
            yield Finding(path, "must not be in the table already", int(found))


# --------------------------------------------------------------------- columns


def matching(schema: ArrowSchema, table: Table[Any], choices: Sequence[lake.Types]) -> lake.Types:
    """The first types with which the columns are the contract's; raises WarehouseError that tells
    how they differ from the first of all."""
    found = [_differences(schema, lake.schema(table, each)) for each in choices]
    for types, differences in zip(choices, found, strict=True):
        if not differences:
            return types
    raise WarehouseError(
        f"{table.name} is not the table of {table.full_version}: {'; '.join(found[0])}."
        " Migrate the table, or load with the package of the contract version that it has"
    )


def _differences(schema: ArrowSchema, expected: ArrowSchema) -> list[str]:
    actual = {each.name: each for each in schema}
    differences = []
    for field in expected:
        has = actual.pop(field.name, None)
        if has is None:
            differences.append(f"column {field.name} ({field.type}) is missing")
        elif _plain(has.type) != _plain(field.type):
            differences.append(
                f"column {field.name} is {has.type} where the contract says {field.type}"
            )
        elif field.nullable and not has.nullable:
            differences.append(f"column {field.name} is NOT NULL where the contract says optional")
    return [*differences, *(f"column {name} is not in the contract" for name in actual)]


def _plain(type_: Any) -> Any:
    """The type without what libraries do not tell alike: nullability and names within, wide
    offsets."""
    from pyarrow import types

    if types.is_map(type_):
        return ("map", _plain(type_.key_type), _plain(type_.item_type))
    if types.is_list(type_) or types.is_large_list(type_):
        return ("list", _plain(type_.value_type))
    if types.is_struct(type_):
        fields = [type_.field(at) for at in range(type_.num_fields)]
        return ("struct", tuple((each.name, _plain(each.type)) for each in fields))
    return str(type_).removeprefix("large_").replace("string_view", "string")
