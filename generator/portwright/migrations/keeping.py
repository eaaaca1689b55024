"""Keeping: the new model with what the old one had of columns, until somebody drops them."""

from __future__ import annotations

from dataclasses import replace

from portwright.migrations.views import matched, matched_fields
from portwright.migrations.writing import beside
from portwright.model import Field, Model, Object
from portwright.targets.ddl import Dialect
from portwright.targets.ddl.text import same_name


def keeping(old: Model, new: Model, dialect: Dialect) -> Model:
    """The new model with the properties that are gone as optional ones at the end of their tables;
    the new model itself where there is none."""
    found = {
        after.name: _kept(before, after, new.version, dialect)
        for before, after in matched(old, new, dialect).pairs
        if old.major == new.major or before.table == after.table  # else the old table stays
    }
    if not any(found.values()):
        return new
    objects = (
        (
            replace(each, record=replace(each.record, fields=(*each.record.fields, *kept)))
            if (kept := found.get(each.name))
            else each
        )
        for each in new.objects
    )
    return replace(new, objects=tuple(objects))


def _kept(before: Object, after: Object, version: str, dialect: Dialect) -> tuple[Field, ...]:
    """The properties that are gone. One whose name, or whose column's, another one has now, makes
    way for it."""
    rules = dialect.identifiers
    columns = {same_name(each.column, rules) for each in after.record.fields}
    names = {each.name for each in after.record.fields}
    kept: list[Field] = []
    for each in matched_fields(before, after, dialect).removed:
        kept_one = replace(each, required=False, unique=False)
        if same_name(each.column, rules) in columns:
            aside = beside(each.column, f"before {version}", dialect)
            kept_one = replace(kept_one, physical_name=aside)
        if each.name in names:
            name = f"{each.name} before {version}"
            kept_one = replace(
                kept_one, name=name, physical_name=kept_one.column, aliases=(each.name,)
            )
        kept.append(kept_one)
    return tuple(kept)
