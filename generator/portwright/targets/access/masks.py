"""Masks: the expression that stands for a column where not all of it may be seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from portwright.access import Path
from portwright.model import Anonymise, Array, Field, Map, Nullable, Record, String, Type
from portwright.targets.access.forms import Forms, Parts
from portwright.targets.ddl.column_types import column_kind, sql_type, struct_form
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.text import literal, quote

MASK = "***"
# Hexadecimal digits of SHA-256.
_HASH_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Secret:
    """Where the key of hashes is: a table, as SQL, that has one row with a `hash_key`."""

    table: str

    @property
    def expression(self) -> str:
        return f"(SELECT hash_key FROM {self.table})"


@dataclass(frozen=True, slots=True)
class Masker:
    """What hides values in an engine. `secret` is None where nobody named its table; `region` is
    where policies are, for engines that have them in one."""

    dialect: Dialect
    forms: Forms
    secret: Secret | None = None
    region: str | None = None

    def column(self, field: Field, hidden: tuple[Path, ...], value: str) -> str:
        """What stands for the column `value`, of which the paths are hidden."""
        parts = self.forms.masks.parts
        if parts is None or not self.is_in_parts(field, hidden):
            return self._whole(field, value)
        value = parts.within.format(value=value)
        for path in hidden:
            at = self._at(path, parts)
            read = parts.read.format(value=quote(field.column, self.dialect), path=at)
            made = self._scalar(path[-1], read)
            masked = parts.null if made is None else parts.made.format(masked=made)
            value = parts.set.format(value=value, path=at, masked=masked)
        return value

    def is_in_parts(self, field: Field, hidden: tuple[Path, ...]) -> bool:
        """Whether the values inside the column can be replaced one by one."""
        return (
            self.forms.masks.parts is not None
            and all(len(path) > 1 for path in hidden)
            and all(self._is_json(each.type) for path in hidden for each in path[:-1])
        )

    def _is_json(self, type_: Type) -> bool:
        inner = _inner(type_)
        return isinstance(inner, Record) and struct_form(inner, self.dialect) is None

    def _whole(self, field: Field, value: str) -> str:
        made = self._scalar(field, value) if not field.public else None
        if made is not None:
            return made
        masks = self.forms.masks
        is_nested = isinstance(_inner(field.type), Array | Map | Record)
        type_ = sql_type(field.type, self.dialect, null=True)
        form = masks.nothing_nested if is_nested else masks.nothing
        return form.format(type=type_, type_text=literal(type_, self.dialect))

    def _scalar(self, field: Field, value: str) -> str | None:
        """What stands for text that is hashed or masked; None where nothing but null can."""
        way = self.way(field)
        if way is Anonymise.MASK:
            return literal(MASK, self.dialect)
        if way is Anonymise.HASH and self.secret and self.forms.masks.hash:
            return self.forms.masks.hash.format(key=self.secret.expression, value=value)
        return None

    def way(self, field: Field) -> Anonymise:
        """How the field is anonymised here, null where it is not said or cannot be done."""
        said = field.anonymise or Anonymise.NULL
        room = _room(field.type)
        fits = {
            Anonymise.MASK: room >= len(MASK),
            Anonymise.HASH: room >= _HASH_LENGTH and self._can_hash(field.type),
        }
        return said if fits.get(said, True) else Anonymise.NULL

    def _can_hash(self, type_: Type) -> bool:
        masks = self.forms.masks
        known = column_kind(_inner(type_), self.dialect) in masks.hashed
        return known and masks.hash is not None and self.secret is not None

    def _at(self, path: Path, parts: Parts) -> str:
        keys = parts.between.join(
            parts.key.format(
                text=literal(each.name, self.dialect), name=json.dumps(each.name)[1:-1]
            )
            for each in path[1:]
        )
        whole = parts.path.format(keys=keys)
        return whole if "{text}" in parts.key else literal(whole, self.dialect)


def lost(masker: Masker, hidden: tuple[Path, ...]) -> Iterator[tuple[Field, str]]:
    """The fields of which less is shown than the contract says, and why."""
    for path in hidden:
        field, column = path[-1], path[0]
        among = tuple(each for each in hidden if each[0] is column)
        if len(path) > 1 and not masker.is_in_parts(column, among):
            yield field, f"all of `{column.name}` is hidden with it: it is inside a value"
        elif field.anonymise is Anonymise.HASH and masker.way(field) is not Anonymise.HASH:
            yield field, "it cannot be hashed here, and is null"
        elif field.anonymise is Anonymise.MASK and masker.way(field) is not Anonymise.MASK:
            yield field, "it cannot be masked by `***`, and is null"


def _inner(type_: Type) -> Type:
    return type_.inner if isinstance(type_, Nullable) else type_


def _room(type_: Type) -> int:
    """How many characters fit."""
    match _inner(type_):
        case String(max_length=None):
            return _HASH_LENGTH
        case String(max_length=int(length)):
            return length
        case _:
            return 0
