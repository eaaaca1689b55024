"""The reference of `portwright.yaml`: its example and its keys."""

from __future__ import annotations

from portwright.config import EXAMPLE, keys
from portwright.config.keys import Key
from website.text import code, prose, table

_TITLE = """\
# portwright.yaml

Says which contracts there are, what is generated of them, and where to. All paths are relative to
its folder, and lie below it.
"""


# What the tables of keys are about.
_SECTIONS = {"CONFIG": "Keys", "TARGET": "An entry of targets", "ALLOWANCE": "An entry of allow"}


def tables() -> dict[str, tuple[Key, ...]]:
    """The reader's tables of keys, by their names."""
    return {
        name: found
        for name, found in vars(keys).items()
        if isinstance(found, tuple) and found and all(isinstance(each, Key) for each in found)
    }


def page() -> str:
    """The page of the config."""
    parts = [_TITLE, code(EXAMPLE, "yaml")]
    for name, found in tables().items():
        rows = [
            (f"`{each.name}`", "yes" if each.needed else "no", prose(each.says)) for each in found
        ]
        parts.append(f"## {_SECTIONS.get(name, name.capitalize())}\n")
        parts.append(table(("key", "required", "what it says"), rows))
    return "\n".join(parts) + "\n[Targets](targets.md) has the options of each target.\n"
