"""The topic of one object: how its records become messages and messages its records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar
from urllib.parse import quote

from portwright_runtime.keys import key_text, template_text
from portwright_runtime.schema import Schema
from portwright_runtime.stream import Headers

R = TypeVar("R")

KeyValues: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Topic(Generic[R]):
    """One object's topic.

    `event_type` is the CloudEvents type, `subject` the schema's name in a registry. `key`
    gives the values of the key, in the order of `key_fields`; `key_template` has a `{}` for each
    where the contract writes its key as a text. `private_key`: the key is classified and stays
    out of the headers. `headers` gives those that the contract makes of a record's public fields.
    `supported_until` is the last day of its support, empty where none is told; `persons` are the
    properties that name the person whom a record is about: `customer.id`.
    """

    contract: str
    version: str
    object: str
    name: str
    event_type: str
    record: type[R]
    schema: Schema
    encode: Callable[[R], bytes]
    decode: Callable[[bytes], R]
    key: Callable[[R], KeyValues] | None = None
    key_fields: tuple[str, ...] = ()
    key_template: str | None = None
    private_key: bool = False
    headers: Callable[[R], Headers] | None = None
    subject: str = ""
    supported_until: str = ""
    persons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.subject:  # Confluent's TopicNameStrategy
            object.__setattr__(self, "subject", f"{self.name}-value")

    def key_text(self, values: KeyValues) -> str:
        """The key of a message, of the values that `key` gives."""
        if self.key_template is None:
            return key_text(values)
        return template_text(self.key_template, values)

    @property
    def source(self) -> str:
        """The CloudEvents source: the contract."""
        return f"/{quote(self.contract, safe='')}"

    @property
    def dataschema(self) -> str:
        """The CloudEvents dataschema: a URI that names the writer's schema by its fingerprint."""
        parts = (self.contract, self.version, self.object)
        path = ":".join(quote(part, safe="") for part in parts)
        return f"urn:portwright:{path}#{self.schema.fingerprint}"

    def __str__(self) -> str:
        return f"{self.contract} {self.version}, {self.object}"
