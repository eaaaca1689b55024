"""Apache Iceberg, in any catalogue: a load is one commit of the table, with one snapshot.

The snapshots are the ledger: that of a load says which it was, and the load is in the table
while the snapshot is an ancestor of the current one. Snapshots expire: properties of the table
keep which loads there were.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import duckdb
import pyarrow
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NoSuchTableError,
    TableAlreadyExistsError,
    ValidationException,
)
from pyiceberg.expressions import And, EqualTo, Reference
from pyiceberg.expressions.literals import literal
from pyiceberg.table import Transaction
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update.snapshot import ManageSnapshots

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import PortwrightError, WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.staging import Staging
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import QUARANTINE, Table, Terms
from portwright_runtime.warehouses import iceberg_schema, places
from portwright_runtime.warehouses.iceberg_erasing import Erasing
from portwright_runtime.warehouses.iceberg_files import DataFiles
from portwright_runtime.warehouses.iceberg_log import (
    LOAD,
    WATERMARK,
    IcebergVersion,
    property_of,
)
from portwright_runtime.warehouses.lake import Lake, Overtaken, Told, unfit
from portwright_runtime.warehouses.lake_files import in_files
from portwright_runtime.warehouses.lake_rows import REJECTIONS, matching, rows

# The namespace of tables that the contract has in no schema, as in Spark.
_NAMESPACE: Final = "default"
_CONFLICTS: Final = (CommitFailedException, TableAlreadyExistsError, ValidationException)
# What a load keeps in its snapshot, to be put back if it is undone: `WATERMARK` of before.
_BEFORE: Final = "watermark_before"


class IcebergWarehouse(Lake[IcebergVersion]):
    """Tables of the catalogue `name`: its properties are pyiceberg's, and what they leave out is in
    pyiceberg's own configuration."""

    types = (lake.ICEBERG, lake.ICEBERG_OF_SPARK)

    def __init__(self, name: str, properties: dict[str, str] | None = None) -> None:
        super().__init__()
        self._catalog = _catalog(name, properties or {})

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""
        found = super().watermark(table)
        if found is None:
            with self._failures(f"cannot read the watermark of {table.object}"):
                seen = self._opened(table)
                found = seen.watermark if seen is not None else None
        return found

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        """The table's name to the world; see `Warehouse.dataset`."""
        catalogue = places.catalogue(self._catalog.name, self._catalog.properties.get("uri"))
        return catalogue, ".".join(self.place(table))

    def place(self, table: Table[Any], name: str | None = None) -> tuple[str, str]:
        """Namespace and name of the table, or of another one beside it."""
        found = (table.schema or _NAMESPACE, name or table.name)
        if any("/" in each or each in (".", "..") for each in found):
            raise WarehouseError(f"{'.'.join(found)} cannot be the name of a table: it is a path")
        return found

    def _opened(self, table: Table[Any]) -> IcebergVersion | None:
        try:
            found = self._catalog.load_table(self.place(table))
        except NoSuchTableError:
            return None
        if found.format_version < 2:
            raise WarehouseError(
                f"{table.name} is in version 1 of Iceberg's format, which does not number its"
                " snapshots: set its property `format-version` to 2"
            )
        return IcebergVersion(found, table)

    def _write(
        self, seen: IcebergVersion | None, staging: Staging, terms: Terms, told: Told
    ) -> None:
        table = staging.table
        transaction = self._created(table) if seen is None else seen.transaction()
        files = DataFiles(transaction.table_metadata, transaction._table.io)
        try:
            staging.query("SET arrow_lossless_conversion = true")
            gone = [] if seen is None else seen.taken_out(staging, terms.mode, files)
            schema = transaction.table_metadata.schema().as_arrow()
            types = matching(schema, table, self.types)
            files.write(rows(staging, types, table.partition_key))
            if seen is None or not seen.ancestors:
                # What a table goes back to whose first load is undone.
                transaction.update_snapshot().fast_append().commit()
            told = {**told, _BEFORE: transaction.table_metadata.properties.get(WATERMARK)}
            change = transaction.update_snapshot({LOAD: json.dumps(told)})
            snapshot = change.overwrite() if gone else change.fast_append()
            for each in gone:
                snapshot.delete_data_file(each)
            for each in files.written:
                snapshot.append_data_file(each)
            snapshot.commit()
            at = snapshot.snapshot_id
            properties = {property_of(table, told["load_id"]): str(at)}
            if told["watermark"] is not None:
                mark = {"snapshot": at, "watermark": told["watermark"]}
                properties[WATERMARK] = json.dumps(mark)
            transaction.set_properties(properties)
        except BaseException:
            files.remove()
            raise
        try:
            transaction.commit_transaction()
        except _CONFLICTS:
            # Whoever says so may have lost the answer to the first of two commits.
            now = self._opened(table)
            if now is None or now.found.snapshot_by_id(at) is None:
                files.remove()
            raise Overtaken from None

    def _created(self, table: Table[Any]) -> Transaction:
        """The transaction that makes the table."""
        self._make_namespace(table)
        schema = iceberg_schema.schema(table)
        return self._catalog.create_table_transaction(
            self.place(table),
            schema,
            partition_spec=iceberg_schema.partitions(table, schema),
            properties={"format-version": "2"},
        )

    def _make_namespace(self, table: Table[Any]) -> None:
        namespace, _ = self.place(table)
        if self._catalog.namespace_exists(namespace):
            return
        try:
            self._catalog.create_namespace_if_not_exists(namespace)
        except Exception:
            # Two who make it at once: catalogues have different errors for the second.
            if not self._catalog.namespace_exists(namespace):
                raise

    def _undo(self, table: Table[Any], seen: IcebergVersion, number: int, told: Told) -> None:
        what = f"cannot undo load {told['load_id']!r} of {table.object}"
        after = [each for each in seen.ancestors if (each.sequence_number or 0) > number]
        if any(each.summary and each.summary.operation != Operation.REPLACE for each in after):
            raise WarehouseError(f"{what}: others wrote to the table after it")
        before = seen.ancestors[len(after)].parent_snapshot_id
        if before is None or seen.found.snapshot_by_id(before) is None:
            raise WarehouseError(f"{what}: the snapshot before it has expired")
        transaction = seen.transaction()
        ManageSnapshots(transaction).set_current_snapshot(before).commit()
        known = seen.found.properties
        removed = {property_of(table, told["load_id"])}
        if told["watermark"] is not None:
            if told[_BEFORE] is None:
                removed.add(WATERMARK)
            else:
                transaction.set_properties({WATERMARK: told[_BEFORE]})
        if removed := {each for each in removed if each in known}:
            transaction.remove_properties(*sorted(removed))
        try:
            transaction.commit_transaction()
        except _CONFLICTS:
            raise Overtaken from None

    def _put_aside(self, table: Table[Any], load_id: str, rows: Iterator[RecordBatch]) -> None:
        self._make_namespace(table)
        place = self.place(table, QUARANTINE)
        try:
            found = self._catalog.create_table_if_not_exists(place, REJECTIONS)
            named = {"contract": table.contract, "table": table.name, "load_id": load_id}
            of_load = And(
                *(
                    EqualTo(term=Reference(name), value=literal(text))
                    for name, text in named.items()
                )
            )
            with found.transaction() as transaction:
                if any(found.scan(of_load).plan_files()):
                    transaction.delete(of_load)
                for each in in_files(rows):
                    transaction.append(each)
        except _CONFLICTS:
            raise Overtaken from None

    def _traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        found = self._erasing(table, wanted)
        return Traces() if found is None else found.traces()

    def _erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        found = self._erasing(table, wanted)
        return Traces() if found is None else found.erase()

    def _erasing(self, table: Table[Any], wanted: Wanted) -> Erasing | None:
        seen = self._opened(table)
        place, aside = self.place(table, QUARANTINE), None
        if seen is not None and self._catalog.table_exists(place):
            aside = IcebergVersion(self._catalog.load_table(place), table)
        return None if seen is None else Erasing(table, wanted, seen, aside)

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        """Catalogues are of many libraries, with errors of their own."""
        try:
            yield
        except (PortwrightError, Overtaken):
            raise
        except (duckdb.Error, pyarrow.ArrowInvalid) as error:
            raise unfit(what, error) from None
        except Exception as error:
            said = str(error).strip().split("\n", 1)[0]
            raise WarehouseError(f"{what}: {said or type(error).__name__}") from None


def _catalog(name: str, properties: dict[str, str]) -> Catalog:
    try:
        return load_catalog(name, **properties)
    except Exception as error:
        said = str(error).strip().split("\n", 1)[0]
        # Properties may be passwords.
        secrets = [text for name, text in properties.items() if name != "type"]
        if not said or any(each in said for each in secrets):
            said = type(error).__name__
        raise WarehouseError(f"cannot open the Iceberg catalogue {name!r}: {said}") from None
