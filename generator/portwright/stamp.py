"""The stamp: how a run knows, before it reads any YAML, that there is nothing to do.

`.portwright/stamp` is local (not committed): a digest of everything a run depends on and
the findings of that run. It is a shortcut only; deleting it costs one full run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from portwright import __version__, installed
from portwright.diagnostics import Diagnostic, Severity, Span
from portwright.manifest import MANIFEST, PENDING, STATE, base_of, digest, fingerprint
from portwright.merging.markers import has_markers
from portwright.paths import find, is_inside
from portwright.targets import File

STAMP = STATE / "stamp"
_PACKAGES = ("black", "datamodel-code-generator", "jinja2", "pyyaml")


@cache
def tool() -> str:
    """Identity of the generator itself: versions, and in a checkout the state of its files."""
    parts = [__version__, sys.version, *installed.versions(_PACKAGES)]
    package = Path(__file__).parent
    templates = package / "templates"
    roots = [package, templates if templates.is_dir() else package.parents[1] / "templates"]
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                if not name.endswith(".pyc"):
                    state = os.stat(os.path.join(folder, name))
                    parts.append(f"{name} {state.st_size} {state.st_mtime_ns}")
    return digest("\n".join(parts).encode())


class Environment(Mapping[str, str]):
    """Variables that remember which of them a run asked for: YAML can spell `${NAME}` in
    more ways than a search of its bytes would find."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self._asked.add(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def asked(self) -> dict[str, str | None]:
        """The digest of each variable asked for, None if it is not set."""
        return {name: variable(self._variables, name) for name in sorted(self._asked)}


def variable(variables: Mapping[str, str], name: str) -> str | None:
    """The digest of a variable, None if it is not set."""
    value = variables.get(name)
    return None if value is None else digest(os.fsencode(value))


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run reads: the config, the contracts that its patterns match, other files and those
    that patterns of their own match; and what it asks: programs and packages."""

    config: str
    patterns: tuple[str, ...]
    contracts: tuple[str, ...]
    others: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    def digest(self, root: Path, config: bytes) -> str:
        """One digest of the tool, the config's bytes and all else as it is now."""
        total = hashlib.sha256(tool().encode() + digest(config).encode())
        states = [installed.program(each, root) for each in self.programs]
        states += [installed.package(each) for each in self.packages]
        total.update(os.fsencode("\0".join(states)))
        for path in (*self.contracts, *self.others, *find(self.watched, root)):
            data = b""
            with contextlib.suppress(OSError):
                data = (root / path).read_bytes()
            total.update(b"\0" + os.fsencode(path) + b"\0" + digest(data).encode())
        return total.hexdigest()


def write(
    root: Path,
    inputs: Inputs,
    taken: str,
    variables: Environment,
    state: Iterable[File],
    count: int,
    found: Iterable[Diagnostic],
) -> None:
    """Leaves a stamp of a run that ended well; a folder that cannot be written gets none.

    `taken` is the inputs' digest from before they were read, `state` the files that the
    manifest does not list, itself among them, `count` how many files there are in all.
    """
    document = {
        "inputs": asdict(inputs),
        "digest": taken,
        "variables": variables.asked(),
        "state": {str(each.path): fingerprint(each.text.encode()) for each in state},
        "count": count,
        "diagnostics": [asdict(each) for each in found],
    }
    with contextlib.suppress(OSError):
        temporary = root / f"{STAMP}.{os.getpid()}.tmp"
        temporary.write_text(json.dumps(document), "utf-8")
        os.replace(temporary, root / STAMP)


def still_true(
    root: Path, config: str, environ: Mapping[str, str]
) -> tuple[int, list[Diagnostic]] | None:
    """The number of generated files and the findings of the last run, or None if anything
    it read or wrote is different now."""
    try:
        document = json.loads((root / STAMP).read_bytes())
        read = document["inputs"]
        inputs = Inputs(read["config"], *(tuple(read[each.name]) for each in fields(Inputs)[1:]))
        if (
            inputs.config != config
            or find(inputs.patterns, root) != inputs.contracts
            or inputs.digest(root, (root / config).read_bytes()) != document["digest"]
            or any(variable(environ, n) != known for n, known in document["variables"].items())
            or not _as_written(root, document["state"])
        ):
            return None
        return int(document["count"]), [_diagnostic(each) for each in document["diagnostics"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def inputs(root: Path) -> tuple[str, ...]:
    """The config and the contracts of the last run that ended well, none where nothing tells."""
    try:
        read = json.loads((root / STAMP).read_bytes())["inputs"]
        return (str(read["config"]), *map(str, read["contracts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _as_written(root: Path, state: Mapping[str, str]) -> bool:
    """Whether every file of the tool holds what it wrote, and no run was killed since."""
    if (root / PENDING).exists():
        return False
    for path, sha256 in state.items():
        if fingerprint((root / path).read_bytes()) != sha256:
            return False
    for line in (root / MANIFEST).read_text("utf-8").splitlines():
        owner, sha256, path = line.split(" ", 2)
        if not is_inside(path) or not _is_as_left(root, owner, sha256, path):
            return False
    return True


def _is_as_left(root: Path, owner: str, sha256: str, path: str) -> bool:
    if owner == "tool":
        return fingerprint((root / path).read_bytes()) == sha256
    if not (root / path).exists():
        return True  # its owner's choice
    base = (root / base_of(PurePosixPath(path))).read_bytes()
    return fingerprint(base) == sha256 and not has_markers((root / path).read_bytes())


def _diagnostic(document: Mapping[str, Any]) -> Diagnostic:
    return Diagnostic(
        str(document["code"]),
        Severity(str(document["severity"])),
        str(document["message"]),
        Span(**document["span"]),
        None if document["help"] is None else str(document["help"]),
    )
