"""Tools of a machine that a test needs and no package brings, and those of this Python."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Ends the test: with a skip that is seen or, in CI, where all has to be there, a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def tool(*command: object, cwd: Path | None = None) -> str:
    """What a tool of this Python finds fault with, "" if nothing."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def mypy(*arguments: object, cwd: Path | None = None) -> str:
    """What mypy in strict mode finds fault with, "" if nothing, whatever is configured here. What
    it knows of libraries is kept for the next test: to read them again takes most of its time."""
    strict = ("--strict", "--enable-error-code=deprecated", "--config-file=")
    known = (*strict, f"--cache-dir={_known_to_mypy().name}")
    return tool("mypy", *known, "--no-error-summary", *arguments, cwd=cwd)


@cache
def _known_to_mypy() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="mypy")
