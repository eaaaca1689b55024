"""How far long work has come, told to whoever shows it; to nobody, where nobody does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Seconds until work is long, and between two looks at it.
_LONG = 0.5
_PAUSE = 0.1

Shown = Callable[[str, int, int], None]


class _Nobody:
    def __call__(self, what: str, done: int, of: int) -> None:
        return


_shown: Shown = _Nobody()


def tell(what: str, done: int, of: int) -> None:
    """Says that of so many things `done` are."""
    _shown(what, done, of)


@contextmanager
def on_terminal(columns: int | None) -> Iterator[None]:
    """Shows work that takes long in one line of the terminal that errors go to, which is gone when
    the work is done. Nothing where there are no columns."""
    global _shown
    if columns is None:
        yield
        return
    line = _Line(columns)
    before, _shown = _shown, line.show
    try:
        yield
    finally:
        _shown = before
        line.clear()


def to_nobody() -> None:
    """Tells nobody from now on, in a process that is one of several."""
    global _shown
    _shown = _Nobody()


class _Line:
    """The line of a terminal."""

    def __init__(self, columns: int) -> None:
        self._stream = sys.stderr  # which may be another while the work is done
        self._columns = columns
        self._next = time.monotonic() + _LONG
        self._is_there = False

    def show(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        self._is_there = True
        self._stream.write(f"\r\x1b[2K{f'{what}: {done} of {of}'[: self._columns - 1]}")
        self._stream.flush()

    def clear(self) -> None:
        if self._is_there:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
