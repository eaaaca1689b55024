"""Who hears that a record was not even made, as it breaks its contract."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

_heard: WeakKeyDictionary[type, Callable[[], None]] = WeakKeyDictionary()


def of(record: type, call: Callable[[], None]) -> None:
    """Has `call` called for each record of a class that is refused from now on."""
    _heard[record] = call


def told(record: type) -> None:
    """Tells that a record of the class was refused."""
    if (call := _heard.get(record)) is not None:
        call()
