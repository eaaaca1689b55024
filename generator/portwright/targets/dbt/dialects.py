"""Dialects that dbt has an adapter for, with types as CAST takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from portwright.targets.ddl import DIALECTS, Dialect
from portwright.targets.ddl.kinds import Kind
from portwright.targets.ddl.types import ArrayForm, MapForm, StructForm

# dbt's adapter for MySQL stopped at dbt 1.7.
ADAPTERS = tuple(each for each in DIALECTS if each != "mysql")

# What stands behind a type in CREATE TABLE only.
_CLAUSES = frozenset({"comment", "key_not_null", "not_null"})
_COLLATION = re.compile(r" COLLATE \w+")

# Types that an engine has and its CAST does not take.
_UNCAST = {"oracle": re.compile(r"BLOB|CLOB|JSON|VECTOR\b.*")}

Form = TypeVar("Form", ArrayForm, MapForm, StructForm)


def adapted(name: str) -> Dialect:
    """The dialect, whose types say nothing of nulls and collations and have no comments."""
    dialect = DIALECTS[name]
    types = dialect.types
    return replace(
        dialect,
        types=replace(
            types,
            leaf=_plain(types.leaf),
            keyed=_plain(types.keyed),
            array=types.array and _bare(types.array),
            map=types.map and _bare(types.map),
            struct=types.struct and _bare(types.struct),
        ),
    )


def can_be_cast(type_: str, dialect: Dialect) -> bool:
    """Whether CAST takes the type."""
    uncast = _UNCAST.get(dialect.name)
    return uncast is None or uncast.fullmatch(type_) is None


def _plain(types: Mapping[Kind, str]) -> dict[Kind, str]:
    return {kind: _COLLATION.sub("", text) for kind, text in types.items()}


def _bare(form: Form) -> Form:
    none: dict[str, Any] = {each.name: "" for each in fields(form) if each.name in _CLAUSES}
    return replace(form, **none)
