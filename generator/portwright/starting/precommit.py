"""Hooks of pre-commit: an entry that refuses a commit whose generated files are stale."""

from __future__ import annotations

import re
from typing import Any

NAME = ".pre-commit-config.yaml"
_ID = "portwright"


def hook(config: str, runner: str) -> list[str]:
    """The lines of the entry, as they stand under `repos:`."""
    entry = f"{runner} portwright generate --check".strip()
    if config != "portwright.yaml":
        entry += f" --config {config}"
    return [
        "- repo: local",
        "  hooks:",
        f"    - id: {_ID}",
        "      name: what is generated from data contracts is up to date",
        f"      entry: {entry}",
        "      language: system",
        "      pass_filenames: false",
    ]


def has_hook(text: str) -> bool:
    """Whether the config has the hook, in whatever form."""
    return any(
        isinstance(hook, dict) and "portwright" in f"{hook.get('id')} {hook.get('entry')}"
        for repository in _repositories(_read(text))
        if isinstance(repository, dict)
        for hook in repository.get("hooks") or ()
    )


def edited(text: str, lines: list[str]) -> str | None:
    """The config with the entry behind the last one, all else as it was; None where the file has
    a form in which that cannot be done for certain."""
    before = _read(text)
    if not isinstance(before, dict) or not isinstance(before.get("repos"), list):
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    rows = text.split(newline)
    heads = [n for n, row in enumerate(rows) if re.match(r"repos:\s*(\[\])?\s*(#.*)?$", row)]
    if len(heads) != 1:
        return None
    [start] = heads
    rows[start] = re.sub(r"\[\]\s*", "", rows[start]).rstrip()
    end, indent = _block(rows, start)
    rows[end:end] = [f"{' ' * indent}{each}" for each in lines]
    after = newline.join(rows if rows[-1] == "" else [*rows, ""])
    wanted = {**before, "repos": [*before["repos"], *(_read("\n".join(lines)) or ())]}
    return after if _read(after) == wanted else None


def _block(rows: list[str], start: int) -> tuple[int, int]:
    """Where the list under `repos:` ends, and how far its entries are indented."""
    indent, end = 2, start + 1
    first = True
    for number in range(start + 1, len(rows)):
        row = rows[number]
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        depth = len(row) - len(row.lstrip())
        if first:
            if not row.lstrip().startswith("- "):
                break
            indent, first = depth, False
        elif depth < indent or (depth == indent and not row.lstrip().startswith("-")):
            break
        end = number + 1
    return end, indent


def _repositories(data: Any) -> list[Any]:
    found = data.get("repos") if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _read(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
