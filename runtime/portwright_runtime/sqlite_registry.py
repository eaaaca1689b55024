"""The registry of the embedded stream: every writer's schema, kept in the stream's own file."""

from __future__ import annotations

from typing import Final

from portwright_runtime.schema import Schema, SchemaId
from portwright_runtime.sqlite_file import SqliteFile


class SqliteRegistry:
    """The Registry in an SQLite file. It takes every schema that it is asked for."""

    numbered: Final = False

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find(self, subject: str, schema: Schema) -> SchemaId:
        """Its name here, stored where it is not stored yet."""
        if self.by_guid(schema.guid) is None:
            with self._file.transaction() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO schemas VALUES (?, ?, ?)",
                    (schema.guid.hex(), schema.kind, schema.text),
                )
        return SchemaId(None, schema.guid)

    def by_number(self, number: int) -> None:
        """None: schemas have no numbers here."""

    def by_guid(self, guid: bytes) -> Schema | None:
        """The schema of that GUID, None if no writer had it. What it imports is not kept."""
        query = "SELECT text, kind FROM schemas WHERE guid = ?"
        with self._file.reading() as connection:
            row = connection.execute(query, (guid.hex(),)).fetchone()
        return None if row is None else Schema(row[0], row[1])

    def close(self) -> None:
        """Does nothing: the file is the stream's."""
