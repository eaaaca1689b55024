"""The reference of `portwright.yaml`: its example and its keys."""

from __future__ import annotations

from portwright.config import EXAMPLE
from website.text import code, table

KEYS = {
    "version": "`1`: what the config is written for",
    "contracts": "paths of contracts, below the folder of the config; `*` and `**` stand for names",
    "targets": "what is generated: each has a `target`, the folder `out`, and the target's options",
    "namespace": "what the names of all types start with, such as `com.acme`",
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


def page() -> str:
    """The page of the config."""
    rows = [(f"`{key}`", said) for key, said in KEYS.items()]
    parts = (_TITLE, code(EXAMPLE, "yaml"), "## Keys\n", table(("key", "what it says"), rows))
    return "\n".join(parts) + "\n[Targets](targets.md) has the options of each target.\n"
