"""Avro: the records of a schema (.avsc) as objects."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import names
from portwright.contract.reader import Report
from portwright.diagnostics import Span, error
from portwright.importing.avro_nodes import is_null, kind, text, told, values, whole
from portwright.importing.draft import Draft, DraftObject, Notes, Path, Refused
from portwright.importing.json_nodes import parse
from portwright.importing.naming import is_left_out, object_name
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
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
    VectorElement,
)
from portwright.nodes import Mapping, Node, Scalar, Sequence, data

_PLAIN: dict[str, Type] = {
    "boolean": Boolean(),
    "int": Integer(32),
    "long": Integer(64),
    "float": Float(32),
    "double": Float(64),
    "bytes": Bytes(),
    "string": String(),
}
_LOGICAL: dict[str, Type] = {
    "uuid": Uuid(),
    "date": Date(),
    "time-millis": Time(),
    "time-micros": Time(),
    "timestamp-millis": Timestamp(),
    "timestamp-micros": Timestamp(),
    "timestamp-nanos": Timestamp(),
    "local-timestamp-millis": Timestamp(zoned=False),
    "local-timestamp-micros": Timestamp(zoned=False),
    "local-timestamp-nanos": Timestamp(zoned=False),
}
_VECTORS = {"float": VectorElement.FLOAT32, "double": VectorElement.FLOAT64}
_NAMED = ("record", "error", "enum", "fixed")


def read(schema: str, source: str, report: Report) -> Draft:
    """The records of the schema: the one that it is, or those of its union."""
    node = parse(schema, source)
    top = node.items if isinstance(node, Sequence) else (node,)
    records = [each for each in top if kind(each) in ("record", "error")]
    if not records:
        help = 'an object is made of `{"type": "record", "name": …, "fields": […]}`'
        raise Refused(error("PW804", "the schema has no record", node.span, help))
    reader = _Reader(source, report)
    for each in top:
        reader.learn(each, "")
    used = {name for each in records for name in reader.uses(each)} if len(records) > 1 else set()
    roots = [each for each in records if reader.name(each) not in used] or records
    return Draft(source, tuple(map(reader.object, roots)))


class _Reader:
    """The named types of one schema, and the objects made of them."""

    def __init__(self, source: str, report: Report) -> None:
        self.source, self.report = source, report
        self.named: dict[str, Mapping] = {}
        self.spaces: dict[int, str] = {}
        self.notes = Notes(report)

    def learn(self, node: Node | None, space: str) -> None:
        """Knows the named types in the node, by their full names."""
        if isinstance(node, Sequence):
            for each in node.items:
                self.learn(each, space)
        if not isinstance(node, Mapping):
            return
        if kind(node) in _NAMED and isinstance(node.get("name"), Scalar):
            space = text(node, "namespace") if node.get("namespace") else space
            name = text(node, "name")
            space = name.rpartition(".")[0] or space
            self.spaces[id(node)] = space
            full = f"{space}.{name.rpartition('.')[2]}".strip(".")
            self.named.setdefault(full, node)
        for _, inner in node.entries:
            self.learn(inner, space)

    def name(self, node: Node) -> str:
        return text(node, "name").rpartition(".")[2] if isinstance(node, Mapping) else ""

    def uses(self, node: Node) -> Iterator[str]:
        """The names of types that a record's fields refer to."""
        match node:
            case Mapping(entries=entries):
                for key, value in entries:
                    if key.text in ("type", "items", "values") and isinstance(value, Scalar):
                        yield value.text.rpartition(".")[2]
                    yield from self.uses(value)
            case Sequence(items=items):
                for each in items:
                    if isinstance(each, Scalar):
                        yield each.text.rpartition(".")[2]
                    else:
                        yield from self.uses(each)
            case _:
                return

    def object(self, node: Node) -> DraftObject:
        assert isinstance(node, Mapping)
        name = object_name(names.snake(self.name(node) or "records"))
        self.notes = Notes(self.report)
        record = self.record(node, name, (name,), ())
        return DraftObject(name, record, notes=self.notes.found)

    def record(self, node: Mapping, name: str, path: Path, above: tuple[int, ...]) -> Record:
        listed = node.get("fields")
        items = listed.items if isinstance(listed, Sequence) else ()
        space = self.spaces.get(id(node), "")
        inner = (*above, id(node))
        fields: list[Field] = []
        for each in items:
            written = text(each, "odcs.name") or text(each, "name")
            if not isinstance(each, Mapping) or any(f.name == written for f in fields):
                message = f"a field of `{'.'.join(path)}` is no map, or of a name that another has"
                raise Refused(error("PW805", message, each.span, "look at the schema's `fields`"))
            if not is_left_out(written, path, self.notes, each.span):
                fields.append(self.field(each, written, (*path, written), space, inner))
        return Record(names.singular(name), path, tuple(fields), text(node, "doc") or None)

    def field(
        self, node: Mapping, name: str, path: Path, space: str, above: tuple[int, ...]
    ) -> Field:
        type_, nullable = self.optional(node.get("type"), path, space, above, node.span)
        default = node.get("default")
        if default is not None and data(default) is not None:
            self.notes.add(path, f"default in the schema: {data(default)!r}")
        tags = node.get("odcs.tags")
        return Field(
            name,
            type_,
            node.span,
            required=not nullable,
            description=text(node, "doc") or None,
            classification=text(node, "odcs.classification") or None,
            tags=tuple(map(str, data(tags) or ())) if isinstance(tags, Sequence) else (),  # type: ignore[call-overload]
            deprecated=text(node, "odcs.deprecated") == "true",
        )

    def optional(
        self, node: Node | None, path: Path, space: str, above: tuple[int, ...], span: Span
    ) -> tuple[Type, bool]:
        """The type of a value, and whether it may be null."""
        if not isinstance(node, Sequence):
            return self.type(node, path, space, above, span), False
        some = [each for each in node.items if not (isinstance(each, Scalar) and is_null(each))]
        nullable = len(some) < len(node.items)
        if len(some) == 1:
            return self.type(some[0], path, space, above, span), nullable
        several = " or ".join(told(each) for each in some) or "null alone"
        message = f"a value is {several}, and a contract has one type a property; taken as any JSON"
        help = "split it into properties, one a type"
        self.notes.unsaid(path, message, node.span, help)
        return Json(), nullable

    def element(
        self, node: Node | None, path: Path, space: str, above: tuple[int, ...], span: Span
    ) -> Type:
        type_, nullable = self.optional(node, path, space, above, span)
        return Nullable(type_) if nullable else type_

    def type(
        self, node: Node | None, path: Path, space: str, above: tuple[int, ...], span: Span
    ) -> Type:
        match node:
            case Scalar(text=name):
                if name in _PLAIN:
                    return _PLAIN[name]
                known = self.named.get(f"{space}.{name}".strip(".")) or self.named.get(name)
                if known is not None:
                    return self.named_type(known, path, above, node.span)
                return self._unknown(name, path, node.span)
            case Mapping():
                return self.complex(node, path, space, above)
            case Sequence():
                return self.element(node, path, space, above, span)
            case _:
                return self._unknown("", path, span)

    def complex(self, node: Mapping, path: Path, space: str, above: tuple[int, ...]) -> Type:
        base, logical = kind(node), text(node, "logicalType")
        if not base:  # {"type": {"type": …}}
            return self.type(node.get("type"), path, space, above, node.span)
        if base in _NAMED and logical != "decimal":
            return self.named_type(node, path, above, node.span)
        if logical == "decimal":
            precision, scale = whole(node, "precision"), whole(node, "scale") or 0
            return Decimal(max(precision or 38, scale, 1), scale)
        if logical in _LOGICAL and base in ("int", "long", "string"):
            return _LOGICAL[logical]
        if logical and logical not in _LOGICAL:
            message = f"the logical type `{logical}` is unknown; taken as {base}"
            self.notes.unsaid(path, message, node.span)
        if base == "array":
            size = whole(node, "odcs.dimensions")
            items = node.get("items")
            if size and isinstance(items, Scalar) and items.text in ("float", "double", "int"):
                return Vector(size, _VECTORS.get(items.text, VectorElement.INT8))
            return self.array(items, path, space, above, node.span)
        if base == "map":
            return Map(String(), self.element(node.get("values"), path, space, above, node.span))
        if base == "string" and text(node, "odcs.type") == "json":
            return Json()
        closed = node.get("odcs.values")
        if base == "string" and isinstance(closed, Sequence) and closed.items:
            return Enum(path[-1], path, values(closed, ""))
        return self.type(node.get("type"), path, space, above, node.span)

    def array(
        self, items: Node | None, path: Path, space: str, above: tuple[int, ...], span: Span
    ) -> Type:
        """A list, or a map whose keys are not text: a list of entries."""
        element = self.element(items, path, space, above, span)
        if isinstance(items, Mapping) and self.name(items).endswith("Entry"):
            parts = {f.name: f for f in element.fields} if isinstance(element, Record) else {}
            if [*parts] == ["key", "value"] and parts["key"].required:
                value = parts["value"]
                of = value.type if value.required else Nullable(value.type)
                return Map(parts["key"].type, of)
        return Array(element)

    def named_type(self, node: Mapping, path: Path, above: tuple[int, ...], span: Span) -> Type:
        match kind(node):
            case "enum":
                symbols = node.get("symbols")
                found = values(symbols, text(node, "default"), text(node, "doc"))
                return Enum(path[-1], path, found) if found else String()
            case "fixed":
                size = whole(node, "size")
                if text(node, "logicalType") == "decimal":
                    precision, scale = whole(node, "precision"), whole(node, "scale") or 0
                    return Decimal(max(precision or 38, scale, 1), scale)
                return Uuid() if text(node, "logicalType") == "uuid" else Bytes(size, size)
            case _:
                if id(node) in above:
                    message = (
                        "the type holds itself, which a contract cannot say; taken as any JSON"
                    )
                    self.notes.unsaid(path, message, span, "hand it out by its key, or to a depth")
                    return Json()
                if not isinstance(listed := node.get("fields"), Sequence) or not listed.items:
                    self.notes.unsaid(path, "a record without fields; taken as any JSON", span)
                    return Json()
                return self.record(node, names.singular(path[-1]), path, above)

    def _unknown(self, name: str, path: Path, span: Span) -> Type:
        message = f"`{'.'.join(path)}`: the type `{name}` is not in the file; taken as text"
        help = "give the file that has all of its types, or write the type into the contract"
        self.report.warning("PW808", message, span, help)
        self.notes.add(path, f"decide: its type `{name}` is unknown here")
        return String()
