"""`templates`: the folder of a repository's templates, which override blocks of built-in ones."""

from __future__ import annotations

import glob
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from portwright.config.nodes import NodeReader
from portwright.nodes import Mapping
from portwright.paths import is_inside

if TYPE_CHECKING:
    from portwright.overrides.templates import Templates

_HELP = "`templates` is a folder of templates that override blocks of ours"


def read(top: Mapping, reader: NodeReader, root: Path) -> tuple[tuple[str, ...], Templates | None]:
    """The patterns of the files they are in, and the templates; none where a config has none."""
    node = top.get("templates")
    folder = None if node is None else reader.text(node, "`templates`", top.span)
    if folder is None:
        return (), None
    path = PurePosixPath(folder.text).as_posix()
    if not is_inside(path) or not (root / path).is_dir():
        message = f"there is no folder `{folder.text}` below that of the config"
        reader.wrong("PW547", message, folder.span, _HELP)
        return (), None
    from portwright.overrides import (
        reading,  # with all of Jinja, which most runs need later or never
    )

    templates, found = reading.read(root, path)
    reader.found += found
    return (f"{glob.escape(path)}/**/*",), templates
