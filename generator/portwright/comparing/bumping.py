"""What `portwright bump` does: it raises versions, and keeps the contract of an old major."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath, PurePosixPath

from portwright import output, paths, source
from portwright.comparing import judge, majors
from portwright.comparing.editing import Draft, EditError, plain
from portwright.comparing.judge import Compared, Request
from portwright.diagnostics import Diagnostic, error, printable
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Bump
from portwright.evolution.versions import next_version, numbers, raised
from portwright.manifest import MANIFEST
from portwright.nodes import Mapping as MappingNode
from portwright.nodes import Scalar, Sequence
from portwright.plan import Plan, Write
from portwright.reporting import report, say
from portwright.targets import File


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the least number to raise, and until when an old major is kept."""

    least: Bump | None
    end: str | None

    @classmethod
    def of(cls, least: str | None, end: datetime | None) -> Wanted:
        """The same in the words of the command line."""
        return cls(Bump[least.upper()] if least else None, f"{end:%Y-%m-%d}" if end else None)


@dataclass
class _Work:
    """The texts that are to be written, by path, and what is told of them."""

    found: Compared
    wanted: Wanted
    drafts: dict[str, str]
    told: list[str]


def bump(wanted: Wanted, request: Request, environ: Mapping[str, str]) -> int:
    """Writes the contracts with their new versions, all or none; the exit code."""
    found = judge.compare(request, environ)
    work = _Work(found, wanted, {}, [])
    wrong = [each for one in found.comparisons for each in _bumped(work, one)]
    report(wrong, request.style, found.root)
    if wrong:
        return 1
    failed = output.apply(_plan(found.root, work.drafts))
    report(failed, request.style, found.root)
    if failed:
        return 1
    for each in work.told or ["nothing has changed that a version has to tell"]:
        say(each, request.style)
    return 0


def _bumped(work: _Work, comparison: Comparison) -> Iterator[Diagnostic]:
    old, new = comparison.old, comparison.new
    asked = [each for each in (comparison.needed, work.wanted.least) if each is not None]
    if not asked:
        return
    version, is_raised = new.version, raised(old.version, new.version)
    if is_raised is None or is_raised < max(asked):
        version = next_version(old.version, max(asked))
    text = _text(work, new.source)
    draft = Draft(text)
    try:
        top, at = _top(text, new.source)
        if version != new.version:
            draft.replace(at, version)
            work.told.append(f"{printable(new.source)}: {old.version} → {version}")
        if numbers(version)[0] > numbers(old.version)[0]:
            yield from _keep(work, comparison, version, top, draft)
    except EditError as fault:
        message = "the contract is written in a way that `bump` does not edit"
        yield error("PW712", message, new.span, str(fault))
        return
    work.drafts[new.source] = draft.text()


def _keep(
    work: _Work, comparison: Comparison, version: str, top: MappingNode, draft: Draft
) -> Iterator[Diagnostic]:
    """Keeps the contract of the old major version beside the new one, whose names it gives way."""
    old, new = comparison.old, comparison.new
    majors.renamed(top, draft, numbers(old.version)[0], numbers(version)[0])
    held = {(each.id, each.major) for each in work.found.today.models if each is not new}
    if (old.id, old.major) in held or not old.major:
        return
    before = work.found.before
    path = before.path_of(old)
    text, _ = source.decode(before.texts[path], path)
    folder, name = PurePosixPath(new.source).parent, PurePosixPath(new.source).name
    stem, point, rest = name.partition(".")
    beside = str(folder / f"{stem}.v{old.major}{point}{rest}")
    if (work.found.root / beside).exists():
        message = f"the old major version is kept in {printable(beside)}, and that is there already"
        yield error("PW713", message, new.span, "move it away, or take it into the config")
        return
    last = next_version(old.version, Bump.MINOR)
    work.drafts[beside] = majors.ended(text or "", last, work.wanted.end)
    work.told.append(f"{printable(beside)}: {last}, {_until(work.wanted.end)}")
    _take_in(work, beside)


def _until(end: str | None) -> str:
    return f"until {end}" if end else "deprecated: write its `endOfSupport`, --end-of-support does"


def _take_in(work: _Work, beside: str) -> None:
    """Names the contract in the config, if that would not find it."""
    today = work.found.today
    path = PurePath(os.path.relpath(today.root / beside, today.home)).as_posix()
    if today.config is None or paths.matches(today.config.patterns, path):
        return
    name = os.path.relpath(today.home / today.config_name, today.root)
    text = _text(work, name)
    draft = Draft(text)
    node, _ = source.parse(text, name, {})
    listed = node.get("contracts") if isinstance(node, MappingNode) else None
    if not isinstance(listed, Sequence) or not listed.items:
        raise EditError(f"add `{path}` to the contracts of {name}")
    draft.add_item(listed, plain(path))
    work.drafts[name] = draft.text()


def _text(work: _Work, path: str) -> str:
    if path not in work.drafts:
        return source.decode((work.found.root / path).read_bytes(), path)[0] or ""
    return work.drafts[path]


def _top(text: str, path: str) -> tuple[MappingNode, Scalar]:
    """The contract's node, and that of its version."""
    node, _ = source.parse(text, path, {})
    at = node.get("version") if isinstance(node, MappingNode) else None
    if not isinstance(node, MappingNode) or not isinstance(at, Scalar):
        raise EditError("write its `version`")
    return node, at


def _plan(root: Path, drafts: Mapping[str, str]) -> Plan:
    writes = []
    for path, text in drafts.items():
        before = (root / path).read_bytes() if (root / path).exists() else None
        if before != text.encode():
            writes.append(Write(PurePosixPath(path), before, text.encode()))
    manifest = root / MANIFEST
    listed = manifest.read_text("utf-8") if manifest.exists() else ""
    return Plan(root, tuple(writes), (), File(MANIFEST, listed), ())
