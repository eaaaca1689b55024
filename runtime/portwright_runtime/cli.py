"""`portwright-runtime`, also `python -m portwright_runtime`: what runs beside a service.

Exit 0: done, 1: something is wrong that is said, 2: wrong use.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Final

from portwright_runtime.errors import PortwrightError
from portwright_runtime.version import __version__

# Each has `add(parser)`, which says what it takes, and `run(arguments)`, which is the exit code.
COMMANDS: Final = {
    "relay": ("portwright_runtime.relay_command", "send what is in an outbox"),
    "consume": ("portwright_runtime.consume_command", "run consumers"),
    "load": ("portwright_runtime.load_command", "load a table"),
    "erase": (
        "portwright_runtime.erase_command",
        "take a person out of all that a port handed out",
    ),
    "dlq": ("portwright_runtime.dlq_command", "look at dead letters, and send them again"),
}
# What a LogRecord has by itself; the rest is what a call added.
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record of a log as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def main(words: Sequence[str] | None = None) -> int:
    """The exit code of a command line."""
    parser = argparse.ArgumentParser(prog="portwright-runtime", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--log-format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--log-level", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR")
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, (module, told) in COMMANDS.items():
        import_module(module).add(commands.add_parser(name, help=told, description=told))
    arguments = parser.parse_args(words)
    _log(arguments.log_format, arguments.log_level)
    try:
        return int(arguments.run(arguments))
    except PortwrightError as error:
        notes = getattr(error, "__notes__", ())
        print(f"error: {error}", *notes, sep="\n", file=sys.stderr)
        return 1


def _log(form: str, level: str) -> None:
    handler = logging.StreamHandler()
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if form == "json" else plain)
    logging.basicConfig(level=level, handlers=[handler], force=True)


def script() -> None:
    """The program of the distribution."""
    sys.exit(main())
