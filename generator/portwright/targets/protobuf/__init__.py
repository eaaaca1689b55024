"""Protobuf: a proto3 file an object, complete with all it imports, for protoc and buf offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names
from portwright.diagnostics import Diagnostic
from portwright.model import Model, Object
from portwright.render import render, template_root
from portwright.targets import File
from portwright.targets.findings import losses, shared_files
from portwright.targets.protobuf.collisions import shared_names
from portwright.targets.protobuf.messages import file_view
from portwright.targets.protobuf.types import LOSSY, empty_lists, package
from portwright.targets.protobuf.view import FieldView

# Files of others that are copied beside ours; all else that is imported comes with protoc.
COPIED = ("confluent/", "google/type/")


@dataclass(frozen=True, slots=True)
class Protobuf:
    """Protobuf files: `<package as folders>/<object>.proto`, buf.yaml and copies of what
    these import.

    The model must have been numbered by `lock.apply`.
    """

    name: ClassVar[str] = "protobuf"
    summary: ClassVar[str] = "Protobuf messages, one .proto an object"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from shared_files(model, "PW333", lambda each: _path(model, each))
        yield from shared_names(model)
        yield from empty_lists(model)
        yield from losses(model, LOSSY)

    def emit(self, model: Model) -> Iterator[File]:
        copied = set()
        for each in model.objects:
            view = file_view(model, each)
            copied |= {path for path in view.imports if path.startswith(COPIED)}
            text = render("protobuf/object.proto.j2", file=view)
            yield File(_path(model, each), text)
        for path in ("buf.yaml", *sorted(copied)):
            yield File(
                PurePosixPath(path), (template_root() / "protobuf" / path).read_text("utf-8")
            )

    def type_of(self, model: Model) -> str:
        """The field's type, and the messages and enums made for it."""
        view = file_view(model, model.objects[0])
        first, *nested = view.messages
        made = [_message(each.name, each.fields) for each in first.wrappers]
        made += [_message(each.name, each.fields) for each in nested]
        for enum in view.enums:
            values = "".join(f" {each.name} = {each.number};" for each in enum.values)
            made.append(f"enum {enum.name} {{ {enum.unspecified} = 0;{values} }}")
        [field] = first.fields
        return "; ".join((f"{field.label}{field.type}", *made))


def _message(name: str, fields: Iterable[FieldView]) -> str:
    return f"message {name} {{ {' '.join(map(_line, fields))} }}"


def _line(field: FieldView) -> str:
    return f"{field.label}{field.type} {field.name} = {field.number};"


def _path(model: Model, object: Object) -> PurePosixPath:
    return names.file_of(package(model), object.name, ".proto")
