"""Comparisons as one comment of a pull request, in the Markdown of GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portwright.comparing import show
from portwright.comparing.plans import plans
from portwright.config import Config
from portwright.diagnostics import Diagnostic
from portwright.evolution import words
from portwright.evolution.change import Change
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience, Level
from portwright.evolution.verdicts import MATRIX
from portwright.markdown_text import code, plain
from portwright.migrations import Step
from portwright.model import Model, support

# By it a bot finds the comment that it wrote before.
MARKER = "\n<!-- portwright diff -->\n"
# GitHub takes 65,536 characters; the rest is for what a bot writes around it.
LIMIT = 60_000
_NOTE = 300
_SIGNS = {"ok": "✅", "risky": "⚠️", "breaking": "❌", "allowed": "🤝"}
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Comment:
    """What a comment is made of. Files are below `root`; `findings` are of the run as a whole."""

    against: str
    root: Path
    comparisons: Sequence[Comparison]
    new: Sequence[Model]
    gone: Sequence[Model]
    findings: Sequence[Diagnostic]
    config: Config | None


class _Room:
    """The characters that a comment still has room for, and what found none."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.omitted: dict[str, int] = {}

    def take(self, what: str, pieces: Iterable[str], head: str, foot: str = "") -> str:
        """The pieces that there is room for between head and foot; nothing if there is none."""
        kept: list[str] = []
        given = list(pieces)
        for each in given:
            size = len(each) + (0 if kept else len(head + foot))
            if size > self.left:
                break
            self.left -= size
            kept.append(each)
        if len(kept) < len(given):
            self.omitted[what] = self.omitted.get(what, 0) + len(given) - len(kept)
        return "".join([head, *kept, foot]) if kept else ""

    def note(self) -> str:
        if not self.omitted:
            return ""
        told = ", ".join(f"{count} {what}" for what, count in self.omitted.items())
        return f"\n_Left out, as a comment has its length: {told}. `portwright diff` shows all._\n"


def document(comment: Comment, limit: int = LIMIT) -> str:
    """The comment, no longer than `limit`: what matters most comes first, and what is left out is
    counted. The same comparisons give the same text."""
    head = f"## Changes of contracts\n\nAgainst {code(comment.against)}.\n"
    room = _Room(limit - len(head) - len(MARKER) - _NOTE)
    changed = [each for each in comment.comparisons if each.changes]
    rows = [*_summaries(comment, changed)]
    header = "\n| contract | version | needs | verdict |\n|---|---|---|---|\n"
    summary = room.take("contracts", rows, header) if rows else "\nNothing has changed.\n"
    findings = room.take("findings", (_finding(each) for each in comment.findings), "\n")
    # A contract's parts stand together; where there is no room for all, tables come first.
    tables = [room.take("changes", _table(each), _header(each)) for each in changed]
    allowed = [room.take("allowances", _allowed(each), "\n**Allowed**\n\n") for each in changed]
    migrations = [
        room.take("steps of migrations", _lines(each, comment.config), "\n**Migration**\n\n")
        for each in changed
    ]
    details = [_details(each, comment.root, room) for each in changed]
    parts = zip(tables, allowed, migrations, details, strict=True)
    return "".join([head, summary, findings, *map("".join, parts), room.note(), MARKER])


def migration_lines(comparison: Comparison, config: Config | None) -> list[str]:
    """How tables of before become those of now: lines of Markdown, a heading and a list for each
    dialect of the config's `ddl` targets."""
    found: list[str] = []
    for dialect, plan in plans(comparison, config):
        if plan is None:
            found.append(f"- `{dialect}`: the engine could not hold the tables of before")
        elif plan.steps:
            command = f"`portwright migrate --to-dialect {dialect}`"
            found.append(f"- `{dialect}`: {plan.effort} ({command})")
            found += (f"  - {_step(each)}" for each in plan.steps)
    return found


def _step(step: Step) -> str:
    place = f"{step.table}.{step.column}" if step.column else step.table
    detail = f", {plain(step.detail)}" if step.detail else ""
    held = f" — left out: {step.held}" if step.held else ""
    return f"{step.kind}: {code(place)}{detail}{held}"


def _lines(comparison: Comparison, config: Config | None) -> Iterator[str]:
    return (f"{each}\n" for each in migration_lines(comparison, config))


def _summaries(comment: Comment, changed: Iterable[Comparison]) -> Iterator[str]:
    for each in changed:
        new, needs = each.new, f"{code(each.next_version or '')} ({each.needed})"
        versions = f"{code(each.old.version)} → {code(new.version)}"
        name = _named(new, str(comment.root / new.source))
        yield f"| {name} | {versions} | {needs} | {_verdict(each)} |\n"
    for model in comment.new:
        name = _named(model, str(comment.root / model.source))
        yield f"| {name} | {code(model.version)} | | ✅ it is new |\n"
    for model in comment.gone:
        retired = support.is_retired(model)
        told = "✅ it was retired, and is gone" if retired else "❌ it is gone, and not retired"
        yield f"| {_named(model, model.source)} | {code(model.version)} | | {told} |\n"


def _named(model: Model, file: str) -> str:
    return f"{code(model.name)}<br>{code(file)}"


def _verdict(comparison: Comparison) -> str:
    if comparison.is_new_major:
        return "✅ a new major version breaks nobody"
    harmed = {each for change in comparison.breaking for each in comparison.harm(change)}
    if harmed:
        told = ", ".join(each for each in Audience if each in harmed)
        return f"❌ breaks {told}, and the version does not tell it"
    if not comparison.is_enough:
        return "⚠️ the version does not tell it"
    return "✅ the version tells it"


def _finding(found: Diagnostic) -> str:
    return f"- {_SIGNS['breaking' if found.is_error else 'risky']} {plain(found.message)}\n"


def _header(comparison: Comparison) -> str:
    asked = [each for each in Audience if each in comparison.audiences]
    cells = " | ".join(["change", *asked])
    return f"\n### {code(comparison.new.name)}\n\n| {cells} |\n|{'---|' * (len(asked) + 1)}\n"


def _table(comparison: Comparison) -> Iterator[str]:
    for change in comparison.changes:
        spared = comparison.spared(change)
        words = (
            show.word(effect.level, audience in spared)
            for audience, effect in comparison.concerned(change).items()
        )
        cells = [_headline(change), *(f"{_SIGNS[each]} {each}" for each in words)]
        yield f"| {' | '.join(cells)} |\n"


def _headline(change: Change) -> str:
    return f"{code(change.path) if change.path else 'the contract'}: {words.title(change, code)}"


def _allowed(comparison: Comparison) -> Iterator[str]:
    for change in comparison.changes:
        for each in comparison.allowed(change):
            chosen = ", ".join(one for one in Audience if one in each.audiences)
            reason = plain(each.reason, _LONGEST_REASON)
            yield f"- {_headline(change)}; for {chosen} until {each.until}: {reason}\n"


def _details(comparison: Comparison, root: Path, room: _Room) -> str:
    head = "\n<details><summary>For whom, and what to do</summary>\n\n"
    pieces = (_detail(comparison, each, root) for each in comparison.changes)
    return room.take("explanations", pieces, head, "\n</details>\n")


def _detail(comparison: Comparison, change: Change, root: Path) -> str:
    span = change.span
    place = f"{show.file_of(change, root)}:{span.line}:{span.column}"
    lines = [f"- {_headline(change)}, at {code(place, 200)}"]
    for audience, effect in comparison.concerned(change).items():
        if effect.why and effect.level is not Level.OK:
            spared = audience in comparison.spared(change)
            lines.append(f"  - {audience}: {show.word(effect.level, spared)}, {effect.why}")
    return "\n".join([*lines, f"  - next: {MATRIX[change.kind].next_step}", ""])
