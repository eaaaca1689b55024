"""What a connector cannot do for an object."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Decimal, Integer, Object, Type, walk
from portwright.targets.kafka_connect.connectors import is_upserted
from portwright.targets.kafka_connect.sinks import Sink
from portwright.targets.kafka_connect.transforms import is_nested, is_renamed, moment

# Lists of names divide at these and are stripped, and a worker puts in what stands in `${…}`.
_READ = re.compile(r"[,:]|\$\{|\A\s|\s\Z|[\x00-\x1f]")


def find(object_: Object, sink: Sink, wire: str) -> Iterator[Diagnostic]:
    """Every finding about an object's connector."""
    yield from _names(object_, sink)
    yield from _rows(object_, sink)
    for field in object_.record.fields:
        if not sink.nested and is_nested(field.type):
            absent = ", and its column has to allow null" if field.required else ""
            yield warning(
                "PW396",
                f"{sink.title}'s connector has no column for lists, maps and records:"
                f" `{object_.name}.{field.name}` is left out{absent}",
                field.span,
            )
        elif moment(field.type) and wire == "avro":
            yield warning(
                "PW397",
                f"Kafka Connect keeps milliseconds: what is finer in `{object_.name}.{field.name}`"
                " is lost",
                field.span,
                "take the target `spark` where microseconds matter",
            )
        else:
            yield from _inside(field.type, object_, field.name, sink, wire)


def _inside(type_: Type, object_: Object, name: str, sink: Sink, wire: str) -> Iterator[Diagnostic]:
    """A finding where values inside the field arrive as something else."""
    place = f"`{object_.name}.{name}`"
    inside = [*walk.types(type_)]
    moments = any(moment(each) for each in inside if each is not type_)
    names = any(is_renamed(each) for record in walk.records(type_) for each in record.fields)
    span = next(each.span for each in object_.record.fields if each.name == name)
    if moments and wire == "avro":
        told = f"{place} holds moments, which {sink.title}'s connector gets as whole numbers"
        yield warning("PW397", told, span, "take the target `spark` for such tables")
    if names:
        told = f"fields inside {place} keep the names that they have in messages"
        yield warning("PW397", told, span, "leave their `physicalName` out of the contract")
    if wire == "protobuf" and any(
        isinstance(each, Decimal | Integer) and _is_exact(each) for each in inside
    ):
        told = f"{place} holds exact numbers, which a converter of Protobuf gives as records"
        yield warning("PW397", told, span, "write Avro where they have to be numbers in a table")


def _is_exact(type_: Type) -> bool:
    return isinstance(type_, Decimal) or (isinstance(type_, Integer) and type_.bits > 64)


def _names(object_: Object, sink: Sink) -> Iterator[Diagnostic]:
    if _READ.search(object_.table) or "." in object_.table:
        yield error(
            "PW394",
            f"no connector can be told of a table `{object_.table}`: it reads `.`, `,`, `:` and"
            " `${` as its own",
            object_.span,
            "give it another `physicalName`",
        )
    key = object_.primary_key if sink.upserts else ()
    for field in object_.record.fields:
        if _READ.search(field.column) and (is_renamed(field) or field.name in key):
            yield error(
                "PW394",
                f"no connector can be told of a column `{field.column}`: it reads `,`, `:` and"
                " `${` as its own",
                field.span,
                "give it another `physicalName`",
            )


def _rows(object_: Object, sink: Sink) -> Iterator[Diagnostic]:
    if not object_.primary_key:
        return
    if sink.upserts is None:
        yield warning(
            "PW395",
            f"{sink.title}'s connector only appends: `{object_.name}` gets a row for every event,"
            " and none is deleted",
            object_.span,
            "take the newest row of each key in a view, or the target `spark`",
        )
    elif not is_upserted(object_, sink):
        yield warning(
            "PW395",
            f"messages of `{object_.name}` are not keyed by the one column of a primary key, so"
            f" {sink.title}'s connector appends a row for every event, and deletes none",
            object_.span,
            "take the target `spark`, which reads such keys",
        )
    elif sink.key_column:
        yield warning(
            "PW395",
            f"{sink.title}'s connector finds rows of `{object_.name}` by a column"
            f" `{sink.key_column}`, which it adds to the table",
            object_.span,
        )
