"""The model: what a contract says, with no YAML and no target in it.

Frozen dataclasses and tuples only. Types are canonical: no physical type text of a
database survives loading. A value that may be null *inside* a list, map or
optional field is `Nullable`; whether a field must be present is `Field.required`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal as Number
from enum import StrEnum

from portwright.diagnostics import Span

# --------------------------------------------------------------------- types


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a number (`Number`) or of a temporal value (ISO 8601 text).

    `allowed`, where not empty, lists the only values there may be: the enum of a type
    that is not text.
    """

    minimum: Number | str | None = None
    maximum: Number | str | None = None
    exclusive_minimum: Number | str | None = None
    exclusive_maximum: Number | str | None = None
    multiple_of: Number | None = None
    allowed: tuple[Number | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Boolean:
    pass


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number of `bits` 8, 16, 32, 64 or 128."""

    bits: int = 64
    signed: bool = True
    bounds: Bounds = Bounds()

    @property
    def lowest(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        return (1 << (self.bits - 1 if self.signed else self.bits)) - 1


@dataclass(frozen=True, slots=True)
class Float:
    """IEEE 754 binary, `bits` 32 or 64."""

    bits: int = 64
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class Decimal:
    """An exact number: `precision` digits in all, `scale` of them after the point."""

    precision: int
    scale: int
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class String:
    """Text; lengths count characters. `format` is the contract's word (email, uri …) or None."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Uuid:
    pass


@dataclass(frozen=True, slots=True)
class Bytes:
    """Raw bytes; lengths count bytes."""

    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Date:
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class Time:
    """Time of day in microseconds, without a zone."""

    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Microseconds. `zoned`: an instant, stored as UTC; otherwise a wall-clock reading."""

    zoned: bool = True
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One allowed value; `value` is text. `number` is the lock's, 0 before `lock.apply`."""

    value: str
    label: str | None = None
    description: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Reserved:
    """A number and a name once used and never to be used again."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Enum:
    """A closed set of texts. `name` and `path` as for `Record`."""

    name: str
    path: tuple[str, ...]
    values: tuple[EnumValue, ...]
    reserved: tuple[Reserved, ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    element: Type
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """Keys to values. Keys are never null."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Vector:
    """A fixed number of floating point or integer components (ODCS 3.2, RFC 0042)."""

    dimensions: int
    element: VectorElement


class VectorElement(StrEnum):
    BFLOAT16 = "bfloat16"
    BINARY = "binary"
    FLOAT16 = "float16"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    INT8 = "int8"
    UINT8 = "uint8"


@dataclass(frozen=True, slots=True)
class Json:
    """An object whose properties the contract does not list: any JSON value."""


@dataclass(frozen=True, slots=True)
class Record:
    """Named fields. `name` is the singular name of one such record, as written
    (`order` for an element of `orders`); `path` leads to it from its object and is
    unique in the model: ("orders",), ("orders", "lines")."""

    name: str
    path: tuple[str, ...]
    fields: tuple[Field, ...]
    description: str | None = None
    reserved: tuple[Reserved, ...] = ()


@dataclass(frozen=True, slots=True)
class Nullable:
    """Null or `inner`; stands only for elements of arrays and values of maps."""

    inner: Type


Scalar = (
    Boolean | Integer | Float | Decimal | String | Uuid | Bytes | Date | Time | Timestamp | Enum
)
Type = Scalar | Array | Map | Vector | Json | Record | Nullable


# -------------------------------------------------------------------- fields


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A rule of the contract's `quality`, kept as data: what ODCS calls library, sql, text, custom.

    `operator` is the ODCS name (mustBe, mustBeBetween …), `operand` its value or values.
    """

    type: str
    metric: str | None = None
    operator: str | None = None
    operand: object = None
    arguments: tuple[tuple[str, object], ...] = ()
    query: str | None = None
    name: str | None = None
    description: str | None = None
    dimension: str | None = None
    severity: str | None = None
    unit: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a record.

    `name` as written in the contract; `physical_name` the column's name if the
    contract gives one. `number` is the wire number of the lock, 0 before `lock.apply`.
    """

    name: str
    type: Type
    span: Span
    required: bool = False
    id: str | None = None
    physical_name: str | None = None
    description: str | None = None
    unique: bool = False
    classification: str | None = None
    tags: tuple[str, ...] = ()
    examples: tuple[object, ...] = ()
    deprecated: bool = False
    quality: tuple[QualityRule, ...] = ()
    number: int = 0

    @property
    def column(self) -> str:
        """The name of the field's column in a table."""
        return self.physical_name or self.name

    @property
    def public(self) -> bool:
        """Whether its values may be shown to everybody."""
        return (self.classification or "public").strip().lower() in ("public", "unclassified")


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

    `schema` and `table` are the qualified name of the table (schema may be None);
    `primary_key` and `partition_key` hold property names in key order; a property
    in the primary key is always `required`.
    """

    name: str
    record: Record
    span: Span
    id: str | None = None
    description: str | None = None
    business_name: str | None = None
    physical_type: str | None = None
    tags: tuple[str, ...] = ()
    topic: str = ""
    schema: str | None = None
    table: str = ""
    primary_key: tuple[str, ...] = ()
    partition_key: tuple[str, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    quality: tuple[QualityRule, ...] = ()
    ports: tuple[Port, ...] = (Port.STREAM, Port.TABLE)
    deprecated: bool = False


# ------------------------------------------------------------------ contract


@dataclass(frozen=True, slots=True)
class SlaProperty:
    property: str
    value: object
    unit: str | None = None
    value_ext: object = None
    element: str | None = None
    driver: str | None = None
    description: str | None = None
    scheduler: str | None = None
    schedule: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where the data lives. `settings` are the remaining keys as written, sorted by key."""

    name: str
    type: str
    environment: str | None = None
    description: str | None = None
    settings: tuple[tuple[str, object], ...] = ()
    span: Span | None = None

    def setting(self, key: str) -> str | None:
        """The setting as text, or None."""
        value = dict(self.settings).get(key)
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Role:
    role: str
    access: str | None = None
    description: str | None = None
    first_level_approvers: str | None = None
    second_level_approvers: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    username: str
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    name: str | None = None
    description: str | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Support:
    channel: str
    url: str | None = None
    tool: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A whole contract.

    `id` and `version` are as written. `name` is the contract's name (its `name`,
    else `dataProduct`, else `id`), `major` the major version number, `source` the file's path
    relative to the config with forward slashes.
    """

    id: str
    version: str
    major: int
    name: str
    span: Span
    source: str
    domain: str | None = None
    status: str | None = None
    tenant: str | None = None
    data_product: str | None = None
    purpose: str | None = None
    usage: str | None = None
    limitations: str | None = None
    tags: tuple[str, ...] = ()
    objects: tuple[Object, ...] = ()
    servers: tuple[Server, ...] = ()
    sla: tuple[SlaProperty, ...] = ()
    roles: tuple[Role, ...] = ()
    team: Team | None = None
    support: tuple[Support, ...] = ()

    def object(self, name: str) -> Object:
        """The object of that name; KeyError if there is none."""
        for candidate in self.objects:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


# ------------------------------------------------------------------- walking


def children(type_: Type) -> Iterator[Type]:
    """The types directly inside `type_`, in order."""
    match type_:
        case Nullable(inner):
            yield inner
        case Array(element=element):
            yield element
        case Map(key, value):
            yield key
            yield value
        case Record(fields=fields):
            for each in fields:
                yield each.type
        case _:
            return


def records(type_: Type) -> Iterator[Record]:
    """Every record in `type_`, itself first, then depth first in field order."""
    if isinstance(type_, Record):
        yield type_
    for child in children(type_):
        yield from records(child)


def fields(record: Record, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field below `record` with its path of property names, outer first."""
    for each in record.fields:
        here = (*path, each.name)
        yield here, each
        for nested in _direct_records(each.type):
            yield from fields(nested, here)


def _direct_records(type_: Type) -> Iterator[Record]:
    if isinstance(type_, Record):
        yield type_
        return
    for child in children(type_):
        yield from _direct_records(child)
