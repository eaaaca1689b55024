"""Promises: what a contract's service levels say, as figures of each of its objects."""

from portwright.model.levels import Kind, kind_of
from portwright.promises.reading import OBJECTIVE, WINDOW, Promise, is_of, promises, timestamp

__all__ = ["OBJECTIVE", "WINDOW", "Kind", "Promise", "is_of", "kind_of", "promises", "timestamp"]
