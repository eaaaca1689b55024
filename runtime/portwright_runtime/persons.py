"""Persons: which property names the one whom a record is about, and what is found of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

# The text that names a person, by the path of the property that holds it.
Wanted: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """A property that names the person whom a row is about: its `path` by the contract's names
    (`customer.id`), and its `steps` by the names that the column, and what is in it, have in
    tables."""

    path: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traces:
    """What a warehouse has of a person: `rows` of the table, rows that were `put_aside`, and
    `copies` of the table as it was, which are kept to undo loads.

    `keys` are the primary keys of the rows, as texts. `remains` tells in words what is left after
    an erasure, and until when.
    """

    rows: int = 0
    put_aside: int = 0
    copies: int = 0
    keys: tuple[tuple[str, ...], ...] = ()
    remains: tuple[str, ...] = ()
