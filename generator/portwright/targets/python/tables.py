"""`tables.py` of a package: one `Table` of the runtime for every object with a table port.

Each has its form in the SQL of the embedded engine, of PostgreSQL, and of the engines among the
contract's servers. The embedded engine's tables have columns, NOT NULL and comments. Keys and
CHECKs are the audit's there: DuckDB can neither drop a constraint nor alter a table with an index,
and an index makes replacing rows slow while somebody reads the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic, Span, error
from portwright.model import Field, Model, Object, Port, walk
from portwright.targets import File
from portwright.targets.arrow_types import LOADED_DIGITS, beyond, tabled
from portwright.targets.ddl import (
    DIALECTS,
    Ddl,
    Dialect,
    checks,
    columns,
    namespace,
    schema_statements,
    server_of,
    stored,
    table_statements,
    unchecked,
    view_place,
    view_statement,
)
from portwright.targets.ddl.values import presence
from portwright.targets.findings import Loss, losses
from portwright.targets.python import arrow, measures, naming, persons, service_levels
from portwright.targets.python.deprecation import supported_until
from portwright.targets.python.formatting import fitted
from portwright.targets.python.text import block, literal

_DUCKDB = DIALECTS["duckdb"]
_EMBEDDED = replace(
    _DUCKDB,
    statements=replace(
        _DUCKDB.statements, primary_key=None, unique=None, foreign_key=None, check=None
    ),
)
# What most services have beside it: its tables are there without a word in the contract.
_USUAL = ("postgres",)
# What loads keep beside a table, and mark staged rows by, begins with this.
_LOADS_OWN = "_portwright"
# The engines that the runtime loads into.
_LOADED = ("bigquery", "clickhouse", "postgres", "snowflake")


LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW357",
        beyond(LOADED_DIGITS),
        f"a load carries decimals of up to {LOADED_DIGITS} digits, and a greater number is refused",
    ),
)


@dataclass(frozen=True, slots=True)
class DialectView:
    """One `Dialect`: a Python expression of its name, and the arguments that make it."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """One `Table`. All that is text is a Python expression; tuples that are empty are ""."""

    constant: str
    object: str
    type: str
    schema: str
    name: str
    columns: str
    primary_key: str
    unique: str
    partition_key: str
    latest_by: str
    checks: str
    checks_all: bool
    measures: str
    volume_change: str
    sla: str
    supported_until: str
    persons: str
    dialects: tuple[DialectView, ...]


def check(model: Model) -> Iterator[Diagnostic]:
    """The errors of tables that the embedded engine cannot have, or one that a server of the
    contract is, and what loads cannot carry."""
    for name in ("duckdb", *_engines(model)):
        yield from (each for each in Ddl(name).check(model) if each.is_error)
    yield from losses(tabled(model), LOSSY)
    for object_ in tabled(model).objects:
        yield from _taken(object_.table, object_.span)
        for field in object_.record.fields:
            yield from _taken(field.column, field.span)


def _taken(name: str, span: Span) -> Iterator[Diagnostic]:
    if name.casefold().startswith(_LOADS_OWN):
        yield error(
            "PW359",
            f"`{name}` would be the name of something that loads have for themselves",
            span,
            f"give it a `physicalName` that does not begin with `{_LOADS_OWN}`",
        )


def files(model: Model) -> Iterator[File]:
    """`<package>/tables.py`, where an object has a table port."""
    dialects = [_EMBEDDED, *(DIALECTS[each] for each in _LOADED if _has(model, each))]
    views = [_table(model, each, dialects) for each in model.objects if Port.TABLE in each.ports]
    if not views:
        return
    used = ["Column", "Dialect", "Table", "arrow"]
    if any(view.checks for view in views):
        used.append("Check")
    if any(view.measures for view in views):
        used.append("Measure")
    if any(view.persons for view in views):
        used.append("Person")
    if any(view.sla for view in views):
        used.append("ServiceLevel")
    text = render.render(
        "python/tables.py.j2",
        header=render.header(model, "# "),
        contract=literal(model.name),
        version=literal(model.version),
        # In the order of isort.
        imports=sorted(used, key=lambda name: (name[0].islower(), name)),
        tables=views,
    )
    yield File(PurePosixPath(naming.package(model), "tables.py"), fitted(text))


def _engines(model: Model) -> list[str]:
    """The engines among the contract's servers that the runtime loads into."""
    return [each for each in _LOADED if server_of(model, DIALECTS[each])]


def _has(model: Model, engine: str) -> bool:
    """Whether the tables have a form in this engine's SQL."""
    if engine in _engines(model):
        return True
    faults = (each.is_error for each in Ddl(engine).check(model))
    return engine in _USUAL and not any(faults)


def _table(model: Model, object_: Object, dialects: list[Dialect]) -> TableView:
    schema = place[-1] if (place := namespace(model, object_, _EMBEDDED)) else None
    # Columns say this themselves.
    required = {presence(each, _EMBEDDED) for each in object_.record.fields}
    types = names.type_names(model)
    latest = object_.fields([object_.latest_by] if object_.latest_by else [])
    return TableView(
        constant=naming.table_constant(object_),
        object=literal(object_.name),
        type=types[object_.record.path],
        schema="None" if schema is None else literal(schema),
        name=literal(object_.table),
        columns=_tuple((_column(each, types) for each in object_.record.fields), 4),
        primary_key=_names(object_.fields(object_.primary_key)),
        unique=_tuple(
            (
                f"({literal(each.column)},)"
                for each in object_.record.fields
                if each.unique and object_.primary_key != (each.name,)
            ),
            4,
        ),
        partition_key=_names(object_.fields(object_.partition_key)),
        latest_by="".join(literal(each.column) for each in latest),
        checks=_tuple(
            (
                f"Check({literal(each.path)}, {literal(each.rule)}, {literal(each.predicate)})"
                for each in checks(object_, _DUCKDB)
                if each not in required
            ),
            4,
        ),
        checks_all=not unchecked(object_, _DUCKDB),
        measures=_tuple(map(_measure, measures.measures(object_, _DUCKDB)), 4),
        volume_change=_number(object_.volume_change),
        sla=_service_level(service_levels.service_level(model, object_)),
        supported_until=supported_until(model, object_),
        persons=_tuple(map(_person, persons.of(object_)), 4),
        dialects=tuple(_dialect(model, object_, each) for each in dialects),
    )


def _measure(measure: measures.Measure) -> str:
    texts = map(literal, (measure.path, measure.rule, measure.predicate))
    facts = ("whole=True",) * measure.whole + ("blocks=False",) * (not measure.blocks)
    return f"Measure({', '.join((*texts, *facts))})"


def _person(path: persons.Path) -> str:
    """A `Person`: by the contract's names, and by those in tables."""
    steps = ", ".join(literal(each.column) for each in path)
    return f"Person({literal(persons.named(path))}, ({steps}{',' * (len(path) == 1)}))"


def _service_level(found: service_levels.ServiceLevel) -> str:
    """A `ServiceLevel`; nothing where nothing is promised."""
    facts = {
        "schedule": literal(found.schedule) if found.schedule else "",
        "frequency": _number(found.frequency),
        "latency": _number(found.latency),
        "freshness": _number(found.freshness),
        "timestamp": literal(found.timestamp.column) if found.timestamp else "",
    }
    given = ", ".join(f"{name}={value}" for name, value in facts.items() if value)
    return f"ServiceLevel({given})" if given else ""


def _number(value: Decimal | None) -> str:
    """The number without an exponent and without zeros that say nothing."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _dialect(model: Model, object_: Object, dialect: Dialect) -> DialectView:
    place = (*namespace(model, object_, dialect), object_.table)
    shown, view = view_place(model, object_, dialect), view_statement(model, object_, dialect)
    made = {
        "place": _tuple((literal(stored(each, dialect)) for each in place), 12),
        "columns": _tuple(
            (f"({literal(each.name)}, {literal(each.type)})" for each in columns(object_, dialect)),
            12,
        ),
        "create_schema": _tuple(map(block, schema_statements(model, object_, dialect)), 12),
        # Keys that lead to other tables keep rows from being replaced.
        "create": _tuple(
            map(block, table_statements(model, object_, dialect, foreign_keys=False)), 12
        ),
        "view": _tuple((literal(stored(each, dialect)) for each in shown or ()), 12),
        "create_view": block(view) if view else "",
    }
    arguments = (f"{key}={value}" for key, value in made.items() if value)
    return DialectView(literal(dialect.name), tuple(arguments))


def _tuple(items: Iterable[str], indent: int) -> str:
    """A tuple where black breaks it: between all its items, and around a single one that has
    several lines. Nothing if there are no items."""
    first, *rest = [*items] or [""]
    if not rest and "\n" not in first:
        return f"({first},)" if first else ""
    space = "\n" + " " * indent
    return "(" + "".join(f"{space}    {item}," for item in (first, *rest)) + f"{space})"


def _names(fields: Iterable[Field]) -> str:
    """The columns of a key."""
    return _tuple((literal(each.column) for each in fields), 4)


def _column(field: Field, types: arrow.Names) -> str:
    """A `Column`."""
    arguments = [literal(field.column), arrow.column(field, types), literal(field.name)]
    if field.required:
        arguments.append("required=True")
    if not walk.shows(field):
        arguments.append("classified=True")
    return f"Column({', '.join(arguments)})"
