"""Making: a draft as a contract that is accepted, or the reasons why there is none."""

from __future__ import annotations

import uuid

from portwright import names, pipeline
from portwright.diagnostics import Diagnostic, Span, error
from portwright.importing import writing
from portwright.importing.draft import Draft, Path

# Renaming one type may make it meet another.
_TRIES = 4


def contract(
    draft: Draft, name: str, classified: str = writing.GUESSED
) -> tuple[str | None, list[Diagnostic]]:
    """The contract's text, which the reader of contracts has accepted, or why it does not. Personal
    data is `classified` so."""
    id, renamed = str(uuid.uuid4()), dict[Path, str]()
    for _ in range(_TRIES):
        text = writing.contract(draft, name, id, renamed, classified)
        meetings = _meetings(text)
        if not meetings:
            break
        renamed |= {path: f"{renamed.get(path, path[-1])}_type" for path in meetings}
    return accepted(text, draft.source)


def _meetings(text: str) -> list[Path]:
    """Where a type stands that is called like one before it, or like an object's."""
    model, _ = pipeline.read(text.encode(), "the contract", {})
    found: list[Path] = []
    seen: set[str] = set()
    known = names.type_names(model) if model is not None else {}
    for path in sorted(known, key=len):  # objects keep their names
        if known[path] in seen:
            found.append(path)
        seen.add(known[path])
    return found


def accepted(text: str, source: str) -> tuple[str | None, list[Diagnostic]]:
    """The text, where the reader of contracts takes it."""
    _, found = pipeline.read(text.encode(), "the contract", {})
    faults = [each for each in found if each.is_error]
    if not faults:
        return text, []
    return None, [
        error(
            "PW810",
            f"the contract would be refused: {each.message} ({each.code})",
            Span(source),
            "rename it at its source, or begin from a part of it with --table",
        )
        for each in faults
    ]
