"""Properties: an object's `properties`, and what is nested in them, as fields of records."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import replace
from decimal import Decimal

from portwright import names
from portwright.contract import custom, keys, physical, quality, types
from portwright.contract.logical import Logical, Property, logical_of, options_of
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import Array, Bytes, Field, Json, Map, Nullable, Record, String, Type
from portwright.nodes import Mapping, Scalar, Sequence, data

# What importers write where items have no name: it would make every nested list one type.
_NO_NAMES = frozenset({"element", "elements", "item", "items"})
_SEMANTIC_TYPES = ("column", "dimension", "measure")
# The logical types that say something with these keys.
_PARTS: Table[str, frozenset[Logical]] = {
    "properties": frozenset({Logical.OBJECT}),
    "items": frozenset({Logical.ARRAY}),
    "map": frozenset({Logical.MAP}),
    "enum": frozenset(Logical)
    - {Logical.BOOLEAN, Logical.VECTOR, Logical.OBJECT, Logical.ARRAY, Logical.MAP},
}
_FLAT: Table[Logical, Callable[[Property], Type | None]] = {
    Logical.STRING: types.string,
    Logical.INTEGER: types.integer,
    Logical.NUMBER: types.number,
    Logical.BOOLEAN: types.boolean,
    Logical.DATE: types.date,
    Logical.TIMESTAMP: types.timestamp,
    Logical.TIME: types.time,
    Logical.VECTOR: types.vector,
}


def record(reader: Reader, name: str, path: tuple[str, ...]) -> Record:
    """The record of the `properties` under the reader, without those that are at fault."""
    options = options_of(reader, Logical.OBJECT)
    required = options.texts("required") if options else ()
    fields: list[Field] = []
    for each in reader.readers("properties", "the property", keys.PROPERTY):
        found = field(each, path)
        if found is not None:
            fields.append(replace(found, required=found.required or found.name in required))
    missing = set(required) - {each.name for each in fields}
    for unknown in sorted(missing) if options else ():
        assert options is not None
        message = f"`{unknown}` is required, and is no property"
        help = nearest(unknown, [each.name for each in fields])
        reader.report.warning("PW112", message, options.span_of("required"), help)
    return Record(name, path, tuple(fields), reader.text("description"))


def field(reader: Reader, path: tuple[str, ...]) -> Field | None:
    """One property, or None for a measure and for one without a name.

    An unreadable type is an error, so nothing is generated: a text stands in for it, for the
    checks to see the property itself.
    """
    if _is_measure(reader):
        return None
    name = reader.needed_text("name", "give the property a name: `- name: order_id`")
    called = name or "unnamed"
    if name is not None:
        reader.what = f"the property `{name}`"
    if len(path) > 1:
        _warn_of_nested_keys(reader)
    type_ = type_of(reader, called, (*path, called))
    if name is None:
        return None
    key = reader.node.get("name")
    return Field(
        name=name,
        type=String() if type_ is None else type_,
        span=key.span if isinstance(key, Scalar) else reader.span,
        required=bool(reader.flag("required")),
        id=reader.text("id"),
        physical_name=reader.text("physicalName") or None,
        description=reader.text("description"),
        unique=bool(reader.flag("unique")),
        classification=reader.text("classification"),
        tags=reader.texts("tags"),
        examples=tuple(data(node) for node in reader.items("examples")),
        deprecated=bool(reader.flag("deprecated")),
        quality=quality.read(reader),
    )


def _warn_of_nested_keys(reader: Reader) -> None:
    for key, message in (
        ("primaryKey", "a nested property is no part of a primary key"),
        ("unique", "a nested property is not kept unique"),
    ):
        if reader.flag(key):
            help = "mark properties of the object itself"
            reader.report.warning("PW112", message, reader.span_of(key), help)
    if reader.items("relationships"):
        message = "no foreign key is made of the relationship: its property is nested"
        help = "relate properties of the object itself"
        reader.report.warning("PW110", message, reader.span_of("relationships"), help)


def _is_measure(reader: Reader) -> bool:
    """True for what is computed over rows, and is no column."""
    written = reader.text("semanticType")
    if written is not None and written.lower() not in _SEMANTIC_TYPES:
        message = f"unknown semantic type `{written}`: the property is taken as a column"
        help = nearest(written, _SEMANTIC_TYPES) or "write `measure` for what is no column"
        reader.report.warning("PW112", message, reader.span_of("semanticType"), help)
    return written is not None and written.lower() == "measure"


def type_of(reader: Reader, name: str, path: tuple[str, ...]) -> Type | None:
    """The type of a property, of items, or of a map's key or value; None after an error."""
    written = reader.text("physicalType")
    meant = physical.read(written) if written else None
    logical = _logical(reader, meant)
    if logical is None:
        return None
    _warn_of_unused(reader, logical)
    given = Property(reader, name, path, options_of(reader, logical), meant, custom.read(reader))
    if (flat := _FLAT.get(logical)) is not None:
        return flat(given)
    if logical is Logical.OBJECT:
        return _object(given)
    return _array(given) if logical is Logical.ARRAY else _map(given)


def _logical(reader: Reader, meant: physical.Physical | None) -> Logical | None:
    """The logical type as written, else as the property's parts or its physical type tell."""
    written = reader.text("logicalType")
    if written is not None:
        return _known(reader, written)
    if reader.has("logicalType"):
        return None
    for key, logical in (
        ("properties", Logical.OBJECT),
        ("items", Logical.ARRAY),
        ("map", Logical.MAP),
    ):
        if reader.has(key):
            return logical
    if meant is not None:
        return logical_of(meant.type)
    if reader.has("enum"):
        return _of_enum(reader)
    physical_type = reader.text("physicalType")
    message = (
        f"no type can be told from the physical type `{physical_type}`"
        if physical_type
        else f"{reader.what} has no type"
    )
    place = reader.span_of("physicalType") if physical_type else reader.span
    reader.report.error("PW105", message, place, "write a `logicalType`, such as `string`")
    return None


def _of_enum(reader: Reader) -> Logical:
    """The logical type that holds all values of the enum."""
    node = reader.get("enum")
    items = node.items if isinstance(node, Sequence) else ()
    values = [item.get("value") if isinstance(item, Mapping) else item for item in items]
    kinds = {type(each.value) for each in values if isinstance(each, Scalar)} - {type(None)}
    if kinds == {int}:
        return Logical.INTEGER
    return Logical.NUMBER if kinds and kinds <= {int, Decimal} else Logical.STRING


def _known(reader: Reader, written: str) -> Logical | None:
    place = reader.span_of("logicalType")
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


def _object(given: Property) -> Record | Json:
    if given.reader.items("properties"):
        return record(given.reader, given.type_name, given.path)
    if given.physical is not None and not given.physical.complete:
        _warn_of_parts(given, "properties")
    return Json()


def _warn_of_parts(given: Property, key: str) -> None:
    message = "the parts of this type are not read: its values are any JSON"
    place = given.reader.span_of("physicalType")
    given.reader.report.warning("PW112", message, place, f"list the parts under `{key}`")


def _array(given: Property) -> Array | Bytes | None:
    element: Type | None
    items = given.reader.reader("items", f"`items` of `{given.name}`", keys.PROPERTY)
    if items is not None:
        name = items.text("name")
        if name is None or name in _NO_NAMES:
            name = names.singular(given.name)
        element = type_of(items, custom.text(given.customs, "recordName") or name, given.path)
        if element is not None and items.flag("required") is False:
            element = Nullable(element)
    elif given.reader.has("items"):
        return None
    elif isinstance(given.hint, Array):
        element = given.hint.element
        if isinstance(element, Json) and not given.physical_is_complete:
            _warn_of_parts(given, "items")
    elif isinstance(given.hint, Bytes):
        return given.hint  # what importers make of a BYTES column
    else:
        message = f"the array `{given.name}` has no `items`: they are taken as any JSON"
        help = "write `items:` with a `logicalType`"
        given.reader.report.warning("PW106", message, given.reader.span, help)
        element = Json()
    if element is None:
        return None
    options = given.options
    if options is None:
        return Array(element)
    least, most = options.whole("minItems", 0), options.whole("maxItems", 0)
    return Array(element, least, most, bool(options.flag("uniqueItems")))


def _map(given: Property) -> Map | None:
    if not given.reader.has("map"):
        if isinstance(given.hint, Map):
            if isinstance(given.hint.value, Json) and not given.physical_is_complete:
                _warn_of_parts(given, "map")
            return given.hint
        message = f"the map `{given.name}` does not say what it maps"
        help = "write `map:` with a `key:` and a `value:`, each with a `logicalType`"
        given.reader.report.error("PW106", message, given.reader.span, help)
        return None
    block = given.reader.reader("map", "the map", keys.MAP)
    if block is None:
        return None
    called = custom.text(given.customs, "recordName") or names.singular(given.name)
    # `$` is in no path of a property of the value, so that a key's enum meets none.
    key = _part(block, "key", f"{names.singular(given.name)}_key", (*given.path, "$key"))
    value = _part(block, "value", called, given.path)
    return Map(key, value) if key is not None and value is not None else None


def _part(block: Reader, which: str, name: str, path: tuple[str, ...]) -> Type | None:
    if not block.has(which):
        message = f"the map has no `{which}`"
        help = f"write `{which}: {{logicalType: string}}`"
        block.report.error("PW106", message, block.span, help)
        return None
    part = block.reader(which, f"the map's {which}", keys.PROPERTY)
    if part is None:
        return None
    type_ = type_of(part, part.text("name") or name, path)
    if type_ is not None and which == "value" and part.flag("required") is False:
        return Nullable(type_)
    return type_
