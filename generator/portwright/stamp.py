"""The stamp: how a run knows, before it reads any YAML, that there is nothing to do.

`.portwright/stamp` is local (not committed): a digest of everything a run depends on and
the findings of that run. It is a shortcut only; deleting it costs one full run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from portwright.diagnostics import Diagnostic, Severity, Span
from portwright.output import MANIFEST, STATE, digest
from portwright.paths import find, is_inside

STAMP = STATE / "stamp"
# What ODCS 3.2 lets a string hold: ${VAR} and ${VAR:-default} (RFC 0050).
_VARIABLE = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)")


@cache
def tool() -> str:
    """Identity of the generator itself: versions, and in a checkout the state of its files."""
    parts = [version(name) for name in ("black", "datamodel-code-generator")]
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


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run read: the config, the contracts and the variables they mention."""

    config: str
    patterns: tuple[str, ...]
    contracts: tuple[str, ...]

    def digest(self, root: Path, environ: Mapping[str, str]) -> str:
        """One digest of the tool, every file read and written, and every variable mentioned."""
        total = hashlib.sha256(tool().encode())
        names: set[bytes] = set()
        for path in (self.config, *self.contracts, "portwright.lock", str(MANIFEST)):
            data = b""
            with contextlib.suppress(OSError):
                data = (root / path).read_bytes()
            names.update(_VARIABLE.findall(data))
            total.update(f"\0{path}\0{digest(data)}".encode())
        for name in sorted(names):
            value = environ.get(name.decode())
            total.update(f"\0{name.decode()}\0{value!r}".encode())
        return total.hexdigest()


def write(
    root: Path, inputs: Inputs, environ: Mapping[str, str], found: Iterable[Diagnostic]
) -> None:
    """Leaves a stamp of a run that ended well; a folder that cannot be written gets none."""
    document = {
        "inputs": asdict(inputs),
        "digest": inputs.digest(root, environ),
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
        inputs = Inputs(read["config"], tuple(read["patterns"]), tuple(read["contracts"]))
        found = [_diagnostic(each) for each in document["diagnostics"]]
        expected = document["digest"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if inputs.config != config or find(inputs.patterns, root) != inputs.contracts:
        return None
    if inputs.digest(root, environ) != expected:
        return None
    count = 0
    try:
        for line in (root / MANIFEST).read_text("utf-8").splitlines():
            owner, sha256, path = line.split(" ", 2)
            if owner == "tool":
                if not is_inside(path) or digest((root / path).read_bytes()) != sha256:
                    return None
                count += 1
    except (OSError, ValueError):
        return None
    return count, found


def _diagnostic(document: dict[str, object]) -> Diagnostic:
    span = document["span"]
    assert isinstance(span, dict)
    return Diagnostic(
        str(document["code"]),
        Severity(str(document["severity"])),
        str(document["message"]),
        Span(**span),
        None if document["help"] is None else str(document["help"]),
    )
