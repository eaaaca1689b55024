"""The pieces of a build: what comes of one contract, made, or taken from the cache where a run
before has made it.

A contract is read unless its bytes and its variables are those of a run before: then an outline of
its model is known, which is enough to see how contracts stand to each other. What each target makes
of it depends on that, on the lines that the lock has of it, and on the target. Each has a key that
is a digest of all it depends on, so that nothing in the cache is ever out of date.
"""

from portwright.pieces.known import Pieces
from portwright.pieces.parts import Outcome, Piece, Read, Task

__all__ = ["Outcome", "Piece", "Pieces", "Read", "Task"]
