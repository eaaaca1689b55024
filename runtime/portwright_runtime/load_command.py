"""`portwright-runtime load`: one load for who runs it by the clock (cron, Airflow, Dagster)."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from portwright_runtime.errors import ConfigurationError
from portwright_runtime.named import named
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
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit 0: all is in the table, 3: without rows that break the contract; errors are raised."""
    if arguments.load_id and arguments.day:
        raise ConfigurationError("--load-id and --for say the same thing: leave one of them out")
    load_id = arguments.load_id or (arguments.day or datetime.now(UTC).date()).isoformat()
    function = named(arguments.function)
    if not callable(function):
        raise ConfigurationError(f"{arguments.function}: it is no function")
    start = time.monotonic()
    loads = _loads(arguments.function, function(load_id))
    for load in loads:
        print(told(load), file=sys.stderr)
    if arguments.metrics_file is not None:
        _write(arguments.metrics_file, figures(loads, time.monotonic() - start))
    return _REJECTED if any(each.rejected for each in loads) else 0


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


def figures(loads: Iterable[Load], seconds: float) -> str:
    """The figures of loads as Prometheus reads them."""
    now = time.time()
    lines: list[str] = []
    last = {each.object: each for each in loads}

    def figure(name: str, what: str, value: Callable[[Load], Any]) -> None:
        lines.append(f"# HELP portwright_load_{name} {what}")
        lines.append(f"# TYPE portwright_load_{name} gauge")
        for load in last.values():
            object_ = load.object.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
            lines.append(f'portwright_load_{name}{{object="{object_}"}} {value(load)}')

    figure("last_success_timestamp_seconds", "When a load last ended well.", lambda _: f"{now:.0f}")
    figure("rows", "Rows that the last load wrote.", lambda load: load.rows)
    figure(
        "rejected_rows",
        "Rows of the last load that break the contract.",
        lambda load: load.rejected,
    )
    figure("duration_seconds", "How long the last loads took.", lambda _: f"{seconds:.3f}")
    return "\n".join(lines) + "\n"


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
