"""The form black gives to generated modules whose lines are as long as the contract's names."""

from __future__ import annotations

_WIDTH = 88


def fitted(text: str) -> str:
    """Source that black leaves alone but for lines that long names made too long."""
    return formatted(text) if any(len(line) > _WIDTH for line in text.splitlines()) else text


def formatted(text: str) -> str:
    """Python source as black would have it."""
    import black  # takes a while, and a run with nothing to do never comes here

    return black.format_str(text, mode=black.Mode())
