"""Where a ClickHouse is: read from a url, and from the environment variables of its own client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from portwright_runtime.errors import ConfigurationError

USER: Final = "CLICKHOUSE_USER"
PASSWORD: Final = "CLICKHOUSE_PASSWORD"

_PORTS: Final = {False: 8123, True: 8443}
# Of the options of clickhouse-connect, those that say how to get there.
_OPTIONS: Final = frozenset(
    {
        "ca_cert",
        "client_cert",
        "client_cert_key",
        "connect_timeout",
        "http_proxy",
        "https_proxy",
        "proxy_path",
        "send_receive_timeout",
        "server_host_name",
        "verify",
    }
)


@dataclass(frozen=True)
class Address:
    """Where a server is. `options` are those of the client: timeouts, certificates."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    secure: bool
    options: tuple[tuple[str, str], ...] = ()


def read_address(rest: str, environment: Mapping[str, str], *, secure: bool) -> Address:
    """The address of `//user:password@host:port/database?option=value`."""
    try:
        parts = urlsplit(f"clickhouse:{rest}")
        port = parts.port
    except ValueError:  # what it says may quote a password
        parts = None
    if parts is None or not parts.hostname:
        raise ConfigurationError(
            "`clickhouse:` takes a server: clickhouse://user@host:8123/database, where special"
            f" characters of a password are percent-encoded, or it is {PASSWORD}"
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    said = options.pop("secure", None)
    if said not in (None, "true", "false"):
        raise ConfigurationError("`secure=` of a clickhouse url is true or false")
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        known = ", ".join(["secure", *sorted(_OPTIONS)])
        raise ConfigurationError(f"`clickhouse:` has no option {unknown[0]!r}; it has: {known}")
    tls = secure if said is None else said == "true"
    return Address(
        parts.hostname,
        port or _PORTS[tls],
        unquote(parts.username or "") or environment.get(USER) or "default",
        unquote(parts.password or "") or environment.get(PASSWORD, ""),
        unquote(parts.path.strip("/")) or "default",
        tls,
        tuple(sorted(options.items())),
    )
