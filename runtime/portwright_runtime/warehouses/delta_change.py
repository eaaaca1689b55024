"""What a load writes to a Delta table: rows from what is staged, and which others they replace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow
from deltalake import CommitProperties, DeltaTable

from portwright_runtime.loading import lake
from portwright_runtime.loading.naming import listed, quoted
from portwright_runtime.loading.staging import DELETED, STAGED, Staging
from portwright_runtime.warehouse import Finding, LoadMode
from portwright_runtime.warehouses.delta_log import equals

# What queries over the staging call the rows of the table.
TARGET: Final = "_portwright_target"


def present(staging: Staging, mode: LoadMode) -> Iterator[Finding]:
    """What staged rows have the key of a row of `TARGET` that stays."""
    table = staging.table
    stays = f"SELECT * FROM {quoted(TARGET)} AS t"
    replaced = {"upsert": table.primary_key, "partition": table.partition_key}.get(mode)
    if replaced:
        same = " AND ".join(
            f"s.{quoted(each)} IS NOT DISTINCT FROM t.{quoted(each)}" for each in replaced
        )
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


def merge(delta: DeltaTable, staging: Staging, properties: CommitProperties) -> None:
    """One commit that writes and deletes rows by primary key."""
    table = staging.table
    same = " AND ".join(f"s.{quoted(each)} = t.{quoted(each)}" for each in table.primary_key)
    columns = {quoted(each.name): f"s.{quoted(each.name)}" for each in table.columns}
    merger = delta.merge(
        rows(staging, marked=True),
        same,
        source_alias="s",
        target_alias="t",
        commit_properties=properties,
    )
    gone = f"s.{quoted(DELETED)}"
    (
        merger.when_matched_delete(gone)
        .when_matched_update(columns, f"NOT {gone}")
        .when_not_matched_insert(columns, f"NOT {gone}")
        .execute()
    )


def rows(staging: Staging, marked: bool = False) -> pyarrow.RecordBatchReader:
    """The staged rows; `marked`, with those that are no more, whose columns may be null."""
    forms, schema = lake.forms(staging.table, lake.DELTA), lake.schema(staging.table, lake.DELTA)
    where = f"NOT {quoted(DELETED)}"
    if marked:
        forms, where = f"{forms}, {quoted(DELETED)}", "true"
        nullable = [each.with_nullable(True) for each in schema]
        schema = pyarrow.schema([*nullable, pyarrow.field(DELETED, pyarrow.bool_())])
    batches = (lake.conformed(each, schema) for each in staging.batches(forms, where))
    return pyarrow.RecordBatchReader.from_batches(schema, batches)


def partitions(staging: Staging) -> str:
    """The condition of rows that are in the partitions of the staged ones."""
    names = staging.table.partition_key
    texts = ", ".join(f"CAST({quoted(each)} AS VARCHAR)" for each in names)
    found = staging.query(f"SELECT DISTINCT {texts} FROM {STAGED}")
    types = {each.name: str(each.type) for each in lake.schema(staging.table, lake.DELTA)}
    conditions = []
    for row in found:
        parts = [
            f"{quoted(name)} IS NULL" if value is None else equals(name, value, types[name])
            for name, value in zip(names, row, strict=True)
        ]
        conditions.append(f"({' AND '.join(parts)})")
    return " OR ".join(conditions) or "false"
