"""Hooks of pre-commit: an entry that refuses a commit whose generated files are stale."""

from __future__ import annotations

import re
import shlex
from typing import Any

from portwright.importing import yaml_text
from portwright.paths import CONFIG

NAME = ".pre-commit-config.yaml"
_ID = "portwright"


def hook(service: str, runner: str) -> list[str]:
    """The lines of the entry, as they stand under `repos:`. Hooks run at the top of a repository,
    and the service is the folder of the config below it."""
    entry = f"{runner} portwright generate --check".strip()
    if service != "." and runner:  # it has to be where its project is
        entry = f"sh -c {shlex.quote(f'cd {shlex.quote(service)} && {entry}')}"
    elif service != ".":
        entry += f" --config {shlex.quote(f'{service}/{CONFIG}')}"
    return [
        "- repo: local",
        "  hooks:",
        f"    - id: {_ID}",
        "      name: what is generated from data contracts is up to date",
        f"      entry: {yaml_text.text(entry)}",
        "      language: system",
        "      pass_filenames: false",
    ]


def has_hook(text: str, service: str) -> bool:
    """Whether the config has the hook of the service, in whatever form."""
    place = re.compile(rf"(?<![\w./-])(?:\./)?{re.escape(service)}(?![\w.-])")
    return any(
        "portwright" in f"{hook.get('id')} {hook.get('entry')}"
        and (service == "." or place.search(f"{hook.get('entry')} {hook.get('args')}"))
        for repository in _listed(_read(text), "repos")
        for hook in _listed(repository, "hooks")
        if isinstance(hook, dict)
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


def _listed(data: Any, key: str) -> list[Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _read(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
