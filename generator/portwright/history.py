"""The history of contracts: what was released of each before its version of today, as far as the
copies are there, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from portwright import released
from portwright.diagnostics import Diagnostic, Severity
from portwright.evolution import words
from portwright.evolution.change import Change
from portwright.evolution.compare import changes
from portwright.evolution.effects import Level
from portwright.evolution.verdicts import verdicts
from portwright.evolution.versions import numbers
from portwright.lock import Lock
from portwright.model import Model
from portwright.model.history import Meaning, Told, Version
from portwright.released import Release

Texts = Mapping[Release, bytes]


def texts(root: Path, lock: Lock) -> tuple[dict[Release, bytes], list[Diagnostic]]:
    """What was released, and a warning for each copy that is gone or was edited: the history is
    told without it."""
    found: dict[Release, bytes] = {}
    lost: list[Diagnostic] = []
    for release, data in released.read(root, released.releases(lock)):
        if isinstance(data, Diagnostic):
            lost.append(replace(data, severity=Severity.WARNING))
        else:
            found[release] = data
    return found, lost


def before(model: Model, kept: Iterable[Release]) -> tuple[Release, ...]:
    """The releases before a version, the oldest first. That of the version itself is none of them,
    so that nothing that is generated changes when it is released."""
    own = numbers(model.version)
    older = (each for each in kept if each.contract == model.id and numbers(each.version) < own)
    return tuple(sorted(older, key=lambda each: (numbers(each.version), each.version)))


def versions(models: Iterable[Model]) -> tuple[Version, ...]:
    """The history of models of one contract, the oldest first, as theirs is told: newest first."""
    chain = list(models)
    made = [Version(chain[0].version, None)]
    for old, new in pairwise(chain):
        told = tuple(map(_told, changes(old, new)))
        made.append(Version(new.version, old.version, told))
    return tuple(reversed(made)) if len(made) > 1 else ()


def _told(change: Change) -> Told:
    return Told(words.where(change), words.title(change), tuple(_means(change)))


def _means(change: Change) -> Iterator[Meaning]:
    """What the change means to whom, where it may do harm or something is to be said."""
    for audience, effect in verdicts(change).items():
        if effect.why or effect.level is not Level.OK:
            yield Meaning(str(audience), str(effect.level), effect.why)
