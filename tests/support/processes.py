"""Python programs in processes of their own: started, talked to by lines, waited for, killed."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Bounds every wait. Far beyond what anything here takes, so that only a fault meets it.
PATIENCE = 60.0

_ROOT = Path(__file__).parents[2]
_PATHS = [_ROOT / "runtime", _ROOT / "tests"]
# A shell has what it runs in the background ignore Ctrl-C, and that is inherited.
_SIGNALS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"


@contextmanager
def program(source: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that runs `source`; killed at the end if it still runs."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, _PATHS))}
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", _SIGNALS + textwrap.dedent(source), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)


def finished(process: subprocess.Popen[str]) -> str:
    """What it printed, once it has ended well."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


def run(source: str, *arguments: object) -> str:
    """What the program prints."""
    with program(source, *arguments) as process:
        return finished(process)


def line(process: subprocess.Popen[str]) -> str:
    """The next line it prints, without its end; an error if it ended instead."""
    assert process.stdout is not None
    text = process.stdout.readline()
    if not text:
        raise AssertionError(f"it ended: {process.communicate(timeout=PATIENCE)[1]}")
    return text.rstrip("\n")


def tell(process: subprocess.Popen[str], text: str) -> None:
    """Sends it a line."""
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


def until(condition: Callable[[], bool]) -> None:
    """Returns once the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
