"""The handle of a message on its way: one is made for every message, and is light for that."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Generator, Iterable
from threading import Event, Lock
from typing import Any

from portwright_runtime.stream import Position

logger = logging.getLogger(__name__)

# One for all: it is held for the time of an assignment, and a lock of its own for each costs more.
_lock = Lock()


class Delivery:
    """Done once the message is safe, or once it never will be.

    Wait for it (`result(timeout)`, in seconds), have it call (`add_done_callback`), or
    `await` it. Nothing is lost where nobody does: `flush` and `close` of the port tell.
    """

    __slots__ = ("_callbacks", "_event", "_outcome")

    def __init__(self) -> None:
        self._outcome: Position | BaseException | None = None
        self._callbacks: tuple[Callable[[Delivery], object], ...] = ()
        self._event: Event | None = None

    def done(self) -> bool:
        """Whether it is decided what became of the message."""
        return self._outcome is not None

    def result(self, timeout: float | None = None) -> Position:
        """Where the message is; its StreamError where it was not acknowledged, TimeoutError where
        that is not decided within `timeout` seconds."""
        outcome = self._decided(timeout)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Why the message was not acknowledged, None where it was; TimeoutError as of `result`."""
        outcome = self._decided(timeout)
        return outcome if isinstance(outcome, BaseException) else None

    def add_done_callback(self, call: Callable[[Delivery], object]) -> None:
        """Has `call` called with this when it is done, by the thread that settles it; at once where
        it is done already. What it raises is logged."""
        with _lock:
            if self._outcome is None:
                self._callbacks = (*self._callbacks, call)
                return
        self._call(call)

    def set_result(self, position: Position) -> None:
        """The message is safe. For streams."""
        self._settle(position)

    def set_exception(self, error: BaseException) -> None:
        """The message is not, and will not be. For streams."""
        self._settle(error)

    def __await__(self) -> Generator[Any, None, Position]:
        if self._outcome is None:
            loop = asyncio.get_running_loop()
            decided: asyncio.Future[None] = loop.create_future()

            def decide() -> None:
                if not decided.done():  # who awaited it may have been cancelled
                    decided.set_result(None)

            self.add_done_callback(lambda _: _soon(loop, decide))
            yield from decided
        return self.result(0)

    def _decided(self, timeout: float | None) -> Position | BaseException:
        if self._outcome is None:
            with _lock:
                self._event = event = self._event or Event()
            if self._outcome is None and not event.wait(timeout):
                raise TimeoutError("the message is on its way still")
        assert self._outcome is not None
        return self._outcome

    def _settle(self, outcome: Position | BaseException) -> None:
        with _lock:
            if self._outcome is not None:
                raise RuntimeError("what became of the message is decided already")
            self._outcome = outcome
        if self._event is not None:
            self._event.set()
        for call in self._callbacks:
            self._call(call)

    def _call(self, call: Callable[[Delivery], object]) -> None:
        try:
            call(self)
        except Exception:
            logger.exception("a callback of a delivery raised")


def wait(deliveries: Iterable[Delivery], timeout: float) -> bool:
    """Whether all are done, within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    for each in deliveries:
        if not each.done():
            try:
                each.exception(max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                return False
    return True


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Calls in the loop, if that still runs."""
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        logger.debug("the event loop that waited for a delivery is closed")
