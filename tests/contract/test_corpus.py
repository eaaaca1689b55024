"""Contracts that others wrote. PORTWRIGHT_CORPUS names a folder of them; there is none here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portwright import checks, contract, source
from portwright.diagnostics import Diagnostic

FOLDER = os.environ.get("PORTWRIGHT_CORPUS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PORTWRIGHT_CORPUS names no folder of contracts")
FILES = sorted(Path(FOLDER).glob("*.y*ml")) if FOLDER else []

# Examples of the ODCS repository that show one section only.
NOTHING_TO_GENERATE = {
    "support-channels",
    "service-and-operational-roles",
    "azure-server",
    "database-table-sla",
    "basic-four-dpo",
}
# An object with a schema registry's address in place of properties.
NO_PROPERTIES = {"kafka-schemaregistry", "kafka-server"}


def findings(path: Path) -> list[Diagnostic]:
    text, found = source.decode(path.read_bytes(), path.name)
    if text is None:
        return found
    node, more = source.parse(text, path.name)
    found += more
    if node is None:
        return found
    model, more = contract.load(node, path.name)
    found += more
    if model is not None:
        found += checks.run(model)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_contract_raises(path: Path) -> None:
    found = findings(path)
    assert all(each.help for each in found if each.is_error)


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.name.startswith("bitol-io") and "negative" not in path.name],
    ids=lambda path: path.name,
)
def test_examples_of_the_standard_have_no_errors(path: Path) -> None:
    errors = {each.code for each in findings(path) if each.is_error}
    example = path.name.split("~")[-1].split(".")[0]
    if example in NOTHING_TO_GENERATE:
        assert errors == {"PW117"}
    elif example in NO_PROPERTIES:
        assert errors == {"PW118"}
    else:
        assert errors == set()
