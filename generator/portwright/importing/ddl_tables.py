"""Tables of DDL: what statements, one after the other, make of each table."""

from __future__ import annotations

from sqlglot import exp

from portwright import names
from portwright.contract.reader import Report
from portwright.diagnostics import Span
from portwright.importing.ddl_table import Column, Table
from portwright.importing.ddl_types import Types
from portwright.importing.draft import DraftObject, Notes, Reference
from portwright.importing.naming import is_left_out, object_name
from portwright.model import Field, Record, String, Uuid


class Tables:
    """The tables of one script."""

    def __init__(self, source: str, dialect: str, report: Report) -> None:
        self.source, self.dialect, self.report = source, dialect, report
        self.types = Types(dialect)
        self.found: dict[str, Table] = {}

    def take(self, statement: exp.Expr, span: Span) -> None:
        """What one statement adds."""
        match statement:
            case exp.Create() if statement.kind == "TABLE":
                self._create(statement, span)
            case exp.Create() if statement.kind in ("TYPE", "DOMAIN"):
                if isinstance(kind := statement.expression, exp.DataType):
                    self.types.own[statement.this.name.lower()] = kind
            case exp.Create() if statement.kind == "INDEX" and statement.args.get("unique"):
                self._index(statement)
            case exp.Alter() if statement.args.get("kind") == "TABLE":
                if (table := self._table(statement.this)) is not None:
                    for each in statement.args.get("actions") or ():
                        self._alter(table, each, span)
            case exp.Comment():
                self._comment(statement)
            case exp.IfBlock():
                for each in statement.find_all(exp.Create):
                    self.take(each, span)
            case _:
                pass  # rows, rights, views: they say nothing of a table

    def objects(self) -> tuple[DraftObject, ...]:
        """The tables as objects, their checks taken into the types."""
        known = {key: table.object for key, table in self.found.items()}
        return tuple(self._object(table, known) for table in self.found.values())

    def _object(self, table: Table, known: dict[str, str]) -> DraftObject:
        for condition, span in table.checks:
            if not table.keep(condition):
                self._unsaid(table, condition, span)
        fields = tuple(
            Field(
                each.name,
                each.type,
                each.span,
                required=each.required or each.name in table.key,
                unique=each.unique and table.key != (each.name,),
                description=each.description,
            )
            for each in table.columns.values()
        )
        record = Record(names.singular(table.object), (table.object,), fields, table.description)
        references = tuple(self._resolved(table, each, known) for each in table.references)
        uniques = tuple(each for each in dict.fromkeys(table.uniques) if each != table.key)
        kept = tuple(each for each in references if each is not None)
        return DraftObject(
            *(table.object, record, table.key, uniques, kept, table.notes.found),
            schema=table.schema,
            table=table.name,
        )

    def _resolved(self, table: Table, given: Reference, known: dict[str, str]) -> Reference | None:
        """The reference between objects of the draft; a note of one that leads elsewhere."""
        target = self.found.get(given.target.lower())
        columns = given.target_columns or (target.key if target else ())
        own = table.names(list(given.columns))
        theirs = target.names(list(columns)) if target is not None else ()
        if target is not None and own and len(own) == len(theirs):
            return Reference(own, target.object, theirs)
        told = f"{given.target}.{', '.join(columns)}" if columns else given.target
        note = f"decide: it refers to {told}: do others know that by this value?"
        for each in own:
            table.notes.add((table.object, each), note)
        return None

    def _create(self, statement: exp.Create, span: Span) -> None:
        schema = statement.this
        table = schema.find(exp.Table)
        if table is None:
            return
        if statement.find(exp.PartitionedOfProperty):
            return  # a part of a table that is there
        if not isinstance(schema, exp.Schema) or not schema.find(exp.ColumnDef, exp.Identifier):
            message = f"the table `{table.name}` does not list its columns, and is left out"
            help = "give SQL that lists them, or write them into the contract by hand"
            self.report.warning("PW806", message, span, help)
            return
        name = self._free(table)
        notes = Notes(self.report)
        made = Table(table.name, name, self._span(table, span), notes, schema=table.db)
        key = table.name.lower()
        self.found[key if key not in self.found else f"{table.db}.{key}".lower()] = made
        for each in schema.expressions:
            if isinstance(each, exp.ColumnDef):
                self._column(made, each)
            elif isinstance(each, exp.Identifier):  # SQLite has columns without a type
                self._column(made, exp.ColumnDef(this=each))
        for each in schema.expressions:
            if not isinstance(each, exp.ColumnDef | exp.Identifier):
                self._constraint(made, each, span)
        properties = statement.args.get("properties")
        for each in properties.expressions if properties is not None else ():
            if isinstance(each, exp.SchemaCommentProperty):
                made.description = each.this.name or None
            elif isinstance(each, exp.PrimaryKey):
                self._constraint(made, each, span)

    def _free(self, table: exp.Table) -> str:
        """The object's name: the table's, with its schema where another table is called so."""
        name = object_name(table.name)
        taken = {each.object.lower() for each in self.found.values()}
        if name.lower() in taken and table.db:
            return object_name(f"{table.db}_{table.name}")
        same = self.found.get(table.name.lower())
        if same is not None and same.schema and not table.db:
            return next(
                f"{name}_{n}" for n in range(2, len(taken) + 3) if f"{name}_{n}" not in taken
            )
        return name

    def _column(self, table: Table, given: exp.ColumnDef) -> None:
        name = given.name
        span = self._span(given, table.span)
        if is_left_out(name, (table.object,), table.notes, span) or name.lower() in table.columns:
            return
        path = (table.object, name)
        kind = given.args.get("kind")
        if isinstance(kind, exp.DataType):
            type_ = self.types.of(kind, path, table.notes, span)
            inner = kind.expressions[0] if kind.this == exp.DType.LOWCARDINALITY else kind
            nullable = bool(inner.args.get("nullable"))
        else:
            type_, nullable = String(), None
            table.notes.add(path, "decide: its type: the table does not say it; taken as text")
        required = nullable is False and self.dialect == "clickhouse"
        column = Column(name, type_, span, required)
        table.columns[name.lower()] = column
        for each in given.args.get("constraints") or ():
            self._fact(table, column, each.args.get("kind") or each)

    def _fact(self, table: Table, column: Column, fact: exp.Expr) -> None:
        """One thing that stands behind a column's type."""
        path = (table.object, column.name)
        match fact:
            case exp.NotNullColumnConstraint():
                column.required = not fact.args.get("allow_null")
            case exp.PrimaryKeyColumnConstraint():
                table.key = (column.name,)
            case exp.UniqueColumnConstraint():
                column.unique = True
            case exp.CheckColumnConstraint():
                table.checks.append((fact.this, column.span))
            case exp.CommentColumnConstraint():
                column.description = fact.this.name or None
            case exp.GeneratedAsIdentityColumnConstraint() | exp.AutoIncrementColumnConstraint():
                table.notes.add(path, "the database numbers it")
            case exp.CharacterSetColumnConstraint() if column.type == String(max_length=36):
                if fact.name.lower() == "ascii":  # how UUIDs are kept in MySQL
                    column.type = Uuid()
            case exp.ComputedColumnConstraint():
                table.notes.add(path, f"computed in the database: {self._sql(fact.this)}")
            case exp.DefaultColumnConstraint():
                if not isinstance(fact.this, exp.Null):
                    table.notes.add(path, f"default in the database: {self._sql(fact.this)}")
            case exp.Reference():
                self._refer(table, [column.name], fact)
            case _:
                pass  # collations, encodings and the like say nothing of the values

    def _constraint(self, table: Table, given: exp.Expr, span: Span) -> None:
        """One constraint of a table."""
        match given:
            case exp.Constraint():
                for each in given.expressions:
                    self._constraint(table, each, self._span(given, span))
            case exp.PrimaryKey():
                table.key = table.names([_name(each) for each in given.expressions])
            case exp.UniqueColumnConstraint():
                inner = given.this
                columns = inner.expressions if isinstance(inner, exp.Schema) else ()
                self._unique(table, [_name(each) for each in columns])
            case exp.ForeignKey():
                reference = given.args.get("reference")
                if isinstance(reference, exp.Reference):
                    self._refer(table, [_name(each) for each in given.expressions], reference)
            case exp.CheckColumnConstraint() | exp.Check():
                table.checks.append((given.this, span))
            case _:
                pass  # indexes

    def _unique(self, table: Table, columns: list[str]) -> None:
        found = table.names(columns)
        if len(found) == 1:
            table.columns[found[0].lower()].unique = True
        elif found:
            table.uniques.append(found)

    def _refer(self, table: Table, columns: list[str], reference: exp.Reference) -> None:
        target = reference.this
        theirs = (
            [_name(each) for each in target.expressions] if isinstance(target, exp.Schema) else []
        )
        named = target.find(exp.Table) if isinstance(target, exp.Schema) else target
        if isinstance(named, exp.Table):
            table.references.append(Reference(tuple(columns), named.name, tuple(theirs)))

    def _index(self, statement: exp.Create) -> None:
        index = statement.this
        table = self._table(index.args.get("table"))
        params = index.args.get("params")
        if table is None or params is None or params.args.get("where") is not None:
            return
        columns = params.args.get("columns") or ()
        named = [_name(each) for each in columns]
        if all(each.find(exp.Column) and not each.find(exp.Func) for each in columns):
            self._unique(table, named)

    def _alter(self, table: Table, action: exp.Expr, span: Span) -> None:
        match action:
            case exp.AddConstraint():
                for each in action.expressions:
                    self._constraint(table, each, span)
            case exp.ColumnDef():
                self._column(table, action)
            case exp.AlterColumn() if action.args.get("allow_null") is False:
                for name in table.names([action.this.name]):
                    table.columns[name.lower()].required = True
            case exp.PrimaryKey() | exp.ForeignKey() | exp.Constraint():
                self._constraint(table, action, span)
            case _:
                pass

    def _comment(self, statement: exp.Comment) -> None:
        text = statement.expression.name if statement.expression is not None else ""
        if statement.args.get("kind") == "TABLE":
            if (table := self._table(statement.this)) is not None:
                table.description = text or None
        elif isinstance(column := statement.this, exp.Column):
            table = self.found.get(column.table.lower())
            if table is not None and column.name.lower() in table.columns:
                table.columns[column.name.lower()].description = text or None

    def _unsaid(self, table: Table, condition: exp.Expr, span: Span) -> None:
        named = list(dict.fromkeys(each.name for each in condition.find_all(exp.Column)))
        about = table.names(named[:1])
        message = f"a check of its own: {self._sql(condition)}"
        help = "say it in a description, or as a `quality` rule"
        table.notes.unsaid((table.object, *about), message, span, help)

    def _table(self, node: exp.Expr | None) -> Table | None:
        return self.found.get(node.name.lower()) if isinstance(node, exp.Table) else None

    def _sql(self, node: exp.Expr) -> str:
        return str(node.sql(dialect=self.dialect, comments=False))[:200]

    def _span(self, node: exp.Expr, otherwise: Span) -> Span:
        """The place of the first name in the node."""
        for each in node.find_all(exp.Identifier):
            if line := each.meta.get("line"):
                width = len(each.name)
                return Span(self.source, line, max(1, each.meta["col"] - width + 1), width)
        return otherwise


def _name(node: exp.Expr) -> str:
    """The column that a part of a key names."""
    found = node.find(exp.Identifier)
    return found.name if found is not None else node.name
