"""JSON Schema: the objects that a schema describes, by any draft from 4 on, and OpenAPI's."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import names
from portwright.contract.reader import Report
from portwright.diagnostics import Span, error
from portwright.importing import json_values
from portwright.importing.draft import Draft, DraftObject, Notes, Path, Refused
from portwright.importing.json_refs import Flat, Reader, Schema
from portwright.importing.naming import is_left_out, object_name
from portwright.model import Array, Field, Json, Map, Nullable, Record, String, Type
from portwright.nodes import Mapping, Node, Scalar, Sequence, data

# What a contract has no words for; whoever reads the draft should know that it was there.
_UNSAID = (
    *("if", "not", "contains", "dependentRequired", "dependentSchemas", "dependencies"),
    *("prefixItems", "minProperties", "maxProperties", "discriminator"),
)
_DEFINITIONS = ("$defs", "definitions")


def is_schema(node: Mapping) -> bool:
    """Whether the JSON is a schema and no sample."""
    properties, kind = node.get("properties"), node.get("type")
    described = isinstance(properties, Mapping) and (
        isinstance(kind, Scalar) and kind.text == "object"
    )
    composed = any(isinstance(node.get(key), Mapping) for key in _DEFINITIONS)
    return node.get("$schema") is not None or described or composed


def read(node: Mapping, source: str, name: str, report: Report) -> Draft:
    """The object that the schema describes, named `name`; else one for each of its definitions."""
    reader = _Reader(node, report)
    root = reader.flat(node, ())
    if (items := root.keys.get("items")) is not None and isinstance(items, Mapping):
        root = reader.flat(items, root.trail)
    if "properties" in root.keys:
        return Draft(source, (reader.object(root, object_name(name)),))
    found = [
        (object_name(names.snake(key.text)), flat)
        for holder in _DEFINITIONS
        if isinstance(within := node.get(holder), Mapping)
        for key, each in within.entries
        if "properties" in (flat := reader.flat(each, ())).keys
        and f"#/{holder}/{key.text}" not in reader.used
    ]
    if not found:
        help = "an object is made of `properties`, at the top or in one of the `$defs`"
        raise Refused(error("PW804", "the schema describes no object", node.span, help))
    objects = {each: reader.object(flat, each) for each, flat in found}
    return Draft(source, tuple(objects.values()))


class _Reader(Reader):
    """Properties of the schema as fields."""

    def __init__(self, root: Mapping, report: Report) -> None:
        super().__init__(root)
        self.report = report
        self.notes = Notes(report)

    def object(self, flat: Flat, name: str) -> DraftObject:
        self.notes = Notes(self.report)
        record = self.record(flat, names.singular(name), (name,))
        return DraftObject(name, record, notes=self.notes.found)

    def record(self, flat: Flat, name: str, path: Path) -> Record:
        properties = flat.keys.get("properties")
        entries = properties.entries if isinstance(properties, Mapping) else ()
        required = _texts(flat.keys.get("required"))
        self.tell_unsaid(flat, path)
        fields = tuple(
            self.field(each, key.text, (*path, key.text), key.text in required, flat.trail, key)
            for key, each in entries
            if not is_left_out(key.text, path, self.notes, key.span)
        )
        return Record(name, path, fields, flat.text("description") or None)

    def field(
        self, node: Node, name: str, path: Path, required: bool, trail: Schema, key: Scalar
    ) -> Field:
        flat = self.flat(node, trail)
        type_, nullable = self.type(flat, path, key.span)
        default = flat.keys.get("default")
        if default is not None and (value := data(default)) is not None:
            self.notes.add(path, f"default in the schema: {value!r}")
        for word in ("readOnly", "writeOnly"):
            if flat.text(word) == "true":
                self.notes.add(path, f"decide: the schema says `{word}`: is it handed out?")
        return Field(
            name,
            type_,
            key.span,
            required=required and not nullable,
            description=flat.text("description") or None,
            deprecated=flat.text("deprecated") == "true",
        )

    def type(self, flat: Flat, path: Path, span: Span) -> tuple[Type, bool]:
        """The type of a value, and whether it may be null."""
        if flat.recursive:
            message = "the type holds itself, which a contract cannot say; taken as any JSON"
            self.notes.unsaid(path, message, span, "hand it out by its key, or to a depth")
            return Json(), flat.nullable
        if flat.missing is not None:
            message = f"`{flat.missing}` is not in the file; taken as any JSON"
            help = "give a schema that is whole in one file (bundle it)"
            self.notes.unsaid(path, message, span, help)
            return Json(), flat.nullable
        if flat.choices:
            told = ", ".join(flat.choices)
            message = f"one of several types ({told}), and a contract has one a property"
            help = "split it into properties, one a type"
            self.notes.unsaid(path, f"{message}; taken as any JSON", span, help)
            return Json(), flat.nullable
        return self.plain(flat, path, span), flat.nullable

    def plain(self, flat: Flat, path: Path, span: Span) -> Type:
        listed = flat.keys.get("properties")
        if isinstance(listed, Mapping) and listed.entries and flat.kind in ("object", ""):
            record = self.record(flat, names.singular(path[-1]), path)
            return record if record.fields else Json()
        self.tell_unsaid(flat, path)
        if flat.kind == "array" or (not flat.kind and "items" in flat.keys):
            return self.array(flat, path, span)
        if flat.kind == "object":
            return self.map(flat, path, span)
        return json_values.scalar(flat, path, self.notes, span)

    def array(self, flat: Flat, path: Path, span: Span) -> Type:
        items = flat.keys.get("items")
        least, most = flat.whole("minItems"), flat.whole("maxItems")
        unique = flat.text("uniqueItems") == "true"
        if items is None or isinstance(items, Sequence):
            message = "the schema does not say what one element is; taken as any JSON"
            self.notes.unsaid(path, message, span, "write its `items`")
            return Array(Json(), least, most, unique)
        return Array(self.part(items, path, flat.trail, span), least, most, unique)

    def map(self, flat: Flat, path: Path, span: Span) -> Type:
        value = flat.keys.get("additionalProperties")
        patterns = flat.keys.get("patternProperties")
        if isinstance(patterns, Mapping) and len(patterns.entries) == 1:
            value = patterns.entries[0][1]
        if not isinstance(value, Mapping):
            return Json()
        names_ = flat.keys.get("propertyNames")
        key: Type = String()
        if isinstance(names_, Mapping):
            key = json_values.key(self.flat(names_, flat.trail), path, self.notes, span)
        return Map(key, self.part(value, path, flat.trail, span))

    def part(self, node: Node, path: Path, trail: Schema, span: Span) -> Type:
        """The type of an element or of a map's value."""
        type_, nullable = self.type(self.flat(node, trail), path, span)
        # Any JSON may be null anyway.
        return Nullable(type_) if nullable else type_

    def tell_unsaid(self, flat: Flat, path: Path) -> None:
        for word in _UNSAID:
            if word in flat.keys:
                message = f"the schema's `{word}` has no equal in a contract"
                help = "say it in a `description`, or as a `quality` rule"
                self.notes.unsaid(path, message, flat.keys[word].span, help)


def _texts(node: Node | None) -> frozenset[str]:
    return frozenset(_listed(node))


def _listed(node: Node | None) -> Iterator[str]:
    for each in node.items if isinstance(node, Sequence) else ():
        if isinstance(each, Scalar):
            yield each.text
