"""Policies about persons: whose data there are, what stands for them, and who reads them all."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import personal
from portwright.access import Right, holders, sees
from portwright.diagnostics import printable
from portwright.model import Anonymise, Boolean, Field, Model, Object, Port, Record, Role, walk
from portwright.policies.classified import classified, fields_below
from portwright.policies.policy import Finding, Setting


def subjects(model: Model, setting: Setting) -> Iterator[Finding]:
    """Objects with data of persons, in which nothing names the person."""
    for each in model.objects:
        found = [(path, fields[-1]) for path, fields in fields_below(each.record, (each.name,))]
        if any(field.subject for _, field in found):
            continue
        of_person = [path for path, field in found if _is_personal(field)]
        if of_person:
            place = printable(".".join(of_person[0]))
            more = f" and {len(of_person) - 1} more" if len(of_person) > 1 else ""
            message = f"`{printable(each.name)}` has data of persons (`{place}`{more})"
            help = "write the custom property `dataSubject: true` at the property that names whose"
            yield Finding(f"{message}, and nothing names the person", each.span, f"{help} they are")


def kept(model: Model, setting: Setting) -> Iterator[Finding]:
    """Classified properties whose values stay where nobody is to be found."""
    for each in model.objects:
        for path, fields in fields_below(each.record, (each.name,)):
            word = classified(fields, setting)
            if word and fields[-1].anonymise is Anonymise.KEEP:
                message = f"`{printable('.'.join(path))}` is {word}, and stays in anonymous records"
                help = "write `hash`, `mask` or `null` for `anonymise`, or classify it less"
                yield Finding(message, fields[-1].span, help)


def streams(model: Model, setting: Setting) -> Iterator[Finding]:
    """Roles that read a stream, and with it values that they do not see: nothing masks these."""
    for each in model.objects:
        if Port.STREAM not in each.ports:
            continue
        for holder in holders(model, each):
            unseen = _unseen(model, each, setting, holder.role)
            if unseen and Right.READ in holder.rights:
                role, more = printable(holder.role.role), len(unseen) - 1
                message = f"the role `{role}` reads the stream of `{printable(each.name)}`"
                message += f", and does not see `{printable('.'.join(unseen[0]))}`"
                message += f" and {more} more" if more else ""
                help = "say what it `sees`, which `objects` it reads, or hand out one without these"
                yield Finding(message, each.span, help)


def _is_personal(field: Field) -> bool:
    if isinstance(field.type, Boolean) or any(map(_is_record, walk.own_types(field.type))):
        return False
    return field.anonymise is not None or personal.guessed(field.name) is not None


def _is_record(type_: object) -> bool:
    return isinstance(type_, Record)


def _unseen(model: Model, object_: Object, setting: Setting, role: Role) -> list[tuple[str, ...]]:
    """The classified properties that the role does not see."""
    return [
        path
        for path, fields in fields_below(object_.record, (object_.name,))
        if classified(fields, setting) and not all(sees(model, role, each) for each in fields)
    ]
