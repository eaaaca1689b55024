"""Whatever a contract holds, a run ends in findings or in files below the output folder.

PORTWRIGHT_FUZZ is the number of contracts tried by each test; a longer run by hand is
`PORTWRIGHT_FUZZ=5000 pytest tests/end_to_end/test_fuzz.py`. With PORTWRIGHT_CORPUS, contracts
that others wrote are among those that are changed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from bench.corpus import row, targets
from portwright import output
from portwright.diagnostics import as_github, as_json, as_text
from portwright.manifest import BEGUN
from portwright.plan import compare
from support import cases, corpus, fuzz

ROUNDS = int(os.environ.get("PORTWRIGHT_FUZZ", "40"))
# Large ones take long and hold nothing that the others do not.
LARGEST = 20_000
SEEDS = [
    path.read_text("utf-8")
    for path in [*sorted(cases.CASES.glob(f"*/{cases.CONTRACT}")), *corpus.FILES]
    if path.stat().st_size <= LARGEST
]

asked = cache(targets)


@pytest.mark.parametrize("seed", range(4))
def test_no_contract_brings_it_down_or_leaves_its_folder(seed: int, tmp_path: Path) -> None:
    for number, text in enumerate(fuzz.contracts(SEEDS, ROUNDS, seed)):
        root = tmp_path / f"r{number}"
        try:
            run(text, root)
        except Exception as fault:
            fault.add_note(text)
            raise
    assert {path.name for path in tmp_path.iterdir()} == {f"r{n}" for n in range(ROUNDS)}


def run(text: str, root: Path) -> None:
    """Reads the contract, asks every target, prints what is found and writes what is made."""
    root.mkdir()
    contract = root / cases.CONTRACT
    contract.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = row(contract, asked())
    for each in found.diagnostics:
        assert as_text(each, text) and as_github(each) and as_json(each)
    files = tuple(
        replace(each, path=PurePosixPath("out", name) / each.path)
        for name, made in found.files.items()
        for each in made
    )
    for file in files:
        assert ".." not in file.path.parts and not PurePosixPath(file.path).is_absolute()
        file.text.encode("utf-8")
    plan = compare(root, files, {}, ())
    if not plan.failed:
        assert output.apply(plan) == []
        before = {contract, root / plan.manifest.path}
        made = {path for path in root.rglob("*") if path.is_file()} - before
        made -= {*(root / BEGUN).rglob("*")}
        assert made == {root / file.path for file in files}
