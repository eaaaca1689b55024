"""Streams: what their keys give away."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, warning
from portwright.model import Model, Port


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
