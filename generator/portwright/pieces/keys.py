"""Keys: a digest of all that something depends on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portwright import lock
from portwright.cache import identity
from portwright.config import Config, Output
from portwright.lock import Lock
from portwright.manifest import digest
from portwright.model import Model
from portwright.pieces.parts import Task
from portwright.targets import Whole, registry


def base(config: Config, root: Path) -> str:
    """What everything depends on: the generator, and the files beside config and contracts. What
    else all outcomes depend on belongs here; what one contract's does, into `standing`."""
    return key(identity.generator(), sorted(_others(config, root)))


def _others(config: Config, root: Path) -> Iterator[tuple[str, str | None]]:
    for path in config.others:
        try:
            yield path, digest((root / path).read_bytes())
        except OSError:
            yield path, None


def standing(config: Config, task: Task, held: Lock) -> str:
    """The key of what comes of a contract as it stands among the others, with these lines of the
    lock; empty where it has none."""
    if not task.piece.key:
        return ""
    before, earlier = task.outline.earlier, task.earlier
    return key(
        task.piece.identity,
        place(config, task.outline),
        None if before is None or earlier is None else [earlier.identity, place(config, before)],
        [_line(each) for each in held.entries if not is_release(each)],
        [(each.version, each.digest) for each, _ in task.released],
    )


def _line(entry: lock.Entry) -> tuple[object, ...]:
    """What a line says; whose it is, is known."""
    which = (entry.kind, entry.path, entry.name, entry.number)
    return (*which, entry.shape, entry.id, entry.was)


def place(config: Config, model: Model) -> list[Any]:
    """Where a model stands among others, and what the config says of it."""
    names = (model.id, model.name)
    ports = [(each.contract, each.object, each.ports) for each in config.ports]
    choices = [each for each in ports if each[0] in names]
    return [model.namespace, model.current, choices, config.policies.classifications]


def is_release(entry: lock.Entry) -> bool:
    """Whether a line tells what was released, which has no number. What of
    them is history is in the key by itself."""
    return entry.kind is lock.Kind.RELEASE


def overview(task: Task) -> str:
    """The key of a contract's overview; empty where that is not to be known."""
    return key(task.numbered, "overview") if task.numbered else ""


def judged(config: Config, task: Task) -> str:
    """The key of what policies find in a contract; empty where that is not to be known."""
    if not task.numbered or config.policies.are_plugged:
        return ""
    settings = [
        (each.policy.name, each.severity, sorted(each.given.items()), each.levels)
        for each in config.policies.settings
    ]
    return key(task.numbered, "judged", settings, task.is_broken)


def outcome(config: Config, numbered: str, output: Output) -> str:
    """The key of what a target makes of a contract; empty where that is not to be known."""
    target = output.target
    version = registry.version(target)
    if not numbered or version is None:
        return ""
    if isinstance(target, Whole):
        return ""
    if output.package == "":  # nobody has installed it: it may be another at any time
        return ""
    cls = type(target)
    fields: tuple[dataclasses.Field[Any], ...] = ()
    if dataclasses.is_dataclass(target):
        fields = dataclasses.fields(target)
    given = [(each.name, repr(getattr(target, each.name))) for each in fields]
    templates = None if config.templates is None else config.templates.digest
    made_by: list[Any] = [cls.__module__, cls.__qualname__, version, given, str(output.out)]
    if output.package is not None:
        # What others do wrong is found at the place of the target in the config.
        made_by += [identity.package(output.package), dataclasses.astuple(output.span)]
    return key(numbered, made_by, templates)


def key(*parts: Any) -> str:
    """The digest of what JSON can say."""
    return digest(json.dumps(parts, sort_keys=True).encode())
