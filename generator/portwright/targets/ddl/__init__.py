"""DDL: the tables of a contract in SQL, for one engine.

`statements`, `checks` and `columns` give another target the same SQL piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names
from portwright.diagnostics import Diagnostic, error, nearest
from portwright.model import Model
from portwright.render import header, render
from portwright.targets import File
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.dialects import DIALECTS
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.parts import print_parts
from portwright.targets.ddl.places import chosen_server, namespace, qualified, server_of
from portwright.targets.ddl.rules import diagnose, unchecked
from portwright.targets.ddl.statements import (
    Column,
    checks,
    columns,
    schema_statements,
    statements,
    table_statements,
)
from portwright.targets.ddl.text import literal, quote, stored
from portwright.targets.ddl.values import Check
from portwright.targets.ddl.views import view_place, view_statement

__all__ = [
    "DIALECTS",
    "Check",
    "Column",
    "Ddl",
    "Dialect",
    "checks",
    "columns",
    "literal",
    "namespace",
    "qualified",
    "quote",
    "schema_statements",
    "server_of",
    "statements",
    "stored",
    "table_statements",
    "unchecked",
    "view_place",
    "view_statement",
]


@dataclass(frozen=True, slots=True)
class Ddl:
    """The target: one file a contract, with its tables in the order of their foreign keys."""

    dialect: str = field(metadata={"choices": tuple(DIALECTS)})
    server: str | None = None
    name: ClassVar[str] = "ddl"
    summary: ClassVar[str] = f"CREATE TABLE statements in SQL ({', '.join(DIALECTS)})"

    def check(self, model: Model) -> Iterable[Diagnostic]:
        """What the engine cannot say of the model's tables."""
        chosen = chosen_server(model, self.server)
        if chosen is None:
            yield error(
                "PW347",
                f"the contract has no server `{self.server}`, which the config names",
                model.span,
                nearest(self.server or "", [each.name for each in model.servers])
                or "name one of its `servers`, or leave the option out",
            )
        else:
            yield from diagnose(chosen, DIALECTS[self.dialect])

    def emit(self, model: Model) -> Iterator[File]:
        """The file, or none where no object has a table port."""
        dialect = DIALECTS[self.dialect]
        chosen = chosen_server(model, self.server)
        if chosen is None:
            return
        made = {table.name: statements(chosen, table, dialect) for table in tables(chosen)}
        if not any(made.values()):
            return
        parts = print_parts(chosen, dialect, made, _views(chosen, dialect))
        head = header(model, "-- ")
        text = render("ddl/create.sql.j2", header=head, engine=dialect.title, parts=parts)
        yield File(
            PurePosixPath(f"{names.versioned(names.kebab(model.name), model)}.{dialect.name}.sql"),
            text,
        )

    def type_of(self, model: Model) -> str:
        """The type of the table's only column."""
        return columns(model.objects[0], DIALECTS[self.dialect])[0].type


def _views(model: Model, dialect: Dialect) -> Iterator[str]:
    for table in tables(model):
        view = view_statement(model, table, dialect)
        if view is not None:
            yield view
