"""The analyser of GoogleSQL, the language of BigQuery, with a catalogue that statements fill.

The analyser is the real one (ZetaSQL, as WebAssembly): it knows the grammar, names, types and
functions. What BigQuery refuses beyond that is in `support.bigquery`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import wasmtime
import zetasql.core.wasm_client
from zetasql.api import Analyzer
from zetasql.core.exceptions import ZetaSQLError
from zetasql.types import (
    AnalyzerOptions,
    LanguageOptions,
    ParseResumeLocation,
    ProductMode,
    ResolvedCreateSchemaStmt,
    ResolvedCreateStatementEnums,
    ResolvedCreateTableAsSelectStmt,
    ResolvedCreateTableStmt,
    ResolvedCreateViewStmt,
    SimpleCatalog,
    SimpleColumn,
    SimpleTable,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)
from zetasql.types.proto_model import proto_model

from support import bigquery

Path = tuple[str, ...]
_CreateMode = ResolvedCreateStatementEnums.CreateMode


class _Cached(wasmtime.Config):
    """Keeps the compiled analyser on disk: to compile it takes half a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = True


zetasql.core.wasm_client.Config = _Cached

_made = proto_model._create_model_from_proto


def _made_once(proto: Any) -> Any:
    """As the library makes it, which goes through each part of a nested type twice, through its
    parts four times, and so on: a minute for fifteen levels."""
    key = (type(proto), proto.SerializeToString(deterministic=True))
    if key not in _known:
        _known[key] = _made(proto)
        _messages[id(_known[key])] = None
    return _known[key]


def _written_once(model: Any) -> Any:
    """The way back, as long. What was made above is kept, and nobody changes it."""
    if id(model) not in _messages:
        return _written(model)
    if _messages[id(model)] is None:
        _messages[id(model)] = _written(model)
    return _messages[id(model)]


_known: dict[Any, Any] = {}
_messages: dict[int, Any] = {}
_written = proto_model.ProtoModel.to_proto
proto_model._create_model_from_proto = _made_once
proto_model.ProtoModel.to_proto = _written_once


@dataclass(frozen=True)
class Column:
    """A column of the catalogue, or a field inside one."""

    name: str
    type: str
    required: bool
    description: str | None
    parts: tuple[Column, ...] = ()


@dataclass
class Warehouse:
    """A catalogue of schemas and tables, empty at first."""

    schemas: set[Path] = field(default_factory=set)
    tables: dict[Path, ResolvedCreateTableStmt] = field(default_factory=dict)

    def execute(self, script: str) -> None:
        """Runs the statements of a script; `bigquery.Refused` where BigQuery would not take one."""
        location = ParseResumeLocation(input=script, byte_position=0)
        while location.byte_position < len(script.rstrip().encode()):
            try:
                statement = self._analyzer().analyze_next_statement(location)
            except ZetaSQLError as problem:
                raise bigquery.Refused(str(problem)) from None
            self._run(statement)

    def ask(self, table: Path, predicates: Iterable[str]) -> None:
        """Refuses a predicate over a row of the table that is none."""
        name = ".".join(f"`{part}`" for part in table)
        broken = " OR ".join(f"NOT ({each})" for each in predicates)
        self.query(f"SELECT 1 FROM {name} WHERE {broken}")

    def query(self, text: str) -> None:
        """Refuses a query that is none over the tables there are."""
        try:
            self._analyzer().analyze_statement(text)
        except ZetaSQLError as problem:
            raise bigquery.Refused(str(problem)) from None

    def take(self, script: str) -> Iterator[str]:
        """What kind of statement each of a script is, which makes tables, whatever else it does;
        `bigquery.Refused` where one is none."""
        location = ParseResumeLocation(input=script, byte_position=0)
        while location.byte_position < len(script.rstrip().encode()):
            try:
                statement = self._analyzer().analyze_next_statement(location)
            except ZetaSQLError as problem:
                raise bigquery.Refused(f"{problem}: {script}") from None
            if isinstance(statement, ResolvedCreateTableStmt | ResolvedCreateTableAsSelectStmt):
                self.tables.setdefault(tuple(statement.name_path), statement)
            yield type(statement).__name__.removeprefix("Resolved")

    def text(self, query: str) -> str:
        """The literal that is the only column of a query."""
        [column] = self._analyzer().analyze_statement(query).query.expr_list
        return str(column.expr.value.value.string_value)

    def columns(self, table: Path) -> list[Column]:
        """The columns of a table, in order."""
        return [
            _column(each.name, each.type, each.annotations)
            for each in self.tables[table].column_definition_list
        ]

    def description(self, table: Path) -> str | None:
        return bigquery.description(self.tables[table])

    def _run(self, statement: Any) -> None:
        path = tuple(statement.name_path)
        view = isinstance(statement, ResolvedCreateViewStmt)
        again = _CreateMode.CREATE_OR_REPLACE if view else _CreateMode.CREATE_IF_NOT_EXISTS
        if getattr(statement, "create_mode", None) != again:
            raise bigquery.Refused("the file could not be run again")
        match statement:
            case ResolvedCreateViewStmt():
                if path in self.tables:
                    raise bigquery.Refused(f"a table has the name of the view: {path}")
            case ResolvedCreateSchemaStmt():
                bigquery.check_schema(path)
                self.schemas.add(path)
            case ResolvedCreateTableStmt():
                if path[:-1] and path[:-1] not in self.schemas:
                    raise bigquery.Refused(f"no such dataset: {path[:-1]}")
                bigquery.check_table(statement, self.tables)
                self.tables.setdefault(path, statement)
            case _:
                raise bigquery.Refused(f"no statement of ours: {type(statement).__name__}")

    def _analyzer(self) -> Analyzer:
        return Analyzer(AnalyzerOptions(language_options=_language()), self._catalog())

    def _catalog(self) -> SimpleCatalog:
        functions = ZetaSQLBuiltinFunctionOptions(language_options=_language())
        root = SimpleCatalog(name="bigquery", builtin_function_options=functions)
        for path, table in self.tables.items():
            _folder(root, path[:-1]).table.append(_simple(table))
        return root


@cache
def _language() -> LanguageOptions:
    options = LanguageOptions.maximum_features()
    options.product_mode = ProductMode.PRODUCT_EXTERNAL
    options.supported_generic_entity_types = ["DATA_POLICY"]
    return options


def _folder(catalog: SimpleCatalog, path: Path) -> SimpleCatalog:
    """The catalogue inside this one that has the path, made where it is not there."""
    for name in path:
        inner = next((each for each in catalog.catalog if each.name == name), None)
        if inner is None:
            inner = SimpleCatalog(name=name)
            catalog.catalog.append(inner)
        catalog = inner
    return catalog


def _simple(table: ResolvedCreateTableStmt) -> SimpleTable:
    columns = [
        SimpleColumn(name=each.name, type=each.type) for each in table.column_definition_list
    ]
    key = table.primary_key.column_offset_list if table.primary_key else []
    full_name = ".".join(table.name_path)
    return SimpleTable(
        name=table.name_path[-1], full_name=full_name, column=columns, primary_key_column_index=key
    )


def _column(name: str, type_: Any, facts: Any) -> Column:
    """A column, from its type and what is noted beside it."""
    return Column(
        name,
        _text(type_, facts),
        bool(facts and facts.not_null),
        bigquery.description(facts) if facts else None,
        tuple(_parts(type_, facts)),
    )


def _parts(type_: Any, facts: Any) -> Iterator[Column]:
    """The fields of a record, or of the records in a list."""
    inside = list(facts.child_list) if facts else []
    match type_.type_kind:
        case TypeKind.TYPE_ARRAY:
            yield from _parts(type_.array_type.element_type, inside[0] if inside else None)
        case TypeKind.TYPE_STRUCT:
            fields = type_.struct_type.field
            inside += [None] * (len(fields) - len(inside))
            for each, noted in zip(fields, inside, strict=True):
                yield _column(each.field_name, each.field_type, noted)


def _text(type_: Any, facts: Any) -> str:
    """The type as BigQuery's information schema writes it."""
    inside = list(facts.child_list) if facts else []
    match type_.type_kind:
        case TypeKind.TYPE_ARRAY:
            return f"ARRAY<{_text(type_.array_type.element_type, inside[0] if inside else None)}>"
        case TypeKind.TYPE_STRUCT:
            parts = (f"{each.name} {each.type}" for each in _parts(type_, facts))
            return f"STRUCT<{', '.join(parts)}>"
        case kind:
            name = kind.name.removeprefix("TYPE_").replace("DOUBLE", "FLOAT64")
            return name + _parameters(facts.type_parameters if facts else None)


def _parameters(given: Any) -> str:
    if given and (digits := given.numeric_type_parameters):
        return f"({digits.precision}, {digits.scale or 0})"
    if given and (length := given.string_type_parameters):
        return f"({length.max_length})"
    return ""
