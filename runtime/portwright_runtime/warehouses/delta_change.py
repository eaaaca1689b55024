"""What a load writes to a Delta table: rows from what is staged, and which others they replace."""

from __future__ import annotations

import pyarrow
from deltalake import CommitProperties, DeltaTable

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.naming import quoted
from portwright_runtime.loading.staging import DELETED, STAGED, Staging
from portwright_runtime.warehouses.delta_log import equals


def merge(delta: DeltaTable, staging: Staging, properties: CommitProperties) -> None:
    """One commit that writes and deletes rows by primary key."""
    table = staging.table
    same = " AND ".join(f"s.{quoted(each)} = t.{quoted(each)}" for each in table.primary_key)
    columns = {quoted(each.name): f"s.{quoted(each.name)}" for each in table.columns}
    merger = delta.merge(
        marked_rows(staging),
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


def marked_rows(staging: Staging) -> pyarrow.RecordBatchReader:
    """The staged rows, and marked among them those that are no more, whose columns may be null."""
    columns = [each.with_nullable(True) for each in lake.schema(staging.table, lake.DELTA)]
    schema = pyarrow.schema([*columns, pyarrow.field(DELETED, pyarrow.bool_())])
    forms = f"{lake.forms(staging.table, lake.DELTA)}, {quoted(DELETED)}"
    batches = (lake.conformed(each, schema) for each in staging.batches(forms))
    return pyarrow.RecordBatchReader.from_batches(schema, batches)


def refuse_partitions(staging: Staging) -> None:
    """Returns if the log can tell the partitions of the staged rows, else raises WarehouseError.

    An empty text is null there (Delta's protocol, "Partition Value Serialization"), and the library
    misspells negative decimals.
    """
    table = staging.table
    types = {each.name: str(each.type) for each in lake.schema(table, lake.DELTA)}
    for name in table.partition_key:
        if types[name] == "string":
            bad, what = f"CAST({quoted(name)} AS VARCHAR) = ''", "an empty text"
        elif types[name].startswith("decimal"):
            bad, what = f"{quoted(name)} < 0", "a negative decimal"
        else:
            continue
        if staging.count(f"NOT {quoted(DELETED)} AND {bad}"):
            raise WarehouseError(
                f"a row of {table.object} has {what} as {name}, by which the table is partitioned,"
                " and Delta Lake cannot hold that there"
            )


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
