"""The target `access`: what each engine is told of roles, and what it says of that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portwright.targets.access import FORMS, Access
from portwright.targets.access.masks import Masker
from portwright.targets.ddl import DIALECTS
from support import access, cases

CASE = cases.CASES / "roles" / "expected"


def test_every_dialect_has_its_forms() -> None:
    assert list(FORMS) and set(FORMS) == set(DIALECTS)


@pytest.mark.parametrize("dialect", access.GRAMMARS)
def test_a_grammar_knows_every_statement(dialect: str) -> None:
    text = access.text(CASE, dialect)
    assert text is not None
    access.read(text, dialect)
