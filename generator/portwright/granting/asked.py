"""What the command was asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """The system's `url`, which of the contracts' servers it is, and what to do with the plan."""

    url: str
    server: str | None = None
    is_applied: bool = False
    is_revoked: bool = False
    style: str = "text"
