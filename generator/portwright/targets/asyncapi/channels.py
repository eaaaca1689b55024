"""Channels and operations of a document: the topic of each object, and that the service sends."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import names
from portwright.model import Model, Object, Port, support
from portwright.oversight import promised, readers

_BINDING = "0.5.0"
_DELETED = "A message without a value says that the record of its key is no more."


def streams(model: Model) -> Iterator[Object]:
    """The objects that are handed out as a stream."""
    return (each for each in model.objects if Port.STREAM in each.ports)


def name(object_: Object) -> str:
    """What the channel is called."""
    return names.snake(object_.name)


def channel(model: Model, object_: Object) -> dict[str, object]:
    """The topic, who reads it, and what is promised of it."""
    record = names.type_names(model)[object_.record.path]
    told = [(object_.description or "").strip(), _DELETED if object_.key else ""]
    held = [each for each in readers(model) if object_.name in each.objects]
    until = support.until(model, object_)
    return {
        "address": object_.topic,
        **({"title": object_.business_name} if object_.business_name else {}),
        "description": "\n\n".join(filter(None, told)) or f"Records of {object_.name}.",
        "messages": {record: {"$ref": f"#/components/messages/{record}"}},
        **tags(*object_.tags, *(("deprecated",) if object_.deprecated else ())),
        "bindings": {"kafka": {"topic": object_.topic, "bindingVersion": _BINDING}},
        **some("x-promises", _promises(model, object_)),
        **some("x-readers", [{"role": each.role, "may": each.may} for each in held]),
        **some("x-supported-until", until.isoformat() if until else None),
    }


def operation(model: Model, object_: Object) -> dict[str, object]:
    """What the service does: it sends."""
    record = names.type_names(model)[object_.record.path]
    channel = f"#/channels/{name(object_)}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": f"{names.pascal(model.name)} publishes {record}.",
        "messages": [{"$ref": f"{channel}/messages/{record}"}],
    }


def tags(*words: str) -> dict[str, object]:
    """The words as tags, no word twice."""
    found = dict.fromkeys(each.strip() for each in words if each.strip())
    return some("tags", [{"name": each} for each in found])


def some(key: str, value: object) -> dict[str, object]:
    """The key with its value, where there is something in it."""
    return {key: value} if value else {}


def _promises(model: Model, object_: Object) -> list[dict[str, str]]:
    """The promises of the object in words, as the pages for consumers have them."""
    return [
        {
            key: word
            for key, word in (
                ("promise", each.said),
                ("figure", each.figure),
                ("kept", each.kept),
                ("description", each.description),
            )
            if word
        }
        for each in promised(model)
        if not each.objects or object_.name in each.objects
    ]
