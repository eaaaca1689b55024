"""Servers of a document: the Kafka brokers that the contract names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portwright import names
from portwright.model import Model, Server

# What a config or a pipeline puts in later: `${BROKER}`, `{{ broker }}`, `{broker}`.
_LATER = re.compile(r"\$?\{\{?\s*(?:env\.)?([A-Za-z_][A-Za-z0-9_.-]*)\s*\}?\}")
_HOST = re.compile(r"([A-Za-z0-9._-]|\{[A-Za-z0-9_]+\})+(:([0-9]{1,5}|\{[A-Za-z0-9_]+\}))?")
_SCHEME = re.compile(r"\A[A-Za-z][A-Za-z0-9+_-]*://")
_TLS = re.compile(r"\A(SSL|SASL_SSL|kafka\+ssl|kafka-secure)\Z", re.IGNORECASE)


def kafka(model: Model) -> Iterator[Server]:
    """The brokers among the contract's servers."""
    return (each for each in model.servers if each.type == "kafka")


def hosts(server: Server) -> list[str]:
    """Its bootstrap servers as AsyncAPI writes hosts, `{name}` for what is put in later; empty
    where one of them is no host."""
    written = (server.setting("host") or "").split(",")
    port = server.setting("port")
    found = [_host(each.strip(), port) for each in written if each.strip()]
    return found if all(map(_HOST.fullmatch, found)) else []


def servers(model: Model) -> dict[str, object]:
    """The servers by name, one for each bootstrap server."""
    found: dict[str, object] = {}
    for each in kafka(model):
        for host in hosts(each):
            found[_free(names.kebab(each.name), found)] = _server(each, host)
    return found


def _host(written: str, port: str | None) -> str:
    host = _LATER.sub(
        lambda match: "{" + names.identifier(match[1]) + "}", _SCHEME.sub("", written)
    ).rstrip("/")
    return f"{host}:{port}" if port and ":" not in host else host


def _server(server: Server, host: str) -> dict[str, object]:
    later = dict.fromkeys(re.findall(r"\{(\w+)\}", host))
    description = (server.description or "").strip()
    return {
        "host": host,
        "protocol": "kafka-secure" if _is_secure(server) else "kafka",
        **({"description": description} if description else {}),
        **(
            {"variables": {each: {"description": f"{each} of the environment."} for each in later}}
            if later
            else {}
        ),
        **({"tags": [{"name": server.environment}]} if server.environment else {}),
    }


def _is_secure(server: Server) -> bool:
    """Whether a setting says that the connection is by TLS; the standard has none for it."""
    scheme = (server.setting("host") or "").partition("://")[0]
    asked = (scheme, server.setting("protocol"), server.setting("securityProtocol"))
    return any(_TLS.match(each or "") for each in asked)


def _free(name: str, taken: dict[str, object]) -> str:
    """The name, with the first number behind it that nobody has."""
    known = (name, *(f"{name}-{count}" for count in range(2, len(taken) + 3)))
    return next(each for each in known if each not in taken)
