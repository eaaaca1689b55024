"""What overrides see of a contract: names as printed, and texts on one line.

A field that goes or means another thing raises the version of each template that has the view.
"""

from __future__ import annotations

from dataclasses import dataclass

from portwright.model import Field, Model, Object, Record


@dataclass(frozen=True, slots=True)
class ContractView:
    """The contract."""

    id: str
    name: str
    version: str
    major: int
    source: str
    domain: str
    status: str
    tenant: str
    data_product: str
    team: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A property."""

    name: str
    column: str
    description: str
    classification: str
    public: bool
    required: bool
    deprecated: bool
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectView:
    """An object of the contract."""

    name: str
    description: str
    topic: str
    table: str
    deprecated: bool
    tags: tuple[str, ...]
    properties: tuple[PropertyView, ...]


@dataclass(frozen=True, slots=True)
class HeaderView:
    """What a file with a header is made from."""

    contract: ContractView


@dataclass(frozen=True, slots=True)
class TableView:
    """A table; `identifier` is its qualified name as SQL of the engine."""

    identifier: str
    object: ObjectView


@dataclass(frozen=True, slots=True)
class DdlView:
    """A file of tables for one engine."""

    contract: ContractView
    dialect: str
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True)
class ProtobufView:
    """A file of Protobuf."""

    contract: ContractView
    object: ObjectView
    package: str


@dataclass(frozen=True, slots=True)
class PackageView:
    """A module of a Python package."""

    contract: ContractView
    package: str


@dataclass(frozen=True, slots=True)
class AttributeView:
    """An attribute of a record, and the property it is made from."""

    name: str
    property: PropertyView


@dataclass(frozen=True, slots=True)
class RecordView:
    """A class of a Python package; `path` leads from the object to what it is made from."""

    contract: ContractView
    package: str
    name: str
    path: str
    attributes: tuple[AttributeView, ...]


@dataclass(frozen=True, slots=True)
class StagingView:
    """A staging model of dbt."""

    contract: ContractView
    object: ObjectView
    dialect: str


@dataclass(frozen=True, slots=True)
class OutboxView:
    """The tables of an outbox, each as SQL of the engine."""

    dialect: str
    outbox: str
    attempt: str
    dead: str


def contract_view(model: Model) -> ContractView:
    team = model.team.name if model.team else None
    return ContractView(
        id=line(model.id),
        name=line(model.name),
        version=line(model.version),
        major=model.major,
        source=line(model.source),
        domain=line(model.domain),
        status=line(model.status),
        tenant=line(model.tenant),
        data_product=line(model.data_product),
        team=line(team),
        tags=tuple(map(line, model.tags)),
    )


def object_view(object_: Object) -> ObjectView:
    return ObjectView(
        name=line(object_.name),
        description=line(object_.description),
        topic=line(object_.topic),
        table=line(object_.table),
        deprecated=object_.deprecated,
        tags=tuple(map(line, object_.tags)),
        properties=properties(object_.record),
    )


def properties(record: Record) -> tuple[PropertyView, ...]:
    return tuple(map(_property, record.fields))


def _property(field: Field) -> PropertyView:
    return PropertyView(
        name=line(field.name),
        column=line(field.column),
        description=line(field.description),
        classification=line(field.classification),
        public=field.public,
        required=field.required,
        deprecated=field.deprecated,
        tags=tuple(map(line, field.tags)),
    )


def line(text: str | None) -> str:
    """A text of the contract on one line, so that it cannot end a comment of one."""
    words = " ".join((text or "").split())
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in words)
