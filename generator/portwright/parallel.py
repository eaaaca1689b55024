"""Work on many things by several processes, where there is enough of it to pay for them.

The processes are forks: nothing is sent to them, and what they make comes back over a pipe. So
this is for pure work only, and only where a fork is safe: on Linux, in a process without threads.
Elsewhere, and where a process fails, the work is done here, with the same outcome.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypeVar

from portwright import progress

Item = TypeVar("Item")
Made = TypeVar("Made")

# Fewer are done before another process has imported what it needs.
_WORTH_WHILE = 8
_MOST_PROCESSES = 8


def spread(
    work: Callable[[Item], Made], items: Sequence[Item], what: str = "", jobs: int | None = None
) -> list[Made]:
    """What `work`, which is told of as `what`, makes of each item, in order; what it raises is
    raised. So many `jobs` at once, as many as there are processors where it is None."""
    count = _processes(len(items), jobs)
    made: dict[int, Made] = {}
    if count > 1:
        with _started(work, items, count) as receivers:
            running = dict(receivers)
            while running:
                for each in wait(list(running)):
                    assert isinstance(each, Connection)
                    try:
                        made[next(running[each])] = each.recv()
                        progress.tell(what, len(made), len(items))
                    except (EOFError, StopIteration):  # all is done, or the process has failed
                        del running[each]
    for index, item in enumerate(items):
        if index not in made:
            made[index] = work(item)
            progress.tell(what, len(made), len(items))
    return [made[index] for index in range(len(items))]


def _processes(items: int, jobs: int | None) -> int:
    if items < _WORTH_WHILE or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(items, jobs or min(len(os.sched_getaffinity(0)), _MOST_PROCESSES))


@contextmanager
def _started(
    work: Callable[[Item], Made], items: Sequence[Item], count: int
) -> Iterator[dict[Connection, Iterator[int]]]:
    """The ends to read from, each with the places of the items that come there; no process is
    left behind."""
    context = multiprocessing.get_context("fork")
    started: dict[Connection, BaseProcess] = {}
    shares: dict[Connection, Iterator[int]] = {}
    try:
        for first in range(count):
            share = range(first, len(items), count)
            receiver, sender = context.Pipe(duplex=False)
            own = [items[index] for index in share]
            # Who holds no end to read from learns when the first process is gone.
            inherited = [*started, receiver]
            arguments = (work, own, sender, inherited)
            process: BaseProcess = context.Process(target=_run, args=arguments, daemon=True)
            process.start()
            sender.close()
            started[receiver], shares[receiver] = process, iter(share)
        yield shares
    finally:
        for receiver, process in started.items():
            receiver.close()
            process.terminate()
            process.join()


def _run(
    work: Callable[[Item], Made],
    items: Sequence[Item],
    sender: Connection,
    inherited: Sequence[Connection],
) -> None:
    """Sends what `work` makes of each item, and nothing more after a fault."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    for receiver in inherited:
        receiver.close()
    try:
        for each in items:
            sender.send(work(each))
    except Exception:  # it is raised again where the item is looked at next
        return
