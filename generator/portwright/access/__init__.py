"""Access: who may read what, by the contract's roles and the classifications of properties."""

from portwright.access.hiding import Path, guarded, hidden
from portwright.access.rights import Holder, Right, holders, rights, sees

__all__ = ["Holder", "Path", "Right", "guarded", "hidden", "holders", "rights", "sees"]
