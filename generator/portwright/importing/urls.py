"""Urls of databases, and what may be said of them: no part of a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from portwright.diagnostics import Diagnostic, Span, error
from portwright.importing.draft import Refused


def check(source: str, scheme: str) -> None:
    """Refuses a url that ends within its password, as what is said of it would show the rest."""
    _, slashes, rest = source.partition("://")
    if not slashes or scheme in ("sqlite", "duckdb"):
        return
    head = rest.partition("?")[0]
    place = re.split("[/?#]", rest, maxsplit=1)[0]
    hosts = place.rpartition("@")[2].split(",")
    ports = [each.rpartition("]")[2].partition(":")[2] for each in hosts]
    if head.count("@") > ("@" in place) or not all(re.fullmatch(r"\d*", each) for each in ports):
        message = "the url cannot be read: its host and port cannot be told from a password"
        help = (
            "a port is a number; in a password write `@` as %40, `/` as %2F, `?` as %3F, `#` as %23"
        )
        raise Refused(error("PW800", message, Span(scheme), help))


def shown(source: str) -> str:
    """The source without a password, as findings and the contract call it."""
    scheme, _, rest = source.partition(":")
    if not rest.startswith("//"):
        return source
    try:
        url = urlsplit(source)
    except ValueError:
        return scheme
    host = url.netloc.rpartition("@")[2]
    return f"{scheme}:{host}{url.path}"


def failed(fault: Exception, source: str, shown: str) -> Diagnostic:
    said = " ".join(str(fault).split()) or type(fault).__name__
    # Some drivers repeat what they were given, and a terminal's scrollback is kept.
    before, at, _ = source.rpartition("@")
    secret = before.partition("//")[2].partition(":")[2] if at else ""
    said = said.replace(secret, "…")[:300] if secret else said[:300]
    help = "look at the url, at the rights of its user, and whether the server runs"
    return error("PW803", f"the database says: {said}", Span(shown), help)
