"""Objects: what of a contract becomes a topic and a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Expression:
    """Text made of a record's fields: `fields` lead to each, and stand in the `{}` of `template`.

    Without a template they are a key's values, as those of a primary key are.
    """

    fields: tuple[tuple[Field, ...], ...]
    template: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The fields as the contract names them: `customer.customer_id`."""
        return tuple(".".join(each.name for each in path) for path in self.fields)

    @property
    def public(self) -> bool:
        """Whether the text may be shown to everybody."""
        return all(field.public for path in self.fields for field in path)


class Compatibility(StrEnum):
    """What a registry holds new versions of a schema to (Confluent's levels)."""

    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"
    NONE = "NONE"


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
    in the primary key is always `required`. `aliases` are names it had before. `stream_key` is
    what keys its messages where that is not the primary key, `stream_headers` what headers they
    get; `subject` is its name in a registry where the contract gives one. `latest_by` is the
    property that grows with every version of a record, `volume_change` by how many percent the
    rows of a load may differ from those of loads before. `partitions`, `replicas` and
    `topic_config` (Kafka's names and values) are what the contract says of its topic.
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
    stream_key: Expression | None = None
    stream_headers: tuple[tuple[str, Expression], ...] = ()
    subject: str | None = None
    compatibility: Compatibility = Compatibility.FULL_TRANSITIVE
    latest_by: str | None = None
    volume_change: Decimal | None = None
    partitions: int | None = None
    replicas: int | None = None
    topic_config: tuple[tuple[str, str], ...] = ()

    @property
    def schema_subject(self) -> str:
        """Its name in a registry, else by Confluent's TopicNameStrategy."""
        return self.subject or f"{self.topic}-value"

    @property
    def key(self) -> Expression | None:
        """What keys its messages, None where nothing does."""
        if self.stream_key is not None:
            return self.stream_key
        fields = self.fields(self.primary_key)
        return Expression(tuple((each,) for each in fields)) if fields else None

    def fields(self, names: Iterable[str]) -> tuple[Field, ...]:
        """The fields of its record that have these names, in their order."""
        known = {each.name: each for each in self.record.fields}
        return tuple(known[name] for name in names if name in known)

    @property
    def description(self) -> str | None:
        """That of its records."""
        return self.record.description
