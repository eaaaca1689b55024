"""A person in an outbox: rows that wait, and those that were put aside as dead.

A relay is kept from all shards meanwhile: it has no row of the person at hand that it would send
after this.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from portwright_runtime.erasing.messages import Messages
from portwright_runtime.erasing.report import Found
from portwright_runtime.errors import ConfigurationError
from portwright_runtime.outbox import SHARDS, table_name
from portwright_runtime.outbox_store import OutboxStore, named
from portwright_runtime.relay_command import look, opened_outbox

# Seconds that a relay may take for what it has at hand.
_PATIENCE: Final = 60.0
_PAUSE: Final = 0.02


@dataclass
class _Seen:
    """The person's rows, how many by object and place, and their ids; how many nobody can read."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    unread: int = 0

    def found(self) -> list[Found]:
        return [Found(*place, count) for place, count in sorted(self.counts.items())]


def traces(url: str, messages: Messages) -> list[Found]:
    """What there is of the person."""
    with _store(url) as store:
        return _look(store, messages).found()


def erase(url: str, messages: Messages) -> tuple[list[Found], tuple[str, ...]]:
    """What there was, and is no more; what remains."""
    with _store(url) as store:
        _hold(store)
        seen = _look(store, messages)
        store.remove(seen.ids)
        with suppress(*store.errors):
            store.sweep()
    unread = "rows of the outbox that cannot be read, and do not tell whom they are of"
    return seen.found(), (*store.remains, *([f"{seen.unread} {unread}"] if seen.unread else ()))


@contextmanager
def _store(url: str) -> Iterator[OutboxStore]:
    with ExitStack() as stack:
        opener = opened_outbox(url, table_name(), 1, stack)
        look(opener)
        store = stack.enter_context(closing(opener(0)))
        fault = ""
        try:
            yield store
        except store.errors as error:
            fault = named(error)
        if fault:
            raise ConfigurationError(f"a person cannot be erased from the outbox ({fault})")


def _hold(store: OutboxStore) -> None:
    """Returns once this session has all shards."""
    left = {*range(SHARDS)}
    deadline = time.monotonic() + _PATIENCE
    while left := left - {*store.lock(sorted(left))}:
        if time.monotonic() > deadline:
            raise ConfigurationError(
                f"a relay keeps {len(left)} shards of the outbox all the time: stop it, erase, and"
                " start it again"
            )
        time.sleep(_PAUSE)


def _look(store: OutboxStore, messages: Messages) -> _Seen:
    seen = _Seen()
    for row, is_dead in store.all_rows(messages.topics):
        is_of = messages.is_of(row.message)
        if is_of:
            place = "dead rows of the outbox" if is_dead else "the outbox"
            seen.counts[messages.object_of(row.message), place] += 1
            seen.ids.append(row.id)
        seen.unread += is_of is None
    return seen
