"""Avro: one record schema an object, for registries and for readers in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names
from portwright.diagnostics import Diagnostic, error
from portwright.model import Array, Map, Model, Nullable, Object, Type, walk
from portwright.render import dump_json, inline_json
from portwright.targets import File
from portwright.targets.avro_schema import fields, hints, schema
from portwright.targets.avro_types import LOSSY, field_name, is_map
from portwright.targets.findings import losses, meetings, shared_files


def _path(model: Model, object: Object) -> PurePosixPath:
    return names.file_of(names.namespace(model), object.name, ".avsc")


@dataclass(frozen=True, slots=True)
class Avro:
    """Avro schemas: `<namespace>/<object>.avsc`."""

    name: ClassVar[str] = "avro"
    summary: ClassVar[str] = "Avro schemas, one .avsc an object"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from shared_files(model, "PW312", lambda each: _path(model, each))
        yield from _shared_field_names(model)
        yield from _shared_type_names(model)
        yield from losses(model, LOSSY)

    def emit(self, model: Model) -> Iterator[File]:
        for each in model.objects:
            # No final newline: confluent-kafka's mock registry does not find a schema again
            # whose text ends in one.
            yield File(_path(model, each), dump_json(schema(model, each)).removesuffix("\n"))

    def type_of(self, model: Model) -> str:
        [field] = fields(model, model.objects[0])
        return inline_json(field["type"])


def _shared_field_names(model: Model) -> Iterator[Diagnostic]:
    """Errors for names that differ as written; a name written twice is an error of the contract."""
    for record in walk.all_records(model):
        for first, field in meetings(record.fields, field_name):
            if first.name != field.name:
                yield error(
                    "PW310",
                    f"properties `{first.name}` and `{field.name}` are both"
                    f" `{field_name(field)}` in Avro",
                    field.span,
                    "rename one of them",
                )


def _shared_type_names(model: Model) -> Iterator[Diagnostic]:
    """Errors for the entry records of maps; the types that the contract names are its checks'."""
    known = names.type_names(model)
    taken = set(known.values())
    for record in walk.all_records(model):
        for field in record.fields:
            for name in _entries(field.type, hints(record, field, known)[0]):
                if name in taken:
                    yield error(
                        "PW311",
                        f"the entries of map `{field.name}` would be a second Avro type `{name}`",
                        field.span,
                        "rename the map or the property whose type has that name",
                    )
                taken.add(name)


def _entries(type_: Type, hint: str) -> Iterator[str]:
    """The names of the entry records of maps in `type_`, as `_type` gives them."""
    match type_:
        case Map(key, value):
            if not is_map(type_):
                yield f"{hint}Entry"
            yield from _entries(key, f"{hint}Key")
            yield from _entries(value, f"{hint}Value")
        case Nullable(inner) | Array(element=inner):
            yield from _entries(inner, hint)
        case _:
            return
