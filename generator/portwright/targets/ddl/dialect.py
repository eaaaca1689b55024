"""A dialect: everything that is particular to one SQL engine, as one value.

Templates and the rest of this package hold no engine's name. Text fields are format
strings; a None among them means that the engine has no such thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portwright.targets.ddl.kinds import Kind


@dataclass(frozen=True, slots=True)
class Identifiers:
    """How names are written: `plain` ones that are not `reserved` need no quotes. The engine's
    `own_schemas` take no tables of others."""

    plain: re.Pattern[str]
    reserved: frozenset[str]
    case_sensitive: bool
    own_schemas: re.Pattern[str]
    opening: str = '"'
    closing: str = '"'
    escaped_closing: str = '""'
    max_bytes: int | None = None
    forbidden_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Literals:
    """How values are written. `escapes` maps the characters a text literal may not hold as is;
    `character` is the text of one code point, for what should not stand in a file."""

    escapes: Mapping[str, str] = field(default_factory=lambda: {"'": "''"})
    character: str = "chr({code})"
    temporal: Mapping[Kind, str] = field(
        default_factory=lambda: {
            Kind.DATE: "DATE {text}",
            Kind.TIME: "TIME {text}",
            Kind.TIMESTAMP: "TIMESTAMP {text}",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP WITH TIME ZONE {text}",
        }
    )


@dataclass(frozen=True, slots=True)
class ArrayForm:
    """A column type for lists. `every` is true when `{predicate}` over `{item}` is true or unknown
    for each element of `{list}`; no engine allows it in a CHECK. `distinct` counts the different
    elements, or is None. `as_json` is the list as JSON for `json_breach`, which is allowed there.
    """

    type: str
    length: str
    non_null: str
    distinct: str | None
    every: str
    scalars_only: bool = False
    as_json: str | None = None


@dataclass(frozen=True, slots=True)
class MapForm:
    """A column type for maps, and the lists of a map's keys and values."""

    type: str
    keys: str
    values: str


@dataclass(frozen=True, slots=True)
class StructForm:
    """A column type for records, one field in it, and the value of the field called `{name}`,
    which is a text literal."""

    type: str
    field: str
    access: str


@dataclass(frozen=True, slots=True)
class Types:
    """The type table. `leaf` is total over `Kind`, with `{length}`, `{precision}`, `{scale}`,
    `{dimensions}`; a nested type without a form is stored as JSON.

    `limits` are the greatest length, precision or dimension; `wider` the kinds whose column
    holds more than the kind does, so that a CHECK has to say the rest; `lossy` says what a
    kind loses; `nested_keys`: a column of a nested type may be in a key; `json_breach` is true
    where an SQL/JSON `{path}` finds something in the JSON `{value}`.
    """

    leaf: Mapping[Kind, str]
    limits: Mapping[Kind, int]
    wider: frozenset[Kind]
    lossy: Mapping[Kind, str]
    array: ArrayForm | None = None
    map: MapForm | None = None
    struct: StructForm | None = None
    nested_keys: bool = True
    json_breach: str | None = None


@dataclass(frozen=True, slots=True)
class Functions:
    """Expressions over a column. `matches` searches: an unanchored pattern matches anywhere."""

    char_length: str = "char_length({value})"
    byte_length: str = "octet_length({value})"
    matches: str | None = None
    dimensions: str = "cardinality({value})"


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements and the clauses of CREATE TABLE."""

    create_schema: str | None = "CREATE SCHEMA IF NOT EXISTS {schema}"
    create_table: str = "CREATE TABLE IF NOT EXISTS {table}"
    not_null: str = "NOT NULL"
    primary_key: str | None = "PRIMARY KEY ({columns})"
    unique: str | None = "UNIQUE ({columns})"
    foreign_key: str | None = "FOREIGN KEY ({columns}) REFERENCES {table} ({targets})"
    check: str | None = "CHECK ({predicate})"
    # With `inline_comments` the two comments are clauses after a column and after the table.
    inline_comments: bool = False
    table_comment: str | None = "COMMENT ON TABLE {table} IS {text}"
    column_comment: str | None = "COMMENT ON COLUMN {table}.{column} IS {text}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One SQL engine. `default_schema` is there without being created."""

    name: str
    title: str
    default_schema: str | None
    identifiers: Identifiers
    types: Types
    functions: Functions
    literals: Literals = Literals()
    statements: Statements = Statements()
