"""The configs of a repository of many: where they are, and one command done for each of them.

Each is done for itself, as if it were the only one, by several processes: one that fails stops no
other. What they print comes in the order of the configs, their paths as one sees them from here.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import click
from click.core import ParameterSource

from portwright import progress, terminal
from portwright.diagnostics import Diagnostic, Span, error, printable
from portwright.parallel import spread
from portwright.paths import CONFIG
from portwright.reporting import gathered, report, say

# What is installed there belongs to others, also where no `.gitignore` says so.
SKIPPED = frozenset({".git", ".nox", ".tox", ".venv", "node_modules", "site-packages", "venv"})

# Does a command for one config by so many processes; its exit code, None for 0.
Work = Callable[[Path, int | None], int | None]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did for one config: its exit code, what it printed, and the findings and the
    files of documents that are made when all is done."""

    code: int
    out: str
    err: str
    found: tuple[Diagnostic, ...]
    checked: tuple[str, ...]


def run(folder: Path, style: str, jobs: int | None, work: Work) -> int:
    """Does a command for every config below `folder`; the worst of the exit codes."""
    context = click.get_current_context()
    for name in ("config", "files"):
        source = context.get_parameter_source(name)
        if source is ParameterSource.COMMANDLINE and context.params[name]:
            raise click.UsageError("--all finds all configs: name neither one nor contracts")
    configs = find(folder)
    if not configs:
        tell_none(folder, style)
        return 2
    # Processes that share the configs work alone; few configs are done one by one, each by many.
    with progress.on_terminal(terminal.columns_of_errors()):
        done = spread(partial(_one, work, jobs), configs, "configs", jobs)
    for config, each in zip(configs, done, strict=True):
        _show(config.parent, each, style)
    failed = [str(path) for path, each in zip(configs, done, strict=True) if each.code]
    if failed:
        told = f"{_count(len(failed))} of {len(configs)} failed: {', '.join(failed)}"
        click.echo(printable(told), err=True)
    else:
        say(f"{_count(len(configs))}, nothing failed", style)
    return max(each.code for each in done)


def tell_none(folder: Path, style: str) -> None:
    """Prints that no config is there."""
    way_out = f"name another folder, or write one such as {folder / 'service' / CONFIG}"
    found = error("PW590", f"there is no {CONFIG} in this folder or below", Span(CONFIG), way_out)
    report([found], style, folder)


def find(folder: Path) -> list[Path]:
    """The configs in a folder and below, sorted, but for those that git ignores."""
    listed = _by_git(folder)
    found = _by_walking(folder) if listed is None else listed
    wanted = (each for each in found if not SKIPPED.intersection(PurePosixPath(each).parts))
    return [folder / each for each in sorted(set(wanted)) if (folder / each).is_file()]


def _by_git(folder: Path) -> list[str] | None:
    """What git knows or would add, None where it is not there or has no repository."""
    words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    words += ["--", f":(glob)**/{CONFIG}"]
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, env={**os.environ, **quiet}, capture_output=True
        )
    except OSError:
        return None
    if done.returncode != 0:
        return None
    return [os.fsdecode(each) for each in done.stdout.split(b"\0") if each]


def _by_walking(folder: Path) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        folders[:] = (each for each in folders if each not in SKIPPED)
        if CONFIG in files:
            yield (Path(path, CONFIG).relative_to(folder)).as_posix()


def _one(work: Work, jobs: int | None, config: Path) -> Done:
    """What the command did for one config, here or in a process of its own."""
    is_own = multiprocessing.parent_process() is not None
    if is_own:
        # What was begun is undone before the process ends.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        progress.to_nobody()
    out, err = io.StringIO(), io.StringIO()
    own = gathered()
    before = [len(each) for each in own]
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = work(config, 1 if is_own else jobs) or 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        except click.ClickException as fault:
            fault.show()
            code = fault.exit_code
    found, checked = own
    made = Done(
        code, out.getvalue(), err.getvalue(), tuple(found[before[0] :]), tuple(checked[before[1] :])
    )
    del found[before[0] :], checked[before[1] :]
    return made


def _show(folder: Path, done: Done, style: str) -> None:
    """Prints what a command did in a folder, if it did more than to look."""
    found, checked = gathered()
    found += done.found
    checked += done.checked
    click.echo(done.err, err=True, nl=False)
    if style != "text":
        click.echo(done.out, nl=False)
    elif done.out and (done.code or done.out.count("\n") > 1):
        click.echo(f"{printable(str(folder))}:\n{done.out}", nl=False)


def _count(count: int) -> str:
    return f"{count} config" if count == 1 else f"{count} configs"
