"""For those who write targets: the laws that every target keeps, over models that are hard to keep
them for.

    from portwright import testing

    def test_the_laws() -> None:
        testing.check(Catalogue(title="Ours"))

It needs no test framework: `check` raises AssertionError with every law that is broken.
"""

from portwright.testing.hazards import hazards
from portwright.testing.laws import broken, check
from portwright.testing.trying import command, files, load

__all__ = ["broken", "check", "command", "files", "hazards", "load"]
