"""Tables of PostgreSQL as DDL: it tells types, defaults and constraints, but no whole statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

_TABLES = """
SELECT c.oid, n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname),
       pg_catalog.pg_table_is_visible(c.oid), pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)' AND NOT c.relispartition
ORDER BY c.oid
"""
_COLUMNS = """
SELECT quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity <> '', a.attgenerated <> '', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
       pg_catalog.col_description(a.attrelid, a.attnum), t.typtype, t.oid, t.typbasetype,
       pg_catalog.format_type(t.typbasetype, t.typtypmod)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_CONSTRAINTS = """
SELECT quote_ident(conname), pg_catalog.pg_get_constraintdef(oid, true)
FROM pg_catalog.pg_constraint WHERE conrelid = %s AND contype IN ('p', 'u', 'c', 'f')
ORDER BY contype, conname
"""
_INDEXES = """
SELECT pg_catalog.pg_get_indexdef(i.indexrelid)
FROM pg_catalog.pg_index i
WHERE i.indrelid = %s AND i.indisunique AND NOT i.indisprimary AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = i.indexrelid)
"""
_LABELS = """
SELECT quote_literal(enumlabel) FROM pg_catalog.pg_enum WHERE enumtypid = %s ORDER BY enumsortorder
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A table that the database has. `visible` is one that needs no schema before its name."""

    oid: int
    schema: str
    name: str
    quoted: str
    visible: bool
    comment: str | None


def known(connection: Connection[tuple[Any, ...]]) -> list[Known]:
    """The tables of the database, older ones first."""
    return [Known(*row) for row in connection.execute(_TABLES).fetchall()]


def ddl(connection: Connection[tuple[Any, ...]], tables: Sequence[Known]) -> Iterator[str]:
    """Statements that would create the tables, and the enums of their columns before them."""
    for table in tables:
        columns = []
        comments = []
        for row in connection.execute(_COLUMNS, (table.oid,)).fetchall():
            name, type_, required, identity, generated, default, comment, kind, oid, _, base = row
            if kind == "e":
                labels = connection.execute(_LABELS, (oid,)).fetchall()
                yield f"CREATE TYPE {type_} AS ENUM ({', '.join(each for each, in labels)})"
            written = base if kind == "d" else type_
            facts = " NOT NULL" if required else ""
            if identity:
                facts += " GENERATED ALWAYS AS IDENTITY"
            elif generated and default:
                facts += f" GENERATED ALWAYS AS ({default}) STORED"
            elif default:
                facts += f" DEFAULT {default}"
            columns.append(f"    {name} {written}{facts}")
            if comment:
                comments.append(f"COMMENT ON COLUMN {table.quoted}.{name} IS {_literal(comment)}")
        yield f"CREATE TABLE {table.quoted} (\n" + ",\n".join(columns) + "\n)"
        for name, written in connection.execute(_CONSTRAINTS, (table.oid,)).fetchall():
            yield f"ALTER TABLE {table.quoted} ADD CONSTRAINT {name} {written}"
        yield from (row[0] for row in connection.execute(_INDEXES, (table.oid,)).fetchall())
        if table.comment:
            yield f"COMMENT ON TABLE {table.quoted} IS {_literal(table.comment)}"
        yield from comments


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
