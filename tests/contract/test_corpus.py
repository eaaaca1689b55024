"""Contracts that others wrote. PORTWRIGHT_CORPUS names a folder of them; there is none here.

`python -m bench.corpus FOLDER` prints what is asserted here as a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bench.corpus import row, targets
from portwright import pipeline, source
from portwright.contract import physical
from portwright.diagnostics import Span
from portwright.nodes import Mapping, Node, Scalar, Sequence
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
        known = corpus.OF_ONE_TARGET if found.files else corpus.NOTHING_THERE
        assert {each.code for each in found.errors} <= known
    else:
        assert set(found.files) == set(asked())


def physical_types(node: Node) -> Iterator[Scalar]:
    """The physical types of all properties."""
    match node:
        case Mapping(entries=entries):
            written = node.get("physicalType")
            if isinstance(written, Scalar) and node.get("properties") is None:
                yield written
            for _, value in entries:
                yield from physical_types(value)
        case Sequence(items=items):
            for item in items:
                yield from physical_types(item)
        case Scalar():
            return


@pytest.mark.parametrize("path", corpus.FILES, ids=lambda path: path.name)
def test_every_physical_type_is_read_or_told(path: Path) -> None:
    node, _ = source.parse(path.read_text("utf-8-sig"), path.name, {})
    _, found = pipeline.load(path, path.name, {})
    told = {each.span for each in found if each.code in ("PW105", "PW118", "PW119", "PW120")}
    place = physical.Place("a", "a", ("a",), Span(path.name))
    for written in physical_types(node) if node is not None else ():
        is_object = written.text in ("table", "topic")
        assert is_object or physical.read(written.text, place) or written.span in told


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
