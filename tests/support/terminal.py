"""A command in a terminal of so many columns, and what it prints there."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

_SETTINGS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS")


def portwright(root: Path, *words: str, columns: int = 80, **environ: str) -> tuple[int, str]:
    """The exit code of `portwright` and what it printed, lines ended as they are in files."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    own = {key: value for key, value in os.environ.items() if key not in _SETTINGS}
    process = subprocess.Popen(
        [sys.executable, "-m", "portwright", *words],
        cwd=root,
        env={**own, "TERM": "xterm", **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    try:
        while some := os.read(ours, 4096):
            said += some
    except OSError:  # Linux's way to say that it has ended
        pass
    finally:
        os.close(ours)
    return process.wait(120), said.decode().replace("\r\n", "\n")
