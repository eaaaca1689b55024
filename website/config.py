"""The reference of `portwright.yaml`: its example and its keys."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from portwright.config import EXAMPLE
from website.text import code, prose, table

KEYS = {
    "version": "`1`: what the config is written for",
    "namespace": "what the names of all types start with, such as `com.acme`",
    "contracts": "paths of contracts, below the folder of the config; `*` and `**` stand for names",
    "targets": "what is generated: each has a `target`, the folder `out`, and the target's options",
    "ports": "the ports of objects, by contract and object: `[stream]`, `[table]` or both;"
    " without it, they follow the contract's servers",
    "allow": "what breaks and is agreed on: a list of `change`, `reason` and `until`,"
    " and where it is only for some, `contract`, `path` and `audience`",
}
_TITLE = """\
# portwright.yaml

Says which contracts there are, what is generated of them, and where to. All paths are relative to
its folder, and lie below it.
"""


# What the tables of keys are about.
_SECTIONS = {"CONFIG": "Keys", "TARGET": "An entry of targets", "ALLOWANCE": "An entry of allow"}


def tables() -> dict[str, list[tuple[str, str, bool]]]:
    """The keys by table: name, what it says, and whether it has to be there. The reader's own
    tables where it has them."""
    if find_spec("portwright.config.keys") is None:
        return {
            "CONFIG": [
                (k, said, k in ("version", "contracts", "targets")) for k, said in KEYS.items()
            ]
        }
    return {
        name: [(key.name, key.says, key.needed) for key in keys]
        for name, keys in vars(import_module("portwright.config.keys")).items()
        if isinstance(keys, tuple) and keys and all(hasattr(key, "says") for key in keys)
    }


def page() -> str:
    """The page of the config."""
    parts = [_TITLE, code(EXAMPLE, "yaml")]
    for name, keys in tables().items():
        rows = [(f"`{key}`", "yes" if needed else "no", prose(said)) for key, said, needed in keys]
        parts.append(f"## {_SECTIONS.get(name, name.capitalize())}\n")
        parts.append(table(("key", "required", "what it says"), rows))
    return "\n".join(parts) + "\n[Targets](targets.md) has the options of each target.\n"
