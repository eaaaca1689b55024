"""From a config to files in memory: load, check, number, emit. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

from portwright import checks, contract, history, lock, overrides, plugins, policies, source
from portwright.cache import OFF, Cache
from portwright.config import Config
from portwright.diagnostics import Diagnostic, Span, error, ordered
from portwright.manifest import read_manifest, unreadable
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.oversight import Overview
from portwright.parallel import spread
from portwright.paths import LOCK
from portwright.pieces import Piece, Pieces, Read, Task, asking
from portwright.pieces.beside import among_others, same_identity, same_path
from portwright.stamp import Environment
from portwright.targets import File, Owner, Whole

# What of the tool's own folder is of this machine only.
_KEPT = ".gitignore manifest released/ released/* begun/ begun/** schemas/ schemas/*".split()
IGNORED = File(
    PurePosixPath(".portwright/.gitignore"), "\n".join(["*", *(f"!{each}" for each in _KEPT), ""])
)


@dataclass(frozen=True, slots=True)
class Build:
    """What came of a config: files relative to its folder (none if anything is an error),
    the tool's own state (the lock), the findings in order, what contracts allow of policies, and
    overviews of those that were read, of all where these are asked for."""

    models: tuple[Model, ...] = ()
    files: tuple[File, ...] = ()
    state: tuple[File, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    allowed: tuple[policies.Allowed, ...] = ()
    overviews: tuple[Overview, ...] = ()

    @property
    def failed(self) -> bool:
        return any(each.is_error for each in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The contracts of a config as targets see them, with the lock that their numbers are from, and
    what was found. The models of those with an error are not in `good`."""

    tasks: tuple[Task, ...]
    lock: lock.Lock
    found: tuple[Diagnostic, ...]

    @property
    def broken(self) -> set[str]:
        """The files with errors."""
        return {each.span.file for each in self.found if each.is_error}

    @property
    def models(self) -> tuple[Model, ...]:
        return tuple(each.model for each in self.tasks)

    @property
    def good(self) -> list[Model]:
        return [as_seen(each.model) for each in self.tasks if not each.is_broken]


def numbered(config: Config, root: Path, environ: Mapping[str, str]) -> Numbered:
    """The models of a config whose folder is `root`."""
    return _numbered(Pieces(config, root, OFF), config, root, environ)


def _numbered(
    known: Pieces,
    config: Config,
    root: Path,
    environ: Mapping[str, str],
    jobs: int | None = None,
    whole: bool = True,
) -> Numbered:
    """The contracts of a config; where not the `whole` of them, those read of which something is to
    be made that is not known."""
    pieces = [_looked_up(known, root, path, environ) for path in config.contracts]
    _read_all(known, [each for each in pieces if whole or not each.known], environ, jobs)
    found = [each for piece in pieces for each in piece.found]
    pieces = [each for each in pieces if each.outline is not None]
    outlines = [each.outline for each in pieces if each.outline is not None]
    found += same_identity(outlines)
    outlines, misplaced = among_others(config, outlines)
    found += misplaced
    numbers, diagnostics = read_lock(root)
    found += diagnostics
    broken = {each.span.file for each in found if each.is_error}
    kept, lost = history.texts(root, numbers)
    found += lost
    tasks = known.tasks(pieces, outlines, numbers, broken, kept)
    _read_all(known, known.unread(tasks), environ, jobs)
    known_of = zip(pieces, outlines, strict=True)
    placed, _ = among_others(config, [each.model or outline for each, outline in known_of])
    told = [_told(config, *each, environ) for each in zip(tasks, placed, strict=True)]
    numbers = known.number(tasks, told, numbers)
    return Numbered(tuple(tasks), numbers, tuple(found))


def build(
    config: Config,
    root: Path,
    environ: Mapping[str, str],
    cache: Cache = OFF,
    jobs: int | None = None,
    whole: bool = True,
    overviews: bool = False,
) -> Build:
    """Everything that follows from the contracts of a config whose folder is `root`.

    What `cache` knows is not made again; models are left out where not the `whole` build is asked
    for, and `overviews` where these are not. So many `jobs` at once, as many as there are
    processors where it is None.
    """
    known = Pieces(config, root, cache, overviews)
    need_all = any(isinstance(each.target, Whole) for each in config.outputs)
    read = _numbered(known, config, root, environ, jobs, whole or need_all)
    models = read.models if whole else ()
    # A report asks for those of all contracts, of which then none is to be read again.
    seen = [known.overview(each) for each in read.tasks if overviews or each.piece.is_whole]
    judged = [known.judged(each, read.broken) for each in read.tasks]
    found = policies.without_replaced(read.found, config.policies)
    found += (each for some in judged for each in some.found)
    allowed = tuple(each for some in judged for each in some.allowed)
    _make_all(known, config, [each for each in read.tasks if each.missing], jobs)
    found += (each for task in read.tasks for made in task.made if made for each in made.found)
    found = list(dict.fromkeys(found))  # two targets may find the same of one engine
    if any(each.is_error for each in found):
        return Build(models, (), (), tuple(ordered(found)), allowed, tuple(seen))
    placed, together = asking.all_files(config.outputs, read.tasks, read.good)
    found += together
    found += same_path(placed)
    if any(each.is_error for each in found):
        return Build(models, (), (), tuple(ordered(found)), allowed, tuple(seen))
    state = (File(LOCK, read.lock.text()), IGNORED)
    return Build(models, tuple(placed), state, tuple(ordered(found)), allowed, tuple(seen))


def _looked_up(known: Pieces, root: Path, name: str, environ: Mapping[str, str]) -> Piece:
    """The contract of that name, with what was found in it where its bytes are known."""
    data, unreadable = _bytes(root / name, name)
    return known.look_up(name, data, unreadable, environ)


def _read_all(
    known: Pieces, pieces: Iterable[Piece], environ: Mapping[str, str], jobs: int | None
) -> None:
    """Reads contracts, if that was not done."""
    unread = [each for each in pieces if each.data is not None and not each.is_whole]
    every = spread(partial(_read, environ), unread, "reading contracts", jobs)
    for piece, made in zip(unread, every, strict=True):
        for name in made.asked:
            environ.get(name)  # a process of its own has asked for it, and this one has to know
        is_new = not piece.known
        piece.take(made)
        if is_new:
            known.keep(piece)


def _read(environ: Mapping[str, str], piece: Piece) -> Read:
    variables = Environment(environ)
    model, found = read(piece.data or b"", piece.name, variables)
    return Read(model, tuple(found), variables.asked())


def _told(config: Config, task: Task, model: Model, environ: Mapping[str, str]) -> Model:
    """The model with its history, where it was read and has one. Of variables, what was released
    sees those that the contract of today asks for: what comes of it depends on no others."""
    if not task.released or not task.piece.is_whole:
        return model
    own = {name: environ[name] for name in task.piece.asked if name in environ}
    older = (read(data, str(each.path), own)[0] for each, data in task.released)
    placed, _ = among_others(config, [each for each in older if each is not None])
    return replace(model, history=history.versions([*placed, model]))


def _make_all(known: Pieces, config: Config, tasks: Sequence[Task], jobs: int | None) -> None:
    """Has targets make what is missing."""
    with overrides.using(config.templates):
        every = spread(asking.outcomes, tasks, "generating", jobs)
    for task, made in zip(tasks, every, strict=True):
        known.keep_made(task, made)


def lint(
    paths: Iterable[Path], config: Config | None, environ: Mapping[str, str], today: date
) -> list[Diagnostic]:
    """What is found in contracts as of today, and in those that are good by the targets of the
    config. What contracts allow of its policies is among it."""
    found: list[Diagnostic] = []
    models: list[Model] = []
    for path in paths:
        model, diagnostics = load(path, str(path), environ)
        found += diagnostics
        if model is not None:
            models.append(model)
    broken = {each.span.file for each in found if each.is_error}
    if config is not None:
        judged = policies.judge(models, config.policies, broken)
        found = policies.without_replaced(found, config.policies)
        found += (*judged.found, *(each.notice for each in judged.allowed))
    found += on(today, models, config)
    models, _ = lock.apply_all(models, lock.Lock())
    asked = [as_seen(each) for each in models if each.source not in broken]
    outputs = config.outputs if config else ()
    for output in outputs:
        # A target of all models has to have all of them, and these are some.
        if isinstance(output.target, Whole):
            continue
        for model in asked:
            found += plugins.check(output.target, output.span, model)
    return ordered(found)


def on(today: date, models: Iterable[Model], config: Config | None) -> list[Diagnostic]:
    """What is found on that day, and would not be on every other."""
    models = list(models)
    found = [each for model in models for each in checks.supported(model, today)]
    if config is not None:
        judged = policies.dated(models, config.policies, today)
        found += (*judged.found, *(each.notice for each in judged.allowed))
    return ordered(found)


def load(
    path: Path, name: str, environ: Mapping[str, str]
) -> tuple[Model | None, list[Diagnostic]]:
    """The checked model of the contract in `path`, which findings call `name`."""
    data, unreadable = _bytes(path, name)
    return (None, unreadable) if data is None else read(data, name, environ)


def _bytes(path: Path, name: str) -> tuple[bytes | None, list[Diagnostic]]:
    try:
        return path.read_bytes(), []
    except OSError as fault:
        reason = f"cannot read the contract: {fault.strerror}"
        return None, [error("PW510", reason, Span(name), "look at its name and its rights")]


def read(
    data: bytes, name: str, environ: Mapping[str, str]
) -> tuple[Model | None, list[Diagnostic]]:
    """The checked model of the contract with these bytes, which findings call `name`."""
    text, found = source.decode(data, name)
    if text is None:
        return None, found
    node, diagnostics = source.parse(text, name, environ)
    found += diagnostics
    if node is None:
        return None, found
    model, diagnostics = contract.load(node, name)
    found += diagnostics
    if model is not None:
        found += checks.run(model)
    return model, found


def read_lock(root: Path) -> tuple[lock.Lock, list[Diagnostic]]:
    """The lock of the config in the folder `root`, and what is wrong with it."""
    try:
        text = (root / LOCK).read_text("utf-8")
    except FileNotFoundError:
        return lock.Lock(), list(_lost_lock(root))
    except (OSError, UnicodeDecodeError) as fault:
        return lock.Lock(), [unreadable(LOCK, fault)]
    return lock.parse(text, str(LOCK))


def _lost_lock(root: Path) -> Iterator[Diagnostic]:
    """An error where files were generated with a lock that is gone: new numbers would be others."""
    listed, _ = read_manifest(root)
    if any(each.owner is Owner.TOOL and (root / each.path).exists() for each in listed.values()):
        message = "the lock is missing, and generated files stand on its numbers"
        way_out = "restore it from version control; to begin anew, remove .portwright/manifest too"
        yield error("PW611", message, Span(str(LOCK)), way_out)
