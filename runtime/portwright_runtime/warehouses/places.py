"""What tables are called to the world, by openlineage.io/docs/spec/naming."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

# A namespace, and what the names in it begin with: the database and its usual schema.
Place = tuple[str, tuple[str, ...]]


def named(place: Place, table: tuple[str, ...]) -> tuple[str, str]:
    """The namespace and the name of a table, whose own name says more or less of where it is."""
    namespace, outer = place
    return namespace, ".".join((*outer[: max(len(outer) + 1 - len(table), 0)], *table))


def duckdb(path: Path) -> Place:
    """The place of a DuckDB file."""
    return f"duckdb://{path.as_posix()}", (path.stem, "main")


def postgres(url: str) -> Place:
    """The place of a PostgreSQL database, as libpq understands the url and its own variables."""
    from psycopg import pq
    from psycopg.conninfo import conninfo_to_dict

    usual = {o.keyword.decode(): (o.val or b"").decode() for o in pq.Conninfo.get_defaults()}
    given = usual | {name: str(value) for name, value in conninfo_to_dict(url).items()}
    host, port = (given.get(name, "").split(",")[0] for name in ("host", "port"))
    if not host or host.startswith(("/", "@")):
        host = "localhost"  # by a socket of this machine
    database = given.get("dbname") or given.get("user") or ""
    return f"postgres://{host}:{port or 5432}", (database, "public")


def snowflake(options: Mapping[str, str]) -> Place:
    """The place of a database of Snowflake, by the connector's options."""
    account = options.get("account") or options.get("connection_name", "")
    return f"snowflake://{account}", (options.get("database", ""), options.get("schema", "PUBLIC"))


def stored(url: str) -> tuple[str, str]:
    """The namespace and the name of a folder, or of what is in a bucket."""
    if "://" not in url:
        return "file", Path(url).absolute().as_posix()
    parts = urlsplit(url)
    if parts.scheme == "file":
        return "file", parts.path
    scheme = "s3" if parts.scheme == "s3a" else parts.scheme
    return f"{scheme}://{parts.netloc}", parts.path.strip("/")


def catalogue(name: str, uri: str | None) -> str:
    """The namespace of a catalogue of tables: where it is, and else what it is called."""
    parts = urlsplit(uri or "")
    if not parts.hostname:
        return f"iceberg://{name}"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
