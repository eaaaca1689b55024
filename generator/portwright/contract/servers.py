"""Servers: where the data lives, and which ports follow from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portwright.contract import keys, people
from portwright.contract.reader import Reader, Report
from portwright.diagnostics import nearest
from portwright.model import Port, Server
from portwright.nodes import data

_KNOWN = keys.STREAM_SERVERS | keys.TABLE_SERVERS | keys.OTHER_SERVERS


def read(reader: Reader) -> tuple[Server, ...]:
    """The servers in the order of the contract."""
    return tuple(
        server
        for each in reader.readers("servers", "the server", None)
        if (server := _server(each)) is not None
    )


def _server(reader: Reader) -> Server | None:
    type_ = reader.needed_text("type", "say what it is: `type: kafka`, `type: postgres` …")
    if type_ is None:
        return None
    kind = type_.lower()
    if kind not in _KNOWN:
        message = f"unknown type of server `{type_}`"
        help = nearest(kind, _KNOWN) or "write `custom` for any other"
        reader.report.warning("PW111", message, reader.span_of("type"), help)
    reader.what = f"a server of type {kind}"
    reader.warn_of_unknown(keys.SERVER | keys.SERVER_SETTINGS)
    missing = [f"`{key}`" for key in keys.SERVER_NEEDS.get(kind, ()) if not reader.has(key)]
    if missing:
        message = f"{reader.what} lacks {', '.join(missing)}"
        help = "the standard asks for it; a variable such as `${HOST}` will do"
        reader.report.warning("PW123", message, reader.span, help)
    settings: Mapping[str, object] = {
        key.text: data(node) for key, node in reader.node.entries if key.text not in keys.SERVER
    }
    # What is odd about them concerns nothing that is generated.
    silent = Reader(reader.node, reader.what, Report(), None, lenient=True)
    return Server(
        name=reader.text("server") or kind,
        type=kind,
        environment=reader.text("environment"),
        description=reader.text("description"),
        settings=tuple(sorted(settings.items())),
        span=reader.span,
        roles=people.roles(silent),
    )


def is_stream(server: Server) -> bool:
    """True where the server carries events."""
    if server.type == "custom":
        return server.setting("stream") is not None
    return server.type in keys.STREAM_SERVERS | keys.MORE_STREAM_SERVERS


def is_table(server: Server) -> bool:
    """True where the server holds tables or files of rows."""
    return server.type in keys.TABLE_SERVERS


def ports(servers: Iterable[Server], physical_type: str | None) -> tuple[Port, ...]:
    """The ports of an object: what its servers can do; where they can do both, what
    its physical type says; both where nothing says anything."""
    servers = tuple(servers)
    stream, table = any(map(is_stream, servers)), any(map(is_table, servers))
    if stream and table:
        kind = (physical_type or "").lower()
        stream, table = kind not in ("table", "view"), kind != "topic"
    if stream == table:
        return (Port.STREAM, Port.TABLE)
    return (Port.STREAM,) if stream else (Port.TABLE,)


def schema(servers: Iterable[Server]) -> str | None:
    """The schema (BigQuery: dataset) of the first server with tables that names one."""
    for server in filter(is_table, servers):
        found = server.setting("schema") or server.setting("dataset")
        if found:
            return found
    return None
