"""Verdicts: what a change means to each audience that its object has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from portwright.evolution import (
    artefacts,
    matrix_artefacts,
    matrix_contract,
    matrix_properties,
    matrix_values,
)
from portwright.evolution.artefacts import Artefact, Reading
from portwright.evolution.change import Change
from portwright.evolution.effects import CONSUMERS, NEEDED, Audience, Bump, Effect, Level, Row
from portwright.evolution.kinds import Kind

MATRIX: Mapping[Kind, Row] = {
    **matrix_properties.ROWS,
    **matrix_values.ROWS,
    **matrix_contract.ROWS,
}


def verdicts(change: Change) -> dict[Audience, Effect]:
    """What the change does to each audience; nothing where its object has no such port."""
    found = {}
    for audience, effect in MATRIX[change.kind].effects.items():
        needed = effect.port or NEEDED.get(audience)
        there = needed is None or needed in change.ports
        found[audience] = effect if there else Effect(Level.OK)
    return found


def readings(change: Change) -> dict[Artefact, Reading]:
    """What the change does to the artefacts that it changes, and that somebody reads by."""
    found = {}
    for artefact, reading in matrix_artefacts.ROWS.get(change.kind, {}).items():
        needed = artefacts.NEEDED.get(artefact)
        if needed is None or needed in change.ports:
            found[artefact] = reading
    return found


def broken(change: Change) -> frozenset[Audience]:
    """Whom the change breaks."""
    found = verdicts(change).items()
    return frozenset(each for each, effect in found if effect.level is Level.BREAKING)


def bump(change: Change, spared: Collection[Audience] = ()) -> Bump:
    """The least bump that the change needs: a major one where it breaks who consumes, but for the
    audiences that are `spared`."""
    row = MATRIX[change.kind]
    concerned = (CONSUMERS & broken(change)).difference(spared)
    return Bump.MAJOR if concerned and not row.by_notice else row.least
