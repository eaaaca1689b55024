"""A change, and the place that changes are found at."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portwright.diagnostics import Span
from portwright.evolution.kinds import Kind
from portwright.model import Field, Port


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions of a contract.

    `path` leads to it: `orders.lines[].sku`, `{}` for the values of a map, `{key}` for its keys.
    `fact` says what of it has changed where the kind does not (`maxLength`, `description`);
    `before` and `after` are texts for people. `span` is in the new contract, in the old one where
    the thing is gone (`gone`). `ports` are those that had readers before, and that it concerns.
    """

    kind: Kind
    path: str
    before: str | None
    after: str | None
    span: Span
    ports: tuple[Port, ...]
    fact: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where two versions are compared: a path, its place in the new contract, whose ports."""

    path: str
    span: Span
    ports: tuple[Port, ...]

    def change(
        self, kind: Kind, before: object = None, after: object = None, fact: str | None = None
    ) -> Change:
        """A change at this place."""
        return Change(kind, self.path, told(before), told(after), self.span, self.ports, fact)

    def gone(self, kind: Kind, before: object, span: Span) -> Change:
        """A change at this place, which is in the old contract alone."""
        return replace(self.change(kind, before), span=span, gone=True)

    def inside(self, name: str, span: Span | None = None) -> Place:
        """The place of what has that name here."""
        path = f"{self.path}.{name}" if self.path else name
        return replace(self, path=path, span=span or self.span)

    def property(self, field: Field) -> Place:
        return self.inside(field.name, field.span)

    def part(self, sign: str) -> Place:
        """The place of the elements (`[]`), values (`{}`) or keys (`{key}`) of what is here."""
        return replace(self, path=self.path + sign)

    def only(self, *ports: Port) -> Place:
        """The same place, for readers of these ports alone."""
        return replace(self, ports=tuple(each for each in self.ports if each in ports))


def told(value: object) -> str | None:
    """The value as people read it; None where there is none, or an empty one."""
    if value is None or value == () or value == "":
        return None
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
