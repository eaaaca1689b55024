"""What policies ask of a contract beside its data: what is said at each of its elements, and which
findings its owner allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portwright.diagnostics import Span

# Words for how much a field must be guarded, from least to most, where the config has no others.
CLASSIFICATIONS = ("public", "internal", "confidential", "restricted")


@dataclass(frozen=True, slots=True)
class Element:
    """The contract (an empty path), an object, or a property below it. `said` are the keys of the
    standard and the custom properties that it has a value for."""

    path: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyAllowance:
    """That findings of a policy at the element of that path, and in it, are agreed on for `reason`,
    to the end of the day `until`; without one, for good. `policy` is a name or a code."""

    policy: str
    reason: str
    span: Span
    path: tuple[str, ...] = ()
    until: date | None = None

    def holds_at(self, path: tuple[str, ...]) -> bool:
        return path[: len(self.path)] == self.path
