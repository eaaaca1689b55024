"""Jinja: dbt reads every text of a project as a template, once. Here a contract's text becomes one
that says nothing but itself."""

from __future__ import annotations

import re

_OPENING = re.compile(r"\{(?=[{%#])")
# dbt takes a test's argument that looks so for the expression, even without braces.
_CALL = re.compile(r"\s*(env_var|ref|var|source|doc)\s*\(")


def inert(text: str) -> str:
    """A template whose text is `text`."""
    return _OPENING.sub("{{ '{' }}", text)


def comment(text: str) -> str:
    """A comment that does not reach the engine."""
    return f"{{# {text.replace('#}', '# }')} #}}"


def is_call(text: str) -> bool:
    """Whether dbt would run `text` where it is an argument of a test."""
    return _CALL.match(text) is not None
