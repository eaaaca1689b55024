"""The command line, as a process of its own or in that of the tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from portwright.cli import main


def portwright(root: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What `portwright` did in the folder `root`."""
    return subprocess.run(
        [sys.executable, "-m", "portwright", *arguments],
        cwd=root,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def in_process(root: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What `portwright` does in the folder `root`, in this process."""
    with contextlib.chdir(root):
        done = CliRunner().invoke(main, words, env=environ)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def committed(root: Path) -> None:
    """Makes the folder a repository in which all that is there is committed."""
    who = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=0"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*who, *words], cwd=root, check=True, capture_output=True)
