"""Quality rules of a contract, kept as data."""

from __future__ import annotations

from dataclasses import dataclass

from portwright.diagnostics import Span


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A rule of the contract's `quality`, kept as data: what ODCS calls library, sql, text, custom.

    `operator` is the ODCS name (mustBe, mustBeBetween …), `operand` its value or values.
    """

    type: str
    metric: str | None = None
    operator: str | None = None
    operand: object = None
    arguments: tuple[tuple[str, object], ...] = ()
    query: str | None = None
    name: str | None = None
    description: str | None = None
    dimension: str | None = None
    severity: str | None = None
    unit: str | None = None
    span: Span | None = None
