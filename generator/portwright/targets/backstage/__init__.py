"""Backstage: entities of a contract for the software catalogue, and a location that names all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import exchange, names
from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.model import Model
from portwright.render import dump_yaml, header
from portwright.targets import File, Made
from portwright.targets.backstage import entities, words
from portwright.targets.findings import meetings

FILE = "catalog-info.yaml"


def path(model: Model) -> PurePosixPath:
    """Where a contract's entities are: `<domain>/<contract>/v1/catalog-info.yaml`."""
    return PurePosixPath(*names.namespace(model).split("."), FILE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A contract in the location: what it is called in the catalogue, and where its file is."""

    name: str
    path: str
    source: str
    span: Span


@dataclass(frozen=True, slots=True)
class Backstage:
    """`<namespace>/catalog-info.yaml`, and above all `catalog-info.yaml`, which names them.

    `asyncapi` is the folder that the target `asyncapi` writes to, as seen from this one's `out`.
    """

    name: ClassVar[str] = "backstage"
    summary: ClassVar[str] = "entities of Backstage's catalogue: component, API, resources"

    asyncapi: str = "."

    def check(self, model: Model) -> Iterator[Diagnostic]:
        name = entities.name(model)
        if not words.is_name(name):
            yield error(
                "PW472",
                f"Backstage takes no name of more than {words.LONGEST} characters: `{name}`",
                model.span,
                "give the contract a shorter `name`",
            )
        for each in entities.unnamed(model):
            yield warning(
                "PW472",
                f"Backstage takes no name of more than {words.LONGEST} characters: the table of"
                f" `{each.name}` is left out",
                each.span,
                "give the contract or the object a shorter `name`",
            )
        for first, each in entities.shared(model):
            yield error(
                "PW474",
                f"objects `{first.name}` and `{each.name}` would be one resource in Backstage",
                each.span,
                "rename one of them",
            )
        if words.owner(model) is None:
            yield warning(
                "PW473",
                f"nobody owns the contract: Backstage gets the owner `{words.NOBODY}`",
                model.span,
                "name a `team`",
            )

    def emit(self, model: Model) -> Iterator[File]:
        documents = "---\n".join(map(dump_yaml, entities.entities(model, self._definition(model))))
        yield File(path(model), f"{header(model, '# ')}\n{documents}")

    def entry(self, model: Model) -> object:
        """What the location has to know of a contract."""
        return exchange.written(
            Entry(entities.name(model), str(path(model)), model.source, model.span)
        )

    def index(self, entries: Sequence[object]) -> Made:
        """The location of all, and an error for each contract that is called as another is."""
        found = [exchange.read(each, Entry) for each in entries]
        met = meetings(found, lambda each: each.name)
        location = entities.location(PurePosixPath(each.path) for each in found)
        return Made(
            (File(PurePosixPath(FILE), dump_yaml(location)),),
            tuple(_meeting(first, each) for first, each in met),
        )

    def _definition(self, model: Model) -> str:
        """The AsyncAPI document, as seen from the contract's file."""
        folder = path(model).parent
        up = "../" * len(folder.parts)
        if PurePosixPath(self.asyncapi) == PurePosixPath("."):
            return "./asyncapi.yaml"
        return f"{up}{self.asyncapi.strip('/')}/{folder}/asyncapi.yaml"


def _meeting(first: Entry, each: Entry) -> Diagnostic:
    return error(
        "PW474",
        f"the contracts of {first.source} and {each.source} would both be `{each.name}`"
        " in Backstage",
        each.span,
        "give one of them another `name`",
    )
