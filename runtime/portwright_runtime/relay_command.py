"""`portwright-runtime relay`: sends what is in an outbox, until it is stopped."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
from contextlib import ExitStack, closing
from types import FrameType
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from portwright_runtime.environment import REGISTRY_VARIABLE, STREAM_VARIABLE, open_stream
from portwright_runtime.errors import ConfigurationError, PortwrightError
from portwright_runtime.outbox import table_name
from portwright_runtime.outbox_engines import MysqlStore, PostgresStore, SqliteStore
from portwright_runtime.outbox_store import OutboxStore, named
from portwright_runtime.relay import Opener, Relay
from portwright_runtime.relay_worker import Settings

DATABASE_VARIABLE: Final = "PORTWRIGHT_OUTBOX_DATABASE"


def add(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    usual = Settings()
    parser.add_argument(
        "--database",
        help=f"postgresql://…, mysql://… or sqlite:path; better by {DATABASE_VARIABLE}, as it may"
        " hold a password",
    )
    parser.add_argument("--stream", help=f"where to; else {STREAM_VARIABLE}")
    parser.add_argument("--workers", type=int, default=usual.workers)
    parser.add_argument("--batch", type=int, default=usual.batch, help="most rows at once")
    parser.add_argument(
        "--attempts", type=int, default=usual.attempts, help="for what the stream refuses"
    )
    parser.add_argument("--on-poison", choices=("park", "block"), default=usual.on_poison)
    parser.add_argument("--drain", type=float, default=usual.drain, help="seconds, when stopped")
    parser.add_argument("--once", action="store_true", help="end when there is nothing left")
    parser.add_argument("--metrics-port", type=int, help="for /metrics, /livez and /readyz")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when stopped or done, 1 where rows are left that failed."""
    url = arguments.database or os.environ.get(DATABASE_VARIABLE)
    if not url:
        raise ConfigurationError(f"there is no outbox to relay: set {DATABASE_VARIABLE}")
    # Rows are ready to be sent: a relay asks no registry.
    os.environ.setdefault(REGISTRY_VARIABLE, "none")
    settings = Settings(
        workers=max(1, arguments.workers),
        batch=max(1, arguments.batch),
        attempts=max(1, arguments.attempts),
        on_poison=arguments.on_poison,
        drain=arguments.drain,
    )
    with ExitStack() as stack:
        opener = opened_outbox(url, table_name(), settings.workers, stack)
        look(opener)  # what is wrong with it is said now
        stream = stack.enter_context(closing(open_stream(_endless(arguments.stream))))
        known: list[Relay] = []
        if arguments.metrics_port is not None:
            from portwright_runtime.serving import serving

            # Before the relay: it records with what it finds set up.
            ready = serving(arguments.metrics_port, lambda: bool(known) and known[0].ready)
            stack.enter_context(ready)
        relay = Relay(opener, stream, settings)
        known.append(relay)

        def stop(number: int, frame: FrameType | None) -> None:
            relay.stop()

        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, stop)
        counts = relay.run(once=arguments.once)
    print(
        f"{counts.sent} sent, {counts.refused} refused, {counts.parked} put aside,"
        f" {counts.failed} failed",
        file=sys.stderr,
    )
    return 1 if arguments.once and (counts.failed > counts.parked) else 0


def _endless(url: str | None) -> str | None:
    """The stream's url; Kafka's client is to try for ever, which keeps the order of a partition,
    and to wait for no more messages, as a relay's come in lots."""
    url = url or os.environ.get(STREAM_VARIABLE)
    if not url or not url.startswith("kafka:"):
        return url
    for option in ("delivery.timeout.ms=0", "linger.ms=0"):
        if option.partition("=")[0] not in url:
            url = f"{url}{'&' if '?' in url else '?'}{option}"
    return url


def look(opener: Opener) -> None:
    """ConfigurationError where there is no outbox to be read."""
    try:
        store = opener(0)
    except PortwrightError:
        raise
    except Exception as error:
        # What is said of a url may quote its password; what a server answers does not.
        answer = f": {error}" if "Operational" in type(error).__name__ else ""
        raise ConfigurationError(
            f"the outbox's database cannot be opened ({type(error).__name__}){answer}\n"
            "see that it is up, and its url: special characters of a password are percent-encoded"
        ) from None
    try:
        store.lag()
    except Exception as error:
        raise ConfigurationError(
            f"the outbox {table_name()} cannot be read ({named(error)}): see that its tables are"
            " made by what the target `outbox` generates, and that this user may use them"
        ) from None
    finally:
        store.close()


def opened_outbox(url: str, table: str, workers: int, stack: ExitStack) -> Opener:
    """What opens a worker's connection."""
    scheme, _, rest = url.partition(":")
    try:
        match scheme.partition("+")[0]:
            case "postgresql" | "postgres":
                import psycopg  # noqa: F401

                return lambda worker: _opened(PostgresStore, f"postgresql:{rest}", table)
            case "mysql" | "mariadb":
                import pymysql  # noqa: F401

                settings = _mysql(url)
                return lambda worker: _opened(MysqlStore, settings, table)
            case "sqlite":
                path = rest.removeprefix("//")
                if not os.path.exists(path):
                    raise ConfigurationError(f"there is no database {path}")
                _alone(path, stack)
                return lambda worker: SqliteStore(path, table, worker, workers)
    except ImportError as error:
        extra = "outbox-mysql" if scheme.startswith(("mysql", "maria")) else "outbox-postgres"
        raise ConfigurationError(
            f"{error.name} is missing: pip install 'portwright-runtime[{extra}]'"
        ) from None
    raise ConfigurationError("an outbox is at postgresql://…, mysql://… or sqlite:path")


def _opened(kind: Any, place: Any, table: str) -> OutboxStore:
    store: OutboxStore = kind(place, table)
    return store


def _mysql(url: str) -> dict[str, Any]:
    """The arguments of PyMySQL."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port or 3306
    except ValueError:  # which quotes a part of a password
        port = 0
    if not port or "@" in parts.path + parts.query + parts.fragment:
        raise ConfigurationError(
            "the outbox's url has no such port; special characters of a password are"
            " percent-encoded in it"
        )
    found: dict[str, Any] = {
        "host": parts.hostname or "localhost",
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/"),
        "init_command": "SET time_zone = '+00:00'",
    }
    return {
        **found,
        **({"unix_socket": options["unix_socket"]} if "unix_socket" in options else {}),
    }


def _alone(path: str, stack: ExitStack) -> None:
    """Makes sure that no other process relays from the same SQLite file."""
    lock = stack.enter_context(open(f"{path}.relay", "w"))  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ConfigurationError(f"another process relays from {path} already") from None
