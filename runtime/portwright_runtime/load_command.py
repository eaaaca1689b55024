"""`portwright-runtime load`: one load for who runs it by the clock (cron, Airflow, Dagster)."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from portwright_runtime.errors import ConfigurationError
from portwright_runtime.loading import figures
from portwright_runtime.loading.progress import drawn, logged
from portwright_runtime.loading.watching import Loading, Watcher, added
from portwright_runtime.named import named
from portwright_runtime.signals import Stopped, ended_by_signals
from portwright_runtime.warehouse import Load

# Bad rows were put aside or left out: it is loaded, and somebody should look.
_REJECTED: Final = 3


def add(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "function",
        metavar="module:function",
        help="what loads: called with the load's id, gives the load, or several",
    )
    parser.add_argument(
        "--load-id",
        help="the load's id, which names it for ever; else the day that it is for",
    )
    parser.add_argument(
        "--for",
        dest="day",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day that the load is for, today in UTC if it is not given",
    )
    parser.add_argument(
        "--metrics-file",
        type=Path,
        help="a .prom file for the textfile collector of Prometheus' node exporter",
    )
    parser.add_argument(
        "--quiet", action="store_true", help="tell of nothing but warnings and errors"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit 0: all is in the table, 3: without rows that break the contract; errors are raised."""
    try:
        with ended_by_signals():
            return _run(arguments)
    except Stopped as stopped:
        print(f"{arguments.function}: stopped by {stopped.name}", file=sys.stderr)
        raise


def _run(arguments: argparse.Namespace) -> int:
    if arguments.load_id and arguments.day:
        raise ConfigurationError("--load-id and --for say the same thing: leave one of them out")
    day = None if arguments.load_id else arguments.day or datetime.now(UTC).date()
    function = named(arguments.function)
    if not callable(function):
        raise ConfigurationError(f"{arguments.function}: it is no function")
    if arguments.quiet:
        logging.getLogger().setLevel(max(logging.getLogger().level, logging.WARNING))
    seen: list[Loading] = []

    def write_figures() -> None:
        if arguments.metrics_file is not None and seen:
            _write(arguments.metrics_file, figures.text(seen))

    with ExitStack() as stack:
        stack.callback(write_figures)  # also of those that ended well before one failed
        stack.enter_context(added(_noted(seen, day)))
        if not arguments.quiet:
            shown = drawn(sys.stderr) if sys.stderr.isatty() else logged()
            stack.enter_context(added(shown))
        loads = _loads(arguments.function, function(arguments.load_id or f"{day}"))
    for load in loads:
        if not arguments.quiet:
            print(told(load), file=sys.stderr)
    return _REJECTED if any(each.rejected for each in loads) else 0


def _noted(seen: list[Loading], day: date | None) -> Watcher:
    """Notes the loads that end well, which are for the day."""

    @contextmanager
    def watch(loading: Loading) -> Iterator[None]:
        loading.day = day
        yield
        seen.append(loading)

    return watch


def told(load: Load) -> str:
    """A load in one line."""
    counts = {
        "rows": load.rows,
        "deleted": load.deleted,
        "superseded": load.superseded,
        "rejected": load.rejected,
    }
    shown = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"{load.object} {load.load_id}: {load.status}, {shown or 'no rows'}"


def _loads(name: str, found: object) -> list[Load]:
    loads = [found] if isinstance(found, Load) else found
    if not isinstance(loads, list | tuple) or not all(isinstance(each, Load) for each in loads):
        raise ConfigurationError(f"{name}: it is to give what `load` gives, or a list of them")
    return [*loads]


def _write(path: Path, text: str) -> None:
    """Writes the file at once: the collector may read it at any time."""
    written = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        written.write_text(text, "utf-8")
        written.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from None
