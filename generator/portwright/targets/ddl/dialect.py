"""A dialect: everything that is particular to one SQL engine, as one value.

Templates and the rest of this package hold no engine's name. Text fields are format
strings; a None among them means that the engine has no such thing. Where an engine keeps
less than the model says, the value holds the sentence that becomes a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portwright.targets.ddl.alterations import Alterations
from portwright.targets.ddl.kinds import Kind
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.types import Types


@dataclass(frozen=True, slots=True)
class Identifiers:
    """How names are written: `plain` ones that are not `reserved` need no quotes, and the
    catalogue holds them `folded`, quoted ones as well where `quotes_fold`. The engine's
    `own_schemas` take no tables of others; it has `own_columns` in every table, and no name in
    which `forbidden` finds something, or what is forbidden for tables or for their schemas. A
    column with a `part_mark` in its name is a part of the one called like what stands before it."""

    plain: re.Pattern[str]
    reserved: frozenset[str]
    case_sensitive: bool
    own_schemas: re.Pattern[str]
    quoted: str = '"{name}"'
    escapes: Mapping[str, str] = field(default_factory=lambda: {'"': '""'})
    folded: Callable[[str], str] = str
    quotes_fold: bool = False
    max_bytes: int | None = None
    max_characters: int | None = None
    own_columns: re.Pattern[str] | None = None
    part_mark: str | None = None
    forbidden: re.Pattern[str] | None = None
    forbidden_tables: re.Pattern[str] | None = None
    forbidden_schemas: re.Pattern[str] | None = None


TEMPORAL = {
    Kind.DATE: "DATE {text}",
    Kind.TIME: "TIME {text}",
    Kind.TIMESTAMP: "TIMESTAMP {text}",
    Kind.TIMESTAMP_ZONED: "TIMESTAMP WITH TIME ZONE {text}",
}


@dataclass(frozen=True, slots=True)
class Literals:
    """How values are written. `escapes` maps the characters a `text` literal may not hold as is;
    `character` is the text of one code point, for what should not stand in a file: by its `{code}`,
    or as hexadecimal `{utf8}`, or `{utf16}` with a backslash before each unit. `joined` is what
    stands before, between and behind texts that make one; `utc` is what an instant ends in,
    and `digits` how many a number may have, or else a `double`; `exact` is a number that none
    holds."""

    text: str = "'{text}'"
    escapes: Mapping[str, str] = field(default_factory=lambda: {"'": "''"})
    character: str = "chr({code})"
    utc: str = "+00:00"
    digits: int | None = None
    double: str = "{number}"
    exact: str = "{number}"
    joined: tuple[str, str, str] = ("", " || ", "")
    temporal: Mapping[Kind, str] = field(default_factory=TEMPORAL.copy)


@dataclass(frozen=True, slots=True)
class Functions:
    """Expressions over a column. `matches` searches: an unanchored pattern matches anywhere, and
    is written as `pattern` says, which is None for one that the engine would read in another way.
    `is_json` holds a column to JSON whose type is text; `json_length` counts the items of a list
    that is stored as JSON, without `json_breach`."""

    char_length: str = "char_length({value})"
    byte_length: str = "octet_length({value})"
    matches: str | None = None
    pattern: Callable[[str], str | None] = portable
    dimensions: str = "cardinality({value})"
    multiple: str = "{value} % {step} = 0"
    is_json: str | None = None
    json_length: str | None = None
    one_of: str = "{value} IN ({options})"


@dataclass(frozen=True, slots=True)
class Option:
    """A clause behind the columns of CREATE TABLE. It may name the table's `{comment}`, what it has
    a `{partition}` by (`{partition_texts}`, as text literals) and a `{cluster}`, and the columns of
    its primary `{key}`. `otherwise` stands where the table lacks what the clause names or `needs`,
    or has no column, nested ones included, in whose name `odd` finds something."""

    text: str
    otherwise: str | None = None
    needs: str | None = None
    odd: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows are laid out by the contract's partition key. By kind: an expression over `{column}`
    that can be in `{partition}`, for at most `partitions` columns, else one that can be in
    `{cluster}`, for at most `clusters` of the `first` columns, where a record's fields count for
    it. With `in_keys`, every key has to hold the columns that the table is partitioned by."""

    partition: Mapping[Kind, str] = field(default_factory=dict)
    partitions: int | None = None
    cluster: Mapping[Kind, str] = field(default_factory=dict)
    clusters: int | None = None
    first: int | None = None
    in_keys: bool = False


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements and the clauses of CREATE TABLE.

    `{table}` and `{schema}` are qualified names; `{table_text}` and `{schema_text}` the same as
    text literals, `{create_text}` the literal of a plain CREATE SCHEMA or of `{create}`. A
    comment's `{text}` is a literal of at most `longest_comment` characters, of which none is
    `comment_forbidden`; `{columns}` of it names the column.
    """

    create_schema: str | None = "CREATE SCHEMA IF NOT EXISTS {schema}"
    create_table: str = "CREATE TABLE IF NOT EXISTS {table}"
    not_null: str | None = "NOT NULL"
    null: str | None = None
    primary_key: str | None = "CONSTRAINT {name} PRIMARY KEY ({columns})"
    unique: str | None = "CONSTRAINT {name} UNIQUE ({columns})"
    # Statements for columns that may be null, where UNIQUE allows only one; {present} says none is.
    unique_nullable: tuple[str, ...] = ()
    foreign_key: str | None = (
        "CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {table} ({targets})"
    )
    # Whether foreign keys lead to their own table, to other schemas, and to texts of other lengths.
    refers_to_itself: bool = True
    refers_abroad: bool = True
    loose_lengths: bool = True
    check: str | None = "CONSTRAINT {name} CHECK ({predicate})"
    # For predicates that may be null, where CHECK refuses a row for that.
    check_nullable: str | None = None
    options: tuple[Option, ...] = ()
    # What holds the rows of a partitioned table that fit no other part.
    default_partition: str | None = None
    # A comment is a clause behind its column (and an option of the table), or a statement.
    comment_clause: str | None = None
    table_comment: str | None = "COMMENT ON TABLE {table} IS {text}"
    column_comment: str | None = "COMMENT ON COLUMN {table}.{column} IS {text}"
    view: str = "CREATE OR REPLACE VIEW {view} AS\n{query}"
    # What the view's statement is put into, where it has to be the first of a batch, or does not
    # replace a view of other columns. A `{tag}` is in none of its text.
    batch: str = "{create}"
    longest_comment: int | None = None
    comment_forbidden: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """One SQL engine. `default_schema` is there without being created. `servers` are the types of
    a contract's servers that are this engine, and `qualifiers` the settings that qualify a table's
    name, outermost first. `alterations` are what it does to a table that has rows. With
    `always_qualified` the default schema is named too, as others take another for it."""

    name: str
    title: str
    default_schema: str | None
    identifiers: Identifiers
    types: Types
    alterations: Alterations
    functions: Functions = Functions()
    literals: Literals = Literals()
    statements: Statements = Statements()
    layout: Layout | None = None
    servers: frozenset[str] = frozenset()
    qualifiers: tuple[str, ...] = ("schema",)
    always_qualified: bool = False
