"""`tables.py` of a package: one `Table` of the runtime for every object with a table port.

The embedded engine's tables have columns, NOT NULL and comments. Keys and CHECKs are
the audit's there: DuckDB can neither drop a constraint nor alter a table with an index,
and an index makes replacing rows slow while somebody reads the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic
from portwright.model import Field, Model, Object, Port, walk
from portwright.targets import File
from portwright.targets.arrow_types import LOADED, beyond, tabled
from portwright.targets.ddl import DIALECTS, Ddl, checks, namespace, statements
from portwright.targets.ddl.values import presence
from portwright.targets.findings import Loss, losses
from portwright.targets.python import arrow, naming, rows
from portwright.targets.python.formatting import fitted
from portwright.targets.python.text import block, literal

_DUCKDB = DIALECTS["duckdb"]
_EMBEDDED = replace(
    _DUCKDB,
    statements=replace(
        _DUCKDB.statements, primary_key=None, unique=None, foreign_key=None, check=None
    ),
)


LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW357",
        beyond(LOADED),
        f"a load carries decimals of up to {LOADED.digits} digits, and a greater number is refused",
    ),
)


@dataclass(frozen=True, slots=True)
class TableView:
    """One `Table`. All that is text is a Python expression; tuples that are empty are ""."""

    constant: str
    object: str
    type: str
    row: str
    schema: str | None
    name: str
    columns: str
    primary_key: str
    unique: str
    create: str
    checks: str
    functions: tuple[rows.RowFunction, ...]


def check(model: Model) -> Iterator[Diagnostic]:
    """The errors of tables that the embedded engine cannot have, and what loads cannot carry."""
    yield from (each for each in Ddl("duckdb").check(model) if each.is_error)
    yield from losses(tabled(model), LOSSY)


def files(model: Model) -> Iterator[File]:
    """`<package>/tables.py`, where an object has a table port."""
    views = [_table(model, each) for each in model.objects if Port.TABLE in each.ports]
    if not views:
        return
    text = render.render(
        "python/tables.py.j2",
        header=render.header(model, "# "),
        contract=literal(model.name),
        version=literal(model.version),
        engine=literal(_EMBEDDED.name),
        imports=_imports(views),
        tables=views,
    )
    yield File(PurePosixPath(naming.package(model), "tables.py"), fitted(text))


def _imports(views: list[TableView]) -> list[str]:
    """What the module takes from the runtime, in the order of isort."""
    used = ["Column", "Dialect", "Table", "arrow"]
    if any(view.checks for view in views):
        used.append("Check")
    values = (item.value for view in views for each in view.functions for item in each.items)
    if any("json_text(" in value for value in values):
        used.append("json_text")
    return sorted(used, key=lambda name: (name[0].islower(), name))


def _table(model: Model, object_: Object) -> TableView:
    schema = place[-1] if (place := namespace(model, object_, _EMBEDDED)) else None
    # Columns say this themselves.
    required = {presence(each, _EMBEDDED) for each in object_.record.fields}
    return TableView(
        constant=naming.table_constant(object_),
        object=literal(object_.name),
        type=names.type_names(model)[object_.record.path],
        row=rows.function(object_.record),
        schema=None if schema is None else literal(schema),
        name=literal(object_.table),
        columns=_tuple(map(_column, object_.record.fields), 4),
        primary_key=_tuple(
            (literal(each.column) for each in object_.fields(object_.primary_key)), 4
        ),
        unique=_tuple(
            (
                f"({literal(each.column)},)"
                for each in object_.record.fields
                if each.unique and object_.primary_key != (each.name,)
            ),
            4,
        ),
        create=_tuple(map(block, statements(model, object_, _EMBEDDED)), 12),
        checks=_tuple(
            (
                f"Check({literal(each.path)}, {literal(each.rule)}, {literal(each.predicate)})"
                for each in checks(object_, _EMBEDDED)
                if each not in required
            ),
            12,
        ),
        functions=tuple(rows.functions(model, object_)),
    )


def _tuple(items: Iterable[str], indent: int) -> str:
    """A tuple where black breaks it: between all its items, and around a single one that has
    several lines. Nothing if there are no items."""
    first, *rest = [*items] or [""]
    if not rest and "\n" not in first:
        return f"({first},)" if first else ""
    space = "\n" + " " * indent
    return "(" + "".join(f"{space}    {item}," for item in (first, *rest)) + f"{space})"


def _column(field: Field) -> str:
    """A `Column`."""
    arguments = [literal(field.column), arrow.expression(field.type), literal(field.name)]
    if field.required:
        arguments.append("required=True")
    if _classified(field):
        arguments.append("classified=True")
    return f"Column({', '.join(arguments)})"


def _classified(field: Field) -> bool:
    """Whether the field, or one inside it, is not for everybody."""
    nested = (each for record in walk.records(field.type) for each in record.fields)
    return not all(each.public for each in (field, *nested))
