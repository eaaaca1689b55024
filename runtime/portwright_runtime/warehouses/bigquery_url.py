"""The url of a place in BigQuery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from portwright_runtime.errors import ConfigurationError

_OPTIONS: Final = frozenset({"location", "api_endpoint"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Address:
    """A project, which pays; the dataset of tables that name none; and where both are."""

    project: str
    dataset: str | None = None
    location: str | None = None
    api_endpoint: str | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether this is no service of Google's, but a double of it on this machine."""
        parts = urlsplit(self.api_endpoint or "")
        return parts.scheme == "http" and parts.hostname in _LOOPBACK


def read_address(rest: str) -> Address:
    """What follows `bigquery:`."""
    location, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(options.keys() - _OPTIONS):
        known = ", ".join(sorted(_OPTIONS))
        raise ConfigurationError(f"`bigquery:` has no option {unknown[0]!r:.60}; it has: {known}")
    project, *inside = location.removeprefix("//").split("/")
    if not location.startswith("//") or not project or "@" in location or len(inside) > 1:
        raise ConfigurationError(
            "`bigquery:` takes a project and a dataset: bigquery://project/dataset?location=EU;"
            " who logs in is Google's application default credentials"
        )
    endpoint = options.get("api_endpoint")
    address = Address(
        unquote(project), unquote("".join(inside)) or None, options.get("location"), endpoint
    )
    if endpoint and not endpoint.startswith("https://") and not address.is_loopback:
        raise ConfigurationError("the `api_endpoint` of `bigquery:` begins with https://")
    return address
