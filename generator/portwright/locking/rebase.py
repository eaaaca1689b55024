"""`portwright lock rebase`: two locks become one, and what was numbered anew is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from portwright import lock, output
from portwright.diagnostics import Diagnostic, Severity, Span, error, printable
from portwright.lock.merging import Move, merge
from portwright.locking import branches
from portwright.paths import LOCK
from portwright.plan import read
from portwright.reporting import keep, report, say


def run(root: Path, onto: str | None, style: str) -> int:
    """Settles the lock below `root`; the exit code, 1 where it cannot be and nothing is written."""
    with output.exclusive(root):
        try:
            data = read(root, LOCK) or b""
            found = branches.find(root, data.decode("utf-8"), onto)
        except (OSError, UnicodeDecodeError) as fault:
            report([error("PW605", f"cannot read: {fault}", Span(str(LOCK)))], style, root)
            return 1
        except branches.Unsettled as fault:
            report(fault.found, style, root)
            return 1
        if found is None:
            say("there is nothing to settle: the lock is of one branch", style)
            return 0
        merged = merge(found.base, found.upstream, found.mine)
        text = merged.lock.text()
        _, faults = lock.parse(text, str(LOCK))
        if text.encode() != data and not faults:
            faults = output.put(root, LOCK, text.encode())
        if faults:
            report(faults, style, root)
            return 1
    _tell(merged.moves, found.name, style, root)
    return 0


def _tell(moves: Sequence[Move], name: str, style: str, root: Path) -> None:
    span = Span(str(LOCK))
    notices = [Diagnostic("PW615", Severity.NOTICE, _told(move, name), span) for move in moves]
    if style not in ("json", "text"):
        report(notices, style, root)
    else:
        keep(notices, root)
        for move in moves:
            document = json.dumps(_document(move, name))
            click.echo(document if style == "json" else printable(_told(move, name)))
    count = len(moves)
    told = f"{count} of this branch changed" if count else "nothing of this branch had to change"
    way_out = "run `portwright generate`"
    say(f"settled: numbers of {printable(name)} stay, {told}; {way_out}", style)


def _told(move: Move, name: str) -> str:
    """`orders.gift_note: 7 → 9, because git:main has 7 for `coupon`` …"""
    entry, other = move.entry, move.because
    path = ".".join((*entry.path, entry.name))
    if entry.kind is lock.Kind.RELEASE:
        kept = "take its file in .portwright/released too, and release yours as a later version"
        return f"version {path}: released on both branches, {name}'s stays; {kept}"
    if move.number is None:
        return f"{path}: left out, because {name} has `{other.name}` already{_numbered(other)}"
    if move.number == other.number:
        why = f"has `{other.name}` already"
    else:
        why = f"has {other.number} for `{other.name}`"
    return f"{path}: {entry.number} → {move.number}, because {name} {why}"


def _numbered(entry: lock.Entry) -> str:
    return f" ({entry.number}, {entry.shape})" if entry.shape else ""


def _document(move: Move, name: str) -> dict[str, object]:
    entry, other = move.entry, move.because
    return {
        "contract": entry.contract,
        "major": entry.major,
        "path": ".".join(entry.path),
        "name": entry.name,
        "before": entry.number,
        "after": move.number,
        "upstream": name,
        "because": {"name": other.name, "number": other.number},
    }
