"""The form that black and isort give to generated modules, whatever the contract's names."""

from __future__ import annotations

import re
from collections.abc import Iterable

WIDTH = 88


def fitted(text: str, verbatim: Iterable[str] = ()) -> str:
    """Source that black leaves alone where its lines are short, as black would have it.

    Lines of `verbatim` (of docstrings, of literals) and comments stay however long they are.
    """
    kept = {line.strip() for line in verbatim}
    code = (line for line in text.splitlines() if line.strip() not in kept)
    fits = all(line.startswith("#") or (line.isascii() and len(line) <= WIDTH) for line in code)
    return text if fits else formatted(text)


def formatted(text: str) -> str:
    """Python source as black would have it."""
    import black  # takes a while, and a run with nothing to do never comes here

    return black.format_str(text, mode=black.Mode())


def import_order(name: str) -> tuple[bool, list[tuple[str, int]]]:
    """The order of isort, to which capitals in a name are no different."""
    is_class, _ = all_order(name)
    return is_class, all_order(name.lower())[1]


def all_order(name: str) -> tuple[bool, list[tuple[str, int]]]:
    """The order of `__all__`: constants, which names in capitals are, first; numbers by size."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", name)
    is_class = not (name.isupper() and len(name) > 1)
    return is_class, [(text, int(digits or 0)) for text, digits in parts]
