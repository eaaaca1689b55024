"""Packages with targets, put where Python finds them, and repositories that ask targets."""

from __future__ import annotations

import json
from pathlib import Path

from support import cases

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text("utf-8")


def install(folder: Path, name: str, version: str = "1.0", **targets: str) -> None:
    """A distribution in `folder` with the entry points `targets` (`module:Class` by name)."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = (f"{word.replace('_', '-')} = {value}\n" for word, value in targets.items())
    (info / "entry_points.txt").write_text("[portwright.targets]\n" + "".join(lines))


def repository(root: Path, *targets: dict[str, object]) -> Path:
    """A folder with a contract and a config with these targets, which write to `gen`."""
    root.mkdir(exist_ok=True)
    lines = (f"  - {json.dumps({'out': 'gen', **each})}\n" for each in targets)
    (root / cases.CONTRACT).write_text(MINIMAL, "utf-8")
    (root / "portwright.yaml").write_text(
        f"version: 1\ncontracts: [{cases.CONTRACT}]\ntargets:\n{''.join(lines)}", "utf-8"
    )
    return root
