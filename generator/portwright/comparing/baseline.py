"""The baseline: contracts as they were, as the lock keeps them, in a file or at a revision of git,
and which of today's contracts each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from portwright import lock, paths, pipeline, released, source
from portwright.comparing import revisions
from portwright.config import Config
from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.lock import Lock
from portwright.model import Model
from portwright.nodes import Mapping as MappingNode
from portwright.nodes import Scalar, Sequence
from portwright.paths import matches
from portwright.pieces.beside import among_majors

LOCK = "lock"
HEAD = "git:HEAD"
_GIT = "git:"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Contracts of before, by the path that each had, and their bytes; `locks` have the numbers of
    then where they are known. Those of `skipped` cannot be compared with: they have errors, so
    nothing was generated from them. `older` are releases before the last one of the same major
    version, each oldest first, by the contract's id and that."""

    models: Mapping[str, Model]
    is_file: bool = False
    skipped: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)
    locks: Mapping[str, Lock] = field(default_factory=dict)
    older: Mapping[tuple[str, int], tuple[Model, ...]] = field(default_factory=dict)

    def path_of(self, model: Model) -> str:
        """The path that one of its models had."""
        return next(path for path, each in self.models.items() if each is model)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Old and new versions of contracts, those that are new, and those that are gone."""

    both: tuple[tuple[Model, Model], ...]
    new: tuple[Model, ...]
    gone: tuple[Model, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """Today's contracts: the folder that their paths start in, those `named` or else all that the
    config has, their models, and the folder and name of the config, where the lock is."""

    root: Path
    config: Config | None
    named: tuple[str, ...]
    models: tuple[Model, ...]
    home: Path
    config_name: str


def usual(home: Path) -> str:
    """What contracts are compared with where nothing is said: what was released, where the lock
    beside the config has a release, or cannot be read; else what was committed last."""
    kept, wrong = pipeline.read_lock(home)
    faulty = any(each.is_error for each in wrong)
    return LOCK if faulty or released.releases(kept) else HEAD


def of(against: str, today: Today, environ: Mapping[str, str]) -> Baseline:
    """The baseline that `against` names: what was released, a file with one contract, or what
    today's contracts were at a revision. What is wrong with the baseline itself is an error among
    the diagnostics.
    """
    try:
        if against == LOCK:
            kept = _released(today, environ)
            if kept.models or kept.diagnostics:
                return kept
            way_out = "run `portwright release`, or name a revision: --against git:main"
            return _unreadable("nothing was released of these contracts", against, way_out)
        if against.startswith(_GIT):
            revision = against.removeprefix(_GIT)
            own = _own(revision, today)
            found = _at_revision(revision, today, _patterns(own, today))
            loaded = _loaded(against, found, today, environ)
            numbers = dict.fromkeys(found, _numbers(own))
            return replace(loaded, locks=numbers, older=_all_released(today, environ))
        found = {against: Path(against).read_bytes()}
    except revisions.RevisionError as fault:
        way_out = "name a revision that is here, such as --against git:main; fetch it first"
        return _unreadable(str(fault), against, way_out)
    except OSError as fault:
        message = f"cannot read the contract of before: {fault.strerror}"
        return _unreadable(message, against, "name a file, or a revision: --against git:main")
    return _loaded(against, found, today, environ)


def _unreadable(message: str, against: str, way_out: str) -> Baseline:
    return Baseline({}, diagnostics=(error("PW703", message, Span(against), way_out),))


def _at_revision(revision: str, today: Today, before: Iterable[str]) -> dict[str, bytes]:
    """The contracts of then; the config had those of the patterns `before`."""
    config = today.config
    if not today.named and config is not None:
        patterns = (*config.patterns, *before)
        return revisions.files(today.root, revision, lambda path: matches(patterns, path))
    found: dict[str, bytes] = {}
    for each in today.named:
        path = today.root / each
        inside = revisions.files(path.parent, revision, path.name.__eq__)
        found.update((each, data) for data in inside.values())
    return found


def _own(revision: str, today: Today) -> dict[str, bytes]:
    """The config and the lock of then; nothing where contracts are named that lie elsewhere."""
    names = {today.config_name, str(paths.LOCK)}
    try:
        return revisions.files(today.home, revision, names.__contains__)
    except revisions.RevisionError:
        if not today.named:
            raise
        return {}


def _patterns(own: Mapping[str, bytes], today: Today) -> tuple[str, ...]:
    """Where the config of then looked for contracts, which may be elsewhere now, or gone."""
    name = today.config_name
    data = own.get(name, b"")
    node, _ = source.parse(data.decode("utf-8", "replace"), name, {})
    listed = node.get("contracts") if isinstance(node, MappingNode) else None
    items = listed.items if isinstance(listed, Sequence) else ()
    return tuple(each.text for each in items if isinstance(each, Scalar))


def _numbers(own: Mapping[str, bytes]) -> Lock:
    """The lock of then; an empty one where there was none, or one that cannot be read."""
    name = str(paths.LOCK)
    data = own.get(name, b"")
    found, wrong = lock.parse(data.decode("utf-8", "replace"), name)
    return found if not wrong else Lock()


def _all_released(
    today: Today, environ: Mapping[str, str]
) -> dict[tuple[str, int], tuple[Model, ...]]:
    """The releases of each major version, as far as they can be read; each oldest first."""
    kept = _released(today, environ)
    last = {(each.id, each.major): each for each in kept.models.values()}
    return {version: (*kept.older.get(version, ()), last[version]) for version in last}


def _released(today: Today, environ: Mapping[str, str]) -> Baseline:
    """What the lock keeps: of each major version the last release, and those before it."""
    kept, wrong = pipeline.read_lock(today.home)
    wrong = [each for each in wrong if each.is_error]
    ids = {each.id for each in today.models}
    chosen = (each for each in released.releases(kept) if not today.named or each.contract in ids)
    texts: dict[str, bytes] = {}
    chains: dict[tuple[str, int], list[str]] = {}
    for release, data in released.read(today.home, chosen):
        if isinstance(data, Diagnostic):
            wrong.append(data)
            continue
        path = str(release.path)
        texts[path] = data
        chains.setdefault((release.contract, release.major), []).append(path)
    if wrong:
        return Baseline({}, diagnostics=tuple(wrong))
    found = _loaded(LOCK, texts, today, environ)
    models = found.models
    older = {
        version: tuple(models[each] for each in chain[:-1] if each in models)
        for version, chain in chains.items()
    }
    last = {chain[-1] for chain in chains.values()}
    numbers: dict[str, lock.Lock] = {}
    for release in released.releases(kept):
        if (path := str(release.path)) in last:
            then, newer = released.lock_of(today.home, release)
            if newer:
                return Baseline({}, diagnostics=tuple(newer))
            if then is not None:
                numbers[path] = then
    own = {path: models[path] for path in models if path in last}
    return replace(found, models=own, older=older, locks=numbers)


def _loaded(
    against: str, found: Mapping[str, bytes], today: Today, environ: Mapping[str, str]
) -> Baseline:
    models: dict[str, Model] = {}
    skipped: list[str] = []
    told: list[Diagnostic] = []
    now = _read_already(today)
    for path, data in found.items():
        if data in now:
            models[path] = now[data]
            continue
        name = path if path == against else f"{against}:{path}"
        model, diagnostics = pipeline.read(data, name, environ)
        wrong = sorted((each for each in diagnostics if each.is_error), key=lambda each: each.span)
        if model is not None and not wrong:
            models[path] = model
            continue
        skipped.append(path)
        message = f"the contract of before has errors, and is not compared: {wrong[0].message}"
        way_out = "compare with a version that generates: --against git:<revision>"
        finding = error if path == against else warning  # else there are others to compare
        told.append(finding("PW704", message, wrong[0].span, way_out))
    if today.config is not None:
        chosen, _ = today.config.choose_ports(models.values())
        namespace = today.config.namespace
        placed = (replace(each, namespace=namespace) for each in chosen)
        models = dict(zip(models, among_majors(placed), strict=True))
    is_file = against != LOCK and not against.startswith(_GIT)
    return Baseline(models, is_file, frozenset(skipped), tuple(told), found)


def _read_already(today: Today) -> dict[bytes, Model]:
    """Today's contracts by their bytes: reading one again that has not changed takes as long as
    all else."""
    found: dict[bytes, Model] = {}
    for each in today.models:
        with suppress(OSError):
            found[(today.root / each.source).read_bytes()] = each
    return found


def pairs(baseline: Baseline, models: Iterable[Model]) -> Pairs:
    """Each contract with what it was: that of its id and major version, else that of its path, else
    that of its id. A file (`is_file`) is what one contract was, and says nothing of others."""
    now, before = list(models), dict(baseline.models)
    found: dict[str, Model] = {}
    if baseline.is_file and len(now) == 1:
        return Pairs(tuple((old, now[0]) for old in before.values()), (), ())
    for same in (_same_version, _same_place, _same_id):
        for model in now:
            path = next((path for path in before if same(path, before[path], model)), None)
            if path is not None and model.source not in found:
                found[model.source] = before.pop(path)
    both = tuple((found[each.source], each) for each in now if each.source in found)
    if baseline.is_file:
        return Pairs(both, (), ())
    unknown = (each for each in now if each.source not in {*found, *baseline.skipped})
    return Pairs(both, tuple(unknown), tuple(before.values()))


def _same_version(path: str, old: Model, new: Model) -> bool:
    return (old.id, old.major) == (new.id, new.major)


def _same_place(path: str, old: Model, new: Model) -> bool:
    return path == new.source


def _same_id(path: str, old: Model, new: Model) -> bool:
    return old.id == new.id
