"""A load under way, and what watches it: spans and metrics, lineage, progress.

Who watches is told what happens and changes nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

from portwright_runtime import telemetry
from portwright_runtime.loading import lineage
from portwright_runtime.warehouse import Finding, Load, Table, Terms, Warehouse

Step = Literal["begin", "stage", "audit", "publish"]


@dataclass(slots=True, eq=False)
class Loading:
    """A load under way, and what became of it.

    `taken` of `total` rows were taken by now, where that is known. `findings` are what audits
    found, also what does not block; `newest` is the newest value of the column that tells how old
    rows are, in seconds of Unix time, None where that is not known or classified. `load` and
    `ended` are None until it has ended well; `began` and `ended` are of Unix time, too.
    """

    warehouse: Warehouse
    table: Table[Any]
    terms: Terms
    total: int | None = None
    taken: int = 0
    step: Step = "begin"
    findings: list[Finding] = field(default_factory=list)
    newest: float | None = None
    load: Load | None = None
    began: float = field(default_factory=time.time)
    ended: float | None = None
    # The day that the load is for, where its caller says so.
    day: date | None = None
    # Called whenever rows were taken or another step begins.
    listeners: list[Callable[[Loading], None]] = field(default_factory=list)

    def at(self, step: Step, rows: int = 0) -> None:
        """Tells that this many more rows were taken in a step."""
        self.step = step
        self.taken += rows
        for each in self.listeners:
            each(self)


# Entered when a load begins, and left when it has ended, with the error if it failed.
Watcher: TypeAlias = Callable[[Loading], AbstractContextManager[None]]

_watchers: list[Watcher] = []


@contextmanager
def added(watcher: Watcher) -> Iterator[None]:
    """Lets one more watch the loads of the process."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


@contextmanager
def watched(loading: Loading) -> Iterator[None]:
    """A load that all watch who are set up to."""
    with ExitStack() as stack:
        for each in (*_watchers, lineage.emitted, telemetry.current().loading):
            stack.enter_context(each(loading))
        yield
