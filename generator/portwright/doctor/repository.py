"""The repository of git: whether it would keep what has to be kept."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from portwright.config import Config
from portwright.doctor.facts import Fact, bad, ok, warn
from portwright.manifest import BEGUN, MANIFEST
from portwright.paths import LOCK

# All of it is committed: without it, numbers move, edits are not seen, nothing is merged.
_KEPT = {
    str(LOCK): "wire numbers",
    str(MANIFEST): "what was generated",
    str(BEGUN / "x.txt"): "what your files were begun as",
    ".portwright/released/x": "what was released",
}


def facts(root: Path, config: Config | None) -> Iterator[Fact]:
    """What its ignore files hide; nothing where there is no git, or no repository."""
    inside = _git(root, "rev-parse", "--is-inside-work-tree")
    if inside is None:
        return
    if inside.strip() != "true":
        yield warn("repository", "this is no repository of git", "git init: the lock is kept there")
        return
    hidden = _hidden(root, [*_KEPT])
    for path, rule in hidden.items():
        said = f"{rule} hides {path} ({_KEPT[path]}), which has to be committed"
        kept = (
            f"write `!{path}` behind it" if path == str(LOCK) else "make it leave out .portwright/"
        )
        yield bad("repository", said, f"take the rule away, or {kept}")
    outs = sorted({str(each.out / "x") for each in config.outputs}) if config else []
    for path, rule in _hidden(root, outs).items():
        folder = path.removesuffix("/x")
        said = f"{rule} hides what is generated into {folder}"
        help = "commit what is generated, so that a review shows it and `--check` compares with it"
        yield warn("repository", said, help)
    if not hidden:
        yield ok("repository", "git keeps the lock and the manifest")


def _hidden(root: Path, paths: list[str]) -> dict[str, str]:
    """Those of the paths that a rule hides, with the place of the rule."""
    if not paths:
        return {}
    asked = "".join(f"{each}\0" for each in paths)
    said = _git(root, "check-ignore", "--no-index", "-v", "-z", "--stdin", given=asked) or ""
    words = said.split("\0")
    return {
        words[index + 3]: f"{words[index]}:{words[index + 1]} `{words[index + 2]}`"
        for index in range(0, len(words) - 3, 4)
        if not words[index + 2].startswith("!")
    }


def _git(root: Path, *words: str, given: str = "") -> str | None:
    """What git says, "" where it refuses; None where there is none."""
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=root,
            env=environ,
            input=os.fsencode(given),
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.decode(errors="replace")
