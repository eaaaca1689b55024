"""What came of contracts in runs before, kept by what it depends on: a shortcut, no more."""

from portwright.cache.store import OFF, Cache, Files
from portwright.cache.where import folder, opened

__all__ = ["OFF", "Cache", "Files", "folder", "opened"]
