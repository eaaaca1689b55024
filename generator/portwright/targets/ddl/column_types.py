"""Column types: the text of a model type in a dialect, and what is lost on the way."""

from __future__ import annotations

from dataclasses import replace

from portwright.model import (
    Array,
    Bytes,
    Decimal,
    Enum,
    EnumValue,
    Field,
    Json,
    Map,
    Nullable,
    Record,
    Scalar,
    String,
    Type,
    Vector,
)
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.kinds import Kind, Leaf, kind
from portwright.targets.ddl.text import prose, quote
from portwright.targets.ddl.types import ArrayForm, DecimalForm, MapForm, StructForm


def sql_type(
    type_: Type,
    dialect: Dialect,
    *,
    null: bool = False,
    keyed: bool = False,
    in_optional: bool = False,
) -> str:
    """The type of a column that may be `null` or is in a key (`keyed`), or of a part of one,
    perhaps in a list, a map or a record that may be null."""
    match type_:
        case Nullable(inner):
            return sql_type(inner, dialect, null=True, keyed=keyed, in_optional=in_optional)
        case Array(element=element):
            array = array_form(type_, dialect)
            return _json(dialect, null) if array is None else _array(element, array, dialect)
        case Map(key, value):
            map_ = map_form(type_, dialect)
            if map_ is None:
                return _json(dialect, null)
            held = sql_type(value, dialect, in_optional=True)
            held += _unless_null(value, map_.not_null, dialect)
            return map_.type.format(key=sql_type(key, dialect) + map_.key_not_null, value=held)
        case Record(fields=fields):
            struct = struct_form(type_, dialect)
            if struct is None:
                return _json(dialect, null)
            absent = null and struct.absent is not None
            optional = in_optional or null
            parts = (_field(each, struct, dialect, absent, optional) for each in fields)
            return struct.type.format(fields=", ".join(parts))
        case _:
            written = _leaf(type_, dialect, keyed)
            return _nullable(written, effective_kind(type_, dialect), dialect) if null else written


def _array(element: Type, form: ArrayForm, dialect: Dialect) -> str:
    held = sql_type(element, dialect, in_optional=True)
    if is_list(element, dialect):
        held = form.inner.format(type=held)
    return form.type.format(element=held + _unless_null(element, form.not_null, dialect))


def _field(
    field: Field, form: StructForm, dialect: Dialect, absent: bool, in_optional: bool
) -> str:
    """A field of a record, which is null where the record may be `absent` and cannot be null."""
    null = absent or not field.required
    written = form.field.format(
        name=quote(field.column, dialect, folded=False),
        type=sql_type(field.type, dialect, null=null, in_optional=in_optional),
    )
    heard = form.not_null_in_optional or not in_optional
    if field.required and heard and not_null_can_be_said(field.type, dialect):
        written += form.not_null
    if form.comment and field.description:
        written += form.comment.format(text=prose(field.description, dialect))
    return written


def not_null_can_be_said(type_: Type, dialect: Dialect) -> bool:
    """Whether NOT NULL may stand behind a column or a field of the type."""
    form = dialect.types.array
    return form is None or form.column_not_null or not is_list(type_, dialect)


def is_list(type_: Type, dialect: Dialect) -> bool:
    """Whether the dialect holds the values of the type as lists."""
    match type_:
        case Nullable(inner):
            return is_list(inner, dialect)
        case Array():
            return array_form(type_, dialect) is not None
        case Map():
            form = map_form(type_, dialect)
            return form is not None and form.is_list
        case Vector():
            return dialect.types.array is not None
        case _:
            return False


def _unless_null(type_: Type, not_null: str, dialect: Dialect) -> str:
    """The text that a part which is never null ends in; JSON's own null is a value."""
    if isinstance(type_, Nullable | Json) or not not_null_can_be_said(type_, dialect):
        return ""
    return not_null


def array_form(type_: Array, dialect: Dialect) -> ArrayForm | None:
    """How the dialect holds this list itself; None if it is stored as JSON."""
    form = dialect.types.array
    if form is None or (form.scalars_only and not is_scalar(type_.element)):
        return None
    return form


def map_form(type_: Map, dialect: Dialect) -> MapForm | None:
    """How the dialect holds this map; None if it is stored as JSON."""
    form = dialect.types.map
    if form is None or column_kind(type_.key, dialect) not in form.key_kinds:
        return None
    return form


def struct_form(type_: Record, dialect: Dialect) -> StructForm | None:
    """How the dialect holds this record; None if it is stored as JSON."""
    form = dialect.types.struct
    return form if form and type_.fields and not is_too_deep(type_, form) else None


def is_too_deep(type_: Record, form: StructForm) -> bool:
    """Whether more records are inside each other than the form holds."""
    return form.deepest is not None and _depth(type_) > form.deepest


def _depth(type_: Type) -> int:
    """How many records are inside each other; maps and lists in lists are wrapped in one."""
    match type_:
        case Nullable(inner):
            return _depth(inner)
        case Array(element=element):
            return _depth(element) + isinstance(element, Array)
        case Map(_, value):
            return 1 + _depth(value)
        case Record(fields=fields):
            return 1 + max((_depth(each.type) for each in fields), default=0)
        case _:
            return 0


def is_scalar(type_: Type) -> bool:
    """Whether a value of the type is one value, null aside."""
    return isinstance(type_.inner if isinstance(type_, Nullable) else type_, Scalar)


def effective_kind(type_: Leaf, dialect: Dialect) -> Kind:
    """The kind of the column: text too long for the engine's limited type is plain text, and a
    vector of too many dimensions is JSON."""
    found = kind(type_)
    limit = dialect.types.limits.get(found)
    match type_:
        case String(max_length=int(length)) if limit is not None and length > limit:
            return Kind.TEXT
        case Vector(dimensions=dimensions) if limit is not None and dimensions > limit:
            return Kind.JSON
        case _:
            return found


def fitted(fields: tuple[Field, ...], dialect: Dialect) -> Dialect:
    """The dialect for a table of these columns: where their texts are too much for one row, they
    are plain texts, which the engine keeps elsewhere."""
    types = dialect.types
    if types.row_bytes is None:
        return dialect
    lengths = [length for each in fields if (length := _short_length(each.type, dialect))]
    many = types.row_texts is not None and len(lengths) > types.row_texts
    if not many and 4 * sum(lengths) <= types.row_bytes:
        return dialect
    enum, text = types.leaf[Kind.ENUM], types.leaf[Kind.TEXT]
    plain = replace(
        types,
        limits={**types.limits, Kind.VARCHAR: 0},
        leaf={**types.leaf, Kind.ENUM: text},
        keyed={**types.keyed, Kind.ENUM: enum},
    )
    return replace(dialect, types=plain)


def _short_length(type_: Type, dialect: Dialect) -> int | None:
    """The length of a text that is held in its row."""
    match type_:
        case Enum(values=values):
            return _enum_length(values, dialect)
        case String(max_length=length) if effective_kind(type_, dialect) is Kind.VARCHAR:
            return length
        case _:
            return None


def _enum_length(values: tuple[EnumValue, ...], dialect: Dialect) -> int:
    longest = max((len(each.value) for each in values), default=0)
    return max(longest, dialect.types.key_length or 0)


def column_kind(type_: Type, dialect: Dialect) -> Kind | None:
    """The kind of a column of one value; None where the type holds others."""
    return (
        None
        if isinstance(type_, Array | Map | Record | Nullable)
        else effective_kind(type_, dialect)
    )


def loss(type_: Leaf, dialect: Dialect) -> str | None:
    """What a column of this type cannot keep, as a sentence; None if it keeps everything."""
    if isinstance(type_, Decimal):
        form = decimal_form(type_, dialect)
        if form.holds(type_.precision, type_.scale):
            return dialect.types.lossy.get(Kind.DECIMAL)
        precision, scale = _digits(type_, form)
        return (
            f"{dialect.title} has decimals of up to {form.precision} digits: of {type_.precision}"
            f" digits, {type_.scale} after the point, the column keeps {precision} and {scale}, and"
            " refuses a greater number"
        )
    found = effective_kind(type_, dialect)
    longest = dialect.types.limits.get(found)
    if isinstance(type_, String | Bytes) and longest and (type_.max_length or 0) > longest:
        unit = "characters of any script" if isinstance(type_, String) else "bytes"
        return f"{dialect.title} is sure to hold {longest:,} {unit}, and may refuse what is longer"
    return dialect.types.lossy.get(found)


def decimal_form(type_: Decimal, dialect: Dialect) -> DecimalForm:
    """The first form that holds the digits, else the last."""
    forms = dialect.types.decimals
    return next((each for each in forms if each.holds(type_.precision, type_.scale)), forms[-1])


def _digits(type_: Decimal, form: DecimalForm) -> tuple[int, int]:
    """Precision and scale as near to the type's as the form can be. Digits before the point go
    first: a number that is too great is refused, one that is too fine would be rounded."""
    scale = min(type_.scale, form.scale)
    whole = type_.precision - type_.scale
    whole = min(whole, form.precision - scale, whole if form.whole is None else form.whole)
    return whole + scale, scale


def _leaf(type_: Leaf, dialect: Dialect, keyed: bool) -> str:
    types = dialect.types
    if isinstance(type_, Decimal):
        decimal = decimal_form(type_, dialect)
        precision, scale = _digits(type_, decimal)
        return decimal.type.format(precision=precision, scale=scale)
    found = effective_kind(type_, dialect)
    form = types.keyed.get(found, types.leaf[found]) if keyed else types.leaf[found]
    match type_:
        case Vector(dimensions=dimensions):
            return form.format(dimensions=dimensions)
        case String(max_length=length) | Bytes(max_length=length):
            longest = types.limits.get(found)
            if length is not None and longest is not None:
                length = min(length, longest)
            return _of_length(form, length or types.key_length or longest)
        case Enum(values=values):
            return _of_length(form, _enum_length(values, dialect))
        case _:
            return _of_length(form, types.key_length)


def _of_length(form: str, length: int | None) -> str:
    return form.format(length=length, bytes=4 * (length or 0))


def _json(dialect: Dialect, null: bool) -> str:
    written = dialect.types.leaf[Kind.JSON]
    return _nullable(written, Kind.JSON, dialect) if null else written


def _nullable(written: str, found: Kind, dialect: Dialect) -> str:
    form = dialect.types.nullable
    if form is None or found in dialect.types.never_null:
        return written
    return dialect.types.null_leaf.get(found) or form.format(type=written)
