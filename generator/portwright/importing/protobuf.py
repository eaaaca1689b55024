"""Protobuf: the messages of a .proto file as objects."""

from __future__ import annotations

from portwright import names
from portwright.contract.reader import Report
from portwright.diagnostics import Span, error
from portwright.importing.draft import Draft, DraftObject, Notes, Path, Refused, missing
from portwright.importing.naming import is_left_out, object_name
from portwright.importing.protobuf_file import EnumDef, FieldDef, File, MessageDef, NotProto, parse
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
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
)

_SCALARS: dict[str, Type] = {
    "double": Float(64),
    "float": Float(32),
    **dict.fromkeys(("int32", "sint32", "sfixed32"), Integer(32)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), Integer(64)),
    **dict.fromkeys(("uint32", "fixed32"), Integer(32, signed=False)),
    **dict.fromkeys(("uint64", "fixed64"), Integer(64, signed=False)),
    "bool": Boolean(),
    "string": String(),
    "bytes": Bytes(),
}
# Google's messages that stand for one value.
_WELL_KNOWN: dict[str, Type] = {
    "google.protobuf.Timestamp": Timestamp(),
    "google.protobuf.Duration": String(),
    "google.protobuf.Struct": Json(),
    "google.protobuf.Value": Json(),
    "google.protobuf.ListValue": Array(Json()),
    "google.protobuf.Any": Json(),
    "google.protobuf.FieldMask": String(),
    "google.type.Date": Date(),
    "google.type.DateTime": Timestamp(zoned=False),
    "google.type.TimeOfDay": Time(),
    "google.type.Decimal": Decimal(38, 9),
    "google.protobuf.DoubleValue": Float(64),
    "google.protobuf.FloatValue": Float(32),
    "google.protobuf.Int64Value": Integer(64),
    "google.protobuf.UInt64Value": Integer(64, signed=False),
    "google.protobuf.Int32Value": Integer(32),
    "google.protobuf.UInt32Value": Integer(32, signed=False),
    "google.protobuf.BoolValue": Boolean(),
    "google.protobuf.StringValue": String(),
    "google.protobuf.BytesValue": Bytes(),
}

# What a message that stands for a list or a map in a list or a map holds.
_HELD = (["items"], ["entries"])


def read(text: str, source: str, report: Report) -> Draft:
    """The messages that no other message of the file is made of."""
    try:
        file = parse(text, source)
    except ImportError as fault:
        raise missing("Protobuf is read by proto-schema-parser", source, fault) from None
    except NotProto as fault:
        help = "`protoc` or `buf build` tells more"
        raise Refused(error("PW805", f"no Protobuf: {fault}", fault.span, help)) from None
    used = {
        found.full
        for each in file.messages.values()
        for field in each.fields
        for name in (field.type, field.value)
        if isinstance(found := file.find(name, each.full), MessageDef) and found is not each
    }
    top = [each for each in file.messages.values() if each.is_top and each.fields]
    roots = [each for each in top if each.full not in used] or top
    if not roots:
        raise Refused(error("PW804", "the file has no message with fields", Span(source)))
    return Draft(source, tuple(_Reader(file, report).object(each) for each in roots))


class _Reader:
    """The messages of one file, and the objects made of them."""

    def __init__(self, file: File, report: Report) -> None:
        self.file, self.report = file, report
        self.notes = Notes(report)

    def object(self, message: MessageDef) -> DraftObject:
        self.notes = Notes(self.report)
        name = object_name(names.snake(message.name))
        record = self.record(message, names.singular(name), (name,), ())
        return DraftObject(name, record, notes=self.notes.found)

    def record(self, message: MessageDef, name: str, path: Path, above: tuple[str, ...]) -> Record:
        inner = (*above, message.full)
        fields = tuple(
            self.field(each, message, path, inner)
            for each in message.fields
            if not is_left_out(each.named, path, self.notes, each.span)
        )
        return Record(name, path, fields, message.comment or None)

    def field(
        self, given: FieldDef, message: MessageDef, path: Path, above: tuple[str, ...]
    ) -> Field:
        path = (*path, given.named)
        if given.one_of:
            self.notes.add(path, f"decide: one of `{given.one_of}`: only one of these has a value")
        type_ = self.value(given, message, path, above)
        found = self.file.find(given.type, message.full)
        # A message may be missing whatever the file says; whether it ever is, only the owner knows.
        is_message = given.type not in _SCALARS and not isinstance(found, EnumDef)
        unlabelled = is_message and not given.repeated and not given.value
        optional = bool(given.optional or given.one_of or unlabelled) and not given.required
        return Field(
            given.named,
            type_,
            given.span,
            required=not optional,
            description=given.comment or None,
            deprecated=given.deprecated,
        )

    def value(
        self, given: FieldDef, message: MessageDef, path: Path, above: tuple[str, ...]
    ) -> Type:
        if given.value:
            key = self.one(given.type, message, path, above, given.span)
            return Map(key, self.element(given.value, message, path, above, given.span))
        if given.repeated:
            return self.several(given, message, path, above)
        found = self.file.find(given.type, message.full)
        if isinstance(found, MessageDef) and self._holds(found) in _HELD:
            return self._held(found, path, above, given.span)
        return self.one(given.type, message, path, above, given.span)

    def several(
        self, given: FieldDef, message: MessageDef, path: Path, above: tuple[str, ...]
    ) -> Type:
        found = self.file.find(given.type, message.full)
        if isinstance(found, MessageDef) and self._holds(found) == ["key", "value"]:
            key, value = found.fields
            of = self.value(value, found, path, above)
            # A list that is never null needs no message of its own here.
            within = self.file.find(value.type, found.full)
            held = isinstance(within, MessageDef) and self._holds(within) in _HELD
            null = value.optional or (held and not value.repeated)
            return Map(self.value(key, found, path, above), Nullable(of) if null else of)
        return Array(self.element(given.type, message, path, above, given.span))

    def element(
        self, name: str, message: MessageDef, path: Path, above: tuple[str, ...], span: Span
    ) -> Type:
        """An element: Protobuf has lists of lists, and null, only in messages of their own."""
        found = self.file.find(name, message.full)
        if isinstance(found, MessageDef) and self._holds(found) in (
            ["items"],
            ["entries"],
            ["value"],
        ):
            return self._held(found, path, above, span)
        return self.one(name, message, path, above, span)

    def _holds(self, message: MessageDef) -> list[str]:
        """The names of its fields, where it is nested and stands for a value of its parent."""
        return [] if message.is_top else [each.name for each in message.fields]

    def _held(self, message: MessageDef, path: Path, above: tuple[str, ...], span: Span) -> Type:
        if message.full in above:
            return self._recursive(path, span)
        [only] = message.fields
        inner = self.value(only, message, path, (*above, message.full))
        return Nullable(inner) if only.name == "value" else inner

    def one(
        self, name: str, message: MessageDef, path: Path, above: tuple[str, ...], span: Span
    ) -> Type:
        if name in _SCALARS:
            return _SCALARS[name]
        known = name.lstrip(".")
        if known in _WELL_KNOWN:
            if known == "google.type.Decimal":
                self.notes.add(path, "decide: digits: Protobuf does not say them")
            return _WELL_KNOWN[known]
        found = self.file.find(name, message.full)
        match found:
            case EnumDef():
                values = tuple(EnumValue(n, description=c or None) for n, c in found.values)
                return Enum(path[-1], path, values) if values else String()
            case MessageDef() if found.full in above:
                return self._recursive(path, span)
            case MessageDef(fields=[]):
                self.notes.unsaid(path, "a message without fields; taken as any JSON", span)
                return Json()
            case MessageDef():
                return self.record(found, names.singular(path[-1]), path, above)
            case _:
                message_ = f"the type `{name}` is in a file that is imported; taken as any JSON"
                help = "write its properties into the contract, or give one file that has it"
                self.notes.unsaid(path, message_, span, help)
                return Json()

    def _recursive(self, path: Path, span: Span) -> Type:
        message = "the message holds itself, which a contract cannot say; taken as any JSON"
        self.notes.unsaid(path, message, span, "hand it out by its key, or to a depth")
        return Json()
