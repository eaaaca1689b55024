"""A table of DDL, while the statements about it are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from portwright.diagnostics import Span
from portwright.importing.ddl_checks import Rule, rules, with_rule
from portwright.importing.draft import Notes, Reference
from portwright.model import Type


@dataclass(slots=True)
class Column:
    """A column while its table is read."""

    name: str
    type: Type
    span: Span
    required: bool = False
    unique: bool = False
    description: str | None = None


@dataclass(slots=True)
class Table:
    """A table while it is read. Columns are known by their names in lower case."""

    name: str
    object: str
    span: Span
    notes: Notes
    columns: dict[str, Column] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    checks: list[tuple[exp.Expr, Span]] = field(default_factory=list)
    description: str | None = None
    schema: str = ""

    def names(self, written: list[str]) -> tuple[str, ...]:
        """The columns' own names; none where one of them is not in the contract."""
        found = [
            self.columns[each.lower()].name for each in written if each.lower() in self.columns
        ]
        return tuple(found) if len(found) == len(written) else ()

    def keep(self, condition: exp.Expr) -> bool:
        """Takes a condition into the types of its columns; whether a contract can say it."""
        found = rules(condition)
        changed: dict[str, Type] = {}
        for rule in found or ():
            column = self.columns.get(rule.column.lower())
            if column is None or rule.what == "required":
                continue
            path = (self.object, column.name)
            before = changed.get(rule.column.lower(), column.type)
            if (after := with_rule(before, rule, path)) is None:
                found = None
                break
            changed[rule.column.lower()] = after
        if found is None:
            return False
        self._require(found)
        for name, type_ in changed.items():
            self.columns[name].type = type_
        return True

    def _require(self, found: list[Rule]) -> None:
        for rule in found:
            if rule.what == "required" and rule.column.lower() in self.columns:
                self.columns[rule.column.lower()].required = True
