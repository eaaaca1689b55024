"""Properties and their types in two versions, at every depth."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as Number

from portwright.evolution import rules
from portwright.evolution.change import Change, Place
from portwright.evolution.facts import documentation, field_facts
from portwright.evolution.kinds import Kind
from portwright.model import (
    Array,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Map,
    Nullable,
    Port,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Vector,
)
from portwright.model.matching import match
from portwright.targets import avro_types


def fields(old: Record, new: Record, place: Place) -> Iterator[Change]:
    """What has become of the properties of a record."""
    matched = match(old.fields, new.fields)
    for field in matched.removed:
        kind = _either(field, Kind.PROPERTY_REMOVED_REQUIRED, Kind.PROPERTY_REMOVED_OPTIONAL)
        yield place.inside(field.name).gone(kind, name(field.type), field.span)
    for field in matched.added:
        kind = _either(field, Kind.PROPERTY_ADDED_REQUIRED, Kind.PROPERTY_ADDED_OPTIONAL)
        yield place.property(field).change(kind, after=name(field.type))
    taken = {each.name for each in old.fields}
    news = ((None, each) for each in matched.added)
    for before, after in (*matched.pairs, *news):
        if after.name in taken and (before is None or before.name != after.name):
            yield place.property(after).change(Kind.NAME_REUSED)
    for before, after in matched.pairs:
        yield from _field(before, after, place.property(after))
    if not matched.in_order:
        yield place.change(Kind.ORDER_CHANGED, fact="properties")


def _either(field: Field, required: Kind, optional: Kind) -> Kind:
    return required if field.required else optional


def _field(old: Field, new: Field, place: Place) -> Iterator[Change]:
    renamed = old.name != new.name
    moved = old.column != new.column
    if renamed:
        # Who reads the table knows the column's name alone.
        concerned = place if moved else place.only(Port.STREAM)
        yield concerned.change(Kind.PROPERTY_RENAMED, old.name, new.name)
    elif moved:
        yield place.only(Port.TABLE).change(Kind.COLUMN_RENAMED, old.column, new.column)
    if old.required != new.required:
        yield place.change(Kind.MADE_REQUIRED if new.required else Kind.MADE_OPTIONAL)
    yield from field_facts(old, new, place)
    yield from types(old.type, new.type, place, renamed)


def types(old: Type, new: Type, place: Place, renamed: bool = False) -> Iterator[Change]:
    """What has become of a type; `renamed` says that what gives the type its name has another."""
    if isinstance(old, Nullable) != isinstance(new, Nullable):
        looser = isinstance(new, Nullable)
        yield place.change(Kind.ELEMENT_MADE_NULLABLE if looser else Kind.ELEMENT_MADE_NOT_NULL)
    old, new = _inner(old), _inner(new)
    match old, new:
        case (Integer(), Integer()):
            yield from _integers(old, new, place)
        case (Float(), Float()):
            yield from _bits(old, new, place)
        case (Decimal(), Decimal()):
            yield from _decimals(old, new, place)
        case (String(), String()):
            yield from rules.texts(old, new, place)
        case (Bytes(), Bytes()):
            yield from rules.lengths(old, new, place)
        case (Date(), Date()):
            yield from rules.bounds(old.bounds, new.bounds, place)
        case (Time(), Time()):
            yield from rules.bounds(old.bounds, new.bounds, place)
        case (Timestamp(), Timestamp()):
            if old.zoned != new.zoned:
                yield place.change(Kind.ZONE_CHANGED, name(old), name(new))
            else:
                yield from rules.bounds(old.bounds, new.bounds, place)
        case (Enum(), Enum()):
            yield from _enums(old, new, place, renamed)
        # In a table, an enum is text with a rule.
        case (String(), Enum()) if Port.STREAM not in place.ports:
            yield place.change(Kind.RULE_TIGHTENED, after=_listed(new), fact="enum")
        case (Enum(), String()) if Port.STREAM not in place.ports:
            yield place.change(Kind.RULE_LOOSENED, before=_listed(old), fact="enum")
        case (Array(), Array()):
            yield from rules.items(old, new, place)
            yield from _part(old.element, new.element, place.part("[]"), renamed)
        case (Map(), Map()):
            yield from types(old.key, new.key, place.part("{key}"), renamed)
            yield from _part(old.value, new.value, place.part("{}"), renamed)
        case (Record(), Record()):
            yield from _type_name(old, new, place, renamed)
            yield from fields(old, new, place)
        case _ if old != new:
            yield place.change(Kind.TYPE_CHANGED, name(old), name(new))


def _inner(type_: Type) -> Type:
    return type_.inner if isinstance(type_, Nullable) else type_


def _part(old: Type, new: Type, place: Place, renamed: bool) -> Iterator[Change]:
    """What a list or a map holds: records there have a description of their own."""
    before, after = _inner(old), _inner(new)
    if isinstance(before, Record) and isinstance(after, Record):
        yield from documentation(place, description=(before.description, after.description))
    yield from types(old, new, place, renamed)


def _type_name(
    old: Record | Enum, new: Record | Enum, place: Place, renamed: bool
) -> Iterator[Change]:
    if old.name != new.name and not renamed:
        yield place.change(Kind.TYPE_RENAMED, old.name, new.name)


def _integers(old: Integer, new: Integer, place: Place) -> Iterator[Change]:
    if (old.bits, old.signed) != (new.bits, new.signed):
        kind = Kind.TYPE_CHANGED
        # What is a decimal in Avro has bytes that no integer is read from.
        held = [avro_types.INTEGERS[each.bits, each.signed] for each in (old, new)]
        if all(isinstance(each, str) for each in held):
            if new.lowest <= old.lowest and old.highest <= new.highest:
                kind = Kind.INTEGER_WIDENED
            elif old.lowest <= new.lowest and new.highest <= old.highest:
                kind = Kind.INTEGER_NARROWED
        yield place.change(kind, name(old), name(new))
    yield from rules.bounds(old.bounds, new.bounds, place, step=Number(1))


def _bits(old: Float, new: Float, place: Place) -> Iterator[Change]:
    if old.bits != new.bits:
        kind = Kind.FLOAT_WIDENED if old.bits < new.bits else Kind.FLOAT_NARROWED
        yield place.change(kind, name(old), name(new))
    yield from rules.bounds(old.bounds, new.bounds, place)


def _decimals(old: Decimal, new: Decimal, place: Place) -> Iterator[Change]:
    if old.scale != new.scale:
        yield place.change(Kind.SCALE_CHANGED, name(old), name(new))
    elif old.precision != new.precision:
        higher = old.precision < new.precision
        kind = Kind.PRECISION_RAISED if higher else Kind.PRECISION_LOWERED
        yield place.change(kind, name(old), name(new))
    yield from rules.bounds(old.bounds, new.bounds, place, step=Number((0, (1,), -new.scale)))


def _enums(old: Enum, new: Enum, place: Place, renamed: bool) -> Iterator[Change]:
    yield from _type_name(old, new, place, renamed)
    before = {each.value: each for each in old.values}
    after = {each.value: each for each in new.values}
    if Port.STREAM in place.ports and avro_types.is_enum(old) != avro_types.is_enum(new):
        forms = ("an enum", "text") if avro_types.is_enum(old) else ("text", "an enum")
        yield place.change(Kind.ENUM_SPELLING_CHANGED, *forms)
    for value in before:
        if value not in after:
            yield place.change(Kind.VALUE_REMOVED, before=value or "''")
    for value in after:
        if value not in before:
            yield place.change(Kind.VALUE_ADDED, after=value or "''")
    common = [value for value in before if value in after]
    if common != [value for value in after if value in before]:
        yield place.change(Kind.ORDER_CHANGED, fact="values")
    meanings = [[each[value].meaning for value in common] for each in (before, after)]
    if meanings[0] != meanings[1]:
        yield place.change(Kind.DOCUMENTATION_CHANGED, fact="values")


def _listed(enum: Enum) -> tuple[str, ...]:
    return tuple(each.value or "''" for each in enum.values)


def name(type_: Type) -> str:
    """The type in a word or two, for people."""
    match type_:
        case Integer(bits, signed):
            return f"{'' if signed else 'u'}int{bits}"
        case Float(bits):
            return f"float{bits}"
        case Decimal(precision, scale):
            return f"decimal({precision}, {scale})"
        case Timestamp(zoned):
            return "timestamp" if zoned else "timestamp without zone"
        case Vector(dimensions, element):
            return f"vector of {dimensions} {element}"
        case Array(element):
            return f"array of {name(element)}"
        case Map(key, value):
            return f"map of {name(key)} to {name(value)}"
        case Nullable(inner):
            return f"nullable {name(inner)}"
        case _:
            return type(type_).__name__.lower()
