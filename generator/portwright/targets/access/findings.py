"""Findings about roles: words, names and values that rights cannot be made of."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import access
from portwright.access import guarded
from portwright.diagnostics import Diagnostic, nearest, printable, warning
from portwright.model import Anonymise, Model, Object, Role, walk
from portwright.targets.access.forms import Policies
from portwright.targets.access.masks import Masker, lost
from portwright.targets.access.permissions import can_hide, policy_place, principal
from portwright.targets.access.sight import Holder, holders, outermost
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.places import server_of
from portwright.targets.ddl.text import same_name


def of_roles(model: Model) -> Iterator[Diagnostic]:
    """What is odd about roles, whatever the engine."""
    for roles in (model.roles, *(each.roles for each in model.servers)):
        seen: dict[str, Role] = {}
        for role in roles:
            yield from _of_role(model, role)
            if role.role in seen and not _are_apart(role, seen[role.role]):
                message = f"the role `{printable(role.role)}` is there twice"
                help = "it has the rights of both: make one of them"
                yield warning("PW413", message, role.span or model.span, help)
            seen.setdefault(role.role, role)


def _are_apart(one: Role, other: Role) -> bool:
    """Whether two roles of a name speak of different objects."""
    return bool(one.objects and other.objects) and not set(one.objects) & set(other.objects)


def _of_role(model: Model, role: Role) -> Iterator[Diagnostic]:
    span, name = role.span or model.span, printable(role.role)
    if access.rights(role) is None:
        said = printable(role.access or "")
        message = f"`{said}`, the access of the role `{name}`, is no word that is known"
        help = "it gets no rights: write read, write or readwrite"
        yield warning("PW410", message, span, help)
    objects = {
        called for each in model.objects for called in (each.name, each.table, each.topic, each.id)
    }
    for each in role.objects:
        if each not in objects:
            message = f"the role `{name}` is of `{printable(each)}`, which is no object"
            near = nearest(each, [object_.name for object_ in model.objects])
            yield warning("PW411", message, span, near or "name one of the contract's objects")
    written = {(each.classification or "").strip().lower() for _, each in walk.fields(model)}
    known = {each.strip().lower() for each in model.classifications}
    for each in role.sees:
        if each.strip().lower() not in {*written, *known, "*"}:
            message = f"the role `{name}` sees `{printable(each)}`, which is no classification"
            near = nearest(each, model.classifications)
            listed = ", ".join(map(printable, model.classifications))
            yield warning("PW412", message, span, near or f"write one of {listed}")


def of_engine(model: Model, masker: Masker) -> Iterator[Diagnostic]:
    """What the engine cannot do for the contract's roles."""
    yield from _of_same_names(model, masker)
    told: set[str] = set()
    for object_ in tables(model):
        yield from _of_names(model, object_, masker, told)
        if any(each.hidden(model, object_) for each in holders(model, object_, masker.dialect)):
            yield from _of_values(model, object_, masker)


def _of_same_names(model: Model, masker: Masker) -> Iterator[Diagnostic]:
    """Roles that are two in the contract, and one in the engine."""
    if masker.forms.grants is None or masker.forms.grants.case:
        return
    rules, title = masker.dialect.identifiers, masker.dialect.title
    found: dict[str, Holder] = {}
    for object_ in tables(model):
        for each in holders(model, object_, masker.dialect):
            other = found.setdefault(same_name(each.name, rules), each)
            if other.name != each.name:
                names = f"`{printable(other.name)}` and `{printable(each.name)}`"
                message = f"{names} are one role in {title}: it has the rights of both"
                span = each.roles[0].span or model.span
                yield warning("PW413", message, span, "give them names that differ by more")


def _of_names(
    model: Model, object_: Object, masker: Masker, told: set[str]
) -> Iterator[Diagnostic]:
    grants = masker.forms.grants
    for each in holders(model, object_, masker.dialect):
        if grants and each.name not in told and principal(each, masker.dialect, grants) is None:
            told.add(each.name)
            name, title = printable(each.name), masker.dialect.title
            message = f"{title} can have no role `{name}`: it gets no rights there"
            span = each.roles[0].span or model.span
            yield warning("PW415", message, span, "name it as the engine would, at the server")


def _of_values(model: Model, object_: Object, masker: Masker) -> Iterator[Diagnostic]:
    title = masker.dialect.title
    if policy_place(model, object_, masker) is None:
        message = f"`{printable(object_.name)}` has classified properties, and {title} hides them"
        message += " by policies that are of a project and a region: who may not see all of it"
        message += " gets nothing"
        server = server_of(model, masker.dialect)
        span = (server.span if server else None) or object_.span
        help = "write the option `region`, and the project at the contract's server"
        yield warning("PW416", message, span, help)
        return
    hiding = masker.forms.hiding
    if isinstance(hiding, Policies) and hiding.words:
        yield from _of_words(model, object_, masker)
        return
    for field, why in lost(masker, outermost(guarded(object_))):
        yield warning("PW414", f"`{printable(field.name)}` in {title}: {why}", field.span)
    if masker.forms.grants is None:
        message = f"{title} has no roles: who can open it reads all of `{printable(object_.name)}`"
        help = "to those who may not, hand out a file that has the masked view's rows only"
        yield warning("PW417", message, object_.span, help)


def _of_words(model: Model, object_: Object, masker: Masker) -> Iterator[Diagnostic]:
    """Of an engine that has words for what stands for a whole column."""
    for path in outermost(guarded(object_)):
        said = f"`{printable(path[-1].name)}` in {masker.dialect.title}: "
        if not can_hide(model, object_, (path,), masker):
            said += "no policy hides a column of records, so who may not see it gets nothing"
            yield warning("PW416", said, path[-1].span, "put it into a column of its own")
        elif path[0].anonymise is Anonymise.HASH:
            said += "its hash has no key, so who knows a value finds its hash"
            yield warning("PW414", said, path[-1].span)
