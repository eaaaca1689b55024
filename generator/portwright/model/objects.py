"""Objects: what of a contract becomes a topic and a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portwright.diagnostics import Span
from portwright.model.quality import QualityRule
from portwright.model.types import Field, Record


@dataclass(frozen=True, slots=True)
class Relationship:
    """A foreign key: `columns` of this object point at `target_columns` of object `target`.

    Names are property names as written. All of them were found in the contract.
    """

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    span: Span


class Port(StrEnum):
    """One way an object is handed out."""

    STREAM = "stream"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Object:
    """One ODCS schema object: a record type, its topic and its table.

    `schema` and `table` are the qualified name of the table (schema may be None), `qualifier`
    what the contract itself writes before the table's name, outermost first;
    `primary_key` and `partition_key` hold property names in key order; a property
    in the primary key is always `required`. `aliases` are names it had before.
    """

    name: str
    record: Record
    span: Span
    id: str | None = None
    business_name: str | None = None
    physical_type: str | None = None
    tags: tuple[str, ...] = ()
    topic: str = ""
    schema: str | None = None
    table: str = ""
    qualifier: tuple[str, ...] = ()
    primary_key: tuple[str, ...] = ()
    partition_key: tuple[str, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    quality: tuple[QualityRule, ...] = ()
    ports: tuple[Port, ...] = (Port.STREAM, Port.TABLE)
    deprecated: bool = False
    aliases: tuple[str, ...] = ()

    def fields(self, names: Iterable[str]) -> tuple[Field, ...]:
        """The fields of its record that have these names, in their order."""
        known = {each.name: each for each in self.record.fields}
        return tuple(known[name] for name in names if name in known)

    @property
    def description(self) -> str | None:
        """That of its records."""
        return self.record.description
