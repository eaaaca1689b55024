"""One run of a program: bounded in time and in what it prints, never through a shell."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portwright.installed import located

MOST_OUTPUT = 64 * 1024 * 1024
_MOST_SAID = 8 * 1024
_CHUNK = 64 * 1024


class Failure(Exception):
    """What went wrong, as the rest of a sentence that begins with the command."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


@dataclass(frozen=True, slots=True)
class Ended:
    """The output of a program that ended well, and what it wrote to its standard error."""

    output: bytes
    said: str


def run(command: Sequence[str], folder: Path, request: bytes, seconds: float) -> Ended:
    """What the program answers to the request; Failure if it gives no whole answer in time."""
    end = time.monotonic() + seconds
    with _started(command, folder) as process:
        assert process.stdin and process.stdout and process.stderr
        output, said = _Reader(process, process.stdout, MOST_OUTPUT), _Reader(
            process, process.stderr
        )
        writer = threading.Thread(target=_write, args=(process.stdin, request), daemon=True)
        for each in (output, said, writer):
            each.start()
        in_time = _ended(process, end)
        for each in (output, said):
            each.join(max(0.0, end - time.monotonic()))
        in_time = in_time and not output.is_alive() and not said.is_alive()
    text = said.text()
    if output.over:
        raise Failure("PW528", f"printed more than {MOST_OUTPUT >> 20} MiB", "print less")
    if not in_time:
        help = "make it faster, or raise `timeout`"
        raise Failure("PW527", f"did not end within {seconds:g} seconds", _told(help, text))
    if process.returncode != 0:
        raise Failure("PW526", _ending(process.returncode), _told("it is to end with 0", text))
    return Ended(output.data(), text)


@contextmanager
def _started(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The running program, the first of a group that is ended with it."""
    path = located(command[0], folder)
    if path is None:
        raise Failure(
            "PW525", "cannot be started: there is no such program", _where(command, folder)
        )
    try:
        process = subprocess.Popen(
            [path, *command[1:]],
            cwd=folder,
            # Whatever the language of the machine, the answer is UTF-8.
            env={"PYTHONUTF8": "1", **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        help = f"make it executable (`chmod +x {command[0]}`) with a first line such as `#!/bin/sh`"
        raise Failure("PW525", f"cannot be started: {reason}", help) from None
    try:
        yield process
    finally:
        _kill(process)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError, ValueError):
                assert pipe is not None
                pipe.close()


def _where(command: Sequence[str], folder: Path) -> str:
    word = command[0]
    if "/" not in word and (folder / word).is_file():
        return f"a program beside the config is written with its folder: `./{word}`"
    if len(command) == 1 and " " in word.strip():
        words = ", ".join(word.split())
        return f"`command` is a list of words, and no shell reads it: write [{words}]"
    if "/" in word:
        return "paths are relative to the folder of portwright.yaml"
    return "install it, or put its folder on PATH"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _ended(process: subprocess.Popen[bytes], end: float) -> bool:
    try:
        process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _write(pipe: IO[bytes], request: bytes) -> None:
    """Hands over the request; a program need not read it."""
    with contextlib.suppress(OSError, ValueError):
        pipe.write(request)
        pipe.close()


class _Reader(threading.Thread):
    """Reads a pipe to its end. Of what is `most` bytes or less it keeps all, and ends the program
    where there is more; without `most` it keeps the end."""

    def __init__(
        self, process: subprocess.Popen[bytes], pipe: IO[bytes], most: int | None = None
    ) -> None:
        super().__init__(daemon=True)
        self._process, self._pipe, self._most = process, pipe, most
        self._chunks: list[bytes] = []
        self.over = False

    def run(self) -> None:
        size = 0
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), _CHUNK):
                size += len(chunk)
                if self._most is None:
                    self._chunks = [b"".join((*self._chunks, chunk))[-_MOST_SAID:]]
                elif size > self._most:
                    self.over = True
                    return _kill(self._process)
                else:
                    self._chunks.append(chunk)

    def data(self) -> bytes:
        return b"".join(self._chunks)

    def text(self) -> str:
        return self.data().decode("utf-8", "replace").strip()


def _ending(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _told(help: str, said: str) -> str:
    return f"{help}; it said:\n{said}" if said else help
