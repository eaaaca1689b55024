"""Chains of changes of any model: what is said of each step, and of the whole, is what happens."""

from __future__ import annotations

import os
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portwright import lock
from portwright.evolution.artefacts import Artefact, Outcome
from portwright.evolution.change import Change
from portwright.evolution.compare import changes
from portwright.evolution.effects import Audience, Level
from portwright.evolution.verdicts import readings, verdicts
from portwright.model import Model
from support import drawn_models
from support.edited_models import edited
from support.formats import Pair, Version

# As in `test_fuzz`; a model costs a quarter of a second, so that shrinking one would take long.
MODELS = int(os.environ.get("PORTWRIGHT_FUZZ", "40")) // 5
SOME = settings(
    max_examples=MODELS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
STEPS = 2
FORMATS = (Artefact.AVRO, Artefact.PROTOBUF, Artefact.JSON_SCHEMA)


@SOME
@given(data=st.data())
def test_what_is_said_of_a_chain_is_what_happens(data: st.DataObject) -> None:
    chain = [data.draw(drawn_models.models())]
    for _ in range(STEPS):
        chain.append(data.draw(edited(chain[-1], most=2)))
    held, versions = lock.Lock(), []
    for each in chain:
        numbered, held = lock.apply(each, held)
        versions.append((each, Version(each, numbered)))
    for old, new in [*pairwise(versions), (versions[0], versions[-1])]:
        if old[0] != new[0]:
            hold(old, new)


def hold(old: tuple[Model, Version], new: tuple[Model, Version]) -> None:
    """Holds what is said of two versions, both ways, to what happens."""
    found = changes(old[0], new[0])
    pairs = {
        "old": (Pair(new[1], old[1], forward=True), Audience.STREAM_READERS),
        "new": (Pair(old[1], new[1], forward=False), Audience.REPLAY),
    }
    for side, (pair, audience) in pairs.items():
        true = {each: pair.outcome(each).level for each in Artefact}
        for artefact in Artefact:
            assert true[artefact] <= said(found, artefact, side), (artefact, side, found)
        harm = [true[each] for each in FORMATS]
        least = min(harm) if min(harm) is Level.BREAKING else min(max(harm), Level.RISKY)
        levels = (verdicts(each)[audience].level for each in found)
        assert max(levels, default=Level.OK) >= least, (audience, true, found)


def said(found: tuple[Change, ...], artefact: Artefact, side: str) -> Level:
    """The worst that is said of the artefact."""
    cells = (readings(each).get(artefact) for each in found)
    outcomes: list[Outcome] = [getattr(each, side) for each in cells if each is not None]
    return max((each.level for each in outcomes), default=Level.OK)
