"""Making: a draft as a contract that is accepted, or the reasons why there is none."""

from __future__ import annotations

import uuid

from portwright import pipeline
from portwright.diagnostics import Diagnostic, Span, error
from portwright.importing import writing
from portwright.importing.draft import Draft


def contract(draft: Draft, name: str) -> tuple[str | None, list[Diagnostic]]:
    """The contract's text, which the reader of contracts has accepted, or why it does not."""
    text = writing.contract(draft, name, str(uuid.uuid4()))
    return accepted(text, draft.source)


def accepted(text: str, source: str) -> tuple[str | None, list[Diagnostic]]:
    """The text, where the reader of contracts takes it."""
    _, found = pipeline.read(text.encode(), "the contract", {})
    faults = [each for each in found if each.is_error]
    if not faults:
        return text, []
    return None, [
        error("PW810", f"the contract would be refused: {each.message} ({each.code})", Span(source))
        for each in faults
    ]
