"""Versions of contracts: which number was raised, and what the next version is."""

from __future__ import annotations

import re

from portwright.evolution.effects import Bump

_NUMBER = re.compile(r"[0-9]{1,9}")


def numbers(version: str) -> tuple[int, int, int]:
    """Major, minor and patch of a version: its first three numbers, 0 where there are fewer.

    The major number is that of the model: 1 where there is no number at all.
    """
    found = [int(each) for each in _NUMBER.findall(version)[:3]] or [1]
    major, minor, patch = (*found, 0, 0, 0)[:3]
    return major, minor, patch


def raised(old: str, new: str) -> Bump | None:
    """Which number was raised; None where none was, or the version went back."""
    before, after = numbers(old), numbers(new)
    if after <= before:
        return None
    first = next(place for place in range(3) if after[place] != before[place])
    return (Bump.MAJOR, Bump.MINOR, Bump.PATCH)[first]


def next_version(old: str, bump: Bump) -> str:
    """The version that follows, with the `v` of the old one before it where it has one."""
    major, minor, patch = numbers(old)
    match bump:
        case Bump.MAJOR:
            found = (major + 1, 0, 0)
        case Bump.MINOR:
            found = (major, minor + 1, 0)
        case Bump.PATCH:
            found = (major, minor, patch + 1)
    sign = "v" if old.strip().lower().startswith("v") else ""
    return sign + ".".join(map(str, found))
