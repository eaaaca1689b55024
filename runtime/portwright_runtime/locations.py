"""Urls of files, and packages that a url asks for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from portwright_runtime.errors import ConfigurationError


def needed(package: str, extra: str, title: str) -> None:
    """Returns if the package of an extra can be imported, else raises ConfigurationError."""
    try:
        import_module(package)
    except ImportError as error:
        missing = f"pip install 'portwright-runtime[{extra}]'"
        raise ConfigurationError(f"{title} needs a package more: {missing}") from error


def file_at(
    scheme: str, rest: str, allowed: set[str] | frozenset[str]
) -> tuple[Path, dict[str, str]]:
    """The absolute path and the options of `sqlite:relative/file?option=value` or `sqlite:///absolute`."""
    location, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(options.keys() - allowed)
    if unknown:
        known = ", ".join(sorted(allowed)) or "none"
        raise ConfigurationError(f"`{scheme}:` has no option {unknown[0]!r}; it has: {known}")
    if location.startswith("//"):
        host, slash, below = location[2:].partition("/")
        if host or not slash:
            raise ConfigurationError(
                f"`{scheme}:` takes a file: {scheme}:relative/file or {scheme}:///absolute/file"
            )
        location = f"/{below}"
    if location.startswith(":"):
        raise ConfigurationError(f"`{scheme}:` takes a file, and `{location}` is none")
    if not location:
        raise ConfigurationError(f"`{scheme}:` is not followed by the path of a file")
    return Path(unquote(location)).absolute(), options
