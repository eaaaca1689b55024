"""The name of a person, as each object has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from portwright_runtime.keys import key_text
from portwright_runtime.persons import Wanted
from portwright_runtime.record import Record, type_at


def wanted(record: type[Record], paths: Iterable[str], name: str) -> Wanted:
    """The text by which the person is found, at each path whose type has such a value."""
    config = ConfigDict(regex_engine="python-re", hide_input_in_errors=True)
    found = {}
    for path in paths:
        try:
            value = TypeAdapter(type_at(record, path), config=config).validate_strings(name)
        except ValidationError:
            continue
        text = key_text((value,))
        # `4_2` and `42.0` are a number as well: who writes these may mean something else.
        if text == name or not isinstance(value, int):
            found[path] = text
    return found


def is_of(record: Record, wanted: Wanted) -> bool:
    """Whether the record is about the person."""
    return any(_text(record, path) == text for path, text in wanted.items())


def _text(record: Record, path: str) -> str | None:
    value: Any = record
    for name in path.split("."):
        if not isinstance(value, Record):
            return None
        fields = type(value).model_fields.items()
        at = next((at for at, field in fields if name in (at, field.alias)), None)
        value = None if at is None else getattr(value, at)
    return None if value is None else key_text((value,))
