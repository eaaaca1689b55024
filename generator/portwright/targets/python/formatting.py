"""The form black gives to generated modules whose lines are as long as the contract's names."""

from __future__ import annotations

WIDTH = 88


def fitted(text: str) -> str:
    """Source that black leaves alone where its lines are short, as black would have it."""
    fits = text.isascii() and all(len(line) <= WIDTH for line in text.splitlines())
    return text if fits else formatted(text)


def formatted(text: str) -> str:
    """Python source as black would have it."""
    import black  # takes a while, and a run with nothing to do never comes here

    return black.format_str(text, mode=black.Mode())
