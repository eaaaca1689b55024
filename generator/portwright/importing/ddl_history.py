"""History of DDL: statements that take back what others said before them, as migrations have them,
so that what is left says what there is in the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.helper import ensure_list

from portwright.diagnostics import Span

_ATTACHED = re.compile(r"\battach\s+partition\s+([\w.\"]+)", re.I)

_DROPPED = re.compile(r"\s*[\"`\[]?(\w+)[\"`\]]?\s*")
# PostgreSQL's short form, of which sqlglot reads no more than the first name.
_RENAMED = re.compile(
    r"\brename\s+(?!(?:to|as|column|constraint|index|key)\b)(\w+|\"[^\"]+\")\s+to\s+(\w+|\"[^\"]+\")\s*",
    re.I,
)


def whole(statement: exp.Expr, written: str) -> exp.Expr:
    """The statement with what its parser leaves out of it."""
    short = _RENAMED.search(written) if isinstance(statement, exp.Alter) else None
    if short is not None and short.end() == len(written):
        old, new = (exp.column(each.strip('"')) for each in short.groups())
        statement.set("actions", [exp.RenameColumn(this=old, to=new)])
    return statement


def settled(statements: Iterable[tuple[exp.Expr, Span]]) -> Iterator[tuple[exp.Expr, Span]]:
    """The statements without those that drop and rename, which others are changed by."""
    history = _History()
    for statement, span in statements:
        history.take(statement, span)
    yield from history.kept.values()


class _History:
    """The statements up to one, each by its number, and the numbers of those that name a table, by
    the table's name in lower case."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[exp.Expr, Span]] = {}
        self.naming: dict[str, list[int]] = {}
        self.next = 0

    def take(self, statement: exp.Expr, span: Span) -> None:
        """One statement more: kept, or done to those that are."""
        gone = list(_gone(statement))
        for each in gone:
            for number in self._about(each):
                del self.kept[number]
        table = _subject(statement)
        if gone or (table is not None and self._is_there(statement, table)):
            return
        if isinstance(statement, exp.Alter) and table is not None:
            actions = ensure_list(statement.args.get("actions"))
            statement.set("actions", [each for each in actions if not self._took(each, table)])
        self.kept[self.next] = statement, span
        references = (each.find(exp.Table) for each in statement.find_all(exp.Reference))
        for name in {each.name.lower() for each in (table, *references) if each is not None}:
            self.naming.setdefault(name, []).append(self.next)
        self.next += 1

    def _naming(self, table: exp.Table) -> list[int]:
        """The numbers of the statements that name the table, or one that is called so."""
        found = dict.fromkeys(self.naming.get(table.name.lower(), ()))
        return [each for each in found if each in self.kept]

    def _about(self, table: exp.Table) -> list[int]:
        """The numbers of the statements that are about the table."""
        found: list[int] = []
        for number in self._naming(table):
            subject = _subject(self.kept[number][0])
            if subject is not None and _same(subject, table):
                found.append(number)
        return found

    def _is_there(self, statement: exp.Expr, table: exp.Table) -> bool:
        """Whether a table is only created where there is none, and there is one."""
        return (
            isinstance(statement, exp.Create)
            and statement.kind == "TABLE"
            and bool(statement.args.get("exists"))
            and any(isinstance(self.kept[each][0], exp.Create) for each in self._about(table))
        )

    def _took(self, action: exp.Expr, table: exp.Table) -> bool:
        """Whether an action of an ALTER TABLE says nothing of its own, but changed the others."""
        match action:
            case exp.AlterRename():
                self._rename_table(table, action.this.name)
            case exp.RenameColumn():
                self._rename_column(table, action.this.name, action.args["to"].name)
            case exp.ModifyColumn():
                if (old := action.args.get("rename_from")) is not None:
                    self._rename_column(table, old.name, action.this.name)
                for each in self._columns(table, action.this.name):
                    _redefine(each, action.this)
            case exp.Drop() if action.args.get("kind") == "COLUMN":
                for each in self._columns(table, _name(action)):
                    each.pop()
            case exp.Drop() if action.args.get("kind") == "CONSTRAINT":
                self._drop_constraint(table, _name(action))
            case exp.DropPrimaryKey():
                self._drop_constraint(table, None)
            case exp.Command() if dropped := _DROPPED.fullmatch(str(action.expression)):
                for each in self._columns(table, dropped[1]):  # SQLite's, without COLUMN
                    each.pop()
            case exp.AlterColumn() if action.args.get("dtype") is not None:
                for each in self._columns(table, _name(action)):
                    each.set("kind", action.args["dtype"])
            case exp.AlterColumn() if action.args.get("allow_null"):
                self._allow_null(table, _name(action))
            case _:
                return False
        return True

    def _columns(self, table: exp.Table, name: str) -> list[exp.Expr]:
        """What defines the column of that name. In SQLite, the name alone may do."""
        return [
            each
            for number in self._about(table)
            for each in self.kept[number][0].find_all(exp.ColumnDef, exp.Identifier)
            if each.name.lower() == name.lower()
            and (isinstance(each, exp.ColumnDef) or isinstance(each.parent, exp.Schema))
            and each.find_ancestor(exp.Reference, exp.Index) is None
        ]

    def _drop_constraint(self, table: exp.Table, name: str | None) -> None:
        """Forgets the constraint of that name; without one, the primary key."""
        is_key = name is None or name == f"{table.name.lower()}_pkey"
        for number in self._about(table):
            statement = self.kept[number][0]
            for each in list(statement.find_all(exp.Constraint)):
                has_key = is_key and each.find(exp.PrimaryKey) is not None
                if each.name.lower() == name or has_key:
                    each.pop()
            keys = statement.find_all(exp.PrimaryKey, exp.PrimaryKeyColumnConstraint)
            for key in list(keys) if is_key else ():
                parent = key.parent
                (parent if isinstance(parent, exp.ColumnConstraint) else key).pop()

    def _allow_null(self, table: exp.Table, name: str) -> None:
        for column in self._columns(table, name):
            for each in list(column.args.get("constraints") or ()):
                if isinstance(each.args.get("kind"), exp.NotNullColumnConstraint):
                    each.pop()
        for number in self._about(table):
            for action in list(self.kept[number][0].find_all(exp.AlterColumn)):
                if action.args.get("allow_null") is False and _name(action) == name:
                    action.pop()

    def _rename_table(self, table: exp.Table, name: str) -> None:
        old, named = table.copy(), self._naming(table)
        for number in self._about(table):
            column = self.kept[number][0].this
            if isinstance(column, exp.Column):  # of a comment
                column.args["table"].set("this", name)
        for number in named:
            for each in list(self.kept[number][0].find_all(exp.Table)):
                if _same(each, old):
                    each.this.set("this", name)
        self.naming.setdefault(name.lower(), []).extend(named)
        table.this.set("this", name)

    def _rename_column(self, table: exp.Table, old: str, name: str) -> None:
        about = {*self._about(table)}
        for number in self._naming(table):
            for each in list(self.kept[number][0].find_all(exp.Identifier)):
                if each.name.lower() == old.lower() and _is_column(each, table, number in about):
                    each.set("this", name)


def _gone(statement: exp.Expr) -> Iterator[exp.Table]:
    """The tables that are none any more."""
    if isinstance(statement, exp.Drop) and statement.args.get("kind") == "TABLE":
        yield from statement.find_all(exp.Table)
    elif isinstance(statement, exp.Command):
        for name in _ATTACHED.findall(str(statement.expression)):
            schema, _, table = name.replace('"', "").rpartition(".")
            yield exp.table_(table, db=schema or None)


def _subject(statement: exp.Expr) -> exp.Table | None:
    """The table that a statement is about."""
    found = statement.this
    if isinstance(statement, exp.Create) and isinstance(found, exp.Index):
        found = found.args.get("table")
    elif isinstance(statement, exp.Create) and isinstance(found, exp.Schema):
        found = found.this
    elif isinstance(statement, exp.Comment) and isinstance(found, exp.Column):
        found = exp.table_(found.table, db=found.db or None)
    return found if isinstance(found, exp.Table) else None


def _same(one: exp.Expr, other: exp.Expr) -> bool:
    """Whether two names are of one table; one without a schema may be of any."""
    if not isinstance(one, exp.Table) or not isinstance(other, exp.Table):
        return False
    schemas = {each.db.lower() for each in (one, other) if each.db}
    return one.name.lower() == other.name.lower() and len(schemas) < 2


def _name(action: exp.Expr) -> str:
    """The column that an action is about."""
    found = action.find(exp.Identifier)
    return found.name.lower() if found is not None else ""


def _redefine(column: exp.Expr, anew: exp.Expr) -> None:
    """Gives a column another type and other facts. Keys are of the table, and stay."""
    keys = (exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint, exp.Reference)
    made = anew.copy()
    if made.args.get("kind") is None:
        made.set("kind", column.args.get("kind"))
    for each in column.args.get("constraints") or ():
        if isinstance(each.args.get("kind"), keys):
            made.append("constraints", each.copy())
    column.replace(made)


def _is_column(name: exp.Identifier, table: exp.Table, is_about: bool) -> bool:
    """Whether a name is that of a column of the table. `is_about` says whether its statement is
    about the table."""
    reference = name.find_ancestor(exp.Reference)
    named = reference.find(exp.Table) if reference is not None else None
    of_column = isinstance(name.parent, exp.Column) and name.arg_key != "this"
    if of_column or isinstance(name.parent, exp.Table | exp.Constraint | exp.Index):
        return False
    return _same(named, table) if named is not None else is_about
