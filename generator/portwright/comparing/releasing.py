"""What `portwright release` does: it has the lock keep the contracts of today as released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from portwright import lock as locks
from portwright import output, released, source
from portwright.comparing import judge
from portwright.comparing.judge import Request
from portwright.diagnostics import Diagnostic, error, printable
from portwright.evolution.comparison import Comparison
from portwright.lock import Lock
from portwright.model import Model, support
from portwright.paths import LOCK
from portwright.reporting import report, say
from portwright.run import Run, plan
from portwright.targets import File


def release(run: Run, request: Request, environ: Mapping[str, str]) -> int:
    """Writes what is released, all of it or nothing; the exit code. `run` is up to date."""
    state = {each.path: each for each in run.build.state}
    lock, _ = locks.parse(state[LOCK].text, str(LOCK))
    if released.releases(lock):
        found = judge.compare(request, environ)
        wrong = [*judge.findings(found, request), *_changed(found.comparisons)]
        report(wrong, request.style, run.root)
        if any(each.is_error for each in wrong):
            return 1
    made = _new(run.root, run.build.models, lock)
    entries = (*lock.entries, *(each.entry for each in made))
    state[LOCK] = File(LOCK, Lock.of(entries).text())
    for release_, text in made.items():
        for file in (released.copy(release_, text), released.numbers_of(release_, lock)):
            state[file.path] = file
    build = replace(run.build, state=tuple(state.values()))
    failed = output.apply(plan(replace(run, build=build), request.style))
    report(failed, request.style, run.root)
    if failed:
        return 1
    for each in made:
        say(f"released {printable(each.contract)} {printable(each.version)}", request.style)
    count = f"{len(made)} contract(s) released"
    say(f"{count}; commit {LOCK} and {released.FOLDER}" if made else count, request.style)
    return 0


def _new(root: Path, models: Iterable[Model], lock: Lock) -> dict[released.Release, str]:
    """The releases that the lock does not have yet, with their texts. Plans are left out."""
    kept = {(each.contract, each.version) for each in released.releases(lock)}
    made: dict[released.Release, str] = {}
    for model in models:
        if not support.is_plan(model) and (model.id, model.version) not in kept:
            text, _ = source.decode((root / model.source).read_bytes(), model.source)
            made[released.of(model, text or "")] = text or ""
    return made


def _changed(comparisons: Iterable[Comparison]) -> Iterator[Diagnostic]:
    """An error for each contract that is another one since its version was released."""
    for each in comparisons:
        version = each.new.version
        if each.changes and each.old.version == version:
            message = f"version {version} was released, and the contract is another one since"
            way_out = "run `portwright bump`: a version that was released stays as it is"
            yield error("PW711", message, each.new.span, way_out)
