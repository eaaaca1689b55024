"""What a shell completes."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Items = list[CompletionItem[str]]

PROGRAM = "portwright"


def codes(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Codes of findings, with their titles."""
    from click.shell_completion import CompletionItem

    from portwright.codes import EXPLANATIONS

    return [
        CompletionItem(code, help=story.splitlines()[0])
        for code, story in EXPLANATIONS.items()
        if code.startswith(incomplete.upper())
    ]


def targets(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Targets; with --types, dialects of theirs too."""
    from click.shell_completion import CompletionItem

    from portwright import type_table
    from portwright.targets import registry

    words = registry.names()
    if context.params.get("types"):
        words = sorted({word for key in type_table.targets() for word in key.split()})
    given = context.params.get(parameter.name or "") or ()
    return [
        CompletionItem(word) for word in words if word.startswith(incomplete) and word not in given
    ]


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Files and folders, as the shell itself completes them."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def configs(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Configs in the folder that is begun to be named, and its folders."""
    from click.shell_completion import CompletionItem

    folder, start = os.path.split(incomplete)
    found: Items = []
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda each: each.name)
    except OSError:
        return found
    for each in entries:
        if not each.name.startswith(start) or (each.name.startswith(".") and not start):
            continue
        path = PurePath(folder, each.name).as_posix()
        if each.is_dir():
            found.append(CompletionItem(f"{path}/"))
        elif each.name.endswith((".yaml", ".yml")) and _is_config(Path(each.path)):
            found.append(CompletionItem(path))
    return found


def _is_config(path: Path) -> bool:
    """Whether a file says what configs say, and contracts do not."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return False
    return path.name.startswith(PROGRAM) or "\ntargets:" in f"\n{text}"
