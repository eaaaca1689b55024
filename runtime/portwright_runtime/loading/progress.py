"""How far a load is: one line that is redrawn in a terminal, lines of the log elsewhere."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from portwright_runtime.loading.watching import Loading, Watcher

logger = logging.getLogger(__name__)

_WIDTH: Final = 20
_DOING: Final = {"begin": "beginning", "audit": "auditing", "publish": "publishing"}


def told(loading: Loading, seconds: float) -> str:
    """How far the load is, so many seconds after it began to take rows."""
    what = f"{loading.table.object} {loading.terms.load_id}"
    taken, total = loading.taken, loading.total
    if loading.step != "stage":
        return f"{what}: {_DOING[loading.step]} {taken:,} rows"
    share = f" of {total:,} rows ({min(taken / total, 1):.0%})" if total else " rows"
    return f"{what}: {taken:,}{share}, {taken / max(seconds, 0.001):,.0f}/s"


def logged(every: float = 30.0, clock: Callable[[], float] = time.monotonic) -> Watcher:
    """Tells the log how far a load is, every so many seconds."""

    @contextmanager
    def watch(loading: Loading) -> Iterator[None]:
        began = last = clock()

        def tell(loading: Loading) -> None:
            nonlocal began, last
            now = clock()
            if not loading.taken:
                began = last = now
            # Who was told of rows is told that they have ended, too.
            if now - last >= every or (loading.step != "stage" and last > began):
                last = now
                logger.info("%s", told(loading, now - began))

        loading.listeners.append(tell)
        yield

    return watch


def drawn(stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Watcher:
    """Redraws a line of a terminal, ten times a second at most, and takes it away at the end."""

    @contextmanager
    def watch(loading: Loading) -> Iterator[None]:
        began = clock()
        last = -1.0

        def draw(loading: Loading) -> None:
            nonlocal began, last
            now = clock()
            if not loading.taken:
                began = now
            if now - last < 0.1 and loading.step == "stage":
                return
            last = now
            text = _bar(loading) + told(loading, now - began)
            # The cursor stays in front: whatever else is written begins there.
            room = shutil.get_terminal_size().columns - 1
            stream.write(f"\x1b[K{text[:room]}\r")
            stream.flush()

        loading.listeners.append(draw)
        try:
            yield
        finally:
            stream.write("\x1b[K")
            stream.flush()

    return watch


def _bar(loading: Loading) -> str:
    if not loading.total:
        return ""
    full = min(_WIDTH * loading.taken // loading.total, _WIDTH)
    return f"[{'#' * full}{'.' * (_WIDTH - full)}] "
