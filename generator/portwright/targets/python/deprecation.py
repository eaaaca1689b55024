"""What is deprecated, as a package says it to those who open its port or a consumer."""

from __future__ import annotations

from datetime import date

from portwright.model import Model, Object, support, walk
from portwright.targets.python.text import literal, tuple_of


def of_port(model: Model) -> tuple[str, ...]:
    """The lines of a class for all of the contract."""
    found = (call for each in model.objects for call in _calls(model, each))
    return _lines(tuple(dict.fromkeys(found)))


def of_object(model: Model, object_: Object) -> tuple[str, ...]:
    """The lines of a class for one object."""
    return _lines(_calls(model, object_))


def _lines(calls: tuple[str, ...]) -> tuple[str, ...]:
    """The attribute that the runtime warns by; none where nothing is deprecated."""
    return ("", f"    _deprecations = {tuple_of(calls)}") if calls else ()


def _calls(model: Model, object_: Object) -> tuple[str, ...]:
    """What concerns who uses the object: the contract, else the object, else its properties."""
    contract = f"{model.name} {model.version}"
    if support.is_over(model):
        return (_deprecation(f"the contract {contract}", support.until(model)),)
    if object_.deprecated:
        until = support.until(model, object_)
        return (_deprecation(f"`{object_.name}` of {contract}", until),)
    return tuple(
        _deprecation(f"`{'.'.join(path)}` of {contract}", support.until(model, object_, *path[1:]))
        for path, field in walk.fields(model)
        if field.deprecated and path[0] == object_.name
    )


def _deprecation(what: str, until: date | None) -> str:
    """The call that makes it."""
    words = (what, str(until)) if until else (what,)
    return f"Deprecation({', '.join(map(literal, words))})"
