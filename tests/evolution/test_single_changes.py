"""Thirty changes as people make them, one at a time: what is right was written by hand."""

from __future__ import annotations

import pytest

from evolution.test_matrix import LETTERS
from portwright.evolution.effects import Audience
from portwright.evolution.verdicts import verdicts
from support.changes import compared
from support.single_changes import SINGLES, Single


def letters(before: str, after: str) -> str:
    """The worst for each audience."""
    found = [verdicts(each) for each in compared(before, after).changes]
    by_level = {level: letter for letter, level in LETTERS.items()}
    return "".join(by_level[max(each[who].level for each in found)] for who in Audience)


@pytest.mark.parametrize("single", SINGLES, ids=lambda each: each.name)
def test_a_single_change(single: Single) -> None:
    assert letters(single.before, single.after) == single.verdict
    assert str(compared(single.before, single.after).needed) == single.bump


def test_there_are_thirty_of_them() -> None:
    assert len({each.name for each in SINGLES}) == len(SINGLES) == 30
