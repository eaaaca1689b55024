"""What the modules of a package say of one object: its names, and its words as literals."""

from __future__ import annotations

from dataclasses import dataclass

from portwright import names
from portwright.model import Model, Object, Port
from portwright.targets.python import naming
from portwright.targets.python.text import docstring, literal, tuple_of

# What the methods of a consumer already call something.
_CLAIMED_BY_HANDLERS = frozenset({"self", "event"})


# The runtime's class for an object by whether it has a stream and a table.
_DATASETS = {
    (True, True): "Dataset",
    (True, False): "StreamDataset",
    (False, True): "TableDataset",
    (False, False): None,
}


@dataclass(frozen=True, slots=True)
class ObjectView:
    """One object. `object`, `topic`, `event_type`, `schema`, `key` and `key_fields` are Python
    expressions, the rest names.

    `dataset` is the runtime's class for it and `outlets` what that class is made with.
    """

    object: str
    record: str
    attribute: str
    topic: str
    event_type: str
    topic_constant: str
    schema: str
    function: str
    key: str | None
    key_fields: str
    private_key: bool
    consumer: str
    handler: str
    deleted: str
    batch_consumer: str
    batch_handler: str
    parameter: str
    subclass: str
    stream: bool
    table: bool
    dataset: str | None
    outlets: tuple[str, ...]
    attribute_docstring: tuple[str, ...]
    consumer_docstring: tuple[str, ...]
    handler_docstring: tuple[str, ...]
    deleted_docstring: tuple[str, ...]
    batch_docstring: tuple[str, ...]


def views(model: Model) -> list[ObjectView]:
    """The objects in order."""
    types = names.type_names(model)
    return [_view(model, each, types[each.record.path]) for each in model.objects]


def streams(model: Model) -> list[ObjectView]:
    """The objects that are handed out as a stream."""
    return [each for each in views(model) if each.stream]


def _view(model: Model, object_: Object, record: str) -> ObjectView:
    word = naming.mapper(object_)
    told = (object_.description or "").strip()
    consumer = naming.consumer_class(object_)
    handler, batch = naming.handler(object_), naming.batch_handler(object_)
    stream, table = (port in object_.ports for port in (Port.STREAM, Port.TABLE))
    topic, rows = naming.topic_constant(object_), naming.table_constant(object_)
    outlets = {f"topics.{topic}": stream, f"tables.{rows}": table}
    return ObjectView(
        object=literal(object_.name),
        record=record,
        attribute=naming.dataset(object_),
        topic=literal(object_.topic),
        event_type=literal(f"{names.namespace(model)}.{record}"),
        topic_constant=topic,
        schema=f"Schema(codec.{naming.schema_constant(object_)})",
        function=naming.function(object_.record),
        key=_key(object_),
        key_fields=tuple_of(literal(each) for each in object_.primary_key),
        private_key=not all(each.public for each in object_.fields(object_.primary_key)),
        consumer=consumer,
        handler=handler,
        deleted=naming.deleted_handler(object_),
        batch_consumer=naming.batch_consumer_class(object_),
        batch_handler=batch,
        parameter=f"{word}_" if word in _CLAIMED_BY_HANDLERS else word,
        subclass=f"{names.pascal(object_.name)}Handler",
        stream=stream,
        table=table,
        dataset=_DATASETS[stream, table],
        outlets=tuple(name for name, is_there in outlets.items() if is_there),
        attribute_docstring=tuple(docstring(told, 8)) if told else (),
        consumer_docstring=tuple(
            docstring(f"Consumes `{object_.name}`: a subclass says what `{handler}` does.", 4)
        ),
        handler_docstring=tuple(
            docstring("If this raises, it is asked again; in the end the event is put aside.", 8)
        ),
        deleted_docstring=tuple(docstring("The record of that key is no more. Does nothing.", 8)),
        batch_docstring=tuple(
            docstring(
                f"Consumes `{object_.name}` in batches: a subclass says what `{batch}` does.", 4
            )
        ),
    )


def _key(object_: Object) -> str | None:
    """The values of the primary key of a `record`, as a tuple."""
    key = object_.fields(object_.primary_key)
    values = [f"record.{naming.attribute(each)}" for each in key]
    return tuple_of(values) if values else None
