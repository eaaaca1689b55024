"""Privacy: how much each value is guarded, and what stands for it where nobody is to be found."""

from portwright.privacy.strategies import Strategy, guessable, strategies

__all__ = ["Strategy", "guessable", "strategies"]
