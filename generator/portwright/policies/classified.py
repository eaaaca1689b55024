"""Policies about classified data: that it is known, and not where everybody looks."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import personal
from portwright.access import Right, holders
from portwright.diagnostics import nearest, printable
from portwright.model import Boolean, Field, Model, Object, Port, Record, Role, walk
from portwright.policies.policy import Finding, Setting

_OPEN = ("public", "unclassified")
EVERYONE = ("public", "everyone", "anyone", "all", "all-users", "allusers", "anonymous", "guest")


def personal_data(model: Model, setting: Setting) -> Iterator[Finding]:
    """Properties whose names speak of a person, and that nobody has classified, or too little."""
    least = setting.single("least")
    enough = setting.levels[_rank(least, setting) :] if least else setting.levels
    levels = ", ".join(map(printable, enough))
    for path, fields in _fields(model):
        field = fields[-1]
        said = personal.guessed(field.name)
        if said is None or isinstance(field.type, Boolean) or _holds_records(field):
            continue
        given = [word for each in fields if (word := (each.classification or "").strip())]
        if not given:
            message = f"`{_name(path)}` looks like {said}, and is not classified"
        elif least and max(_rank(each, setting) for each in given) < _rank(least, setting):
            message = f"`{_name(path)}` looks like {said}, and is {printable(given[-1])} only"
        else:
            continue
        help = f"write `classification:` with one of {levels}"
        yield Finding(message, field.span, help)


def _holds_records(field: Field) -> bool:
    return any(isinstance(each, Record) for each in walk.own_types(field.type))


def words(model: Model, setting: Setting) -> Iterator[Finding]:
    """Classifications that are none of the words agreed on."""
    known = {each.strip().lower() for each in setting.levels}
    for path, fields in _fields(model):
        written = fields[-1].classification
        if written and written.strip() and written.strip().lower() not in known:
            message = f"`{printable(written)}`, the classification of `{_name(path)}`, is not known"
            words = ", ".join(map(printable, setting.levels))
            help = nearest(written, setting.levels) or f"write one of {words}"
            yield Finding(message, fields[-1].span, help)


def keys(model: Model, setting: Setting) -> Iterator[Finding]:
    """Classified properties that identify rows, key messages or name partitions."""
    for each in model.objects:
        uses: dict[tuple[str, ...], list[str]] = {}
        for name in each.primary_key:
            uses.setdefault((name,), []).append("the primary key")
        for name in each.partition_key if Port.TABLE in each.ports else ():
            uses.setdefault((name,), []).append("the partitions")
        if each.key is not None and Port.STREAM in each.ports:
            for path in each.key.fields:
                uses.setdefault(tuple(f.name for f in path), []).append("the keys of messages")
        known = dict(fields_below(each.record, ()))
        for at, places in uses.items():
            fields = known.get(at, ())
            if fields and (word := classified(fields, setting)):
                message = f"`{_name((each.name, *at))}` is {word}, and in {' and '.join(places)}"
                message += f" of `{printable(each.name)}`"
                help = "keys are seen by everybody, logged and kept: use one that says nothing"
                yield Finding(message, fields[-1].span, help)


def public(model: Model, setting: Setting) -> Iterator[Finding]:
    """Classified properties of what everybody may read."""
    for each in model.objects:
        why = _open_by(model, each, setting)
        if why is None:
            continue
        for path, fields in fields_below(each.record, (each.name,)):
            word = classified(fields, setting)
            if word and not _holds_records(fields[-1]):
                message = f"`{_name(path)}` is {word}, and everybody may read it: {why}"
                help = "leave it out, or hand it out in an object that not everybody may read"
                yield Finding(message, fields[-1].span, help)


def _open_by(model: Model, object_: Object, setting: Setting) -> str | None:
    """What says that everybody may read the object."""
    everyone = {each.strip().lower() for each in setting.option("everyone")}
    for each in holders(model, object_):
        if Right.READ in each.rights and _is_of(each.role, everyone):
            whose = f"server `{printable(each.server.name)}`" if each.server else "contract"
            return f"the {whose} has the role `{printable(each.role.role)}`"
    for what, tags in (("contract", model.tags), ("object", object_.tags)):
        for tag in tags:
            if tag.strip().lower() in everyone:
                return f"the {what} has the tag `{printable(tag)}`"
    return None


def _is_of(role: Role, everyone: set[str]) -> bool:
    """Whether anybody is the role, by its name or by who it says it is (Kafka has `User:*`)."""
    said = (each.strip().lower().removeprefix("user:") for each in role.principals)
    return role.role.strip().lower() in everyone or any(each in {"*", *everyone} for each in said)


def classified(fields: tuple[Field, ...], setting: Setting) -> str | None:
    """The classification that is above what is let pass, of the fields that lead to one."""
    above = setting.single("above")
    passed = _rank(above, setting) if above else 0
    for each in fields:
        written = (each.classification or "").strip()
        if written and _rank(written, setting) > passed:
            return printable(written)
    return None


def _rank(word: str, setting: Setting) -> int:
    """How much a word of classification guards; one that nobody knows is no leave."""
    folded = word.strip().lower()
    levels = [each.strip().lower() for each in setting.levels]
    if folded in levels:
        return levels.index(folded)
    return 0 if folded in _OPEN else len(levels)


def _fields(model: Model) -> Iterator[tuple[tuple[str, ...], tuple[Field, ...]]]:
    for each in model.objects:
        yield from fields_below(each.record, (each.name,))


def fields_below(
    record: Record, path: tuple[str, ...], above: tuple[Field, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[Field, ...]]]:
    """Every field at every depth with its path and the fields that lead to it."""
    for each in record.fields:
        here, fields = (*path, each.name), (*above, each)
        yield here, fields
        for nested in walk.own_types(each.type):
            if isinstance(nested, Record):
                yield from fields_below(nested, here, fields)


def _name(path: tuple[str, ...]) -> str:
    return printable(".".join(path))
