"""`requires` of a config, raised so that it takes a later version too."""

from __future__ import annotations

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version


def raised(written: str, to: str) -> str | None:
    """What `requires` has to be for the version `to`: as written where it takes that already; None
    where it wants a later version, or leaves out this one by name."""
    try:
        if SpecifierSet(written).contains(to, prereleases=True):
            return written
        parts = [Specifier(each.strip()) for each in written.split(",") if each.strip()]
        found = [_raised(each, Version(to)) for each in parts]
    except (InvalidSpecifier, InvalidVersion):
        return None
    made = ",".join(each for each in found if each is not None)
    is_taken = None not in found and SpecifierSet(made).contains(to, prereleases=True)
    return made if is_taken else None


def _raised(part: Specifier, to: Version) -> str | None:
    """One part. A bound below rises too: an older version would write files of before."""
    bound = part.version.removesuffix(".*")
    length = len(Version(bound).release)
    same = ".".join(map(str, (*to.release, 0, 0)[:length]))
    if Version(bound) > to and part.operator not in ("<", "<="):
        return None
    match part.operator:
        case ">=" | ">":
            return f">={to}"
        case "<" | "<=":
            return str(part) if part.contains(to, prereleases=True) else f"<{_next(same)}"
        case "==" | "===":
            return f"{part.operator}{same}.*" if bound != part.version else f"{part.operator}{to}"
        case "~=":
            return f"~={same}"
        case _:
            return str(part) if part.contains(to, prereleases=True) else None


def _next(version: str) -> str:
    *before, last = version.split(".")
    return ".".join([*before, str(int(last) + 1)])
