"""What BigQuery refuses of statements that are good GoogleSQL.

From its reference of data definition language, and its pages on quotas, on schemas, and on
partitioned and clustered tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from zetasql.types import ResolvedCreateTableStmt, ResolvedFunctionCall, TypeKind

KEY_TYPES = frozenset(
    {
        TypeKind.TYPE_BIGNUMERIC,
        TypeKind.TYPE_BOOL,
        TypeKind.TYPE_DATE,
        TypeKind.TYPE_DATETIME,
        TypeKind.TYPE_INT64,
        TypeKind.TYPE_NUMERIC,
        TypeKind.TYPE_STRING,
        TypeKind.TYPE_TIMESTAMP,
    }
)
CLUSTER_TYPES = KEY_TYPES | {TypeKind.TYPE_GEOGRAPHY, TypeKind.TYPE_RANGE}
TRUNCATED = {
    "ZetaSQL:date_trunc": TypeKind.TYPE_DATE,
    "ZetaSQL:datetime_trunc": TypeKind.TYPE_DATETIME,
    "ZetaSQL:timestamp_trunc": TypeKind.TYPE_TIMESTAMP,
}
OWN_PREFIXES = (
    *("_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER"),
    *("_CHANGE_SEQUENCE_NUMBER", "_CHANGE_TYPE", "_CHANGE_TIMESTAMP"),
)


class Refused(Exception):
    """What BigQuery says against a statement."""


def refuse_if(condition: object, why: str) -> None:
    if condition:
        raise Refused(why)


def description(given: Any) -> str | None:
    """The description among the options of a table or a column."""
    options = {each.name: each.value.value.value.string_value for each in given.option_list}
    refuse_if(options.keys() - {"description"}, f"an option of other kinds: {options}")
    return options.get("description")


def check_schema(path: tuple[str, ...]) -> None:
    refuse_if(not re.fullmatch(r"\w{1,1024}", path[-1], re.ASCII), f"no name of a dataset: {path}")
    refuse_if(len(path) > 2, f"a dataset is in a project and in nothing else: {path}")


def check_table(
    table: ResolvedCreateTableStmt, tables: Mapping[tuple[str, ...], ResolvedCreateTableStmt]
) -> None:
    """Refuses what BigQuery would; `tables` are those there are."""
    name = table.name_path[-1]
    categories = {unicodedata.category(each) for each in name}
    good = all(each[0] in "LMN" or each in ("Pc", "Pd", "Zs") for each in categories)
    refuse_if(not good or len(name.encode()) > 1024, f"no name of a table: {name}")
    refuse_if(len(description(table) or "") > 16_384, "the description is too long")
    columns = table.column_definition_list
    refuse_if(not 1 <= len(columns) <= 10_000, f"{len(columns)} columns")
    for each in columns:
        _check_column(each.name, each.type, each.annotations, depth=0)
        refuse_if(each.name.upper().startswith(OWN_PREFIXES), f"an own name: {each.name}")
    _check_layout(table)
    _check_keys(table, tables)


def _check_column(name: str, type_: Any, facts: Any, depth: int) -> None:
    flexible = re.fullmatch(r"[^\x00-\x1f\x7f!\"$()*,./;?@\[\\\]^`{}~]{1,300}", name)
    refuse_if(not flexible, f"no name of a column: {name}")
    refuse_if(depth > 15, f"{name} is more than 15 records deep")
    refuse_if(facts and len(description(facts) or "") > 1024, "the description is too long")
    is_list = type_.type_kind == TypeKind.TYPE_ARRAY
    refuse_if(is_list and facts and facts.not_null, f"{name} is a list and NOT NULL")
    children = list(facts.child_list) if facts else []
    if is_list:
        type_, facts = type_.array_type.element_type, children[0] if children else None
        refuse_if(facts and facts.not_null, f"NOT NULL of the items of {name}")
        children = list(facts.child_list) if facts else []
    if type_.type_kind == TypeKind.TYPE_STRUCT:
        fields = type_.struct_type.field
        names = [each.field_name.lower() for each in fields]
        refuse_if(len(set(names)) < len(names) or not names, f"fields of {name}: {names}")
        children += [None] * (len(fields) - len(children))
        for each, noted in zip(fields, children, strict=True):
            _check_column(each.field_name, each.field_type, noted, depth + 1)


def _check_layout(table: ResolvedCreateTableStmt) -> None:
    refuse_if(len(table.partition_by_list) > 1, "more than one partitioning column")
    for each in table.partition_by_list:
        kind = each.type.type_kind
        if isinstance(each, ResolvedFunctionCall):
            refuse_if(TRUNCATED.get(each.function.name) != kind, f"partitions by {each.function}")
        else:
            refuse_if(kind != TypeKind.TYPE_DATE, f"partitions by a column of {kind.name}")
    refuse_if(len(table.cluster_by_list) > 4, "more than four clustering columns")
    for each in table.cluster_by_list:
        refuse_if(each.type.type_kind not in CLUSTER_TYPES, f"clusters by {each.type}")


def _check_keys(
    table: ResolvedCreateTableStmt, tables: Mapping[tuple[str, ...], ResolvedCreateTableStmt]
) -> None:
    refuse_if(table.check_constraint_list, "there are no CHECKs")
    key = table.primary_key
    if key:
        refuse_if(not key.unenforced, "a primary key is NOT ENFORCED")
        refuse_if(key.constraint_name, "a primary key has no name of its own")
        refuse_if(len(key.column_offset_list) > 16, "more than 16 columns in a key")
        _check_key_types(table, key.column_offset_list)
    refuse_if(len(table.foreign_key_list) > 64, "more than 64 foreign keys")
    names = [each.constraint_name for each in table.foreign_key_list]
    refuse_if(len(set(names)) < len(names), f"constraints of one name: {names}")
    for each in table.foreign_key_list:
        refuse_if(each.enforced, "a foreign key is NOT ENFORCED")
        _check_key_types(table, each.referencing_column_offset_list)
        target = tables[tuple(each.referenced_table.full_name.split("."))]
        aims = list(each.referenced_column_offset_list)
        aimed = list(target.primary_key.column_offset_list) if target.primary_key else []
        refuse_if(sorted(aims) != sorted(aimed), "a foreign key refers to a primary key")
        here = [_type(table, each) for each in each.referencing_column_offset_list]
        refuse_if(here != [_type(target, each) for each in aims], "keys of different types")


def _check_key_types(table: ResolvedCreateTableStmt, offsets: list[int]) -> None:
    for each in _kinds(table, offsets):
        refuse_if(each not in KEY_TYPES, f"a key over {each.name}")


def _kinds(table: ResolvedCreateTableStmt, offsets: list[int]) -> Iterator[TypeKind]:
    yield from (table.column_definition_list[each].type.type_kind for each in offsets)


def _type(table: ResolvedCreateTableStmt, offset: int) -> TypeKind:
    kind: TypeKind = table.column_definition_list[offset].type.type_kind
    return kind
