"""Permissions: what each role gets on the tables of a contract, as statements and as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from portwright.access import Path, Right, guarded
from portwright.diagnostics import printable
from portwright.model import Model, Object, Record, walk
from portwright.targets.access.forms import Grants, Level, Policies, Principal, Views
from portwright.targets.access.masks import Masker
from portwright.targets.access.sight import Holder, holders, words
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.places import joined, namespace
from portwright.targets.ddl.text import constraint_name, literal, name_faults, quote, stored
from portwright.targets.ddl.views import view_place

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """`rights` of a holder on a place, whose parts are as the contract has them."""

    holder: Holder
    level: Level
    place: Place
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A relation with an object's rows, in which the paths are hidden. What `is_made` is a view of
    ours over the table `of`; others are there already."""

    object_: Object
    level: Level
    place: Place
    hidden: tuple[Path, ...] = ()
    is_made: bool = False


def relations(model: Model, object_: Object, dialect: Dialect) -> tuple[Shown, ...]:
    """The object's table, and the view without a version where there is one."""
    place = (*namespace(model, object_, dialect), object_.table)
    found = [Shown(object_, Level.TABLE, place)]
    if view := view_place(model, object_, dialect):
        found.append(Shown(object_, Level.VIEW, view))
    return tuple(found)


def masked(model: Model, shown: Shown, hidden: tuple[Path, ...], dialect: Dialect) -> Shown:
    """The view beside a relation that hides the paths: `orders_masked`, or where only some
    classifications are hidden `orders_masked__restricted`."""
    some = words(hidden)
    *above, name = shown.place
    parts = ("masked", *(() if some == words(guarded(shown.object_)) else sorted(some)))
    view = constraint_name(name, parts, dialect)
    if view in {each.table for each in model.objects}:
        view = constraint_name(name, parts, dialect, "view")
    return Shown(shown.object_, Level.VIEW, (*above, view), hidden, is_made=True)


def readable(model: Model, object_: Object, holder: Holder, masker: Masker) -> tuple[Shown, ...]:
    """The relations in which a holder reads the object: views of ours where the table itself would
    show too much, none where nothing can hide that."""
    hidden = holder.hidden(model, object_)
    found = relations(model, object_, masker.dialect)
    if not hidden:
        return found
    if isinstance(masker.forms.hiding, Policies):
        return found if can_hide(model, object_, hidden, masker) else ()
    return tuple(masked(model, each, hidden, masker.dialect) for each in found)


def can_hide(model: Model, object_: Object, hidden: tuple[Path, ...], masker: Masker) -> bool:
    """Whether the engine can keep the paths from who reads the table."""
    hiding = masker.forms.hiding
    if isinstance(hiding, Views):
        return True
    has_records = any(
        isinstance(each, Record) for path in hidden for each in walk.types(path[0].type)
    )
    is_placed = policy_place(model, object_, masker) is not None
    return is_placed and (hiding.nests or not has_records)


def policy_place(model: Model, object_: Object, masker: Masker) -> Place | None:
    """Where policies on the object's columns are; None where that is not known."""
    hiding = masker.forms.hiding
    place = namespace(model, object_, masker.dialect)
    if isinstance(hiding, Views) or hiding.place is None:
        return place
    if not hiding.place:
        return ()
    if masker.region is None or len(place) < 2:
        return None
    return tuple(each.format(database=place[0], region=masker.region) for each in hiding.place)


def made_views(model: Model, masker: Masker) -> tuple[Shown, ...]:
    """The views to be made, each once."""
    if not isinstance(masker.forms.hiding, Views):
        return ()
    dialect = masker.dialect
    found: dict[Place, Shown] = {}
    for object_ in tables(model):
        for holder in holders(model, object_, dialect):
            if Right.READ in holder.rights:
                for each in readable(model, object_, holder, masker):
                    if each.is_made:
                        found.setdefault(each.place, each)
    return tuple(found.values())


def permissions(model: Model, masker: Masker) -> Iterator[Permission]:
    """What the contract's roles get, role by role, from the outside in; each once."""
    dialect, grants = masker.dialect, masker.forms.grants
    if grants is None:
        return
    found: dict[tuple[str, Level, Place], Permission] = {}
    for object_ in tables(model):
        for holder in holders(model, object_, dialect):
            if principal(holder, dialect, grants) is None:
                continue
            for each in _permissions(model, object_, holder, masker):
                key = (holder.name, each.level, each.place)
                known = found.get(key)
                rights = (*(known.rights if known else ()), *each.rights)
                found[key] = Permission(
                    each.holder, each.level, each.place, tuple(dict.fromkeys(rights))
                )
    order = {name: at for at, name in enumerate(dict.fromkeys(name for name, _, _ in found))}
    levels = list(Level)
    yield from sorted(
        found.values(), key=lambda each: (order[each.holder.name], levels.index(each.level))
    )


def _permissions(
    model: Model, object_: Object, holder: Holder, masker: Masker
) -> Iterator[Permission]:
    dialect, grants = masker.dialect, masker.forms.grants
    assert grants is not None
    place = namespace(model, object_, dialect)
    if not place and dialect.default_schema:
        place = (dialect.default_schema,)
    above: dict[Level, Place] = {}
    if place:
        above[Level.SCHEMA] = place
    if len(place) > 1:
        above[Level.DATABASE] = place[:1]
    for right in (Right.READ, Right.WRITE):
        if right not in holder.rights:
            continue
        on = [(level, at) for level, at in above.items()]
        if right is Right.READ:
            shown = readable(model, object_, holder, masker)
            on += [(each.level, each.place) for each in shown]
        else:
            on += [(Level.TABLE, relations(model, object_, dialect)[0].place)]
        for level, at in on:
            rights = grants.rights[right].get(level, ())
            if rights and level in grants.on:
                yield Permission(holder, level, at, rights)


def principal(holder: Holder, dialect: Dialect, grants: Grants) -> Principal | None:
    """How the role is written; None where the engine can have none of that name."""
    found = next((each for each in grants.principals if each.pattern.fullmatch(holder.name)), None)
    is_name = found is not None and "{quoted}" in found.role
    return None if is_name and any(name_faults(holder.name, dialect)) else found


def written(holder: Holder, dialect: Dialect, grants: Grants) -> tuple[str, str]:
    """The role and its identity as SQL."""
    form = principal(holder, dialect, grants)
    assert form is not None
    found = form.pattern.fullmatch(holder.name)
    said = {
        "name": holder.name,
        "bare": found[1] if found and found.re.groups else holder.name,
        "quoted": quote(holder.name, dialect),
        "text": literal(holder.name, dialect),
        "stored": literal(stored(holder.name, dialect), dialect),
    }
    return form.role.format(**said), form.identity.format(**said)


def creating(holder: Holder, dialect: Dialect, grants: Grants) -> str | None:
    """The statement that makes the role; None where none makes it."""
    form = principal(holder, dialect, grants)
    if grants.create_role is None or form is None or not form.is_made:
        return None
    return grants.create_role.format(role=written(holder, dialect, grants)[0])


def granting(each: Permission, dialect: Dialect, grants: Grants) -> str:
    """The statement that grants it."""
    return _statement(grants.grant, each, dialect, grants)


def revoking(each: Permission, dialect: Dialect, grants: Grants) -> str:
    """The statement that takes it away."""
    return _statement(grants.revoke, each, dialect, grants)


def _statement(form: str, each: Permission, dialect: Dialect, grants: Grants) -> str:
    role, _ = written(each.holder, dialect, grants)
    on = grants.on[each.level].format(place=joined(each.place, dialect))
    return form.format(rights=", ".join(each.rights), on=on, role=role)


def by_holder(found: Iterable[Permission]) -> Iterator[tuple[Holder, list[Permission]]]:
    """The permissions of each role together."""
    for _, several in groupby(found, key=lambda each: each.holder.name):
        of_role = list(several)
        yield of_role[0].holder, of_role


def described(holder: Holder) -> str:
    """A line about the role: `fulfilment (read): Packs and sends orders.`"""
    rights = " and ".join(each for each in Right if each in holder.rights)
    about = next((each.description for each in holder.roles if each.description), None)
    return printable(f"{holder.name} ({rights})") + (f": {about}" if about else "")
