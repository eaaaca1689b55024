"""Casts: what a column's value becomes in one of another type, and which values cannot."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.migrations.views import Column
from portwright.model import Decimal, Enum, Integer, String, Timestamp, Type
from portwright.targets.ddl import Dialect, literal
from portwright.targets.ddl.kinds import Kind


def value(old: Column, new: Column, dialect: Dialect, *, name: str | None = None) -> str:
    """The value of the old column, under its `name` of now, as the new one takes it."""
    name = name or old.name
    forms = dialect.alterations
    before, after = old.field.type, new.field.type
    into = new.null_type if new.nullable else new.type
    if (old.null_type if old.nullable else old.type) == into:
        return name
    match before, after:
        case Timestamp(zoned=False), Timestamp(zoned=True) if forms.zoned:
            return forms.zoned.format(value=name)
        case Timestamp(zoned=True), Timestamp(zoned=False) if forms.unzoned:
            return forms.unzoned.format(value=name)
        case _ if _is_text(after) and dialect.types.nullable is None:
            # A cast to a text of some length cuts it; what is assigned is refused.
            text = dialect.types.leaf[Kind.TEXT]
            return name if _is_text(before) else forms.cast.format(value=name, type=text)
        case _:
            return forms.cast.format(value=name, type=into)


def misfits(
    old: Column, new: Column, dialect: Dialect, *, name: str | None = None
) -> Iterator[str]:
    """A condition that is true of values that the new column does not take, where there is one."""
    name = name or old.name
    before, after = old.field.type, new.field.type
    match before, after:
        case (Integer() | Decimal()), Integer():
            yield f"{name} < {after.lowest} OR {name} > {after.highest}"
        case (Integer() | Decimal()), Decimal(precision, scale):
            most = 10 ** (precision - scale)
            yield f"{name} >= {most} OR {name} <= -{most}"
        case (String() | Enum()), String(max_length=int(longest)):
            yield f"{dialect.functions.char_length.format(value=name)} > {longest}"
        case (String() | Enum()), _ if not _is_text(after) and dialect.alterations.try_cast:
            type_ = new.type
            tried = dialect.alterations.try_cast.format(
                value=name, type=type_, type_text=literal(type_, dialect)
            )
            yield f"{name} IS NOT NULL AND {tried} IS NULL"


def _is_text(type_: Type) -> bool:
    return isinstance(type_, String | Enum)
