"""The lock by which loads of one table publish one after the other in PostgreSQL: an advisory one,
which is gone with its session. The server ends a session that hangs in a transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

logger = logging.getLogger(__name__)

# How long a process may do nothing in the middle of a transaction: one that was stopped would keep
# all others waiting.
IDLE: Final = "60s"
# How long others wait before they tell for whom.
PATIENCE: Final = "30s"

_KEY: Final = "hashtextextended(?, 0)"
_HOLDERS: Final = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    f" AND ((classid::bigint << 32) | objid::bigint) = {_KEY}"
)

Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


def bound(execute: Execute) -> None:
    """Has the server end the session if it hangs in a transaction, unless it is set up to."""
    name = "idle_in_transaction_session_timeout"
    execute(
        f"SELECT set_config('{name}', '{IDLE}', false) WHERE current_setting('{name}') = '0'", ()
    )


@contextmanager
def held(execute: Execute, key: str) -> Iterator[None]:
    """Holds the lock of the key, once whoever has it gives it back."""
    while not _taken(execute, key):
        found = ", ".join(str(pid) for (pid,) in execute(_HOLDERS, (key,)))
        logger.warning(
            "another load of the table is publishing, and this one waits for it: process %s of the"
            " server",
            found or "unknown",
        )
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            execute(f"SELECT pg_advisory_unlock({_KEY})", (key,))


def _taken(execute: Execute, key: str) -> bool:
    execute(f"SET lock_timeout = '{PATIENCE}'", ())
    try:
        execute(f"SELECT pg_advisory_lock({_KEY})", (key,))
    except psycopg.errors.LockNotAvailable:
        return False
    finally:
        with suppress(psycopg.Error):
            execute("RESET lock_timeout", ())
    return True
