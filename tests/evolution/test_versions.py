"""Versions: what was raised, what is next, and what a comparison makes of it."""

from __future__ import annotations

import pytest

from portwright.evolution.effects import Audience, Bump
from portwright.evolution.versions import next_version, numbers, raised
from support.changes import OPTIONAL, compared, contract


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("1.2.0", "1.2.0", None),
        ("1.2.0", "1.2.1", Bump.PATCH),
        ("1.2.9", "1.3.0", Bump.MINOR),
        ("1.9.9", "2.0.0", Bump.MAJOR),
        ("1.10.0", "1.9.0", None),
        ("1.2", "1.2.1", Bump.PATCH),
        ("v1", "v2", Bump.MAJOR),
        ("draft", "1.1", Bump.MINOR),
        ("2026-01-01", "2026-02-01", Bump.MINOR),
    ],
)
def test_what_was_raised(old: str, new: str, expected: Bump | None) -> None:
    assert raised(old, new) is expected


@pytest.mark.parametrize(
    "old, bump, expected",
    [
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("v1.2", Bump.MINOR, "v1.3.0"),
        ("1.2.0-rc.1", Bump.MINOR, "1.3.0"),
        ("latest", Bump.MAJOR, "2.0.0"),
    ],
)
def test_what_is_next(old: str, bump: Bump, expected: str) -> None:
    assert next_version(old, bump) == expected
    assert raised(old, expected) is bump


def test_a_version_without_a_number_is_that_of_its_model() -> None:
    assert numbers("latest") == (1, 0, 0) and numbers("9" * 40)[0] == 999_999_999


def versions(old: str, new: str, before: str, after: str) -> tuple[int, bool, bool]:
    """How many changes break, whether the version is enough, whether it is a new major."""
    found = compared(
        contract(f"version: {old}\n", properties=before),
        contract(f"version: {new}\n", properties=after),
    )
    return len(found.breaking), found.is_enough, found.is_new_major


def test_a_change_breaks_until_the_version_tells_it() -> None:
    assert versions("1.2.0", "1.2.0", "", "") == (0, True, False)
    assert versions("1.2.0", "1.2.0", "", OPTIONAL) == (0, False, False)
    assert versions("1.2.0", "1.3.0", "", OPTIONAL) == (0, True, False)
    assert versions("1.2.0", "1.3.0", OPTIONAL, "") == (1, False, False)
    assert versions("1.2.0", "1.1.0", OPTIONAL, "") == (1, False, False)
    breaking, _, is_new = versions("1.2.0", "2.0.0", OPTIONAL, "")
    assert (breaking, is_new) == (0, True)


def test_who_is_not_asked_breaks_nothing() -> None:
    found = compared(contract(properties=OPTIONAL), contract())
    for audience, broken in ((Audience.SQL_READERS, 1), (Audience.OPERATORS, 0)):
        asked = type(found)(found.old, found.new, frozenset({audience}))
        assert len(asked.breaking) == broken and asked.needed is Bump.MAJOR


def test_majors_that_share_a_table_are_told_apart() -> None:
    before = contract(of_object="physicalName: orders", properties=OPTIONAL)
    found = compared(before, contract("version: 2.0.0\n", "physicalName: orders"))
    assert found.shared == ("table orders",)
    moved = contract("version: 2.0.0\n", "physicalName: orders_v2")
    assert compared(before, moved).shared == ()
    assert compared(contract(properties=OPTIONAL), contract("version: 2.0.0\n")).shared == ()
