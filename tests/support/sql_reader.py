"""SQL as sqlglot reads it, strictly: what tells for engines that cannot run here.

A statement that it does not know is a fault, and so is a type that it only takes for a name. What
the statements make is given back as a catalogue, with names as the engine would fold them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel

_UNKNOWN = (exp.DataType.Type.USERDEFINED, exp.DataType.Type.UNKNOWN)

# What an engine has and sqlglot knows of another one only, and what is read in its place.
_UNREAD = {"oracle": (r"\bVECTOR\(\d+, (?:FLOAT64|INT8)\)", "VECTOR")}


@dataclass
class Column:
    type: str
    required: bool
    comment: str | None = None


@dataclass
class Table:
    """What a catalogue has of a table; `layout` are the clauses behind its columns."""

    columns: dict[str, Column]
    primary_key: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    foreign_keys: list[tuple[tuple[str, ...], str, tuple[str, ...]]] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    layout: list[str] = field(default_factory=list)
    comment: str | None = None


def statements(text: str, dialect: str) -> list[exp.Expression]:
    """The statements of a file; an AssertionError for one that is not wholly understood."""
    found = []
    if dialect in _UNREAD:
        text = re.sub(*_UNREAD[dialect], text)
    for each in sqlglot.parse(text, dialect=dialect, error_level=ErrorLevel.RAISE):
        if each is None or isinstance(each, exp.Semicolon):
            continue  # what stands behind the last semicolon
        assert not isinstance(each, exp.Command), each.sql(dialect)
        unknown = [t.sql(dialect) for t in each.find_all(exp.DataType) if t.this in _UNKNOWN]
        assert not unknown, f"{', '.join(unknown)} in {each.sql(dialect)}"
        found.append(each)
    return found


def sql_type(text: str, dialect: str) -> str:
    """The type that `text` is, in the words of `catalogue`."""
    return exp.DataType.build(text, dialect=dialect).sql(Dialect.get_or_raise(dialect))


def catalogue(text: str, dialect: str) -> dict[str, Table]:
    """The tables that the statements of a file make, by their qualified names."""
    tables: dict[str, Table] = {}
    engine = Dialect.get_or_raise(dialect)
    for each in statements(text, dialect):
        match each, each.args["kind"]:
            case exp.Create(), "TABLE":
                tables[_name(each.this.this, engine)] = _table(each, engine)
            case (exp.Create(), "SCHEMA") | (exp.Drop(), "VIEW"):
                pass
            case exp.Create(), "VIEW":
                shown = tables[_name(each.expression.find(exp.Table), engine)]
                columns = [_folded(one.this, engine) for one in each.expression.expressions]
                assert columns == list(shown.columns) and _name(each.this, engine) not in tables
            case exp.Comment(), "TABLE":
                tables[_name(each.this, engine)].comment = each.expression.name
            case exp.Comment(), "COLUMN":
                *table, column = _parts(each.this, engine)
                tables[".".join(table)].columns[column].comment = each.expression.name
            case _:
                raise AssertionError(each.sql(dialect))
    return tables


def _table(create: exp.Create, engine: Dialect) -> Table:
    schema = create.this
    made = Table(
        {
            _folded(each.this, engine): _column(each, engine)
            for each in schema.expressions
            if isinstance(each, exp.ColumnDef)
        }
    )
    for each in schema.expressions:
        if not isinstance(each, exp.ColumnDef):
            _constrain(made, each, engine)
    for option in create.args["properties"].expressions if create.args.get("properties") else ():
        made.layout.append(option.sql(engine))
    return made


def _column(definition: exp.ColumnDef, engine: Dialect) -> Column:
    kinds = [each.kind for each in definition.constraints]
    return Column(
        type=definition.kind.sql(engine),
        required=any(
            isinstance(each, exp.NotNullColumnConstraint) and not each.args.get("allow_null")
            for each in kinds
        ),
        comment=next((e.name for e in kinds if isinstance(e, exp.CommentColumnConstraint)), None),
    )


def _constrain(table: Table, constraint: exp.Expression, engine: Dialect) -> None:
    for each in constraint.expressions if isinstance(constraint, exp.Constraint) else [constraint]:
        match each:
            case exp.PrimaryKey():
                table.primary_key = _list(each.expressions, engine)
            case exp.UniqueColumnConstraint():
                table.unique.append(_list(each.this.expressions, engine))
            case exp.ForeignKey():
                target = each.args["reference"].this
                table.foreign_keys.append(
                    (
                        _list(each.expressions, engine),
                        _name(target.this, engine),
                        _list(target.expressions, engine),
                    )
                )
            case exp.CheckColumnConstraint():
                table.checks.append(each.this.sql(engine))
            case _:
                raise AssertionError(each.sql(engine))


def _list(columns: list[exp.Expression], engine: Dialect) -> tuple[str, ...]:
    return tuple(_folded(each.find(exp.Identifier), engine) for each in columns)


def _name(table: exp.Expression, engine: Dialect) -> str:
    return ".".join(_parts(table, engine))


def _parts(name: exp.Expression, engine: Dialect) -> list[str]:
    return [_folded(each, engine) for each in name.parts]


def _folded(identifier: exp.Expression, engine: Dialect) -> str:
    return engine.normalize_identifier(identifier.copy()).name
