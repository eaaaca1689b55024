"""Every case, exactly: no file missing, none too many, every finding as written down."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support import cases


@pytest.mark.parametrize("name", cases.names())
def test_case(name: str, tmp_path: Path, update: bool) -> None:
    folder = cases.CASES / name
    outcome = cases.run(folder, tmp_path)
    if update:
        _record(folder, outcome)
    expected = {
        path.relative_to(folder / "expected").as_posix(): path.read_text("utf-8")
        for path in sorted((folder / "expected").rglob("*"))
        if path.is_file()
    }
    said = folder / "diagnostics.txt"
    assert outcome.diagnostics == (said.read_text("utf-8").rstrip() if said.exists() else "")
    assert sorted(outcome.files) == sorted(expected)
    for path, text in expected.items():
        assert outcome.files[path] == text, path


def _record(folder: Path, outcome: cases.Outcome) -> None:
    shutil.rmtree(folder / "expected", ignore_errors=True)
    for path, text in outcome.files.items():
        target = folder / "expected" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    (folder / "diagnostics.txt").unlink(missing_ok=True)
    if outcome.diagnostics:
        (folder / "diagnostics.txt").write_text(outcome.diagnostics + "\n", "utf-8")
