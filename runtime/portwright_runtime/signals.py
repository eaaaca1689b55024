"""SIGTERM and SIGINT, as what runs beside a service hears them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_HEARD: Final = (signal.SIGTERM, signal.SIGINT)


class Stopped(SystemExit):
    """A signal told the process to stop; its code is that of a shell."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name


@contextmanager
def heard(hear: Callable[[int], None]) -> Iterator[None]:
    """SIGTERM and SIGINT call `hear` with their number; a second one does what it did before."""
    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    def handle(number: int, frame: FrameType | None) -> None:
        restore()
        hear(number)

    # Python lets no other thread have signal handlers.
    if threading.current_thread() is threading.main_thread():
        for each in _HEARD:
            handler = signal.getsignal(each)
            # Who started the process may have it ignore one; None is a handler not of Python.
            if handler not in (signal.SIG_IGN, None):
                before[each] = handler
                signal.signal(each, handle)
    try:
        yield
    finally:
        restore()


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGINT raise Stopped, so that what is under way ends as it does by an error."""

    told: list[int] = []

    def end(number: int) -> None:
        told.append(number)
        raise Stopped(number)

    with heard(end):
        try:
            yield
        except BaseException:
            # Drivers that were interrupted may raise something else.
            if told:
                raise Stopped(told[0]) from None
            raise
