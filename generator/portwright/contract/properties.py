"""Properties: an object's `properties`, and what is nested in them, as fields of records."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import replace

from portwright import names
from portwright.contract import custom, examples, keys, kinds, physical, privacy, quality, types
from portwright.contract.logical import Logical, Property, options_of
from portwright.contract.physical import Place
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import (
    Array,
    Bytes,
    Field,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Type,
    Vector,
)
from portwright.nodes import Mapping, Scalar

# What importers write where items have no name: it would make every nested list one type.
_NO_NAMES = frozenset({"element", "elements", "item", "items"})
SEMANTIC_TYPES = ("column", "dimension", "measure")
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
        classification=reader.text("classification") or _classification(reader.node),
        tags=reader.texts("tags"),
        examples=() if type_ is None else examples.read(reader, type_),
        deprecated=bool(reader.flag("deprecated")),
        quality=quality.read(reader),
        aliases=custom.previous_names(reader),
        anonymise=privacy.anonymise(reader),
        subject=privacy.is_subject(reader),
        encrypted=reader.text("encryptedName") or None,
    )


def _classification(node: Mapping) -> str | None:
    """What is said of the items of a list, or of what a map has: it is the property's, which has
    none of its own."""
    block = node.get("map")
    parts = [node.get("items")]
    if isinstance(block, Mapping):
        parts += [block.get("key"), block.get("value")]
    for each in parts:
        if isinstance(each, Mapping):
            own = each.get("classification")
            word = own.text.strip() if isinstance(own, Scalar) and own.value is not None else ""
            if found := word or _classification(each):
                return found
    return None


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
    if written is not None and written.lower() not in SEMANTIC_TYPES:
        message = f"unknown semantic type `{written}`: the property is taken as a column"
        help = nearest(written, SEMANTIC_TYPES) or "write `measure` for what is no column"
        reader.report.warning("PW112", message, reader.span_of("semanticType"), help)
    return written is not None and written.lower() == "measure"


def type_of(reader: Reader, name: str, path: tuple[str, ...]) -> Type | None:
    """The type of a property, of items, or of a map's key or value; None after an error."""
    customs = custom.read(reader)
    called = custom.text(customs, "recordName")
    said = kinds.said(reader)
    place = Place(called or name, called or names.singular(name), path, said.place)
    meant = physical.read(said.physical, place) if said.physical else None
    logical = kinds.of(reader, said, meant)
    if logical is None:
        return None
    options = options_of(reader, logical)
    given = Property(reader, name, path, options, said, meant, customs)
    type_ = _read(given, logical)
    if type_ is not None and meant is not None:
        kinds.warn_of_parts(reader, said, meant, type_)
    return type_


def _read(given: Property, logical: Logical) -> Type | None:
    if (flat := _FLAT.get(logical)) is not None:
        return flat(given)
    if logical is Logical.OBJECT:
        return _object(given)
    return _array(given) if logical is Logical.ARRAY else _map(given)


def _object(given: Property) -> Record | Map | Json:
    if given.reader.items("properties"):
        return record(given.reader, given.type_name, given.path)
    if isinstance(given.hint, Record | Map):
        return given.hint
    if isinstance(given.hint, Json | String) and not given.physical_is_complete:
        message = "the parts of this type have no names: its values are any JSON"
        given.reader.report.warning(
            "PW112", message, given.said.place, "list the parts under `properties`"
        )
    return Json()


def _array(given: Property) -> Array | Bytes | Vector | None:
    element: Type | None
    items = given.reader.reader("items", f"`items` of `{given.name}`", keys.PROPERTY)
    if items is not None:
        name = items.text("name")
        if name is None or name in _NO_NAMES:
            name = names.singular(given.name)
        element = _part_of(items, custom.text(given.customs, "recordName") or name, given.path)
        if element is not None and items.flag("required") is False:
            element = Nullable(element)
    elif given.reader.has("items"):
        return None
    elif isinstance(given.hint, Array) and (
        given.physical_is_complete or not isinstance(given.hint.element, Json)
    ):
        element = given.hint.element
    elif isinstance(given.hint, Bytes | Vector):
        return given.hint  # what importers make of a BYTES or VECTOR column
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
    type_ = _part_of(part, part.text("name") or name, path)
    if type_ is not None and which == "value" and part.flag("required") is False:
        return Nullable(type_)
    return type_


def _part_of(reader: Reader, name: str, path: tuple[str, ...]) -> Type | None:
    """The type of what is in a list or map; its examples are shown nowhere, and looked at."""
    type_ = type_of(reader, name, path)
    if type_ is not None:
        examples.read(reader, type_)
    return type_
