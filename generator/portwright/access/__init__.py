"""Access: who may read what, by the contract's roles and the classifications of properties."""

from portwright.access.rights import Holder, Right, holders, rights, sees

__all__ = ["Holder", "Right", "holders", "rights", "sees"]
