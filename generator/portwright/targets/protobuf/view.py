"""What the Protobuf template prints, and the small texts in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portwright.model import Reserved


@dataclass(frozen=True, slots=True)
class FieldView:
    """A line `<label><type> <name> = <number><options>;`."""

    type: str
    name: str
    number: int
    label: str = ""
    options: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class WrapperView:
    """A message only Protobuf needs: a list in a list, a value that may be null, an entry."""

    name: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class MessageView:
    name: str
    comment: str
    deprecated: bool
    reserved: tuple[str, ...]
    wrappers: tuple[WrapperView, ...]
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class ValueView:
    name: str
    number: int
    comment: str


@dataclass(frozen=True, slots=True)
class EnumView:
    name: str
    unspecified: str
    reserved: tuple[str, ...]
    values: tuple[ValueView, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """One object with all its types."""

    header: str
    package: str
    imports: tuple[str, ...]
    messages: tuple[MessageView, ...]
    enums: tuple[EnumView, ...]
    options: str = ""


def reserved_lines(
    reserved: tuple[Reserved, ...], written: Iterable[str], live: set[str]
) -> tuple[str, ...]:
    """The numbers, then the names, that are never used again; none, one or two lines."""
    numbers = sorted(each.number for each in reserved)
    gone = sorted(set(written) - live)
    return (
        *([", ".join(_ranges(numbers))] if numbers else []),
        *([", ".join(f'"{each}"' for each in gone)] if gone else []),
    )


def _ranges(numbers: list[int]) -> Iterator[str]:
    """`1`, `3 to 5` for sorted numbers."""
    start = 0
    for index, number in enumerate(numbers):
        if index + 1 == len(numbers) or numbers[index + 1] != number + 1:
            yield str(number) if start == index else f"{numbers[start]} to {number}"
            start = index + 1


def literal(text: str) -> str:
    """A string of Protobuf that holds printable text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
