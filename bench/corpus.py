"""`python -m bench.corpus FOLDER`: what becomes of every contract in a folder, as one table.

A line a contract: its file, how many of all targets (each SQL dialect counts) are generated, and
the findings by code, errors first. What targets find is given for contracts that can be read.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portwright import lock, pipeline
from portwright.diagnostics import Diagnostic, ordered
from portwright.targets import File, Target, registry


@dataclass(frozen=True)
class Row:
    """What became of one contract."""

    path: Path
    files: dict[str, tuple[File, ...]]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(each for each in self.diagnostics if each.is_error)

    def codes(self) -> str:
        """The codes found and how often, errors first and marked."""
        found = Counter((not each.is_error, each.code) for each in self.diagnostics)
        return " ".join(
            f"{code}{'' if warns else '!'}{f' x{count}' if count > 1 else ''}"
            for (warns, code), count in sorted(found.items())
        )


def targets() -> dict[str, Target]:
    """Every target, and each with every choice there is, by its name."""
    return {" ".join(name): target for name, target in registry.every()}


def row(path: Path, asked: dict[str, Target]) -> Row:
    """What the targets asked make of one contract."""
    model, found = pipeline.load(path, path.name, {})
    if model is None or any(each.is_error for each in found):
        return Row(path, {}, tuple(ordered(found)))
    model, _ = lock.apply(model, lock.Lock())
    files = {}
    for name, target in asked.items():
        more = list(target.check(model))
        found += more
        if not any(each.is_error for each in more):
            files[name] = tuple(target.emit(model))
    return Row(path, files, tuple(ordered(found)))


def rows(folder: Path) -> Iterator[Row]:
    """A row for every contract in the folder, by name."""
    asked = targets()
    for path in sorted(folder.glob("*.y*ml")):
        yield row(path, asked)


def main(folder: Path) -> None:
    """Prints the table, and a line that sums it up."""
    count = len(targets())
    print(f"file\ttargets of {count}\tfindings (! is an error)")
    whole, total = 0, 0
    for each in rows(folder):
        print(f"{each.path.name}\t{len(each.files)}\t{each.codes()}", flush=True)
        whole += len(each.files) == count
        total += 1
    print(f"{whole} of {total} contracts are generated for every target", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
