"""Models for what watches promises: those of the cases, and of texts that others read as theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from portwright import lock, pipeline
from portwright.model import Model, SlaProperty, String, Support, Team
from support import cases
from support.models import a_model, an_object, field, hostile_model

# Templates of Go, variables of Grafana, ends of strings, what is not printed.
HOSTILE: Final = (
    "{{ $labels }}",
    "{{",
    '{{{"',
    "}}",
    '"} or vector(1) #',
    "\\",
    "a\nb",
    "$__all ${x}",
    "'",
    "é\u202e",
)


def hostile(text: str) -> Model:
    """A model that has the text wherever an alert may show it."""
    return a_model(
        an_object(text, "order", field("id", String())),
        id=text,
        name=text,
        domain=text,
        sla=(SlaProperty("latency", 5, "min", "", None, text, text, seconds=Decimal(300)),),
        team=Team(text),
        support=(Support(text, text, text, text),),
    )


def ours() -> dict[str, Model]:
    """Those of all good cases, and one whose every text is hostile."""
    return {name: _case(name) for name in cases.good()} | {"hostile": hostile_model()}


def _case(name: str) -> Model:
    model, found = pipeline.load(cases.CASES / name / cases.CONTRACT, cases.CONTRACT, {})
    assert model is not None, found
    return lock.apply(model, lock.Lock())[0]
