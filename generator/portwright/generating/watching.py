"""`generate` whenever something it reads has changed, until somebody stops it.

Few files are looked at, so they are asked for their state, again and again: that needs no package,
sees editors that put another file in the place of the old one, and works on every file system.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import click

from portwright import config as configs
from portwright.generating import once
from portwright.manifest import MANIFEST, listed
from portwright.paths import LOCK, find, is_inside

# Seconds between two looks; where a look takes long, they are further apart.
_PAUSE = 0.25
_SETTLED = 0.1
_SHARE = 10

State = dict[str, tuple[int, int, int] | None]


def watch(config: Path, jobs: int | None = None) -> None:
    """Generates now and after each change; Ctrl-C ends it, and nothing is half written then."""
    with contextlib.suppress(KeyboardInterrupt):
        inputs = Inputs(config)
        seen: State | None = None
        # After a run that failed, what was in its way may be taken out of it.
        blocked: State | None = None
        while True:
            start = time.monotonic()
            now, written = inputs.state(), None if blocked is None else inputs.written()
            took = time.monotonic() - start
            if now != seen or written != blocked:
                first, seen = seen is None, _settled(inputs, now)
                blocked = _run(config, inputs, blocked is not None, jobs)
                if first:
                    click.echo("watching; Ctrl-C ends it", err=True)
            time.sleep(max(_PAUSE, took * _SHARE))
    click.echo(err=True)


def _settled(inputs: Inputs, state: State) -> State:
    """The state once it does not change any more: an editor may write in several steps."""
    while True:
        time.sleep(_SETTLED)
        now = inputs.state()
        if now == state:
            return state
        state = now


def _run(config: Path, inputs: Inputs, failed: bool, jobs: int | None) -> State | None:
    """What a run left that failed; that it does no more is told, where nothing else would be."""
    try:
        code = once.run(config, jobs, "text", once.Mode.WATCH)
    except SystemExit as ended:
        code = int(ended.code or 0)
    # Before it is told: who reads it may be quick.
    left = inputs.written() if code else None
    if code:
        click.echo(f"{once.clock()} not up to date: see above", err=True)
    elif failed:
        click.echo(f"{once.clock()} up to date")
    return left


class Inputs:
    """The files that a run reads: those of a config while it can be read, then its last known."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._root = config.parent
        self._read: tuple[int, int, int] | None = None
        self._patterns: tuple[str, ...] = ()
        self._others: tuple[str, ...] = ()

    def state(self) -> State:
        """What tells a file from what it was: time, size and inode of each."""
        name = self._config.name
        own = self._of(name)
        if own != self._read or own is None:
            self._read = own
            self._look()
        # A file that comes changes the folder it comes to.
        folders = {os.path.dirname(each) for each in self._others} - {""}
        paths = [*find(self._patterns, self._root), *self._others, *sorted(folders)]
        return {name: own, **{path: self._of(path) for path in paths}}

    def written(self) -> State:
        """The same of what a run writes: the lock, and what the manifest lists."""
        text = ""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = (self._root / MANIFEST).read_text("utf-8")
        return {path: self._of(path) for path in (str(LOCK), *map(str, listed(text)))}

    def _of(self, path: str) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._root / path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _look(self) -> None:
        config, _ = configs.load(self._root, self._config.name, os.environ)
        if config is not None:
            self._patterns = (*config.patterns, *config.watched)
            self._others = config.others
        elif patterns := _patterns_of(self._config):
            self._patterns = patterns


def _patterns_of(config: Path) -> tuple[str, ...]:
    """The patterns of a config in which something else is wrong, as far as they can be told."""
    import yaml

    try:
        document = yaml.safe_load(config.read_bytes())
        patterns = document["contracts"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError, RecursionError):
        return ()
    if not isinstance(patterns, list):
        return ()
    return tuple(each for each in patterns if isinstance(each, str) and is_inside(each))
