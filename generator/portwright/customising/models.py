"""The models that targets see, of a config or of files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from portwright import config as configs
from portwright import lock, pipeline
from portwright.diagnostics import Diagnostic
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.reporting import report


def models(config: Path, files: tuple[Path, ...]) -> list[Model] | None:
    """The models, their findings printed; None where one is an error.

    Files that are contracts of the config are read as the config reads them; others have the
    numbers that a first run would give them.
    """
    root = config.parent
    files = tuple({each.resolve(): each for each in files}.values())
    known: dict[Path, Model] = {}
    if not files or config.exists():
        settings, found = configs.load(root, config.name, os.environ)
        if settings is None:
            report(found, "text", root)
            sys.exit(2 if any(each.code == "PW501" for each in found) else 1)
        contracts = {(root / each).resolve() for each in settings.contracts}
        if not files or any(each.resolve() in contracts for each in files):
            read = pipeline.numbered(settings, root, os.environ)
            asked = {each.resolve() for each in files} or contracts
            named = {each for each in settings.contracts if (root / each).resolve() in asked}
            others = {*settings.contracts} - named
            found += (each for each in read.found if each.span.file not in others)
            known = {(root / each.source).resolve(): each for each in read.good}
        report(found, "text", root)
        if any(each.is_error for each in found):
            return None
        if not files:
            return list(known.values())
    alone, wrong = _alone([each for each in files if each.resolve() not in known])
    report(wrong, "text", Path())
    if any(each.is_error for each in wrong):
        return None
    return [known.get(each.resolve()) or alone[each] for each in files]


def _alone(files: list[Path]) -> tuple[dict[Path, Model], list[Diagnostic]]:
    """The models of files that no config is about."""
    found: list[Diagnostic] = []
    made: dict[Path, Model] = {}
    for path in files:
        model, diagnostics = pipeline.load(path, str(path), os.environ)
        found += diagnostics
        if model is not None:
            made[path] = model
    numbered, _ = lock.apply_all(list(made.values()), lock.Lock())
    return dict(_again(made, numbered)), found


def _again(made: dict[Path, Model], numbered: list[Model]) -> Iterator[tuple[Path, Model]]:
    for path, model in zip(made, numbered, strict=True):
        yield path, as_seen(model)
