"""The index of all contracts: whose they are, what they promise, what is guarded in them and who
sees it, what they are allowed, when they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portwright.model import Model, PolicyAllowance, support, walk
from portwright.targets.docs import html, page, promised, readers


@dataclass(frozen=True, slots=True)
class Guarded:
    """A classified property, and the roles that see its values."""

    path: str
    classification: str
    roles: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A contract in the index."""

    id: str
    page: str
    name: str
    version: str
    status: str
    domain: str
    owner: str
    purpose: str
    over: bool
    promises: tuple[promised.Promised, ...]
    endings: tuple[promised.Ending, ...]
    guarded: tuple[Guarded, ...]
    allowances: tuple[PolicyAllowance, ...]


def text(models: Sequence[Model]) -> str:
    """The index as HTML."""
    entries = [_entry(each) for each in sorted(models, key=lambda m: (m.name, m.major, m.id))]
    known = {each.id: each for each in entries}
    return html.page(
        "index.html.j2",
        root="",
        title="Data contracts",
        entries=entries,
        known=html.embedded([[each, _names(m)] for each, m in _by_id(models) if each in known]),
        guarded=[each for each in entries if each.guarded],
        allowed=[each for each in entries if each.allowances],
        ending=[each for each in entries if each.endings],
    )


def _by_id(models: Sequence[Model]) -> list[tuple[str, Model]]:
    return [(_id(each), each) for each in models]


def _id(model: Model) -> str:
    return html.anchor("contract", page.path(model).partition("/")[2].removesuffix(".html"))


def _names(model: Model) -> list[tuple[str, str]]:
    """What a search finds in a contract: each property by its path, with its place in the page."""
    return [(".".join(path), html.anchor(*path)) for path, _ in walk.fields(model)]


def _entry(model: Model) -> Entry:
    held = readers.readers(model)
    return Entry(
        _id(model),
        page.path(model),
        model.name,
        model.version,
        support.word(model.status),
        model.domain or "",
        owner(model),
        (model.purpose or "").strip(),
        support.is_over(model),
        tuple(promised.promised(model)),
        tuple(promised.endings(model)),
        tuple(
            Guarded(
                ".".join(path),
                (field.classification or "").strip(),
                ", ".join(dict.fromkeys(r.role for r in held if ".".join(path) in r.sees)),
            )
            for path, field in walk.fields(model)
            if not field.public
        ),
        model.allowances,
    )


def owner(model: Model) -> str:
    """Whose the contract is: a team, else its first member."""
    if model.team is None:
        return ""
    first = model.team.members[0] if model.team.members else None
    return model.team.name or (first and (first.name or first.username)) or ""
