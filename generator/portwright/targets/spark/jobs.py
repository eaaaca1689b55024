"""The job of one object, as Python."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from hashlib import md5

from portwright import names, render
from portwright.model import Model, Object
from portwright.targets.ddl import columns, qualified, quote
from portwright.targets.python import RUNTIME_LEVEL
from portwright.targets.python.formatting import fitted
from portwright.targets.python.layout import Expression, call, dict_of, lines, tuple_of
from portwright.targets.python.text import block, docstring, literal
from portwright.targets.python.wire import wire_schema
from portwright.targets.spark import keys
from portwright.targets.spark.conditions import conditions
from portwright.targets.spark.dialect import SPARK, options, rules
from portwright.targets.spark.schema import schema
from portwright.targets.spark.values import column_value


def job(model: Model, object_: Object) -> str:
    """The text of the object's job."""
    table = "\n".join(lines(call("SparkTable", *_arguments(model, object_)), 0))
    text = block(render.dump_json(schema(model, object_)))
    told = f"{object_.name} of {model.name} {model.version}: from topic to table, a job of Spark."
    used = {"SparkTable", "SparkColumn"}
    used |= {each for each in ("SparkKey", "SparkRule") if f"{each}(" in table}
    made = render.render(
        "spark/job.py.j2",
        header=render.header(model, "# "),
        docstring=docstring(told, 0),
        imports=sorted(used),
        level=RUNTIME_LEVEL,
        schema=text,
        table=table,
    )
    return fitted(made, [*filter(_is_even, table.splitlines()), *text.splitlines()])


def _is_even(line: str) -> bool:
    """Whether every character of the line is as wide as it counts, to those who lay lines out."""
    return line.isascii() or not any(
        unicodedata.east_asian_width(each) in "FW" or unicodedata.combining(each) for each in line
    )


def _arguments(model: Model, object_: Object) -> Iterator[tuple[str, Expression]]:
    text = wire_schema(model, object_, "avro").text
    event_type = f"{names.namespace(model)}.{names.type_names(model)[object_.record.path]}"
    for name, value in (
        ("contract", model.name),
        ("version", model.version),
        ("object", object_.name),
        ("topic", object_.topic),
        ("event_type", event_type),
        ("guid", md5(text.encode(), usedforsecurity=False).hexdigest()),
    ):
        yield f"{name}=", literal(value)
    yield "schema=", "SCHEMA"
    yield "table=", literal(qualified(model, object_, SPARK))
    yield "columns=", tuple_of(_columns(object_))
    yield "options=", dict_of((literal(k), literal(v)) for k, v in options(object_).items())
    for name, items in (
        ("key", _key(object_)),
        ("conditions", (_rule(e.path, e.rule, e.predicate) for e in conditions(object_))),
        ("rules", (_rule(e.path, e.rule, e.predicate) for e in rules(object_))),
    ):
        if found := [*items]:
            yield f"{name}=", tuple_of(found)


def _columns(object_: Object) -> Iterator[Expression]:
    for field, column in zip(object_.record.fields, columns(object_, SPARK), strict=True):
        definition = " ".join((column.type, *column.clauses))
        items = (column.identifier, definition, column_value(field))
        yield call("SparkColumn", *(("", literal(each)) for each in items))


def _key(object_: Object) -> Iterator[Expression]:
    fields = object_.fields(object_.primary_key)
    values = keys.key_values(object_) if keys.is_keyed_by_row(object_) else [""] * len(fields)
    for field, value in zip(fields, values, strict=True):
        name = quote(field.column, SPARK)
        items = [name, value] if value else [name]
        yield call("SparkKey", *(("", literal(each)) for each in items))


def _rule(*items: str) -> Expression:
    return call("SparkRule", *(("", literal(each)) for each in items))
