"""`portwright.lock`: the wire numbers that must never change, and how a model gets them."""

from portwright.lock.conflicts import parse
from portwright.lock.file import Entry, Kind, Lock
from portwright.lock.numbering import apply, apply_all

__all__ = ["Entry", "Kind", "Lock", "apply", "apply_all", "parse"]
