"""What is said of schemas and Python types is what libraries do with them.

Both versions of each case are generated; two libraries of Avro, and one each of Protobuf and JSON
Schema, read with the one what was written by the other; Python makes and takes records of both.
"""

from __future__ import annotations

from functools import cache

import pytest

from evolution.test_matrix import CONTRACTS, OBJECTS, PROPERTIES, TOGETHER, items, options, physical
from portwright import lock
from portwright.evolution import matrix_artefacts
from portwright.evolution.artefacts import Artefact, Outcome
from portwright.evolution.compare import changes
from portwright.evolution.effects import Audience, Level
from portwright.evolution.kinds import Kind
from portwright.evolution.verdicts import MATRIX, readings
from portwright.model import Model
from support.changes import OPTIONAL, contract, held, model
from support.formats import Pair, Version, worst
from support.words import words

K = Kind
A = Artefact
READS = Outcome.READS
Cell = tuple[Outcome, Outcome]


def pair(before: str, after: str) -> tuple[str, str]:
    return contract(properties=before), contract(properties=after)


# What the matrix's own cases do not show: other values of a kind, required ones, ways back.
INT, LONG, FLOAT, DOUBLE = (
    items(f"logicalType: {type_}, logicalTypeOptions: {{format: {format_}}}")
    for type_, format_ in (
        ("integer", "i32"),
        ("integer", "i64"),
        ("number", "f32"),
        ("number", "f64"),
    )
)
MORE = [
    *(pair(*each) for each in ((INT, LONG), (LONG, INT), (FLOAT, DOUBLE), (DOUBLE, FLOAT))),
    pair(held("string", ", classification: restricted"), OPTIONAL),
    pair(physical("number", "DECIMAL(12, 4)"), physical("number", "DECIMAL(12, 2)")),
    pair(held("integer", ", required: true"), held("string", ", required: true")),
    pair(options("integer", "format: i8"), options("integer", "format: i16")),
    pair(options("integer", "maximum: 5"), options("integer", "maximum: 9")),
    pair(
        "{name: x, id: i, logicalType: string, required: true}",
        "{name: y, id: i, logicalType: string, required: true}",
    ),
    (
        contract(properties="{name: x, logicalType: string}\n{name: y, logicalType: string}"),
        contract(
            "id: other\n",
            properties="{name: y, logicalType: string}\n{name: x, logicalType: string}",
        ),
    ),
]
CASES = [
    *(pair(*case[2:4]) for case in PROPERTIES),
    *((contract(of_object=case[2]), contract(of_object=case[3])) for case in OBJECTS),
    *((contract(top=case[2]), contract(top=case[3])) for case in CONTRACTS),
    *(case[:2] for case in TOGETHER),
    *MORE,
]


class Case:
    """Two versions of a contract, what is said of them, and what is true."""

    def __init__(self, before: str, after: str) -> None:
        old, new = model(before), model(after)
        self.changes = changes(old, new)
        self.kinds = frozenset(each.kind for each in self.changes)
        self.comparable = len(old.objects) == len(new.objects) == 1
        if self.comparable:
            self.old, self.new = versions(old, new)
            self.pairs = Pair(self.new, self.old, True), Pair(self.old, self.new, False)

    def said(self, artefact: Artefact) -> Cell | None:
        """The worst that is said of old and of new readers; None where nothing is."""
        found = [readings(each).get(artefact) for each in self.changes]
        cells = [each for each in found if each is not None]
        if not cells:
            return None
        return worst(each.old for each in cells), worst(each.new for each in cells)

    def measured(self, artefact: Artefact) -> Cell:
        """How old readers fare with new records, and new readers with old ones."""
        old, new = (each.outcome(artefact) for each in self.pairs)
        return old, new


def versions(old: Model, new: Model) -> tuple[Version, Version]:
    before, held = lock.apply(old, lock.Lock())
    return Version(old, before), Version(new, lock.apply(new, held)[0])


@cache
def cases() -> list[tuple[Case, dict[Artefact, Cell]]]:
    """Each case, and what is true of it where something is said."""
    known = [case for case in (Case(*texts) for texts in CASES) if case.comparable]
    return [(each, {a: each.measured(a) for a in Artefact if each.said(a)}) for each in known]


def test_what_breaks_is_never_called_compatible() -> None:
    for case, measured in cases():
        for artefact, true in measured.items():
            said = case.said(artefact)
            assert said is not None
            for told, found in zip(said, true, strict=True):
                assert found.level <= told.level, (sorted(case.kinds), artefact, said, true)


def test_what_is_not_said_to_change_does_not() -> None:
    for case, _ in cases():
        for artefact in Artefact:
            if case.said(artefact) is None:
                same = words(case.old, artefact) == words(case.new, artefact)
                assert same, (sorted(case.kinds), artefact)


_BY_WRITER = "both libraries read it as the writer's, and readers in other languages do not"
# What is said to be worse than it is in the libraries that are asked, and why it is said.
FALSE_ALARMS: dict[tuple[Kind, Artefact], str] = {
    (K.PRECISION_RAISED, A.AVRO): "the specification wants the same precision, no library looks",
    (K.PRECISION_LOWERED, A.AVRO): "the specification wants the same precision, no library looks",
    (K.SCALE_CHANGED, A.AVRO): _BY_WRITER,
    (K.ZONE_CHANGED, A.AVRO): _BY_WRITER,
}


def test_false_alarms_are_counted_and_have_a_reason() -> None:
    """All else that is said is true of a case in which it is said of one change alone."""
    said, confirmed = set(), set()
    for case, measured in cases():
        for artefact, true in measured.items():
            for side, found in zip(("old", "new"), true, strict=True):
                cells = {
                    each.kind: getattr(readings(each)[artefact], side)
                    for each in case.changes
                    if artefact in readings(each)
                }
                said |= {(kind, artefact, side) for kind in cells}
                guilty = [kind for kind, cell in cells.items() if cell is found]
                others = (cell for kind, cell in cells.items() if kind not in guilty)
                if len(guilty) == 1 or all(cell is READS for cell in others):
                    confirmed |= {(kind, artefact, side) for kind in guilty}
    alarms = {(kind, artefact, side) for kind, artefact in FALSE_ALARMS for side in ("old", "new")}
    assert said - confirmed == alarms


FORMATS = (A.AVRO, A.PROTOBUF, A.JSON_SCHEMA)


@pytest.mark.parametrize("kind", matrix_artefacts.ROWS)
def test_a_verdict_is_as_hard_as_what_it_is_made_of(kind: Kind) -> None:
    """What harms readers of one format is risky to readers, what breaks all of them breaks them."""
    row = matrix_artefacts.ROWS[kind]
    sides = ((Audience.STREAM_READERS, "old"), (Audience.REPLAY, "new"))
    for audience, side in sides:
        found = [getattr(row[each], side).level if each in row else Level.OK for each in FORMATS]
        least = min(found) if min(found) is Level.BREAKING else min(max(found), Level.RISKY)
        assert MATRIX[kind].effects[audience].level >= least, audience
