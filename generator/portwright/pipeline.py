"""From a config to files in memory: load, check, number, emit. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

from portwright import checks, contract, lock, overrides, plugins, policies, progress, source
from portwright.config import Config, Output
from portwright.diagnostics import Diagnostic, Span, error, ordered, printable
from portwright.manifest import read_manifest
from portwright.model import Model, support
from portwright.model.deprecation import marked
from portwright.parallel import spread
from portwright.targets import File, Made, Owner, Whole

LOCK = PurePosixPath("portwright.lock")
# What of the tool's own folder is of this machine only.
_KEPT = ".gitignore manifest released/ released/* begun/ begun/** schemas/ schemas/*".split()
IGNORED = File(
    PurePosixPath(".portwright/.gitignore"), "\n".join(["*", *(f"!{each}" for each in _KEPT), ""])
)


@dataclass(frozen=True, slots=True)
class Build:
    """What came of a config: files relative to its folder (none if anything is an error),
    the tool's own state (the lock), the findings in order, and what contracts allow of policies."""

    models: tuple[Model, ...] = ()
    files: tuple[File, ...] = ()
    state: tuple[File, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    allowed: tuple[policies.Allowed, ...] = ()

    @property
    def failed(self) -> bool:
        return any(each.is_error for each in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The models of a config as targets see them, with the lock that their numbers are from, and
    what was found. Those of a contract with an error are not in `good`."""

    models: tuple[Model, ...]
    lock: lock.Lock
    found: tuple[Diagnostic, ...]

    @property
    def broken(self) -> set[str]:
        """The files with errors."""
        return {each.span.file for each in self.found if each.is_error}

    @property
    def good(self) -> list[Model]:
        broken = self.broken
        return [marked(each) for each in self.models if each.source not in broken]


def numbered(config: Config, root: Path, environ: Mapping[str, str]) -> Numbered:
    """The models of a config whose folder is `root`."""
    found: list[Diagnostic] = []
    models: list[Model] = []
    for number, path in enumerate(config.contracts, 1):
        progress.tell("reading contracts", number, len(config.contracts))
        model, diagnostics = load(root / path, path, environ)
        found += diagnostics
        if model is not None:
            models.append(model)
    found += _same_identity(models)
    models = [replace(each, namespace=config.namespace) for each in models]
    models, misplaced = config.choose_ports(models)
    models = list(among_majors(models))
    found += misplaced
    numbers, diagnostics = read_lock(root)
    found += diagnostics
    models, numbers = lock.apply_all(models, numbers)
    return Numbered(tuple(models), numbers, tuple(found))


def build(config: Config, root: Path, environ: Mapping[str, str]) -> Build:
    """Everything that follows from the contracts of a config whose folder is `root`."""
    read = numbered(config, root, environ)
    judged = policies.judge(read.models, config.policies, read.broken)
    found = [*policies.without_replaced(read.found, config.policies), *judged.found]
    allowed = tuple(judged.allowed)
    # A model with an error is not asked what a target makes of it.
    asked, broken = read.good, bool(read.broken)
    with overrides.using(config.templates):
        generated = spread(partial(_generated, config.outputs, broken), asked, "generating")
    found += (
        each
        for position in range(len(config.outputs))
        for made in generated
        for each in made.findings[position]
    )
    found = list(dict.fromkeys(found))  # two targets may find the same of one engine
    if any(each.is_error for each in found):
        return Build(read.models, diagnostics=tuple(ordered(found)), allowed=allowed)
    placed: dict[File, Output] = {}
    for position, output in enumerate(config.outputs):
        if isinstance(output.target, Whole):
            together = plugins.make(output.target, output.span, output.out, asked)
            found += together.findings
            placed.update((each, output) for each in _placed(output, together.files))
        for made in generated:
            for each in made.files[position]:
                placed.setdefault(each, output)  # what all contracts share (buf.yaml) is one file
    found += _same_path(placed)
    if any(each.is_error for each in found):
        return Build(read.models, diagnostics=tuple(ordered(found)), allowed=allowed)
    state = (File(LOCK, read.lock.text()), IGNORED)
    return Build(read.models, tuple(placed), state, tuple(ordered(found)), allowed)


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
    asked = [marked(each) for each in models if each.source not in broken]
    outputs = config.outputs if config else ()
    # A target of all models has to have all of them, and these are some.
    targets = ((each.target, each.span) for each in outputs if not isinstance(each.target, Whole))
    found += (
        each
        for target, place in targets
        for model in asked
        for each in plugins.check(target, place, model)
    )
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
    try:
        data = path.read_bytes()
    except OSError as fault:
        reason = f"cannot read the contract: {fault.strerror}"
        return None, [error("PW510", reason, Span(name), "look at its name and its rights")]
    return read(data, name, environ)


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
        return lock.Lock(), [error("PW605", f"cannot read: {fault}", Span(str(LOCK)))]
    return lock.parse(text, str(LOCK))


def _lost_lock(root: Path) -> Iterator[Diagnostic]:
    """An error where files were generated with a lock that is gone: new numbers would be others."""
    listed, _ = read_manifest(root)
    if any(each.owner is Owner.TOOL and (root / each.path).exists() for each in listed.values()):
        message = "the lock is missing, and generated files stand on its numbers"
        way_out = "restore it from version control; to begin anew, remove .portwright/manifest too"
        yield error("PW611", message, Span(str(LOCK)), way_out)


@dataclass(frozen=True, slots=True)
class _Generated:
    """What came of one model: findings and files of each output."""

    findings: tuple[tuple[Diagnostic, ...], ...]
    files: tuple[tuple[File, ...], ...]


def _generated(outputs: tuple[Output, ...], only_check: bool, model: Model) -> _Generated:
    """The outputs of a model; no files where one would not be written."""
    findings = [_checked(output, model) for output in outputs]
    if only_check or any(each.is_error for found in findings for each in found):
        return _Generated(tuple(findings), ())
    made = [_emitted(output, model) for output in outputs]
    return _Generated(
        tuple((*found, *each.findings) for found, each in zip(findings, made, strict=True)),
        tuple(each.files for each in made),
    )


def _checked(output: Output, model: Model) -> tuple[Diagnostic, ...]:
    if isinstance(output.target, Whole):
        return ()
    return plugins.check(output.target, output.span, model)


def _emitted(output: Output, model: Model) -> Made:
    if isinstance(output.target, Whole):
        return Made()
    made = plugins.emit(output.target, output.span, output.out, model)
    origin = f"contract {printable(model.version)}"
    return replace(made, files=tuple(_placed(output, made.files, origin)))


def _placed(output: Output, files: Iterable[File], origin: str = "") -> Iterator[File]:
    for each in files:
        follows = None if each.follows is None else output.out / each.follows
        yield replace(each, path=output.out / each.path, origin=origin, follows=follows)


def among_majors(models: Iterable[Model]) -> Iterator[Model]:
    """The models, which know the major version before theirs, and which one is the current."""
    found = list(models)
    for each in found:
        versions = sorted(
            (other for other in found if other.id == each.id), key=lambda other: other.major
        )
        earlier = [other for other in versions if other.major < each.major]
        current = max(versions, key=lambda other: (not support.is_plan(other), other.major))
        yield replace(
            each, current=current.major == each.major, earlier=earlier[-1] if earlier else None
        )


def _same_identity(models: Iterable[Model]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, int], Model] = {}
    for model in models:
        other = seen.setdefault((model.id, model.major), model)
        if other is not model:
            yield error(
                "PW511",
                f"{other.source} is a contract of the same id and major version",
                model.span,
                "give one of them another `id`, or raise its major version",
            )


def _same_path(placed: Mapping[File, Output]) -> Iterator[Diagnostic]:
    # Some file systems do not tell upper from lower case.
    seen: dict[str, File] = {}
    for each, output in placed.items():
        other = seen.setdefault(str(each.path).casefold(), each)
        if other is not each:
            yield error(
                "PW512",
                f"two targets or contracts generate {each.path}",
                output.span,
                "give the targets folders of their own, or the contracts names of their own",
            )
