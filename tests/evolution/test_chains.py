"""Chains of changes of any model: what is said of each step, and of the whole, is what happens."""

from __future__ import annotations

import os
from itertools import chain, pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portwright import lock
from portwright.evolution.artefacts import Artefact, Outcome
from portwright.evolution.change import Change
from portwright.evolution.compare import changes
from portwright.evolution.effects import Audience, Level
from portwright.evolution.verdicts import readings, verdicts
from support import drawn_models
from support.edited_models import edited
from support.formats import Pair, Version

# As in `test_fuzz`; a chain costs seconds, so that shrinking one would take long.
MODELS = int(os.environ.get("PORTWRIGHT_FUZZ", "40")) // 10
SOME = settings(
    max_examples=MODELS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
STEPS = 2
# Changes that each refuse some records may refuse all of them together.
LEAST = {
    Outcome.READS: Level.OK,
    Outcome.SOME: Level.RISKY,
    Outcome.REFUSES: Level.RISKY,
    Outcome.MISREADS: Level.BREAKING,
}
FORMATS = (Artefact.AVRO, Artefact.PROTOBUF, Artefact.JSON_SCHEMA)


@SOME
@given(data=st.data())
def test_what_is_said_of_a_chain_is_what_happens(data: st.DataObject) -> None:
    models = [data.draw(drawn_models.models())]
    for _ in range(STEPS):
        models.append(data.draw(edited(models[-1], most=2)))
    held, versions = lock.Lock(), []
    for each in models:
        numbered, held = lock.apply(each, held)
        versions.append(Version(each, numbered))
    steps = [changes(old, new) for old, new in pairwise(models)]
    for found, (old, new) in zip(steps, pairwise(versions), strict=True):
        hold(found, old, new)
    # A type that was changed and changed back has another number in Protobuf: what was said on the
    # way holds.
    hold(tuple(chain.from_iterable(steps)), versions[0], versions[-1])


def hold(found: tuple[Change, ...], old: Version, new: Version) -> None:
    """Holds what is said of the changes between two versions, both ways, to what happens."""
    pairs = {
        "old": (Pair(new, old, forward=True), Audience.STREAM_READERS),
        "new": (Pair(old, new, forward=False), Audience.REPLAY),
    }
    for side, (pair, audience) in pairs.items():
        true = {each: pair.outcome(each) for each in Artefact}
        for artefact in Artefact:
            assert said(found, artefact, side) >= LEAST[true[artefact]], (artefact, side, found)
        harm = max(true[each].level for each in FORMATS)
        levels = (verdicts(each)[audience].level for each in found)
        # That it breaks all formats is no law here: two changes may each break another one.
        assert max(levels, default=Level.OK) >= min(harm, Level.RISKY), (audience, true, found)


def said(found: tuple[Change, ...], artefact: Artefact, side: str) -> Level:
    """The worst that is said of the artefact."""
    cells = (readings(each).get(artefact) for each in found)
    outcomes: list[Outcome] = [getattr(each, side) for each in cells if each is not None]
    return max((each.level for each in outcomes), default=Level.OK)
