"""A schema registry with Confluent's API, asked at the start of a producer and by readers of
other writers' values. Nothing here registers: `portwright register` does, at deploy time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import UUID

from portwright_runtime.errors import ConfigurationError, StreamError, UnknownSchema
from portwright_runtime.schema import Schema, SchemaId

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import SchemaReference, SchemaRegistryClient

PREFIX: Final = "PORTWRIGHT_REGISTRY_"
VARIABLE: Final = "PORTWRIGHT_REGISTRY"
# Options that are numbers to the client.
_WHOLE: Final = frozenset(
    "cache.capacity cache.latest.ttl.sec max.retries retries.max.wait.ms retries.wait.ms"
    " timeout".split()
)
_NOT_FOUND: Final = 404
_DENIED: Final = (401, 403)


class ConfluentRegistry:
    """The Registry at `url`, which may hold a user and a password.

    `options` are those of confluent-kafka's SchemaRegistryClient (`ssl.ca.location`,
    `bearer.auth.token` …).
    """

    numbered: Final = True

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        shown, user = split_user(url)
        settings: dict[str, str | int] = {"url": shown}
        for name, value in (options or {}).items():
            settings[name] = int(value) if name in _WHOLE and value.isdecimal() else value
        if user:
            settings["basic.auth.user.info"] = user
        self._url = shown
        self._client = _client(settings)

    def __repr__(self) -> str:
        return f"ConfluentRegistry({self._url!r})"

    def find(self, subject: str, schema: Schema) -> SchemaId:
        """Its number and GUID; UnknownSchema where the registry has none such under `subject`."""
        from confluent_kafka.schema_registry import Schema as Registered

        references = [self._reference(name, text, subject) for name, text in schema.references]
        wanted = Registered(schema.text, schema.kind, references)
        found = self._asked(subject, self._client.lookup_schema, subject, wanted)
        if found is None:
            raise _unknown(subject)
        guid = UUID(found.guid).bytes if found.guid else None
        return SchemaId(found.schema_id, guid)

    def by_number(self, number: int) -> Schema | None:
        """The schema of that number, None if there is none."""
        return self._schema(self._asked(f"schema {number}", self._client.get_schema, number))

    def by_guid(self, guid: bytes) -> Schema | None:
        """The schema of that GUID, None if there is none."""
        text = str(UUID(bytes=guid))
        return self._schema(self._asked(f"schema {text}", self._client.get_schema_by_guid, text))

    def close(self) -> None:
        """Lets go of its connections. Safe to call again."""
        self._client.close()

    def _reference(self, name: str, text: str, subject: str) -> SchemaReference:
        """A file that a .proto imports: its name is its subject, too."""
        from confluent_kafka.schema_registry import Schema as Registered
        from confluent_kafka.schema_registry import SchemaReference

        found = self._asked(name, self._client.lookup_schema, name, Registered(text, "PROTOBUF"))
        if found is None:
            raise _unknown(subject)
        return SchemaReference(name, name, found.version)

    def _asked(self, what: str, call: Any, *arguments: object) -> Any:
        """The registry's answer, None where it has no such thing."""
        from confluent_kafka.schema_registry.error import SchemaRegistryError

        try:
            return call(*arguments)
        except SchemaRegistryError as error:
            if error.http_status_code == _NOT_FOUND:
                return None
            if error.http_status_code in _DENIED:
                reason = "it refuses these credentials: see PORTWRIGHT_REGISTRY and its options"
            else:
                reason = f"it answers {error.http_status_code} ({error.error_code})"
        except Exception as error:
            reason = f"it cannot be asked ({type(error).__name__}): see that it is up and reachable"
        # What the client says may hold the address with its password.
        raise StreamError(f"the schema registry at {self._url}, about {what}: {reason}")

    @staticmethod
    def _schema(found: Any) -> Schema | None:
        if found is None or found.schema_str is None:
            return None
        return Schema(found.schema_str, found.schema_type or "AVRO")


def registry_options(environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment sets: PORTWRIGHT_REGISTRY_SSL_CA_LOCATION is `ssl.ca.location`."""
    return {
        name.removeprefix(PREFIX).lower().replace("_", "."): value
        for name, value in environ.items()
        if name.startswith(PREFIX)
    }


def split_user(url: str) -> tuple[str, str]:
    """The url without the user and password in it, and these as `user:password`."""
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
        # After the host there is no `@`, unless what is before it ended the host too early.
        is_url = is_url and "@" not in parts.path + parts.query + parts.fragment
        _ = parts.port
    except ValueError:  # which quotes the password
        is_url = False
    if not is_url:
        raise ConfigurationError(
            f"{VARIABLE} is no http or https url; special characters of a password are"
            " percent-encoded in it"
        )
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=host)), unquote(user)


def _client(settings: dict[str, str | int]) -> SchemaRegistryClient:
    try:
        from confluent_kafka.schema_registry import SchemaRegistryClient
    except ImportError as error:
        missing = "pip install 'portwright-runtime[kafka]'"
        raise ConfigurationError(f"a schema registry needs a package more: {missing}") from error
    try:
        return SchemaRegistryClient(settings)
    except Exception as error:
        names = ", ".join(sorted(settings.keys() - {"url"}))
        raise ConfigurationError(
            f"the schema registry's client refuses its options ({type(error).__name__}): {names}"
        ) from None


def _unknown(subject: str) -> UnknownSchema:
    return UnknownSchema(
        f"the schema registry does not know this port's schema under the subject {subject}:"
        " run `portwright register` where the service is deployed from"
    )
