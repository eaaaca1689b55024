"""Settings of Kafka's client (librdkafka's CONFIGURATION.md), as the runtime has them: a file's,
then the environment's. `PORTWRIGHT_KAFKA_SASL_PASSWORD` is `sasl.password`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from portwright.granting.plan import SystemError

PREFIX: Final = "PORTWRIGHT_KAFKA_"
FILE: Final = "PORTWRIGHT_KAFKA_CONFIG"


def read(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings by name; a value may be a secret."""
    found = _file(environ[FILE]) if environ.get(FILE) else {}
    for name, value in environ.items():
        if name.startswith(PREFIX) and name != FILE:
            found[name.removeprefix(PREFIX).lower().replace("_", ".")] = value
    return found


def _file(path: str) -> dict[str, str]:
    """Those of a file with `name=value` lines, and `#` before a remark."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "it is not UTF-8"
        raise SystemError(f"{FILE}: {path} cannot be read: {reason}") from None
    written = (line.strip() for line in lines)
    pairs = [line.partition("=") for line in written if line and line[0] not in "#!"]
    return {name.strip(): value.strip() for name, _, value in pairs}
