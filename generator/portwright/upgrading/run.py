"""What `portwright upgrade` does: it runs the steps, and writes all or nothing."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from portwright import __version__, output, source
from portwright.config import versions
from portwright.config.nodes import NodeReader
from portwright.diagnostics import Diagnostic, Span, error
from portwright.manifest import fingerprint, unreadable
from portwright.nodes import Mapping as MappingNode
from portwright.plan import read, rewriting
from portwright.reporting import keep, report, say
from portwright.upgrading.requirement import raised
from portwright.upgrading.steps import STEPS, Refused, Repository


def upgrade(root: Path, config: str, check: bool, style: str) -> int:
    """The exit code: 1 where something cannot be brought to today's form or, with `check`, is not
    of it."""
    repository = Repository(root, PurePosixPath(config))
    try:
        _refuse(repository)
        found = _rewritten(repository)
        todo = rewriting(root, {path: text for path, (text, _) in found.items()})
    except Refused as fault:
        report(fault.found, style, root)
        return 2 if any(each.code == "PW501" for each in fault.found) else 1
    except OSError as fault:
        report([unreadable(repository.config, fault)], style, root)
        return 1
    if check:
        return _told(found, style, root)
    failed = output.apply(todo)
    report(failed, style, root)
    if failed:
        return 1
    for path, (_, says) in found.items():
        say(f"updated  {path}: {says}", style)
    say("run `portwright generate`, and commit what both write" if found else "up to date", style)
    return 0


def _refuse(repository: Repository) -> None:
    """Raises what no step mends: a config of a newer Portwright, or none."""
    path = str(repository.config)
    data = read(repository.root, repository.config)
    if data is None:
        way_out = "name yours with --config; `portwright explain PW501` shows one"
        raise Refused([error("PW501", "there is no such file here", Span(path), way_out)])
    text, found = source.decode(data, path)
    top, faults = source.parse(text, path, {}) if text is not None else (None, [])
    reader = NodeReader()
    if isinstance(top, MappingNode) and versions.is_for_another(top, reader):
        requires = top.get("requires")
        text_of = getattr(requires, "text", "")
        if raised(text_of, __version__) is not None:
            reader.found = [each for each in reader.found if each.code != "PW570"]
    unread = [each for each in (*found, *faults) if each.is_error] if top is None else []
    if unread or reader.found:
        raise Refused([*unread, *reader.found])


def _rewritten(repository: Repository) -> dict[PurePosixPath, tuple[str, str]]:
    """The files that change, each with its text and what is said of it."""
    found: dict[PurePosixPath, tuple[str, str]] = {}
    for step in STEPS:
        made = step.rewrite(repository)
        for path, text in made.items():
            before = read(repository.root, path)
            if before is None or fingerprint(before) != fingerprint(text.encode()):
                found[path] = (text, step.says)
    return found


def _told(found: dict[PurePosixPath, tuple[str, str]], style: str, root: Path) -> int:
    """Says what would be rewritten; the exit code."""
    wrong: list[Diagnostic] = [
        error("PW575", "the file is of an older form", Span(str(path)), "run `portwright upgrade`")
        for path in found
    ]
    if style == "text":
        keep(wrong, root)
        for path in found:
            say(f"would update {path}", style)
    else:
        report(wrong, style, root)
    if not found:
        say("up to date", style)
    return 1 if found else 0
