"""A repository with a contract in it, and what `portwright` does there."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, time
from pathlib import Path

from support.changes import OPTIONAL, contract

CONFIG = """\
version: 1
contracts: [contracts/*.odcs.yaml]
targets: [{target: avro, out: gen}]
"""
NAME = "contracts/shop.odcs.yaml"
BEFORE = contract(properties=OPTIONAL)
AFTER = contract()


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")


def on(day: str) -> dict[str, str]:
    """The environment of a run on that day."""
    moment = datetime.combine(date.fromisoformat(day), time(12), UTC)
    return {"SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}


def begun(root: Path) -> Path:
    """The folder, a repository now, whose contract is committed."""
    (root / "contracts").mkdir()
    (root / "portwright.yaml").write_text(CONFIG)
    (root / NAME).write_text(BEFORE)
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root
