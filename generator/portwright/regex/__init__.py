"""Patterns of ECMA-262, which contracts are written in: read, matched, and texts that match them.

Any pattern may stand in a contract, so nothing here takes longer than it is allowed to, and what
is not read (back-references, classes of Unicode) is None and never a guess.
"""

from portwright.regex.matching import matches
from portwright.regex.reading import read
from portwright.regex.texts import mismatch, texts
from portwright.regex.tree import Node

__all__ = ["Node", "matches", "mismatch", "read", "texts"]
