"""Python packages of models: written to a folder, and imported from there."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.targets.python import Python

_numbers = itertools.count(1)


def write(model: Model, root: Path, target: Python | None = None) -> Path:
    """The folder of the model's package, below `root`; what `check` says of it is not asked."""
    files = list((target or Python()).emit(as_seen(model)))
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")
    return root / files[0].path.parts[0]


def load(folder: Path) -> Callable[[str], Any]:
    """The importer of a package: of "" itself, of "mapping" its module.

    Its name is its own, so that two versions of one package live side by side.
    """
    name = f"{folder.name}_{next(_numbers)}"
    place = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(
        name, place, submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    package = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)

    def module(part: str) -> ModuleType:
        return importlib.import_module(f"{name}.{part}") if part else package

    return module
