"""Contracts that others wrote. PORTWRIGHT_CORPUS names a folder of them; there is none here."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright import pipeline
from support import corpus

pytestmark = corpus.needed


@pytest.mark.parametrize("path", corpus.FILES, ids=lambda path: path.name)
def test_no_contract_raises(path: Path) -> None:
    _, found = pipeline.load(path, path.name, {})
    assert all(each.help for each in found if each.is_error)


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
