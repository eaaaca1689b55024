"""The log of a Delta table as the ledger of its loads, and its schema beside the contract's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pyarrow
from deltalake import DeltaTable

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.naming import literal, quoted
from portwright_runtime.warehouse import Load, Table, Terms

# What commits say, in their metadata: which load they are, and the version of one that they undo.
LOAD: Final = "portwright.load"
UNDONE: Final = "portwright.undone"


def transaction_id(table: Table[Any], load_id: str) -> str:
    return f"portwright {table.contract} {load_id}"


def there(delta: DeltaTable, table: Table[Any], terms: Terms) -> Load | None:
    """The load as `unchanged`, if the table has it: its transaction is odd where it does."""
    if not (delta.transaction_version(transaction_id(table, terms.load_id)) or 0) % 2:
        return None
    told = next((told for _, told in loads(delta) if told["load_id"] == terms.load_id), None)
    if told is None:  # its commit is older than the log
        return Load(table.object, terms.load_id, terms.mode, 0, "unchanged")
    if told["mode"] != terms.mode:
        raise WarehouseError(
            f"load {terms.load_id!r} of {table.object} is in the table already, in mode"
            f" {told['mode']}: a load_id names one load, so give this one, in mode {terms.mode},"
            " another"
        )
    return replace(load(told), status="unchanged")


def load(told: Mapping[str, Any]) -> Load:
    """The load that a commit tells of."""
    return Load(**{name: told[name] for name in Load.__dataclass_fields__})


def loads(delta: DeltaTable) -> Iterator[tuple[int, dict[str, Any]]]:
    """The loads that are in the table, the last first: their versions, and what their commits
    say."""
    undone: set[int] = set()
    for each in delta.history():
        if UNDONE in each:
            undone.add(int(each[UNDONE]))
        elif LOAD in each and each["version"] not in undone:
            yield each["version"], json.loads(each[LOAD])


def compare(delta: DeltaTable, table: Table[Any]) -> None:
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


def equals(name: str, value: str, type_: str) -> str:
    """A condition of the library: a column of that Arrow type holds what the text says."""
    text = literal(value)
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
