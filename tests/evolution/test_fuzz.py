"""Whatever two contracts hold, a comparison of them ends in verdicts that can be shown."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from portwright import pipeline
from portwright.comparing import show
from portwright.evolution.comparison import Comparison
from support import cases, corpus, fuzz

# As in `tests/end_to_end/test_fuzz.py`.
ROUNDS = int(os.environ.get("PORTWRIGHT_FUZZ", "40"))
LARGEST = 20_000
SEEDS = [
    path.read_text("utf-8")
    for path in [*sorted(cases.CASES.glob(f"*/{cases.CONTRACT}")), *corpus.FILES]
    if path.stat().st_size <= LARGEST
]


@pytest.mark.parametrize("seed", range(4))
def test_no_pair_of_contracts_brings_it_down(seed: int) -> None:
    own = SEEDS[seed]
    for text, other in pairwise([own, *fuzz.contracts([own], ROUNDS, seed)]):
        try:
            compare(text, other)
        except Exception as fault:
            fault.add_note(f"{text}\n--- and ---\n{other}")
            raise


def compare(text: str, other: str) -> None:
    """Compares both ways, and shows what is found in every style."""
    models = []
    for each in (text, other):
        model, _ = pipeline.read(each.encode("utf-8", "surrogatepass"), "c.odcs.yaml", {})
        models += [] if model is None else [model]
    for old, new in zip(models, reversed(models), strict=True):
        found = Comparison(old, new)
        shown = show.as_text(found, "git:HEAD", Path("x"), {})
        assert all(each.isprintable() or each in "\n\x1b" for each in shown), shown
        assert json.dumps(show.as_document(found, "git:HEAD", Path("x"), {}))
        assert bool(found.changes) == (found.needed is not None)
