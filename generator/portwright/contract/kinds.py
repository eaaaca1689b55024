"""Kinds: which logical type a property has, as written or as the rest of it tells."""

from __future__ import annotations

from collections.abc import Mapping as Table
from decimal import Decimal as Number

from portwright.contract import keys
from portwright.contract.logical import Logical, Said, logical_of
from portwright.contract.physical import Physical, is_unreadable_decimal
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.nodes import Mapping, Scalar, Sequence

# The logical types that say something with these keys.
_PARTS: Table[str, frozenset[Logical]] = {
    "properties": frozenset({Logical.OBJECT}),
    "items": frozenset({Logical.ARRAY}),
    "map": frozenset({Logical.MAP}),
    "enum": frozenset(Logical)
    - {Logical.BOOLEAN, Logical.VECTOR, Logical.OBJECT, Logical.ARRAY, Logical.MAP},
}


# What the physical type of such a value may be.
_HELD: Table[Logical, tuple[type[Type], ...]] = {
    Logical.STRING: (String, Uuid, Bytes, Enum, Json),
    Logical.INTEGER: (Integer,),
    Logical.NUMBER: (Integer, Float, Decimal),
    Logical.BOOLEAN: (Boolean, Integer),
    Logical.DATE: (Date, Time, Timestamp),
    Logical.TIMESTAMP: (Timestamp,),
    Logical.TIME: (Time,),
    Logical.OBJECT: (Json, Record, Map),
    Logical.ARRAY: (Array, Bytes, Vector, Json),
    Logical.MAP: (Map, Json),
    Logical.VECTOR: (Vector, Array),
}


def said(reader: Reader) -> Said:
    """What is written of the type. A `type`, which the standard does not have, is taken as
    the logical or else the physical one."""
    logical, physical = reader.text("logicalType"), reader.text("physicalType")
    place = reader.span_of("physicalType")
    node = reader.get("type")
    if node is None:
        return Said(logical, "logicalType", physical, place)
    written = reader.text("type")
    is_logical = (written or "").strip().lower() in set(Logical)
    taken = "logicalType" if is_logical else "physicalType"
    if written is None or reader.has(taken) or (reader.has("logicalType") and not is_logical):
        message = f"`type` says nothing in {reader.what}"
        reader.report.warning("PW104", message, node.span, "remove it: there is a `logicalType`")
        return Said(logical, "logicalType", physical, place)
    message = f"`type` is no key of a property, and is taken as `{taken}`"
    reader.report.warning("PW108", message, node.span, f"write `{taken}: {written}`")
    if is_logical:
        return Said(written, "type", physical, place)
    return Said(None, "logicalType", written, node.span)


def of(reader: Reader, said: Said, meant: Physical | None) -> Logical | None:
    """The logical type as written, else as the property's parts or its physical type tell."""
    if said.logical is not None:
        logical = _known(reader, said.logical, said.logical_key)
        if logical is not None:
            _warn_of_unused(reader, logical)
            _warn_of_physical(reader, said, logical, meant)
        return logical
    if reader.has("logicalType"):
        return None
    for key, logical in (
        ("properties", Logical.OBJECT),
        ("items", Logical.ARRAY),
        ("map", Logical.MAP),
    ):
        if reader.has(key):
            _warn_of_unused(reader, logical)
            _warn_of_physical(reader, said, logical, meant)
            return logical
    if meant is not None:
        logical = logical_of(meant.type)
        _warn_of_unused(reader, logical)
        if isinstance(meant.type, String) and not meant.complete:
            message = f"no logical type stands for `{said.physical}`: its values are taken as text"
            help = "write `logicalType: string`, if text is what is handed out"
            reader.report.warning("PW120", message, said.place, help)
        return logical
    if reader.has("enum"):
        _warn_of_physical(reader, said, None, None)
        return _of_enum(reader)
    message = (
        f"no type can be told from the physical type `{said.physical}`"
        if said.physical
        else f"{reader.what} has no type"
    )
    place = said.place if said.physical else reader.span
    reader.report.error("PW105", message, place, "write a `logicalType`, such as `string`")
    return None


def _warn_of_physical(
    reader: Reader, said: Said, logical: Logical | None, meant: Physical | None
) -> None:
    """A warning where the physical type is not known, or is that of other values."""
    if said.physical is None or (
        logical is Logical.NUMBER and is_unreadable_decimal(said.physical)
    ):
        return
    if meant is None:
        taken = ": the number is taken as a double" if logical is Logical.NUMBER else ""
        message = f"the physical type `{said.physical}` is not known, and says nothing{taken}"
        help = "write the type of a database, or keep a name of your own in `customProperties`"
        reader.report.warning("PW120", message, said.place, help)
    elif logical is not None and not _holds(meant, logical):
        message = (
            f"the logical type `{logical}` and the physical type `{said.physical}` do not fit:"
            f" values are taken as {logical}, which is what the contract promises"
        )
        told = logical_of(meant.type)
        help = f"write `logicalType: {told}`, or a physical type that holds such values"
        reader.report.warning("PW121", message, said.place, help)
    elif logical is Logical.DATE and not isinstance(meant.type, Date):
        _warn_of_times(reader, said, logical_of(meant.type))


def _warn_of_times(reader: Reader, said: Said, told: Logical) -> None:
    """A warning where a date is kept with its time. ODCS 3.0 had no other word for it."""
    options = reader.get("logicalTypeOptions")
    has_format = isinstance(options, Mapping) and options.get("format") is not None
    if reader.report.minor > 0 and not has_format:
        message = (
            f"the logical type `date` and the physical type `{said.physical}` do not fit:"
            f" values are taken as {told}, for as dates they would lose their time"
        )
        help = f"write `logicalType: {told}`, or `physicalType: date`"
        reader.report.warning("PW121", message, said.place, help)


def _holds(meant: Physical, logical: Logical) -> bool:
    """Whether values of the logical type are kept in such a physical type."""
    match logical, meant.type:
        case Logical.INTEGER, Decimal(scale=scale):
            return scale == 0 or not meant.complete
        case Logical.BOOLEAN, Decimal(precision=1, scale=0) | String(max_length=1):
            return True  # what databases without booleans have
        case Logical.OBJECT | Logical.ARRAY, String() if not meant.complete:
            return True  # a type that ODCS has no word for, such as GEOGRAPHY
        case _, type_:
            return isinstance(type_, _HELD[logical])


def warn_of_parts(reader: Reader, said: Said, meant: Physical, type_: Type) -> None:
    """A warning where the physical type is of such values, but with other parts inside."""
    if _holds(meant, logical_of(type_)) and not _agree(type_, meant.type, meant.complete):
        message = (
            f"the physical type `{said.physical}` and the rest of {reader.what} do not fit:"
            " values are taken as the rest says, which is what the contract promises"
        )
        help = "correct one of the two, or leave the `physicalType` out"
        reader.report.warning("PW121", message, said.place, help)


def _agree(type_: Type, meant: Type, complete: bool) -> bool:
    """Whether values of the type, and what is in them, are kept in the physical one."""
    match type_, meant:
        case (Nullable(inner), other) | (other, Nullable(inner)):
            return _agree(inner, other, complete)
        case _, Json():
            return True
        case Array(element=element), Array(element=other):
            return _agree(element, other, complete)
        case Map(key, value), Map(other_key, other):
            return _agree(key, other_key, complete) and _agree(value, other, complete)
        case Record(fields=fields), Record(fields=others):
            told = {each.name.lower(): each.type for each in others}
            pairs = ((each.type, told.get(each.column.lower())) for each in fields)
            return all(other is None or _agree(own, other, complete) for own, other in pairs)
        case Vector(dimensions=dimensions), Vector(dimensions=other):
            return dimensions == other
        case Timestamp(zoned=zoned), Timestamp(zoned=other):
            return zoned == other or not complete
        case Float(), Decimal():
            return not complete
        case _:
            return _holds(Physical(meant, complete), logical_of(type_))


def _of_enum(reader: Reader) -> Logical:
    """The logical type that holds all values of the enum."""
    node = reader.get("enum")
    items = node.items if isinstance(node, Sequence) else ()
    values = [item.get("value") if isinstance(item, Mapping) else item for item in items]
    kinds = {type(each.value) for each in values if isinstance(each, Scalar)} - {type(None)}
    if kinds == {int}:
        return Logical.INTEGER
    return Logical.NUMBER if kinds and kinds <= {int, Number} else Logical.STRING


def _known(reader: Reader, written: str, key: str) -> Logical | None:
    place = reader.span_of(key)
    lower = written.strip().lower()
    if lower in set(Logical):
        if lower != written:
            message = f"`{written}` is taken as the logical type `{lower}`"
            reader.report.warning("PW108", message, place, f"write `{lower}`")
        return Logical(lower)
    known = [each.value for each in Logical]
    word = lower.partition("(")[0].strip()  # `decimal(10,2)`
    help = (
        keys.TYPES_MEANT.get(word) or nearest(written, known) or f"write one of {', '.join(known)}"
    )
    reader.report.error("PW101", f"unknown logical type `{written}`", place, help)
    return None


def _warn_of_unused(reader: Reader, logical: Logical) -> None:
    for key, meant in _PARTS.items():
        if reader.has(key) and logical not in meant:
            message = f"`{key}` says nothing about a value of type {logical}, and is not used"
            help = "write it below `items`" if logical is Logical.ARRAY else "remove one of the two"
            reader.report.warning("PW112", message, reader.span_of(key), help)
