"""Where streams and warehouses are: what the environment says, embedded ones by default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from portwright_runtime.errors import ConfigurationError
from portwright_runtime.locations import file_at, needed
from portwright_runtime.schema import Registry
from portwright_runtime.stream import Stream
from portwright_runtime.warehouse import Warehouse
from portwright_runtime.warehouses.urls import WAREHOUSES

if TYPE_CHECKING:
    from portwright_runtime.wire import Wire, WireForm

T = TypeVar("T")
# Reads what follows the scheme of a url now, and opens what it names later.
Opener = Callable[[str], Callable[[], T]]

STREAM_VARIABLE = "PORTWRIGHT_STREAM"
WAREHOUSE_VARIABLE = "PORTWRIGHT_WAREHOUSE"
REGISTRY_VARIABLE = "PORTWRIGHT_REGISTRY"
WIRE_VARIABLE = "PORTWRIGHT_WIRE"
_LOCAL = Path(".portwright", "local")
DEFAULT_STREAM = f"sqlite:{_LOCAL.as_posix()}/stream.db"
DEFAULT_WAREHOUSE = f"duckdb:{_LOCAL.as_posix()}/warehouse.duckdb"


def _sqlite(rest: str) -> Callable[[], Stream]:
    path, options = file_at("sqlite", rest, {"partitions"})
    text = options.get("partitions")
    if text is not None and not text.isdecimal():
        raise ConfigurationError(f"partitions={text!r} of a sqlite stream is not a whole number")

    def open_() -> Stream:
        from portwright_runtime.sqlite_log import DEFAULT_PARTITIONS, SqliteLog

        return SqliteLog(path, partitions=DEFAULT_PARTITIONS if text is None else int(text))

    return open_


def _kafka(rest: str) -> Callable[[], Stream]:
    """`kafka://host:port,host:port?linger.ms=10`; the other settings are in the environment."""
    needed("confluent_kafka", "kafka", "Kafka")
    from portwright_runtime.kafka_config import read_config

    servers, _, query = rest.removeprefix("//").partition("?")
    if not servers.strip("/") or "@" in servers:
        raise ConfigurationError(
            "`kafka:` takes brokers, and no user: kafka://host:9092,host:9092; users and passwords"
            " are PORTWRIGHT_KAFKA_SASL_USERNAME and PORTWRIGHT_KAFKA_SASL_PASSWORD"
        )
    given = dict(parse_qsl(query, keep_blank_values=True))
    config = read_config(servers.rstrip("/"), os.environ, given)
    open_wire = _wire_opener()

    def open_() -> Stream:
        from portwright_runtime.kafka_stream import KafkaStream

        return KafkaStream(config, open_wire())

    return open_


def _wire_opener() -> Callable[[], Wire]:
    """What makes the wire format of a Kafka cluster, as the environment has it now."""
    url = os.environ.get(REGISTRY_VARIABLE)
    form = os.environ.get(WIRE_VARIABLE, "prefix")
    if form not in ("prefix", "header"):
        raise ConfigurationError(f"{WIRE_VARIABLE} is `prefix` or `header`")
    if not url:
        raise ConfigurationError(
            f"Kafka needs a schema registry: set {REGISTRY_VARIABLE} to its url, or to `none` where"
            " there is none and readers have the schemas"
        )
    from portwright_runtime.confluent_registry import ConfluentRegistry, registry_options
    from portwright_runtime.memory_stream import PlainRegistry
    from portwright_runtime.wire import Wire

    chosen: WireForm = "header" if url == "none" or form == "header" else "prefix"
    options = registry_options(os.environ)

    def open_() -> Wire:
        registry: Registry = PlainRegistry() if url == "none" else ConfluentRegistry(url, options)
        return Wire(registry, chosen)

    return open_


STREAMS: Mapping[str, Opener[Stream]] = {"sqlite": _sqlite, "kafka": _kafka}


def is_named(variable: str, url: str | None) -> bool:
    """Whether a url is given, or the environment has one under `variable`."""
    return bool(url or os.environ.get(variable))


def stream_opener(url: str | None = None) -> Callable[[], Stream]:
    """What opens the stream at `url`, or else where the environment says."""
    return _opener(STREAMS, url, STREAM_VARIABLE, DEFAULT_STREAM)


def warehouse_opener(url: str | None = None) -> Callable[[], Warehouse]:
    """What opens the warehouse at `url`, or else where the environment says."""
    return _opener(WAREHOUSES, url, WAREHOUSE_VARIABLE, DEFAULT_WAREHOUSE)


def open_stream(url: str | None = None) -> Stream:
    """The stream at `url`, or else where the environment says."""
    return stream_opener(url)()


def open_warehouse(url: str | None = None) -> Warehouse:
    """The warehouse at `url`, or else where the environment says."""
    return warehouse_opener(url)()


def _opener(
    schemes: Mapping[str, Opener[T]], url: str | None, variable: str, default: str
) -> Callable[[], T]:
    """What opens `url`, which is read now: what is opened later is where it is meant now."""
    text, said_by = (url, "the url") if url is not None else (os.environ.get(variable), variable)
    if not text:
        return _opener_of_default(schemes, default)
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in schemes:
        # The rest of a url may hold a password.
        known = ", ".join(f"`{each}:`" for each in sorted(schemes))
        raise ConfigurationError(f"{said_by} does not begin with a scheme known here: {known}")
    return schemes[scheme](rest)


def _opener_of_default(schemes: Mapping[str, Opener[T]], default: str) -> Callable[[], T]:
    """What opens an embedded part, in a folder that git leaves alone."""
    folder = _LOCAL.absolute()
    scheme, _, rest = default.partition(":")
    open_part = schemes[scheme](rest)

    def open_() -> T:
        # Where this cannot be done, the part itself says so better.
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n")
        return open_part()

    return open_
