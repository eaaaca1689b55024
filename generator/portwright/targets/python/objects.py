"""What the modules of a package say of one object: its names, and its words as literals."""

from __future__ import annotations

from dataclasses import dataclass

from portwright import names
from portwright.model import Expression, Model, Object, Port
from portwright.targets.python import naming, persons
from portwright.targets.python.deprecation import Deprecated, of_object, supported_until
from portwright.targets.python.text import docstring, literal, tuple_of

# The runtime's class for an object by whether it has a stream and a table.
_DATASETS = {
    (True, True): "Dataset",
    (True, False): "StreamDataset",
    (False, True): "TableDataset",
    (False, False): None,
}


@dataclass(frozen=True, slots=True)
class ObjectView:
    """One object. `object`, `topic`, `event_type`, `key` and `key_fields` are Python
    expressions, the rest names.

    `dataset` is the runtime's class for it and `outlets` what that class is made with;
    `deprecated` is what classes of those who use it say.
    """

    object: str
    record: str
    attribute: str
    topic: str
    event_type: str
    topic_constant: str
    schema_constant: str
    imports_constant: str
    function: str
    key: str | None
    key_fields: str
    key_template: str | None
    headers: tuple[str, ...]
    subject: str | None
    private_key: bool
    supported_until: str
    persons: str
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
    deprecated: Deprecated


def views(model: Model) -> list[ObjectView]:
    """The objects in order."""
    types = names.type_names(model)
    return [_view(model, each, types[each.record.path]) for each in model.objects]


def streams(model: Model) -> list[ObjectView]:
    """The objects that are handed out as a stream."""
    return [each for each in views(model) if each.stream]


_HANDLED = tuple(
    docstring("If this raises, it is asked again; in the end the event is put aside.", 8)
)
_DELETED = tuple(docstring("The record of that key is no more. Does nothing.", 8))


def _view(model: Model, object_: Object, record: str) -> ObjectView:
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
        schema_constant=naming.schema_constant(object_),
        imports_constant=naming.imports_constant(object_),
        function=naming.function(object_.record),
        key=_values(object_.key),
        key_fields=tuple_of(map(literal, object_.key.paths)) if object_.key else "()",
        key_template=_template(object_.key),
        headers=tuple(_header(*each) for each in object_.stream_headers),
        subject=literal(object_.subject) if object_.subject else None,
        private_key=object_.key is not None and not object_.key.public,
        supported_until=supported_until(model, object_),
        persons=_persons(object_),
        consumer=consumer,
        handler=handler,
        deleted=naming.deleted_handler(object_),
        batch_consumer=naming.batch_consumer_class(object_),
        batch_handler=batch,
        parameter=naming.parameter(object_),
        subclass=f"{names.pascal(object_.name)}Handler",
        stream=stream,
        table=table,
        dataset=_DATASETS[stream, table],
        outlets=tuple(name for name, is_there in outlets.items() if is_there),
        attribute_docstring=tuple(docstring(told, 8)) if told else (),
        consumer_docstring=tuple(
            docstring(f"Consumes `{object_.name}`: a subclass says what `{handler}` does.", 4)
        ),
        handler_docstring=_HANDLED,
        deleted_docstring=_DELETED,
        batch_docstring=tuple(
            docstring(
                f"Consumes `{object_.name}` in batches: a subclass says what `{batch}` does.", 4
            )
        ),
        deprecated=of_object(model, object_),
    )


def _values(expression: Expression | None) -> str | None:
    """The values of the fields of a `record`, as a tuple."""
    if expression is None:
        return None
    paths = (".".join(map(naming.attribute, path)) for path in expression.fields)
    return tuple_of(f"record.{path}" for path in paths)


def _persons(object_: Object) -> str:
    """The properties that name the person whom a record is about; "" without any."""
    found = [literal(persons.named(each)) for each in persons.of(object_)]
    return tuple_of(found) if found else ""


def _template(expression: Expression | None) -> str | None:
    return (
        None if expression is None or expression.template is None else literal(expression.template)
    )


def _header(name: str, expression: Expression) -> str:
    """What the runtime makes a header of: its name, a template and the values in it."""
    return f"({literal(name)}, {literal(expression.template or '{}')}, {_values(expression)})"
