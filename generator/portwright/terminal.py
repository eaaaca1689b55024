"""The terminal: whether there is one, how wide it is, and what is coloured there."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from typing import IO, Any

import click

WIDEST = 100
NARROWEST = 30
_USUAL = 80
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "notice": {"fg": "cyan", "bold": True},
    "strong": {"bold": True},
    "quiet": {"dim": True},
    "added": {"fg": "green"},
    "removed": {"fg": "red"},
    "place": {"fg": "cyan"},
}


def colour(environ: Mapping[str, str]) -> bool | None:
    """Whether to colour what is printed; None leaves it to whether a stream is a terminal.

    As by no-color.org and force-color.org, and the CLICOLOR of BSD.
    """
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE")
    if forced:
        return forced not in ("0", "false")
    if environ.get("TERM") == "dumb" or environ.get("CLICOLOR") == "0":
        return False
    return None


def painted(text: str, look: str) -> str:
    """The text as it looks in colour; who prints it takes that away where there is none."""
    return click.style(text, **_LOOKS[look])


def is_terminal(stream: IO[Any]) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False


def width() -> int:
    """The columns that text is wrapped to."""
    return max(NARROWEST, min(_columns(sys.stdout) or _USUAL, WIDEST))


def columns_of_errors() -> int | None:
    """The columns of the terminal that findings go to; None if they go elsewhere, or to one
    that only prints."""
    if not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return None
    return _columns(sys.stderr) or _USUAL


def _columns(stream: IO[Any]) -> int | None:
    """As `shutil` tells it, whose import costs more than all that a command needs of it."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(stream.fileno()).columns or None
    return None
