"""Checks: rules over a whole model, a function a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portwright.checks import identities, naming, privacy, streams, values
from portwright.checks.support import supported
from portwright.diagnostics import Diagnostic
from portwright.model import Model

Rule = Callable[[Model], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    naming.legal_names,
    naming.a_name,
    naming.distinct_objects,
    naming.distinct_properties,
    naming.names_of_before,
    naming.distinct_types,
    naming.distinct_topics,
    naming.legal_topics,
    values.possible_bounds,
    values.possible_lengths,
    values.possible_decimals,
    values.fitting_enums,
    identities.primary_keys,
    identities.partition_keys,
    identities.map_keys,
    privacy.possible_strategies,
    privacy.encrypted_twins,
    streams.public_keys,
    streams.distinct_subjects,
)


def run(model: Model) -> Iterator[Diagnostic]:
    """What no target could say in any language, or say only in a way that misleads."""
    for rule in RULES:
        yield from rule(model)


__all__ = ["RULES", "Rule", "run", "supported"]
