"""Settings: the text of a first `portwright.yaml`."""

from __future__ import annotations

import glob
from collections.abc import Iterator

from portwright.importing import yaml_text
from portwright.starting.detecting import Facts
from portwright.starting.placing import DEFAULT

_HEAD = """\
# What `portwright generate` makes of which contracts, and where it goes.
version: 1
"""
# What readers in other languages than Python start from.
_SCHEMAS = ("avro", "json-schema", "protobuf")


def text(found: Facts) -> str:
    """The config for what was found."""
    lines = [_HEAD.rstrip(), f"contracts: {yaml_text.scalar(patterns(found))}", "targets:"]
    lines += [f"  - {each}" for each in _targets(found)]
    lines.append("  # `portwright targets` tells of all that there are.")
    if not found.databases:
        lines.append("  # - {target: ddl, dialect: postgres, out: gen/sql}")
    return "\n".join(lines) + "\n"


def patterns(found: Facts) -> list[str]:
    """Where contracts are, those that are there already among them."""
    kept = [
        f"{glob.escape(str(each.parent))}/*{_suffix(each.name)}".removeprefix("./")
        for each in found.contracts
    ]
    return list(dict.fromkeys(kept)) or [DEFAULT]


def _suffix(name: str) -> str:
    return ".odcs.yml" if name.endswith(".yml") else ".odcs.yaml"


def _targets(found: Facts) -> Iterator[str]:
    python = "Python" in found.languages
    for each in _SCHEMAS[:1] if python else _SCHEMAS:
        yield f"{{target: {each}, out: gen/{each}}}"
    for each in found.databases:
        yield f"{{target: ddl, dialect: {each}, out: gen/sql}}"
    if python:
        yield f"{{target: python, out: {yaml_text.text(found.python_root)}}}"
