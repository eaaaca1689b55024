"""What a job of Spark cannot do for an object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Decimal, Integer, Model, Object, Port, walk
from portwright.targets.avro_types import field_name
from portwright.targets.ddl.keys import can_be_key
from portwright.targets.ddl.rules import diagnose
from portwright.targets.ddl.text import same_name
from portwright.targets.findings import Loss, losses, meetings
from portwright.targets.spark.dialect import SPARK
from portwright.targets.spark.keys import is_keyed_by_row
from portwright.targets.spark.schema import DIGITS

_LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW392",
        lambda type_: (
            (isinstance(type_, Integer) and type_.bits > 64)
            or (isinstance(type_, Decimal) and type_.precision > DIGITS)
        ),
        f"Spark has decimals of up to {DIGITS} digits, and a record with a greater number is put"
        " aside",
    ),
)


def streams(model: Model) -> Model:
    """The model of the objects with a stream, which jobs make tables of."""
    both = (Port.STREAM, Port.TABLE)
    found = (each for each in model.objects if Port.STREAM in each.ports)
    return replace(model, objects=tuple(replace(each, ports=both) for each in found))


def find(model: Model) -> Iterator[Diagnostic]:
    """Every finding about the jobs of a model that `streams` gave."""
    yield from (each for each in diagnose(model, SPARK) if each.is_error)
    yield from losses(model, _LOSSY)
    yield from _too_fine(model)
    for record in walk.all_records(model):
        for first, field in meetings(record.fields, lambda each: field_name(each).lower()):
            if same_name(first.column, SPARK.identifiers) != same_name(
                field.column, SPARK.identifiers
            ):
                yield error(
                    "PW391",
                    f"Spark takes `{first.name}` and `{field.name}` of an Avro record for one",
                    field.span,
                    "rename one of them; a `physicalName` does not help",
                )
    for each in model.objects:
        yield from _keys(each)


def _too_fine(model: Model) -> Iterator[Diagnostic]:
    for path, field in walk.fields(model):
        for type_ in walk.own_types(field.type):
            if isinstance(type_, Decimal) and type_.scale > DIGITS:
                yield error(
                    "PW391",
                    f"`{'.'.join(path)}`: Spark has no decimal with {type_.scale} digits after the"
                    " point",
                    field.span,
                    f"give it a scale of at most {DIGITS}",
                )


def _keys(object_: Object) -> Iterator[Diagnostic]:
    key = object_.fields(object_.primary_key)
    for field in key:
        if not can_be_key(field, SPARK):
            yield error(
                "PW391",
                f"Spark cannot compare `{field.name}`, and so finds no row by it",
                field.span,
                "take a property of another type for the primary key",
            )
    if key and not is_keyed_by_row(object_):
        yield warning(
            "PW393",
            f"messages of `{object_.name}` are not keyed by its primary key: a job tells the newest"
            " of a row by its time, and puts tombstones aside",
            object_.span,
            "leave `streamKey` out where rows are to be deleted by tombstones",
        )
