"""What is said of a property beside its type: its rules across rows, who may see it, what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portwright.evolution.change import Change, Place
from portwright.evolution.kinds import Kind
from portwright.model import Field, QualityRule

# How much is kept from others, where the word is known; more is kept with a higher number.
_LEVELS = {
    **dict.fromkeys(("public", "unclassified"), 0),
    "internal": 1,
    "confidential": 2,
    **dict.fromkeys(("restricted", "secret", "highly confidential"), 3),
}


def field_facts(old: Field, new: Field, place: Place) -> Iterator[Change]:
    """What has become of a property, but for its name, its type and whether it is there."""
    if old.unique != new.unique:
        yield place.change(Kind.UNIQUE_ADDED if new.unique else Kind.UNIQUE_REMOVED)
    yield from _classification(old.classification, new.classification, place)
    yield from quality(old.quality, new.quality, place)
    yield from deprecation(old.deprecated, new.deprecated, place)
    yield from documentation(
        place,
        description=(old.description, new.description),
        tags=(old.tags, new.tags),
    )
    if old.examples != new.examples:  # they may be classified: that they differ is said, not how
        yield place.change(Kind.DOCUMENTATION_CHANGED, fact="examples")


def documentation(place: Place, **facts: tuple[object, object]) -> Iterator[Change]:
    """A change for each fact, by its name, whose value before is not that after."""
    for fact, (before, after) in facts.items():
        if (before or None) != (after or None):
            yield place.change(Kind.DOCUMENTATION_CHANGED, before, after, fact)


def deprecation(old: bool, new: bool, place: Place) -> Iterator[Change]:
    if old != new:
        yield place.change(Kind.DEPRECATED if new else Kind.RESTORED)


def quality(
    old: tuple[QualityRule, ...], new: tuple[QualityRule, ...], place: Place
) -> Iterator[Change]:
    """Rules of quality that are new or gone; one that is changed is both."""
    before, after = (Counter(map(_measure, rules)) for rules in (old, new))
    for rule in (before - after).elements():
        yield place.change(Kind.QUALITY_REMOVED, before=rule)
    for rule in (after - before).elements():
        yield place.change(Kind.QUALITY_ADDED, after=rule)


def _measure(rule: QualityRule) -> str:
    """What a rule measures and holds it to, not what is said about it."""
    parts = (rule.metric or rule.query or rule.name or rule.description or rule.type,)
    operand = (rule.operator, rule.operand, rule.unit, *(f"{k}={v}" for k, v in rule.arguments))
    return " ".join(str(each) for each in (*parts, *operand) if each is not None)


def _classification(old: str | None, new: str | None, place: Place) -> Iterator[Change]:
    """An unknown word is more than public, and otherwise taken for the more careful case."""
    before, after = ((each or "public").strip().lower() for each in (old, new))
    if before == after:
        return
    was, is_ = _LEVELS.get(before), _LEVELS.get(after)
    lower = is_ == 0 or (was is not None and is_ is not None and is_ < was)
    if was == is_ == 0:
        return
    kind = Kind.CLASSIFICATION_LOWERED if lower else Kind.CLASSIFICATION_RAISED
    yield place.change(kind, old or "public", new or "public")
