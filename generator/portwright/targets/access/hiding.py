"""Hiding: the views and policies that keep values from those who are not to see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright.access import Path, Right, guarded
from portwright.model import Anonymise, Field, Model, Object
from portwright.targets.access.forms import Policies, Views
from portwright.targets.access.masks import Masker
from portwright.targets.access.permissions import (
    Shown,
    can_hide,
    made_views,
    policy_place,
    principal,
    relations,
    written,
)
from portwright.targets.access.sight import Holder, holders, outermost
from portwright.targets.ddl.column_types import fitted, sql_type
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.places import joined, namespace, qualified
from portwright.targets.ddl.text import constraint_name, literal, quote


def query(model: Model, shown: Shown, masker: Masker) -> str:
    """What a view of ours shows: all columns of the table, some of them masked."""
    dialect = masker.dialect
    object_ = shown.object_
    parts = []
    for field in object_.record.fields:
        name = quote(field.column, dialect)
        hidden = outermost(each for each in shown.hidden if each[0] is field)
        value = masker.column(field, hidden, name) if hidden else name
        parts.append(name if value == name else f"{value} AS {name}")
    table = qualified(model, object_, dialect)
    if "{create_text}" in dialect.statements.batch:
        # A text on several lines would be one made of several, which no statement takes there.
        return f"SELECT {', '.join(parts)} FROM {table}"
    return "SELECT\n    " + ",\n    ".join(parts) + f"\nFROM {table}"


def view_statement(model: Model, shown: Shown, masker: Masker) -> str:
    """What makes the view, or makes it anew."""
    dialect = masker.dialect
    hiding = masker.forms.hiding
    form = hiding.create if isinstance(hiding, Views) else None
    view = joined(shown.place, dialect)
    text = query(model, shown, masker)
    create = (form or dialect.statements.view).format(view=view, query=text)
    tag = "view"
    while f"${tag}$" in create:
        tag += "_"
    said = {"create": create, "create_text": literal(create, dialect), "view": view, "tag": tag}
    return dialect.statements.batch.format(**said)


def view_statements(model: Model, masker: Masker) -> Iterator[str]:
    """What makes the views of the contract."""
    for each in made_views(model, masker):
        yield view_statement(model, each, masker)


@dataclass(frozen=True, slots=True)
class Policed:
    """A column with a policy, and the places of the policy and of the one for those who see."""

    field: Field
    hidden: tuple[Path, ...]
    policy: str
    policy_name: str
    open: str
    open_name: str


def policy_statements(model: Model, masker: Masker) -> Iterator[str]:
    """What makes the policies of the contract, and what they say of each role."""
    hiding = masker.forms.hiding
    if not isinstance(hiding, Policies):
        return
    for object_ in tables(model):
        readers = holders(model, object_, masker.dialect)
        if not any(each.hidden(model, object_) for each in readers):
            continue
        for field in object_.record.fields:
            hidden = outermost(each for each in guarded(object_) if each[0] is field)
            if hidden and can_hide(model, object_, hidden, masker):
                at = _policed(model, object_, field, hidden, masker)
                yield from _statements(model, object_, at, readers, masker, hiding)


def _policed(
    model: Model,
    object_: Object,
    field: Field,
    hidden: tuple[Path, ...],
    masker: Masker,
) -> Policed:
    place = policy_place(model, object_, masker) or ()
    inside = namespace(model, object_, masker.dialect)
    words = (*(() if place == inside else inside[-1:]), object_.table, field.column)
    names = [constraint_name(each, words, masker.dialect) for each in ("mask", "show")]
    hidden_at, open_at = (joined((*place, each), masker.dialect) for each in names)
    plain = [".".join((*place, each)) for each in names]
    return Policed(field, hidden, hidden_at, plain[0], open_at, plain[1])


def _statements(
    model: Model,
    object_: Object,
    at: Policed,
    readers: tuple[Holder, ...],
    masker: Masker,
    hiding: Policies,
) -> Iterator[str]:
    dialect, grants = masker.dialect, masker.forms.grants
    assert grants is not None
    known = [each for each in readers if principal(each, dialect, grants)]
    blind = {
        each.name
        for each in known
        if any(path[0] is at.field for path in each.hidden(model, object_))
    }
    seers = [written(each, dialect, grants) for each in known if each.name not in blind]
    held = fitted(object_.record.fields, dialect)
    tag = joined((*namespace(model, object_, dialect), "classification"), dialect)
    sees = [hiding.seen_by.format(identity=each) for _, each in seers] if hiding.seen_by else []
    said = {
        "policy": at.policy,
        "policy_name": at.policy_name,
        "open": at.open,
        "open_name": at.open_name,
        "table": joined(relations(model, object_, dialect)[0].place, dialect),
        "column": quote(at.field.column, dialect),
        "type": sql_type(at.field.type, held, null=True),
        "masked": _masked(at, masker, hiding),
        "sees": " OR ".join(sees) or hiding.seen_by_none,
        "tag": tag,
        "word": literal(_word(at), dialect),
    }
    yield from (each.format(**said) for each in hiding.column)
    for role, identity in seers:
        yield from (each.format(role=role, identity=identity, **said) for each in hiding.seer)
    for each in known:
        if each.name in blind and Right.READ in each.rights:
            role, identity = written(each, dialect, grants)
            more = {"role": role, "identity": identity}
            yield from (form.format(**more, **said) for form in hiding.reader)


def _masked(at: Policed, masker: Masker, hiding: Policies) -> str:
    if hiding.words:
        is_whole = len(at.hidden[0]) == 1
        said = at.field.anonymise if is_whole else None
        return hiding.words[said or Anonymise.NULL]
    return masker.column(at.field, at.hidden, hiding.value)


def _word(at: Policed) -> str:
    """The classification of the column, else of the first value in it that has one."""
    return (at.field.classification or at.hidden[0][-1].classification or "").strip()
