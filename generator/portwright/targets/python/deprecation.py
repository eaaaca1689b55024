"""What is deprecated, as a package says it to those who open its port or a consumer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portwright.model import Model, Object, support, walk
from portwright.targets.python.text import literal, tuple_of

# Generated modules name what is deprecated; those who use them are told (PEP 702).
_ALLOWED = '# mypy: disable-error-code="deprecated"'


@dataclass(frozen=True, slots=True)
class Deprecated:
    """What of a class is deprecated: the lines above it and those in it, none where nothing is."""

    decorator: tuple[str, ...]
    attribute: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        """What its lines need of the runtime."""
        known = {"deprecated": self.decorator, "Deprecation": self.attribute}
        return {name for name, lines in known.items() if lines}


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a contract, in words, and the last day of its support."""

    what: str
    until: date | None

    def call(self) -> str:
        words = (self.what, str(self.until)) if self.until else (self.what,)
        return f"Deprecation({', '.join(map(literal, words))})"

    def decorator(self) -> str:
        told = f"{self.what} is deprecated"
        told += f", and supported until {self.until}" if self.until else ""
        return f"@deprecated({literal(told)}, category=None)"


def of_port(model: Model) -> Deprecated:
    """For a class that hands out all of the contract."""
    parts = dict.fromkeys(part for each in model.objects for part in _parts(model, each))
    return _deprecated(tuple(parts), support.is_over(model))


def of_object(model: Model, object_: Object) -> Deprecated:
    """For a class that is of one object."""
    return _deprecated(_parts(model, object_), support.is_over(model) or object_.deprecated)


def supported_until(model: Model, object_: Object) -> str:
    """The last day of an object's support as an expression; nothing where none is told."""
    day = support.until(model, object_)
    return literal(str(day)) if day else ""


def header(model: Model, text: str) -> str:
    """The header of a module that may name classes that are deprecated."""
    some = support.is_over(model) or any(each.deprecated for each in model.objects)
    return f"{text}\n{_ALLOWED}" if some else text


def _deprecated(parts: tuple[_Part, ...], as_a_whole: bool) -> Deprecated:
    attribute = ("", f"    _deprecations = {tuple_of(each.call() for each in parts)}")
    decorator = (parts[0].decorator(),) if as_a_whole and parts else ()
    return Deprecated(decorator, attribute if parts else ())


def _parts(model: Model, object_: Object) -> tuple[_Part, ...]:
    """What concerns who uses the object: the contract, else the object, else its properties."""
    contract = f"{model.name} {model.version}"
    if support.is_over(model):
        return (_Part(f"the contract {contract}", support.until(model)),)
    if object_.deprecated:
        return (_Part(f"`{object_.name}` of {contract}", support.until(model, object_)),)
    return tuple(
        _Part(f"`{'.'.join(path)}` of {contract}", support.until(model, object_, *path[1:]))
        for path, field in walk.fields(model)
        if field.deprecated and path[0] == object_.name
    )
