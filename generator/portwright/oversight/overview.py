"""An overview of a contract: whose it is, what it promises, what is guarded in it and who sees it,
what it is let off, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright import personal
from portwright.model import Boolean, Model, PolicyAllowance, Port, Record, Support, support, walk
from portwright.oversight.promised import Ending, Promised, endings, promised
from portwright.oversight.readers import Reader, readers


@dataclass(frozen=True, slots=True)
class Handed:
    """An object, and the ports that hand it out."""

    name: str
    ports: tuple[Port, ...]
    deprecated: bool


@dataclass(frozen=True, slots=True)
class Guarded:
    """A classified property: the roles that read its values as they are, and those that read the
    object, and not these values."""

    path: str
    classification: str
    seen_by: tuple[str, ...]
    hidden_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unclassified:
    """A property whose name says something of a person, and that nobody has classified."""

    path: str
    guess: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to know of a contract. `owner` is a team, else a person, else empty; `lacks`
    are the words for what readers of it would look for in vain."""

    id: str
    name: str
    version: str
    status: str
    domain: str
    source: str
    owner: str
    members: tuple[tuple[str, str], ...]
    support: tuple[Support, ...]
    objects: tuple[Handed, ...]
    promises: tuple[Promised, ...]
    endings: tuple[Ending, ...]
    readers: tuple[Reader, ...]
    guarded: tuple[Guarded, ...]
    unclassified: tuple[Unclassified, ...]
    allowances: tuple[PolicyAllowance, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        asked = (
            ("an owner", self.owner),
            ("a channel of support", self.support),
            ("promises", self.promises),
            ("readers", self.readers),
        )
        return tuple(word for word, there in asked if not there)


def overview(model: Model) -> Overview:
    """The overview of a contract, as `model.seen` shows it."""
    held = readers(model)
    team = model.team
    people = team.members if team else ()
    return Overview(
        model.id,
        model.name,
        model.version,
        support.word(model.status),
        model.domain or "",
        model.source,
        model.owner,
        tuple((each.name or each.username, each.role or "") for each in people),
        model.support,
        tuple(Handed(each.name, each.ports, each.deprecated) for each in model.objects),
        tuple(promised(model)),
        tuple(endings(model)),
        tuple(held),
        tuple(_guarded(model, held)),
        tuple(_unclassified(model)),
        model.allowances,
    )


def _guarded(model: Model, held: list[Reader]) -> Iterator[Guarded]:
    for path, field in walk.fields(model):
        if not field.public:
            name = ".".join(path)
            seen = dict.fromkeys(each.role for each in held if name in each.sees)
            hidden = dict.fromkeys(each.role for each in held if name in each.hidden)
            word = (field.classification or "").strip()
            yield Guarded(
                name, word, tuple(seen), tuple(each for each in hidden if each not in seen)
            )


def _unclassified(model: Model) -> Iterator[Unclassified]:
    for path, field in walk.fields(model):
        guess = personal.guessed(field.name)
        holds = any(isinstance(each, Record | Boolean) for each in walk.own_types(field.type))
        if guess and not field.classification and not holds:
            yield Unclassified(".".join(path), guess)
