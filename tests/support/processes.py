"""Python programs in processes of their own: started, talked to by lines, waited for, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

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
    # A file holds any number of errors: nobody has to read them while lines are read.
    with TemporaryFile("w+") as errors:
        process = _Program(
            [sys.executable, "-u", "-c", _SIGNALS + textwrap.dedent(source), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
        process.errors = errors
        try:
            yield process
        finally:
            _end(process)


class _Program(subprocess.Popen[str]):
    """A process whose errors go to a file."""

    errors: IO[str]


def finished(process: subprocess.Popen[str]) -> str:
    """The rest of what it printed, once it has ended well."""
    out = rest(process)
    assert process.wait(PATIENCE) == 0, complaints(process)
    return out


def rest(process: subprocess.Popen[str]) -> str:
    """What it prints until it ends; killed if it does not.

    Read as `line` reads: `communicate` would pass over what that has read ahead.
    """
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        return process.stdout.read()
    finally:
        watchdog.cancel()


def complaints(process: subprocess.Popen[str]) -> str:
    """What an ended process wrote to its standard error."""
    assert isinstance(process, _Program)
    process.errors.seek(0)
    return process.errors.read()


def _end(process: subprocess.Popen[str]) -> None:
    """Kills what still runs and closes its pipes."""
    if process.poll() is None:
        process.kill()
    process.wait(PATIENCE)
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(BrokenPipeError):
            pipe.close()


def run(source: str, *arguments: object) -> str:
    """What the program prints."""
    with program(source, *arguments) as process:
        return finished(process)


def line(process: subprocess.Popen[str]) -> str:
    """The next line it prints, without its end; an error if it ended instead."""
    assert process.stdout is not None
    text = process.stdout.readline()
    if not text:
        process.wait(PATIENCE)
        raise AssertionError(f"it ended: {complaints(process)}")
    return text.rstrip("\n")


def tell(process: subprocess.Popen[str], text: str) -> None:
    """Sends it a line."""
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


def hears(process: subprocess.Popen[str], number: signal.Signals) -> bool:
    """Whether it has a handler for a signal by now; else one would end it at once."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (caught,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (number - 1) & 1)


def until(condition: Callable[[], bool]) -> None:
    """Returns once the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
