"""`python -m website.recordings`: pictures of terminals, made of the commands as they run now.

A session is typed into a shell of its own, in a scratch repository with the example of the landing
page, at a terminal of 92 columns. What comes out is drawn as SVG, without a font of another host.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory
from termios import TIOCSWINSZ

HERE = Path(__file__).parent
FOLDER = HERE.parent / "docs" / "recordings"
COLUMNS = 92
_PROMPT = "\x1b[32m$\x1b[0m "


@dataclass(frozen=True, slots=True)
class Session:
    """What is typed, after what was done unseen; `alt` says what is to be seen."""

    name: str
    alt: str
    typed: tuple[str, ...]
    before: tuple[str, ...] = ()


_COMMIT = "git add -A && git commit -qm x"
SESSIONS = (
    Session(
        "first-error",
        "portwright generate finds an unknown type, says where and what was meant; corrected, it"
        " writes sixteen files",
        (
            "portwright generate",
            "sed -i 's/integr}/integer}/' contracts/visits.odcs.yaml",
            "portwright generate",
        ),
        ("sed -i 's/integer}/integr}/' contracts/visits.odcs.yaml",),
    ),
    Session(
        "after-a-bump",
        "a new property is added, portwright bump raises the version to 1.1.0, and generate updates"
        " what changes by it; it merges a line into mapping.py, beside one that the owner had"
        " edited, and says where to look",
        (
            "git diff --unified=0 contracts | tail -1",
            "portwright bump",
            "portwright generate",
            "git diff --unified=1 src/visits_port/mapping.py | tail -3",
        ),
        (
            "portwright generate",
            'sed -i \'s/row."pages"./int(row["clicks"])/\' src/visits_port/mapping.py',
            _COMMIT,
            "echo '      - {name: referrer, logicalType: string}' >> contracts/visits.odcs.yaml",
        ),
    ),
    Session(
        "breaking",
        "portwright breaking fails because a property is gone: it names whom that breaks, and the"
        " way out",
        (
            "git diff --unified=0 contracts | tail -1",
            "portwright breaking --against git:main",
            "echo $?",
        ),
        ("portwright generate", _COMMIT, "sed -i '$d' contracts/visits.odcs.yaml"),
    ),
    Session(
        "doctor",
        "portwright doctor tells that a generated file is gone and another was edited by hand, and"
        " which command helps with each",
        (
            "rm gen/sql/visits.postgres.sql",
            "echo '# a note' >> src/visits_port/port.py",
            # What is fine names versions and folders of the machine.
            # All that is fine, it tells with versions and folders of the machine.
            "portwright doctor | grep -A1 generated:",
        ),
        ("portwright generate", _COMMIT),
    ),
)


@contextmanager
def scratch() -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A new repository with the example, and the environment of whoever works in it."""
    with TemporaryDirectory() as home:
        folder = Path(home) / "visits"
        shutil.copytree(HERE / "example", folder)
        (folder / "publish.py").unlink()
        environ = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": home,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLUMNS": str(COLUMNS),
            "GIT_PAGER": "cat",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": "2026-01-31T12:00:00Z",
            "GIT_COMMITTER_DATE": "2026-01-31T12:00:00Z",
            "SOURCE_DATE_EPOCH": "1769860800",
        }
        for words in (
            ["init", "-q", "-b", "main"],
            ["config", "user.name", "a"],
            ["config", "user.email", "a@example.org"],
            ["config", "color.ui", "always"],
        ):
            subprocess.run(["git", *words], cwd=folder, env=environ, check=True)
        yield folder, environ


def run(session: Session) -> str:
    """What the terminal shows of a session."""
    with scratch() as (folder, environ):
        for line in session.before:
            subprocess.run(
                line, shell=True, cwd=folder, env=environ, check=True, capture_output=True
            )
        shown = []
        code = 0
        for line in session.typed:
            text, code = _typed(line.replace("$?", str(code)), folder, environ)
            shown.append(f"{_PROMPT}\x1b[1m{line}\x1b[0m\n{text}")
    return "".join(shown).rstrip("\n")


def _typed(line: str, folder: Path, environ: Mapping[str, str]) -> tuple[str, int]:
    """What a line prints at a terminal, and its exit code."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    process = subprocess.Popen(
        line, shell=True, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    told = b""
    try:
        while some := os.read(ours, 65536):
            told += some
    except OSError:  # Linux: the other end is closed
        pass
    os.close(ours)
    return told.decode("utf-8").replace("\r\n", "\n"), process.wait()


# Rich's, with the fonts that a reader has.
_FONTS = re.compile(r"\s*@font-face \{\{.*?\n    \}\}", re.S)
_FAMILY = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"


def svg(session: Session) -> str:
    """The picture of a session."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    form = _FONTS.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", _FAMILY)
    # It would cut what of the last line hangs below.
    form = form.replace(' clip-path="url(#{unique_id}-clip-terminal)"', "")
    with open(os.devnull, "w") as nowhere:
        console = Console(
            record=True, file=nowhere, width=COLUMNS, force_terminal=True, color_system="truecolor"
        )
        console.print(Text.from_ansi(run(session)), soft_wrap=False)
    drawn = console.export_svg(title="visits", code_format=form, unique_id=session.name)
    return re.sub(r"[ \t]+$", "", drawn, flags=re.M).rstrip("\n") + "\n"


def main() -> None:
    """Writes all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for session in SESSIONS:
        path = FOLDER / f"{session.name}.svg"
        path.write_text(svg(session), "utf-8")
        print(f"{path.relative_to(HERE.parent)}: {len(path.read_bytes()) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
