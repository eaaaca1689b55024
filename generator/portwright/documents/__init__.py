"""Findings as one document of a form that others read: SARIF, JUnit, GitLab's code quality."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from portwright.diagnostics import Diagnostic

# Form → module with a `text`, loaded when it is asked for.
_MODULES = {each: f"portwright.documents.{each}" for each in ("sarif", "junit", "gitlab")}
FORMS = tuple(_MODULES)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a command found, and the files it looked at. Files are named from where the process
    stands, `root` is what a document names them from."""

    command: str
    found: tuple[Diagnostic, ...]
    checked: tuple[str, ...]
    root: Path


def text(form: str, findings: Findings) -> str:
    """The document, with an end of line at its end."""
    write: Callable[[Findings], str] = import_module(_MODULES[form]).text
    return write(findings)


def source_root(folder: Path) -> Path:
    """What places are relative to: the repository that the folder is in, else the folder."""
    inside = folder.resolve()
    return next((each for each in (inside, *inside.parents) if (each / ".git").exists()), inside)


def relative(file: str, root: Path) -> str | None:
    """The file as it is named from the root; None where it lies elsewhere."""
    path = Path(os.path.abspath(file))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def placed(findings: Findings) -> Iterator[tuple[str, Diagnostic]]:
    """Each finding with its file as the root names it; as it is named where it lies elsewhere."""
    for each in findings.found:
        yield relative(each.span.file, findings.root) or each.span.file, each


class Fingerprints:
    """Gives each finding a name that no line is in: a finding that moves is the same one."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, found: Diagnostic, file: str) -> str:
        """The name of the next finding; of equal ones each has its own."""
        import hashlib  # which a run that makes no document goes without

        text = "\0".join((found.code, file, found.message))
        digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"
