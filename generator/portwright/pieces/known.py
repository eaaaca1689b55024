"""The pieces of a config, and the cache that knows some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from portwright import history, lock, policies
from portwright.cache import Cache, documents
from portwright.config import Config, Output
from portwright.diagnostics import Diagnostic
from portwright.exchange import read, written
from portwright.history import Texts
from portwright.lock import Lock
from portwright.manifest import digest
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.oversight import Overview, overview
from portwright.pieces import keys
from portwright.pieces.parts import Outcome, Piece, Task
from portwright.policies import Judged
from portwright.stamp import variable
from portwright.targets import registry

# What a document that is not one of ours makes of reading it.
_ODD = (ValueError, TypeError, KeyError, AttributeError)


class Pieces:
    """The pieces of a config, in its order, and the cache that knows some of them."""

    def __init__(self, config: Config, root: Path, cache: Cache, overviews: bool = False) -> None:
        self._cache, self._config, self._overviews = cache, config, overviews
        self._base = keys.base(config, root) if cache.keeps else ""

    def look_up(
        self,
        name: str,
        data: bytes | None,
        unreadable: Iterable[Diagnostic],
        environ: Mapping[str, str],
    ) -> Piece:
        """The contract of that name, with what the cache knows of it."""
        if data is None or not self._cache.keeps:
            return Piece(name, data, "", found=tuple(unreadable), known=data is None)
        piece = Piece(name, data, keys.key(self._base, "contract", name, digest(data)))
        document = self._cache.get(piece.key)
        try:
            asked = dict(document["variables"])
            if all(variable(environ, each) == value for each, value in asked.items()):
                piece.outline = documents.to_outline(document["outline"])
                piece.found = documents.to_findings(document["found"])
                piece.asked, piece.known = asked, True
        except _ODD:
            return Piece(name, data, piece.key)
        return piece

    def keep(self, piece: Piece) -> None:
        """Has the cache know what reading gave."""
        if piece.key:
            document = {
                "variables": dict(piece.asked),
                "outline": documents.outline(piece.model),
                "found": documents.findings(piece.found),
            }
            self._cache.put(piece.key, document)

    def tasks(
        self,
        pieces: Sequence[Piece],
        models: Sequence[Model],
        numbers: Lock,
        broken: Collection[str],
        kept: Texts,
    ) -> list[Task]:
        """What is to be made of contracts, with what the cache knows of it. `models` are their
        outlines among each other; what is `broken` is asked nothing; `kept` was released."""
        held = numbers.versions()
        counts = Counter((each.id, each.major) for each in models)
        # Of two with one identity, what comes depends on which is first.
        unclear = {id_ for (id_, _), count in counts.items() if count > 1}
        by_version = {(m.id, m.major): p for p, m in zip(pieces, models, strict=True)}
        found = []
        for piece, model in zip(pieces, models, strict=True):
            version = (model.id, model.major)
            before = held.get(version, Lock())
            earlier = None
            if model.earlier is not None:
                earlier = by_version[model.earlier.id, model.earlier.major]
            is_broken = piece.name in broken
            outputs = () if is_broken else self._config.outputs
            task = Task(piece, model, earlier, outputs, not broken, is_broken, before, model)
            task.released = tuple((each, kept[each]) for each in history.before(model, kept))
            if model.id not in unclear:
                task.key = keys.standing(self._config, task, before)
                self._look_after(task)
            task.judged = self._known_judged(task)
            task.overview = self._known_overview(task)
            task.made = [self._made(task.numbered, each) for each in outputs]
            if task.emits and not task.failed:
                task.made = [None if each and each.files is None else each for each in task.made]
            found.append(task)
        return found

    def unread(self, tasks: Iterable[Task]) -> Iterator[Piece]:
        """What has to be read for something to be made of it."""
        for task in tasks:
            lacks = task.judged is None or (self._overviews and task.overview is None)
            if task.missing or lacks or (task.after is None and task.emits):
                yield task.piece
                if task.earlier is not None:
                    yield task.earlier

    def number(self, tasks: Iterable[Task], models: Iterable[Model], numbers: Lock) -> Lock:
        """Numbers what was read, and gives the lock that then holds all. `models` stand beside each
        other, each read or its outline."""
        held = numbers.versions()
        for task, model in zip(tasks, models, strict=True):
            version = (model.id, model.major)
            task.model = model
            if task.piece.is_whole:
                known = task.after is not None
                task.model, task.after = lock.apply(model, held.get(version, Lock()))
                if not known:
                    self._keep_numbers(task, model, task.after)
            if task.after is not None:
                held[version] = task.after
        return Lock.of(chain.from_iterable(each.entries for each in held.values()))

    def _look_after(self, task: Task) -> None:
        """Takes from the cache the lock's lines after the contract was numbered."""
        document: Any = self._cache.get(keys.key(task.key, "numbers")) if task.key else None
        try:
            text, stays = document["text"], document["stays"]
            own, wrong = (None, []) if text is None else lock.parse(text, "")
        except _ODD:
            return
        if not wrong:
            released = [each for each in task.before.entries if keys.is_release(each)]
            task.after = task.before if own is None else Lock.of([*released, *own.entries])
            task.numbered = self._numbered(task, task.after, stays)

    def _keep_numbers(self, task: Task, model: Model, after: Lock) -> None:
        """Has the cache know the lock's lines of a `model` that was numbered."""
        if not task.key:
            return
        # With the lines it has now, the next run gives it the same numbers.
        stays = after == task.before or lock.apply(model, after) == (task.model, after)
        task.numbered = self._numbered(task, after, stays)
        own = Lock.of(each for each in after.entries if not keys.is_release(each))
        text = None if after == task.before else own.text()
        self._cache.put(keys.key(task.key, "numbers"), {"text": text, "stays": stays})
        if stays and text is not None:
            self._cache.put(keys.key(task.numbered, "numbers"), {"text": None, "stays": True})

    def _numbered(self, task: Task, after: Lock, stays: bool) -> str:
        """The key of what comes of a contract when it is numbered."""
        if after == task.before:
            return task.key
        return keys.standing(self._config, task, after) if stays else keys.key(task.key, "once")

    def _known_judged(self, task: Task) -> Judged | None:
        """What policies find in a contract, as far as the cache knows."""
        if not self._config.policies.on:
            return Judged()
        place = keys.judged(self._config, task)
        document: Any = self._cache.get(place) if place else None
        try:
            return documents.to_judged(document)
        except _ODD:
            return None

    def judged(self, task: Task, broken: Collection[str]) -> Judged:
        """What policies find in a contract, which the cache then knows."""
        if task.judged is None:
            task.judged = policies.judge([task.model], self._config.policies, broken)
            if place := keys.judged(self._config, task):
                self._cache.put(place, documents.judged(task.judged))
        return task.judged

    def _known_overview(self, task: Task) -> Overview | None:
        """The overview of a contract, as far as the cache knows."""
        if not self._overviews or not (place := keys.overview(task)):
            return None
        try:
            return read(self._cache.get(place), Overview)
        except _ODD:
            return None

    def overview(self, task: Task) -> Overview:
        """The overview of a contract, which the cache then knows."""
        if task.overview is None:
            task.overview = overview(as_seen(task.model))
            if place := keys.overview(task):
                self._cache.put(place, written(task.overview))
        return task.overview

    def _made(self, key: str, output: Output) -> Outcome | None:
        """What a target makes of a contract, as far as the cache knows."""
        place = keys.outcome(self._config, key, output)
        document: Any = self._cache.get(place) if place else None
        try:
            files = document["files"]
            checked, emitted = map(documents.to_findings, document["found"])
            made = None if files is None else documents.to_files(files)
            return Outcome(checked, emitted, made, document["entry"])
        except _ODD:
            return None

    def keep_made(self, task: Task, made: Iterable[Outcome]) -> None:
        """Has the task and the cache know what was missing."""
        for position, each in zip(task.missing, made, strict=True):
            task.made[position] = each
            output = task.outputs[position]
            # What went wrong in a target of others may go well the next time.
            is_sure = registry.is_built_in(output.target) or not any(f.is_error for f in each.found)
            place = keys.outcome(self._config, task.numbered, output) if is_sure else ""
            if place:
                files = None if each.files is None else documents.files(each.files)
                found = [documents.findings(each.checked), documents.findings(each.emitted)]
                self._cache.put(place, {"found": found, "files": files, "entry": each.entry})
