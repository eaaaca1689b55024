"""A stream or a warehouse as a port holds it: whose it is, and opened when first used."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar

from portwright_runtime import environment
from portwright_runtime.errors import ClosedError
from portwright_runtime.stream import Stream
from portwright_runtime.warehouse import Warehouse


class Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Resource(Generic[T]):
    """What `opener` opens when it is first used, closed with its holder; or `given`, left open.

    A service that only publishes opens no warehouse, and one that only loads no stream.
    """

    def __init__(
        self, opener: Callable[[], T] | None = None, given: T | None = None, named: bool = True
    ) -> None:
        self._opener = opener
        self._given = given
        # Whether somebody said which one it is: what is not meant to be used need not be there.
        self.named = named
        self._opened: T | None = None
        self._closed = False
        self._lock = Lock()

    def get(self) -> T:
        """The resource; ClosedError after `close`."""
        with self._lock:
            if self._closed:
                raise ClosedError("the port is closed")
            if self._given is not None:
                return self._given
            if self._opened is None:
                assert self._opener is not None
                self._opened = self._opener()
            return self._opened

    @property
    def used(self) -> T | None:
        """The resource if `get` may have handed it out."""
        return self._given if self._given is not None else self._opened

    def close(self) -> None:
        """Closes what was opened here. Safe to call again."""
        with self._lock:
            self._closed = True
            opened, self._opened, self._given = self._opened, None, None
        if opened is not None:
            opened.close()


def stream_resource(stream: Stream | str | None) -> Resource[Stream]:
    """The stream that is given, that a url names, or that the environment does."""
    if stream is None or isinstance(stream, str):
        named = environment.is_named(environment.STREAM_VARIABLE, stream)
        return Resource(environment.stream_opener(stream), named=named)
    return Resource(given=stream)


def warehouse_resource(warehouse: Warehouse | str | None) -> Resource[Warehouse]:
    """The warehouse that is given, that a url names, or that the environment does."""
    if warehouse is None or isinstance(warehouse, str):
        return Resource(environment.warehouse_opener(warehouse))
    return Resource(given=warehouse)
