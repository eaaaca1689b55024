"""The form black gives to generated modules whose lines are as long as the contract's names."""

from __future__ import annotations


def formatted(text: str) -> str:
    """Python source as black would have it."""
    import black  # takes a while, and a run with nothing to do never comes here

    return black.format_str(text, mode=black.Mode())
