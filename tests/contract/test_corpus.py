"""Contracts that others wrote. PORTWRIGHT_CORPUS names a folder of them; there is none here.

`python -m bench.corpus FOLDER` prints what is asserted here as a table.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bench.corpus import row, targets
from portwright import pipeline
from support import corpus

pytestmark = corpus.needed

asked = cache(targets)


@pytest.mark.parametrize("path", corpus.FILES, ids=lambda path: path.name)
def test_every_contract_is_generated_or_has_an_error_with_a_way_out(path: Path) -> None:
    found = row(path, asked())
    assert all(each.help for each in found.errors)
    if corpus.is_negative(path):
        assert found.diagnostics or path.name in corpus.GOOD_ALL_THE_SAME
    elif found.errors:
        nameless = any(each.code == "PW213" for each in found.diagnostics)
        known = corpus.NAMELESS if nameless and found.files else corpus.NOTHING_THERE
        assert {each.code for each in found.errors} <= known
    else:
        assert set(found.files) == set(asked())


@pytest.mark.parametrize("path", corpus.examples(), ids=lambda path: path.name)
def test_examples_of_the_standard_have_no_errors(path: Path) -> None:
    _, found = pipeline.load(path, path.name, {})
    errors = {each.code for each in found if each.is_error}
    if corpus.example(path) in corpus.NO_SCHEMA:
        assert errors == {"PW117"}
    elif corpus.example(path) in corpus.NO_PROPERTIES:
        assert errors == {"PW118"}
    else:
        assert errors == set()
