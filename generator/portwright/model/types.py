"""Types of values, and the fields of records. Canonical: no text of a database in them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal as Number
from enum import StrEnum

from portwright.diagnostics import Span
from portwright.model.quality import QualityRule


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a number (`Number`) or of a temporal value (ISO 8601 text as `isoformat` writes it:
    instants in UTC with a Z behind, all else without a zone).

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

    @property
    def lowest(self) -> Number:
        return self.highest.copy_negate()

    @property
    def highest(self) -> Number:
        """The greatest finite value."""
        return Number(sys.float_info.max if self.bits == 64 else (2 - 2.0**-23) * 2.0**127)


@dataclass(frozen=True, slots=True)
class Decimal:
    """An exact number: `precision` digits in all, `scale` of them after the point."""

    precision: int
    scale: int
    bounds: Bounds = Bounds()

    @property
    def lowest(self) -> Number:
        return self.highest.copy_negate()

    @property
    def highest(self) -> Number:
        return Number((0, (9,) * self.precision, -self.scale))


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

    @property
    def meaning(self) -> str:
        """What the contract says of the value; empty where it says nothing."""
        return (self.description or self.label or "").strip()


@dataclass(frozen=True, slots=True)
class Reserved:
    """A number and a name once used and never to be used again."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Enum:
    """A closed set of texts. `name`, `path` and `aliases` as for `Record`."""

    name: str
    path: tuple[str, ...]
    values: tuple[EnumValue, ...]
    reserved: tuple[Reserved, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def meanings(self) -> str:
        """What the values mean, a line each, where the contract says it."""
        return "\n".join(f"{each.value}: {each.meaning}" for each in self.values if each.meaning)


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
    unique in the model: ("orders",), ("orders", "lines"). `aliases` are the names, as
    `names.type_names` gives them, that the type had before; the lock's."""

    name: str
    path: tuple[str, ...]
    fields: tuple[Field, ...]
    description: str | None = None
    reserved: tuple[Reserved, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nullable:
    """Null or `inner`; stands only for elements of arrays and values of maps."""

    inner: Type


Scalar = (
    Boolean | Integer | Float | Decimal | String | Uuid | Bytes | Date | Time | Timestamp | Enum
)
Type = Scalar | Array | Map | Vector | Json | Record | Nullable


class Anonymise(StrEnum):
    """What stands for a value where nobody may know whose it is: a keyed hash of it, a mask,
    nothing, or the value itself."""

    HASH = "hash"
    MASK = "mask"
    NULL = "null"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a record.

    `name` as written in the contract; `physical_name` the column's name if the
    contract gives one. `number` is the wire number of the lock, 0 before `lock.apply`;
    `aliases` are names it had before, those the contract tells, and after `lock.apply` all;
    `examples` are values of the type as JSON writes them. `anonymise` is what the contract wants
    to stand for its values; a `subject` names the person that the record is about; `encrypted` is
    the name of the property with the same values, encrypted.
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
    aliases: tuple[str, ...] = ()
    anonymise: Anonymise | None = None
    subject: bool = False
    encrypted: str | None = None

    @property
    def column(self) -> str:
        """The name of the field's column in a table."""
        return self.physical_name or self.name

    @property
    def public(self) -> bool:
        """Whether its values may be shown to everybody."""
        return (self.classification or "").strip().lower() in ("", "public", "unclassified")
