"""Schemas of values, and where they are known by short names: registries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import md5, sha256
from typing import Literal, Protocol, TypeAlias

SchemaKind: TypeAlias = Literal["AVRO", "PROTOBUF"]

CONTENT_TYPES: dict[SchemaKind, bytes] = {
    "AVRO": b"application/avro",
    "PROTOBUF": b"application/protobuf",
}


@dataclass(frozen=True)
class Schema:
    """A schema as a writer has it.

    `references` are the (name, text) of the .proto files it imports, each after those that it
    imports itself. `indexes` lead to the record's message in a .proto file.
    """

    text: str
    kind: SchemaKind = "AVRO"
    references: tuple[tuple[str, str], ...] = ()
    indexes: tuple[int, ...] = (0,)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of its text, in hex."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def guid(self) -> bytes:
        """The 16 bytes that name it in every registry alike: the MD5 of its text.

        Confluent's registry takes its own canonical text; where one is asked, its answer counts.
        """
        return md5(self.text.encode(), usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class SchemaId:
    """What a registry calls a schema, as far as it has such names."""

    number: int | None
    guid: bytes | None


class Registry(Protocol):
    """Where the schemas of a stream's values are known. Every failure is a StreamError."""

    @property
    def numbered(self) -> bool:
        """Whether its schemas have numbers."""

    def find(self, subject: str, schema: Schema) -> SchemaId:
        """What the schema is called; UnknownSchema where the registry does not know it."""

    def by_number(self, number: int) -> Schema | None:
        """The schema of that number, None if there is none."""

    def by_guid(self, guid: bytes) -> Schema | None:
        """The schema of that GUID, None if there is none."""

    def close(self) -> None:
        """Lets go of its connections. Safe to call again."""
