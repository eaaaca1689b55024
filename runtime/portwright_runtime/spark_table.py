"""What a job of Spark knows of one object: its topic, its table, and the SQL from one to the other.

Expressions are Spark's: `decode` and `conditions` read `record`, the Avro record as Spark has it,
`rules` the columns of the table, and keys read `key_text`, the text of a message's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

TableFormat: TypeAlias = Literal["delta", "iceberg"]
FORMATS: Final[tuple[TableFormat, ...]] = ("delta", "iceberg")


@dataclass(frozen=True, slots=True)
class SparkColumn:
    """A column: its name as SQL, what stands behind the name in CREATE TABLE, and its value."""

    name: str
    definition: str
    value: str


@dataclass(frozen=True, slots=True)
class SparkRule:
    """A rule at a path of a record: `predicate` is true or null where it is kept."""

    path: str
    rule: str
    predicate: str


@dataclass(frozen=True, slots=True)
class SparkKey:
    """A column of the primary key, and its value in the key of a message; "" where no key tells."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class SparkTable:
    """One object. `schema` is the Avro schema that its records are read by; `guid`, in hex, names
    that of its own producer where there is no registry. `table` is a qualified name as SQL, and
    `options` what stands behind its columns in CREATE TABLE. Without a `key`, rows are appended."""

    contract: str
    version: str
    object: str
    topic: str
    event_type: str
    schema: str
    guid: str
    table: str
    columns: tuple[SparkColumn, ...]
    conditions: tuple[SparkRule, ...] = ()
    rules: tuple[SparkRule, ...] = ()
    key: tuple[SparkKey, ...] = ()
    options: Mapping[TableFormat, str] = field(default_factory=dict)

    @property
    def deletes(self) -> bool:
        """Whether the key of a tombstone says which row is no more."""
        return bool(self.key) and all(each.value for each in self.key)
