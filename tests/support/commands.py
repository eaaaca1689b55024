"""The command line as a process, as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


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
