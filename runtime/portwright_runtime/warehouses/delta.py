"""Delta Lake, in a folder or a bucket: a load is one commit of the table's log.

The log is the ledger: a commit of a load says which it is, and holds a transaction of its id,
which the log keeps for ever. Versions of before are Delta's to keep: a load is undone by going
back to the one that it began from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any, Final

import duckdb
import pyarrow
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import DeltaError

from portwright_runtime.errors import ClosedError, WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.naming import listed, quoted
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import DELETED, STAGED, Staging
from portwright_runtime.warehouse import (
    QUARANTINE,
    Finding,
    Load,
    Table,
    Terms,
    violation,
)

_LOAD: Final = "portwright.load"
_UNDONE: Final = "portwright.undone"
_TARGET: Final = "_portwright_target"


class DeltaWarehouse:
    """Tables below `root`, a folder or the url of a bucket: `<root>/<schema>/<table>`.

    `options` are those of the object store, such as `aws_region`.
    """

    def __init__(self, root: str, options: dict[str, str] | None = None) -> None:
        self._root = root.rstrip("/")
        self._options = options or {}
        self._closed = False

    def begin(self, table: Table[Any], terms: Terms) -> DeltaAttempt | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        if self._closed:
            raise ClosedError("the warehouse was closed")
        with _failures(f"cannot begin load {terms.load_id!r} of {table.object}"):
            delta = self._opened(table)
            if delta is not None:
                _compare(delta, table)
                if there := _there(delta, table, terms):
                    return there
            return DeltaAttempt(self, table, terms, delta)

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        """Undoes the last load of the table; see `Warehouse.roll_back`."""
        what = f"cannot undo a load of {table.object}"
        with _failures(what):
            delta = self._opened(table)
            last = next(_loads(delta), None) if delta is not None else None
            if delta is None or last is None:
                raise WarehouseError(f"{what}: there is none")
            version, told = last
            if load_id is not None and told["load_id"] != load_id:
                raise WarehouseError(f"{what}: the last one is {told['load_id']!r}, undo it first")
            key = _transaction_id(table, told["load_id"])
            properties = CommitProperties(
                custom_metadata={_UNDONE: str(version)},
                app_transactions=[Transaction(key, (delta.transaction_version(key) or 1) + 1)],
            )
            if version == 0:
                delta.delete(commit_properties=properties)
            else:
                delta.restore(version - 1, commit_properties=properties)
            return str(told["load_id"])

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""
        with _failures(f"cannot read the watermark of {table.object}"):
            delta = self._opened(table)
            if delta is None:
                return None
            marks = (told["watermark"] for _, told in _loads(delta))
            return next((str(each) for each in marks if each is not None), None)

    def close(self) -> None:
        """Begins no more loads."""
        self._closed = True

    def place(self, table: Table[Any], name: str | None = None) -> str:
        """Where the table is, or another one beside it."""
        parts = [self._root, *([table.schema] if table.schema else []), name or table.name]
        return "/".join(parts)

    def write(self, place: str, data: Any, **how: Any) -> None:
        """One commit that writes rows."""
        write_deltalake(place, data, storage_options=self._options or None, **how)

    def _opened(self, table: Table[Any]) -> DeltaTable | None:
        place = self.place(table)
        if not DeltaTable.is_deltatable(place, self._options or None):
            return None
        return DeltaTable(place, storage_options=self._options or None)


class DeltaAttempt:
    """One try at a load: what is written is no part of the table before its commit."""

    def __init__(
        self, warehouse: DeltaWarehouse, table: Table[Any], terms: Terms, delta: DeltaTable | None
    ) -> None:
        self._warehouse = warehouse
        self._table = table
        self._terms = terms
        self._began = -1 if delta is None else delta.version()
        self._staging = private_staging(table)
        self._schema = lake.schema(table, lake.DELTA)

    @property
    def staging(self) -> Staging:
        """Where the rows are staged."""
        return self._staging

    def publish(self) -> Load:
        """The load, in one commit; see `Attempt.publish`."""
        what = f"load {self._terms.load_id!r} of {self._table.object} is not published"
        with _failures(what):
            delta = self._warehouse._opened(self._table)
            if delta is not None:
                _compare(delta, self._table)
                if there := _there(delta, self._table, self._terms):
                    return there
                if self._terms.mode in ("replace", "partition"):
                    self._refuse_what_undoes(delta, what)
            older = self._look_at(delta, what) if delta is not None else 0
            staging = self._staging
            load = Load(
                self._table.object,
                self._terms.load_id,
                self._terms.mode,
                staging.rows,
                "published",
                staging.rejected,
                staging.superseded + older,
                staging.deleted,
                staging.watermark,
            )
            self._put_aside()
            self._write(delta, load)
            return load

    def discard(self) -> None:
        """Frees the staging."""
        self._staging.close()

    # ------------------------------------------------------------------ looks

    def _refuse_what_undoes(self, delta: DeltaTable, what: str) -> None:
        for version, told in _loads(delta):
            if version <= self._began:
                return
            if told["began"] > self._began:
                raise WarehouseError(
                    f"{what}: load {told['load_id']!r} of the same table began later and is in it"
                    " already"
                )

    def _look_at(self, delta: DeltaTable, what: str) -> int:
        """How many rows were left out, as the table has later ones; raises where rows may not go
        there."""
        staging, table, mode = self._staging, self._table, self._terms.mode
        if mode == "replace":
            if not staging.rows and not self._terms.allow_empty and delta.count():
                raise WarehouseError(
                    f"{what}: it has no rows and would empty the table; "
                    "pass allow_empty=True if that is meant"
                )
            return 0
        staging.attach(_TARGET, delta.to_pyarrow_dataset())
        same = " AND ".join(f"s.{quoted(each)} = t.{quoted(each)}" for each in table.primary_key)
        older = 0
        if mode == "upsert" and table.latest_by is not None:
            latest = quoted(table.latest_by)
            older = staging.leave_out(
                f"EXISTS (SELECT 1 FROM {quoted(_TARGET)} AS t WHERE {same}"
                f" AND t.{latest} > s.{latest})"
            )
        found = list(self._present(same))
        if found:
            raise violation(table, found)
        return older

    def _present(self, same: str) -> Iterator[Finding]:
        """What of keys is in rows of the table that stay."""
        table, mode = self._table, self._terms.mode
        stays = f"SELECT * FROM {quoted(_TARGET)} AS t"
        if mode == "upsert":
            stays += f" WHERE NOT EXISTS (SELECT 1 FROM {STAGED} AS s WHERE {same})"
        elif mode == "partition":
            parts = " AND ".join(
                f"s.{quoted(each)} IS NOT DISTINCT FROM t.{quoted(each)}"
                for each in table.partition_key
            )
            stays += f" WHERE NOT EXISTS (SELECT 1 FROM {STAGED} AS s WHERE {parts})"
        for key in table.keys:
            both = (
                f"{STAGED} WHERE NOT {quoted(DELETED)} AND ({listed(key)}) IN"
                f" (SELECT ({listed(key)}) FROM ({stays}))"
            )
            [[rows]] = self._staging.query(f"SELECT count(*) FROM {both}")
            if rows:
                path = ", ".join(each.property for each in table.columns if each.name in key)
                yield Finding(path, "must not be in the table already", int(rows))

    # ----------------------------------------------------------------- writes

    def _write(self, delta: DeltaTable | None, load: Load) -> None:
        table, terms = self._table, self._terms
        properties = self._properties(delta, load)
        if terms.mode == "upsert" and delta is not None:
            self._merge(delta, properties)
            return
        how: dict[str, Any] = {"commit_properties": properties}
        if delta is None:
            how["partition_by"] = [*table.partition_key] or None
            how["mode"] = "error"
        elif terms.mode == "append":
            how["mode"] = "append"
        else:
            how["mode"] = "overwrite"
            if terms.mode == "partition":
                how["predicate"] = self._partitions()
        self._warehouse.write(self._warehouse.place(table), self._rows(), **how)

    def _merge(self, delta: DeltaTable, properties: CommitProperties) -> None:
        table = self._table
        same = " AND ".join(f"s.{quoted(each)} = t.{quoted(each)}" for each in table.primary_key)
        columns = {quoted(each.name): f"s.{quoted(each.name)}" for each in table.columns}
        merge = delta.merge(
            self._rows(marked=True),
            same,
            source_alias="s",
            target_alias="t",
            commit_properties=properties,
        )
        gone = f"s.{quoted(DELETED)}"
        (
            merge.when_matched_delete(gone)
            .when_matched_update(columns, f"NOT {gone}")
            .when_not_matched_insert(columns, f"NOT {gone}")
            .execute()
        )

    def _rows(self, marked: bool = False) -> pyarrow.RecordBatchReader:
        """The staged rows; `marked`, with those that are no more, whose columns may be null."""
        forms, schema = lake.forms(self._table, lake.DELTA), self._schema
        where = f"NOT {quoted(DELETED)}"
        if marked:
            forms, where = f"{forms}, {quoted(DELETED)}", "true"
            nullable = [each.with_nullable(True) for each in schema]
            schema = pyarrow.schema([*nullable, pyarrow.field(DELETED, pyarrow.bool_())])
        batches = (lake.conformed(each, schema) for each in self._staging.batches(forms, where))
        return pyarrow.RecordBatchReader.from_batches(schema, batches)

    def _partitions(self) -> str:
        """The condition of rows that are in the partitions of the staged ones."""
        names = self._table.partition_key
        texts = ", ".join(f"CAST({quoted(each)} AS VARCHAR)" for each in names)
        found = self._staging.query(f"SELECT DISTINCT {texts} FROM {STAGED}")
        types = {each.name: str(each.type) for each in self._schema}
        return (
            " OR ".join(
                "("
                + " AND ".join(
                    (
                        f"{quoted(name)} IS NULL"
                        if value is None
                        else _equals(name, value, types[name])
                    )
                    for name, value in zip(names, row, strict=True)
                )
                + ")"
                for row in found
            )
            or "false"
        )

    def _properties(self, delta: DeltaTable | None, load: Load) -> CommitProperties:
        told = {**asdict(load), "began": self._began, "version": self._table.version}
        key = _transaction_id(self._table, load.load_id)
        before = (delta.transaction_version(key) if delta is not None else None) or 0
        return CommitProperties(
            custom_metadata={_LOAD: json.dumps(told)},
            app_transactions=[Transaction(key, before + 1)],
        )

    def _put_aside(self) -> None:
        """Writes down the rejected rows, if they are to be kept; again, it replaces them."""
        if self._terms.on_bad_rows != "quarantine" or not self._staging.rejected:
            return
        rows = [
            {
                "contract": self._table.contract,
                "table": self._table.name,
                "load_id": self._terms.load_id,
                **asdict(each),
            }
            for each in self._staging.rejections()
        ]
        place = self._warehouse.place(self._table, QUARANTINE)
        how: dict[str, Any] = {"mode": "overwrite"}
        if DeltaTable.is_deltatable(place, self._warehouse._options or None):
            how["predicate"] = " AND ".join(
                _equals(name, str(rows[0][name]), "string")
                for name in ("contract", "table", "load_id")
            )
        self._warehouse.write(place, pyarrow.Table.from_pylist(rows), **how)


def _equals(name: str, value: str, type_: str) -> str:
    text = "'" + value.replace("'", "''") + "'"
    return f"{quoted(name)} = {text if type_ == 'string' else f'CAST({text} AS {_SQL[type_]})'}"


_SQL: Final = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INT",
    "int64": "BIGINT",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "timestamp[us]": "TIMESTAMP",
    "timestamp[us, tz=UTC]": "TIMESTAMP",
}


def _transaction_id(table: Table[Any], load_id: str) -> str:
    return f"portwright {table.contract} {load_id}"


def _there(delta: DeltaTable, table: Table[Any], terms: Terms) -> Load | None:
    """The load as `unchanged`, if the table has it: its transaction is odd where it does."""
    if not (delta.transaction_version(_transaction_id(table, terms.load_id)) or 0) % 2:
        return None
    told = next((told for _, told in _loads(delta) if told["load_id"] == terms.load_id), None)
    if told is None:  # its commit is older than the log
        return Load(table.object, terms.load_id, terms.mode, 0, "unchanged")
    if told["mode"] != terms.mode:
        raise WarehouseError(
            f"load {terms.load_id!r} of {table.object} is in the table already, in mode"
            f" {told['mode']}: a load_id names one load, so give this one, in mode {terms.mode},"
            " another"
        )
    names = Load.__dataclass_fields__
    return replace(Load(**{n: told[n] for n in names}), status="unchanged")


def _loads(delta: DeltaTable) -> Iterator[tuple[int, dict[str, Any]]]:
    """The loads that are in the table, the last first: their versions, and what their commits
    say."""
    undone: set[int] = set()
    for each in delta.history():
        if _UNDONE in each:
            undone.add(int(each[_UNDONE]))
        elif _LOAD in each and each["version"] not in undone:
            yield each["version"], json.loads(each[_LOAD])


def _compare(delta: DeltaTable, table: Table[Any]) -> None:
    """Returns if the table's columns are the contract's, else raises WarehouseError."""
    actual = {each.name: each for each in pyarrow.schema(delta.schema().to_arrow())}
    differences = []
    for field in lake.schema(table, lake.DELTA):
        has = actual.pop(field.name, None)
        if has is None:
            differences.append(f"column {field.name} ({field.type}) is missing")
        elif _plain(has.type) != _plain(field.type):
            differences.append(
                f"column {field.name} is {has.type} where the contract says {field.type}"
            )
        elif field.nullable and not has.nullable:
            differences.append(f"column {field.name} is NOT NULL where the contract says optional")
    differences += [f"column {name} is not in the contract" for name in actual]
    if differences:
        raise WarehouseError(
            f"{table.name} is not the table of {table.full_version}: {'; '.join(differences)}."
            " Migrate the table, or load with the package of the contract version that it has"
        )


def _plain(type_: Any) -> Any:
    """The type without what Delta does not tell: nullability and names within, wide offsets."""
    from pyarrow import types

    if types.is_map(type_):
        return ("map", _plain(type_.key_type), _plain(type_.item_type))
    if types.is_list(type_) or types.is_large_list(type_):
        return ("list", _plain(type_.value_type))
    if types.is_struct(type_):
        fields = [type_.field(at) for at in range(type_.num_fields)]
        return ("struct", tuple((each.name, _plain(each.type)) for each in fields))
    return str(type_).removeprefix("large_").replace("string_view", "string")


@contextmanager
def _failures(what: str) -> Iterator[None]:
    """Turns errors of the library into WarehouseErrors."""
    try:
        yield
    except (duckdb.Error, pyarrow.ArrowException):
        raise WarehouseError(
            f"{what}: a value does not fit its column: whole numbers have up to 38 digits here"
        ) from None
    except (DeltaError, OSError) as error:
        said = str(error).strip().split("\n", 1)[0]
        raise WarehouseError(f"{what}: {said or type(error).__name__}") from None
