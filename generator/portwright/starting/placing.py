"""Placing: where a new contract goes, so that the config finds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from portwright import source
from portwright.config.nodes import NodeReader
from portwright.config.presets import Presets
from portwright.importing.writing import GUESSED
from portwright.nodes import Mapping, Scalar, Sequence
from portwright.paths import is_inside, matches

DEFAULT = "contracts/*.odcs.yaml"


def patterns(config: Path) -> tuple[str, ...] | None:
    """Where the config looks for contracts; None without a config that can be read. One that has
    faults is read all the same: its first contract may be what it lacks."""
    return _texts(config, "contracts", is_inside)


def classification(config: Path) -> str:
    """What personal data is classified as until somebody has looked: the usual word, or where the
    config has other `classifications`, the most guarded of them."""
    known = _texts(config, "classifications", str.isprintable)
    return GUESSED if not known or GUESSED in known else known[-1]


def _texts(config: Path, key: str, is_good: Callable[[str], bool]) -> tuple[str, ...] | None:
    """The good texts of a list in the config or what it extends; None without a config that can be
    read."""
    try:
        text, _ = source.decode(config.read_bytes(), config.name)
    except OSError:
        return None
    environ = os.environ
    node = source.parse(text, config.name, environ)[0] if text is not None else None
    if isinstance(node, Mapping):
        # What is wrong with it is told by those that need it whole.
        node = Presets(config.parent, environ, NodeReader()).extended(node, config.name)
    listed = node.get(key) if isinstance(node, Mapping) else None
    items = listed.items if isinstance(listed, Sequence) else ()
    return tuple(each.text for each in items if isinstance(each, Scalar) and is_good(each.text))


def path_of(name: str, looked: tuple[str, ...]) -> PurePosixPath:
    """The path of a contract of that name, below the config's folder: one that the first of the
    patterns finds, if there is such a one."""
    default = PurePosixPath(DEFAULT.replace("*", name))
    return next(_found(name, looked), default)


def _found(name: str, looked: tuple[str, ...]) -> Iterator[PurePosixPath]:
    for pattern in looked:
        *folders, last = PurePosixPath(pattern).parts
        plain = [each for each in folders if each != "**"]
        if any("*" in each or "?" in each or "[" in each for each in plain):
            # A folder for each contract, `services/*/contract.yaml`, may be named like it.
            plain = [each.replace("*", name) for each in plain]
        elif "**" in folders and "*" not in last:
            plain.append(name)
        elif last == "*.yaml":
            last = "*.odcs.yaml"
        path = PurePosixPath(*plain, last.replace("*", name))
        if matches([pattern], str(path)) and (path.name != last or str(path) != pattern):
            yield path
