"""The landing page, with pieces of what is generated for the contract beside this module."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from website import recordings
from website.text import code

HERE = Path(__file__).parent
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".sql": "sql", ".avsc": "json"}


@contextmanager
def generated() -> Iterator[Path]:
    """A folder with the example and what is generated for it."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "visits"
        shutil.copytree(HERE / "example", folder)
        words = [sys.executable, "-m", "portwright", "generate"]
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
        yield folder


def excerpt(path: Path, first: str = "", last: str = "") -> str:
    """The lines of a file, from the one that begins with `first` to the next that begins with
    `last`, or to the end, as a block of code."""
    lines = path.read_text("utf-8").splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(first)), None)
    if start is None:
        raise ValueError(f"{path} has no line that begins with {first!r}")
    end = len(lines)
    if last:
        rest = range(start + 1, len(lines))
        end = next((n for n in rest if lines[n].startswith(last)), -1) + 1
        if end == 0:
            raise ValueError(f"{path} has no line that begins with {last!r} after {first!r}")
    return code("\n".join(lines[start:end]), _LANGUAGES.get(path.suffix, ""))


def recording(name: str) -> str:
    """A picture of a terminal, with what is to be seen on it."""
    [alt] = [each.alt for each in recordings.SESSIONS if each.name == name]
    return f"![A terminal: {alt}.](recordings/{name}.svg)"


def landing() -> str:
    """The first page of the site."""
    from jinja2 import Environment, StrictUndefined

    text = (HERE / "index.md.j2").read_text("utf-8")
    template = Environment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)
    with generated() as folder:

        def made(name: str, first: str = "", last: str = "") -> str:
            return excerpt(folder / name, first, last).rstrip()

        return template.render(made=made, recording=recording)
