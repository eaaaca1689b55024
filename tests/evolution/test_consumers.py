"""What the matrix says of generated consumers is what they do, rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portwright import lock
from portwright.evolution.compare import changes
from portwright.evolution.effects import Audience, Level
from portwright.evolution.verdicts import verdicts
from portwright.model import Model, String
from portwright_runtime import ContractViolation
from portwright_runtime.avro import resolved
from support import drawn_models, packages, travel
from support.edited_models import edited
from support.models import a_model, an_object, field
from support.records import records


def package(longest: int, folder: Path) -> Callable[[str], Any]:
    """The package of things whose text has at most so many characters."""
    model = a_model(an_object("things", "thing", field("x", String(max_length=longest))))
    return packages.load(packages.write(travel.numbered(model), folder))


def test_a_looser_rule_breaks_consumers_of_before(tmp_path: Path) -> None:
    new = package(9, tmp_path / "new")
    data = new("codec").encode_thing(new("models").Thing(x="longer"))
    old = package(3, tmp_path / "old")
    with pytest.raises(ContractViolation):
        old("codec").decode_thing(data)
    fits = new("codec").encode_thing(new("models").Thing(x="fit"))
    assert old("codec").decode_thing(fits).x == "fit"


@travel.FEW
@given(data=st.data())
def test_consumers_take_what_is_fine_for_them(data: st.DataObject) -> None:
    """All rules of the contract are checked on the way in, and none is broken."""
    before = data.draw(drawn_models.models())
    for _ in range(10):
        after = data.draw(edited(before, most=1))
        found = changes(before, after)
        fine = [
            all(verdicts(each)[audience].level is Level.OK for each in found)
            for audience in (Audience.STREAM_READERS, Audience.REPLAY)
        ]
        if found and any(fine):
            break
    old, held = lock.apply(before, lock.Lock())
    new, _ = lock.apply(after, held)
    with travel.package(old) as of_before, travel.package(new) as of_after:
        if fine[0]:
            hand_over(data, new, of_after, of_before)
        if fine[1]:
            hand_over(data, old, of_before, of_after)


def hand_over(data: st.DataObject, model: Model, writer: Any, reader: Any) -> None:
    schemas = [each("codec").THING_SCHEMA for each in (writer, reader)]
    for _ in range(travel.RECORDS):
        drawn = data.draw(records(model.objects[0].record))
        written = writer("codec").encode_thing(writer("models").Thing(**drawn))
        reader("codec").decode_thing(resolved(written, *schemas))
