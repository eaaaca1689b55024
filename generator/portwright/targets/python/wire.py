"""The schema that a package's values are written by: what its codec has, and a registry gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portwright import render
from portwright.model import Model, Object
from portwright.targets import avro_schema
from portwright.targets.protobuf import COPIED
from portwright.targets.protobuf.messages import file_view

WIRES: Final = ("avro", "protobuf")


@dataclass(frozen=True, slots=True)
class WireSchema:
    """A schema's text; for Protobuf the (name, text) of the files it imports, each after those
    that it imports itself, and the path of the object's message in its file."""

    kind: str
    text: str
    references: tuple[tuple[str, str], ...] = ()
    indexes: tuple[int, ...] = (0,)


def wire_schema(model: Model, object_: Object, wire: str) -> WireSchema:
    """The schema of an object's values."""
    if wire == "protobuf":
        view = file_view(model, object_)
        text = render.render("protobuf/object.proto.j2", file=view)
        # The object's own message is the first of its file.
        return WireSchema("PROTOBUF", text, _texts(view.imports))
    text = render.dump_json(avro_schema.schema(model, object_)).removesuffix("\n")
    return WireSchema("AVRO", text)


def imported(model: Model) -> tuple[tuple[str, str], ...]:
    """The (name, text) of all files that the objects' .proto files import, but for those that come
    with every compiler."""
    paths = {path for each in model.objects for path in file_view(model, each).imports}
    return _texts(sorted(paths))


def _texts(paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
    folder = render.template_root() / "protobuf"
    return tuple(
        (path, (folder / path).read_text("utf-8")) for path in paths if path.startswith(COPIED)
    )
