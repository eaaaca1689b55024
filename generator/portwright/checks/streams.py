"""Streams: what their keys give away, and what their schemas are known by."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Model, Object, Port


def public_keys(model: Model) -> Iterator[Diagnostic]:
    """Classified properties in the key of a stream."""
    for each in model.objects:
        if each.key is None or Port.STREAM not in each.ports:
            continue
        for path, name in zip(each.key.fields, each.key.paths, strict=True):
            if not all(field.public for field in path):
                message = f"`{name}` is classified, and keys the messages of `{each.name}`"
                help = "key them by another property with `streamKey`: keys are seen by everybody"
                yield warning("PW214", message, path[-1].span, help)


def distinct_subjects(model: Model) -> Iterator[Diagnostic]:
    """Objects that share a subject: a registry would take one's schema for the other's next."""
    seen: dict[str, Object] = {}
    for each in {each.name: each for each in model.objects}.values():
        if Port.STREAM not in each.ports:
            continue
        first = seen.setdefault(each.schema_subject, each)
        # Where the topics are the same, that is what is told.
        if first is not each and first.topic != each.topic:
            message = f"the subject `{each.schema_subject}` is also that of `{first.name}`"
            yield error("PW215", message, each.span, "give one of the two another `schemaSubject`")
