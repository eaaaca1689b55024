"""The messages and enums of an object: every name and type decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from portwright import names, overrides
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
    Model,
    Nullable,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    walk,
)
from portwright.overrides import views
from portwright.privacy import tags
from portwright.render import header
from portwright.targets.protobuf.types import (
    FIELD_META,
    FLOATS,
    IMPORTS,
    INTEGERS,
    OPTIONS,
    PLAIN,
    TIMESTAMPS,
    VECTORS,
    field_name,
    is_map,
    json_name,
    package,
    upper_camel,
    value_name,
    value_prefix,
)
from portwright.targets.protobuf.view import (
    EnumView,
    FieldView,
    FileView,
    MessageView,
    ValueView,
    WrapperView,
    literal,
    reserved_lines,
)


def file_view(model: Model, object: Object) -> FileView:
    """The file of one object: its record, what is nested in it, and its enums."""
    builder = _Builder(names.type_names(model), package(model), tags.persons(object.record))
    root = object.record
    messages = tuple(
        builder.message(record, record is root and object.deprecated)
        for record in walk.records(root)
    )
    return FileView(
        header=header(model, "// "),
        package=package(model),
        imports=tuple(sorted({{**IMPORTS, **OPTIONS}[each] for each in builder.needed})),
        messages=messages,
        enums=tuple(builder.enum(each) for each in walk.enums(root)),
        options=overrides.block(
            "protobuf/object.proto.j2",
            "options",
            lambda: views.ProtobufView(
                views.contract_view(model), views.object_view(object), package(model)
            ),
        ),
    )


def wrapper_names(field: Field, known: names.TypeNames) -> list[str]:
    """The messages, named by Protobuf alone, that one property adds to its own."""
    builder = _Builder(known, "", frozenset())
    builder.field(field, False)
    entry = isinstance(field.type, Map) and is_map(field.type)
    # protoc makes the entry message of a map by itself.
    made = [f"{upper_camel(field_name(field.name))}Entry"] if entry else []
    return [*made, *(each.name for each in builder.wrappers)]


class _Builder:
    """The views of one file. `needed` collects messages and options of others, `wrappers` a
    message's own; `persons` are the records that are within something personal."""

    def __init__(self, known: names.TypeNames, package: str, persons: tags.Persons) -> None:
        self.known = known
        self.persons = persons
        self.needed: set[str] = set()
        self.wrappers: list[WrapperView] = []
        # Names are looked up from the inside out: `google` must not be found in our package.
        self.root = "." if "google" in package.split(".") else ""
        self.tagged = f".{FIELD_META}" if "confluent" in package.split(".") else FIELD_META

    def message(self, record: Record, deprecated: bool) -> MessageView:
        self.wrappers = []
        within = record.path in self.persons
        fields = tuple(self.field(each, within) for each in record.fields)
        return MessageView(
            name=self.known[record.path],
            comment=(record.description or "").strip(),
            deprecated=deprecated,
            reserved=reserved_lines(
                record.reserved,
                [field_name(each.name) for each in record.reserved],
                {each.name for each in fields},
            ),
            wrappers=tuple(self.wrappers),
            fields=fields,
        )

    def enum(self, enum: Enum) -> EnumView:
        name = self.known[enum.path]
        unspecified = f"{value_prefix(name)}_UNSPECIFIED"
        values = tuple(
            ValueView(value_name(name, each.value), each.number, each.meaning)
            for each in enum.values
        )
        return EnumView(
            name=name,
            unspecified=unspecified,
            reserved=reserved_lines(
                enum.reserved,
                [value_name(name, each.name) for each in enum.reserved],
                {unspecified, *(each.name for each in values)},
            ),
            values=values,
        )

    def field(self, field: Field, within: bool) -> FieldView:
        label, type_ = self._labelled(field.type, field.required, names.pascal(field.name))
        json = json_name(field)
        options = [
            *(["deprecated = true"] if field.deprecated else []),
            *([f"json_name = {literal(json)}"] if json else []),
            *self._tags(field, within),
        ]
        return FieldView(
            type=type_,
            name=field_name(field.name),
            number=field.number,
            label=label,
            options=f" [{', '.join(options)}]" if options else "",
            comment=(field.description or "").strip(),
        )

    def _tags(self, field: Field, within: bool) -> Iterator[str]:
        """The option with the tags of a guarded field (docs.confluent.io, "Inline tags")."""
        if tags.guards(field, within):
            found = [each for each in tags.of_field(field, within) if each.isprintable()]
            self.needed.add(FIELD_META)
            yield f"({self.tagged}) = {{tags: [{', '.join(map(literal, found))}]}}"

    def _labelled(self, type_: Type, required: bool, hint: str) -> tuple[str, str]:
        """The label and the type of a field; a message it needs has a name that starts so."""
        match type_:
            case Array(element=element):
                return "repeated ", self._single(element, f"{hint}Item")
            case Vector(element=component):
                return "repeated ", VECTORS[component]
            case Map(key, value) if is_map(type_):
                key_type = self._single(key, hint)
                return "", f"map<{key_type}, {self._single(value, f'{hint}Value')}>"
            case Map(key, value):
                entry = (("key", key, f"{hint}Key"), ("value", value, f"{hint}Value"))
                return "repeated ", self._wrapper(f"{hint}Entry", entry)
            case Nullable(inner):
                return self._labelled_single(inner, False, hint)
            case _:
                return self._labelled_single(type_, required, hint)

    def _labelled_single(self, type_: Type, required: bool, hint: str) -> tuple[str, str]:
        single = self._single(type_, hint)
        is_message = isinstance(type_, Record | Array | Map | Vector)
        # A message is there or not by itself.
        present = is_message or single.removeprefix(".") in IMPORTS
        return ("" if required or present else "optional "), single

    def _single(self, type_: Type, hint: str) -> str:
        """The type of one value, which may stand in a list or a map."""
        match type_:
            case Boolean() | Bytes() | Date() | Decimal() | Json() | String() | Time() | Uuid():
                return self._scalar(PLAIN[type(type_)])
            case Integer(bits, signed):
                return self._scalar(INTEGERS[bits, signed])
            case Float(bits):
                return FLOATS[bits]
            case Timestamp(zoned):
                return self._scalar(TIMESTAMPS[zoned])
            case Enum(path=path) | Record(path=path):
                return self.known[path]
            case Array() | Vector():
                return self._wrapper(hint, (("items", type_, hint),))
            case Map():
                return self._wrapper(hint, (("entries", type_, hint),))
            case Nullable():
                return self._wrapper(hint, (("value", type_, f"{hint}Value"),))
            case _:
                assert_never(type_)

    def _scalar(self, name: str) -> str:
        if name not in IMPORTS:
            return name
        self.needed.add(name)
        return self.root + name

    def _wrapper(self, name: str, members: Iterable[tuple[str, Type, str]]) -> str:
        """The name of a new message with these (name, type, hint), numbered from 1."""
        place = len(self.wrappers)
        fields = []
        for number, (member, type_, hint) in enumerate(members, 1):
            label, written = self._labelled(type_, True, hint)
            fields.append(FieldView(written, member, number, label))
        self.wrappers.insert(place, WrapperView(name, tuple(fields)))
        return name
