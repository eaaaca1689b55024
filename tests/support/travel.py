"""Values that travel: generated packages of drawn models, and values in a form to compare."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal as Number
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from portwright import lock
from portwright.model import (
    Array,
    Field,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Record,
    Type,
    Uuid,
    Vector,
)
from support import packages

# A model costs a package and its engines, so few are drawn, with several records for each.
# Shrinking would make hundreds of packages: a failure shows its model as it was drawn.
FEW = settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
RECORDS = 4


def numbered(model: Model) -> Model:
    """The model with the wire numbers of a new lock."""
    return lock.apply(model, lock.Lock())[0]


@contextmanager
def package(model: Model) -> Iterator[Callable[[str], Any]]:
    """The importer of the model's generated package."""
    with TemporaryDirectory() as folder:
        yield packages.load(packages.write(model, Path(folder)))


def into_arrow(type_: Type, value: Any) -> Any:
    """A value as pyarrow takes it for the published type: numbers as numbers, JSON as text."""
    match type_:
        case Json():
            return json.dumps(value)
        case _ if value is None:
            return None
        case Nullable(inner):
            return into_arrow(inner, value)
        case Array(element):
            return [into_arrow(element, each) for each in value]
        case Map(key, inner):
            return [(into_arrow(key, k), into_arrow(inner, v)) for k, v in value.items()]
        case Record(fields=fields):
            return {each.column: into_arrow(each.type, value[each.name]) for each in fields}
        case Uuid():
            return str(value)
        case Integer(128):
            return Number(value)
        case _:
            return value


def told(type_: Type, value: Any) -> Any:
    """A value as it was given, as plain data to compare."""
    return _plain(type_, value, lambda field: field.name, lambda given: given)


def read(type_: Type, value: Any) -> Any:
    """A value as an engine gives it back that keeps JSON as text, as the same plain data."""
    return _plain(type_, value, lambda field: field.column, json.loads)


def _plain(
    type_: Type, value: Any, key_of: Callable[[Field], str], json_value: Callable[[Any], Any]
) -> Any:
    """Values that differ in nothing but their Python form, alike: maps, vectors, UUIDs."""

    def plain(type_: Type, value: Any) -> Any:
        match type_:
            case _ if value is None:
                return None
            case Record(fields=fields):
                return {each.name: plain(each.type, value[key_of(each)]) for each in fields}
            case Nullable(inner):
                return plain(inner, value)
            case Array(element=element):
                return [plain(element, each) for each in value]
            case Map(key, inner):
                pairs = value.items() if isinstance(value, dict) else value
                return {plain(key, name): plain(inner, each) for name, each in pairs}
            case Vector():
                return list(value)
            case Json():
                return json_value(value)
            case Uuid():
                return str(value)
            case Integer(128):
                return int(value)
            case _:
                return value

    return plain(type_, value)
