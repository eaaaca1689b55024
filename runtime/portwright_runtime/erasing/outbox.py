"""A person in an outbox: rows that wait, and those that were put aside as dead.

A relay is kept from all shards meanwhile: it has no row of the person at hand that it would send
after this.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
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


def traces(url: str, messages: Messages) -> list[Found]:
    """What there is of the person."""
    with _store(url) as store:
        return _found(store, messages)[0]


def erase(url: str, messages: Messages) -> tuple[list[Found], tuple[str, ...]]:
    """What there was, and is no more; what remains."""
    with _store(url) as store:
        _hold(store)
        found, ids = _found(store, messages)
        store.remove(ids)
        with suppress(*store.errors):
            store.sweep()
    return found, store.remains


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


def _found(store: OutboxStore, messages: Messages) -> tuple[list[Found], list[str]]:
    """What there is, and the ids of its rows."""
    counts: Counter[tuple[str, str]] = Counter()
    ids = []
    for row, is_dead in store.all_rows(messages.topics):
        if messages.is_of(row.message):
            place = "dead rows of the outbox" if is_dead else "the outbox"
            counts[messages.object_of(row.message), place] += 1
            ids.append(row.id)
    return [Found(*place, count) for place, count in sorted(counts.items())], ids
