"""Contracts that others wrote, beside revisions of them: real ones, and ones made at random."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from evolution.test_fuzz import LARGEST
from portwright import pipeline
from portwright.comparing import show
from portwright.evolution.comparison import Comparison
from portwright.evolution.kinds import Kind
from portwright.model import Model, Port
from support import corpus, fuzz

K = Kind
# What one change is called on the way back; a change that has no other name is its own.
BACK = {
    K.PROPERTY_ADDED_OPTIONAL: K.PROPERTY_REMOVED_OPTIONAL,
    K.PROPERTY_ADDED_REQUIRED: K.PROPERTY_REMOVED_REQUIRED,
    K.MADE_OPTIONAL: K.MADE_REQUIRED,
    K.ELEMENT_MADE_NULLABLE: K.ELEMENT_MADE_NOT_NULL,
    K.INTEGER_WIDENED: K.INTEGER_NARROWED,
    K.FLOAT_WIDENED: K.FLOAT_NARROWED,
    K.PRECISION_RAISED: K.PRECISION_LOWERED,
    K.VALUE_ADDED: K.VALUE_REMOVED,
    K.RULE_TIGHTENED: K.RULE_LOOSENED,
    K.UNIQUE_ADDED: K.UNIQUE_REMOVED,
    K.QUALITY_ADDED: K.QUALITY_REMOVED,
    K.DEPRECATED: K.RESTORED,
}
BACK |= {back: forth for forth, back in BACK.items()}


def judged(old: Model, new: Model) -> Comparison:
    """The comparison, which is the same each time, and can be shown."""
    found = Comparison(old, new)
    shown = show.as_text(found, "git:HEAD", Path("x"), {})
    again = Comparison(old, new)
    assert show.as_text(again, "git:HEAD", Path("x"), {}) == shown
    assert show.as_document(again, "git:HEAD", Path("x"), {})
    return found


def check(revisions: Iterable[Model]) -> int:
    """Compares each revision with the next, there and back; how many are different."""
    different = 0
    for old, new in pairwise(revisions):
        there, back = judged(old, new), judged(new, old)
        assert bool(there.changes) == bool(back.changes)
        if _ports(old) == _ports(new):  # those who had readers are asked, which makes one-way kinds
            found = Counter(each.kind for each in back.changes if each.kind in BACK)
            assert found == Counter(BACK[each.kind] for each in there.changes if each.kind in BACK)
        different += bool(there.changes)
    return different


def _ports(model: Model) -> set[tuple[Port, ...]]:
    return {each.ports for each in model.objects}


@corpus.needed
def test_real_revisions() -> None:
    by_id: defaultdict[str, list[Model]] = defaultdict(list)
    by_name: defaultdict[str, list[Model]] = defaultdict(list)
    for _, model in corpus.models():
        by_id[model.id].append(model)
        by_name[model.name].append(model)
    assert sum(map(check, [*by_id.values(), *by_name.values()]))


@corpus.needed
def test_revisions_made_at_random() -> None:
    different = 0
    for number, path in enumerate(corpus.FILES):
        if path.stat().st_size <= LARGEST:
            text = path.read_text("utf-8")
            texts = (text, *fuzz.contracts([text], 1, number))
            read = (pipeline.read(_bytes(each), "c.odcs.yaml", {})[0] for each in texts)
            different += check([each for each in read if each is not None])
    assert different > 20


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
