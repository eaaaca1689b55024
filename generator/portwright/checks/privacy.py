"""Privacy: what is to stand for values and never could, and encrypted twins that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, Severity, error, printable
from portwright.model import Anonymise, Model, walk
from portwright.privacy import Strategy, guessable, strategies


def possible_strategies(model: Model) -> Iterator[Diagnostic]:
    """What the contract asks to stand for values of a type, or of a place, that cannot have it."""
    primary = {(each.name, name) for each in model.objects for name in each.primary_key}
    for path, each in strategies(model).items():
        fault = _fault(each, path in primary) if each.said else None
        if fault is not None:
            code, message, help = fault
            place = printable(".".join(path))
            yield error(code, f"`{place}` {message}", each.field.span, help)


def _fault(strategy: Strategy, is_primary: bool) -> tuple[str, str, str] | None:
    """The code, what is wrong with the property, and what to write."""
    field = strategy.field
    match strategy.way:
        case Anonymise.NULL if field.required:
            return "PW440", "is required, and is to become null", "write `mask` or `hash`"
        case Anonymise.HASH if any(map(guessable, walk.own_types(field.type))):
            message = "is to become a hash, of which its type has none"
            return "PW441", message, "write `mask`, or `null` where it may be missing"
        case Anonymise.MASK if is_primary or field.unique:
            message = "tells rows apart, and is to become the same mask in every one"
            return "PW442", message, "write `hash`"
    return None


def encrypted_twins(model: Model) -> Iterator[Diagnostic]:
    """Names of encrypted values (`encryptedName`) that no property beside has. A port may leave
    these out, so it is told and not held against it; none is its own twin."""
    for record in walk.all_records(model):
        known = {name for each in record.fields for name in (each.name, each.column)}
        for each in record.fields:
            if each.encrypted and each.encrypted not in known - {each.name}:
                message = f"there is no `{printable(each.encrypted)}` with the encrypted values of"
                help = "name a property beside it, and guard that one less"
                severity = Severity.WARNING if each.encrypted in known else Severity.NOTICE
                message += f" `{printable(each.name)}`"
                yield Diagnostic("PW445", severity, message, each.span, help)
