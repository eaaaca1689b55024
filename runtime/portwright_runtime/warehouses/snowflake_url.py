"""The url of an account of Snowflake: what SQLAlchemy and ADBC take, as the connector's options."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import parse_qsl, unquote

from portwright_runtime.errors import ConfigurationError

# The options of the connector that say who connects, and where to.
_OPTIONS: Final = frozenset(
    {
        *("authenticator", "connection_name", "host", "port", "protocol", "role", "warehouse"),
        *("private_key_file", "private_key_file_pwd", "token_file_path"),
        "workload_identity_provider",
    }
)


def read_options(rest: str) -> dict[str, str]:
    """What follows `snowflake:`; what it leaves out is in the connector's `connections.toml`, whose
    default connection stands for no url at all. A ConfigurationError never shows the url."""
    location, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(options.keys() - _OPTIONS):
        known = ", ".join(sorted(_OPTIONS))
        raise ConfigurationError(f"`snowflake:` has no option {unknown[0]!r:.60}; it has: {known}")
    if location and not location.startswith("//"):
        raise ConfigurationError(
            "`snowflake:` takes an account: snowflake://user@account/database/schema?warehouse=…,"
            " or snowflake:?connection_name=… of connections.toml"
        )
    who, at, where = location[2:].rpartition("@")
    user, colon, password = who.partition(":")
    account, *inside = where.split("/")
    if len(inside) > 2 or (at and not account):
        raise ConfigurationError(
            "the url of Snowflake names an account, a database and a schema, and no more"
        )
    given = {
        "account": account,
        "user": user,
        "password": password if colon else "",
        **dict(zip(("database", "schema"), inside, strict=False)),
    }
    options.update((name, unquote(text)) for name, text in given.items() if text)
    if "account" not in options:
        # The connector looks for its default one only where it is told nothing at all.
        name = os.environ.get("SNOWFLAKE_DEFAULT_CONNECTION_NAME", "default")
        options.setdefault("connection_name", name)
    return options
