"""What datacontract-cli says of pairs of contracts: run by the Python that has it, offline.

    python changelog.py <old> <new> [<old> <new> ...]

Prints its version, and for each pair a document: how hard the worst change is to consumers, and to
the producer (`none`, `info`, `warning`, `error`), and why there is none if it fails.
"""

from __future__ import annotations

import json
import logging
import sys
from importlib.metadata import version

from datacontract.data_contract import DataContract
from datacontract.model.breaking import Perspective

LEVELS = ["none", "info", "warning", "error"]


def worst(old: str, new: str) -> dict[str, str]:
    """The level of the hardest entry, by perspective."""
    before, after = (
        DataContract(data_contract_file=each, inline_references=False) for each in (old, new)
    )
    found = {}
    for perspective in Perspective:
        entries = before.breaking(after, perspective=perspective).entries
        levels = (each.level.value for each in entries)
        found[perspective.value] = max(levels, key=LEVELS.index, default="none")
    return found


def main() -> None:
    """Prints a line a pair."""
    logging.disable()
    print(version("datacontract-cli"))
    files = sys.argv[1:]
    for old, new in zip(files[::2], files[1::2], strict=True):
        try:
            found = worst(old, new)
        except Exception as fault:  # whatever it is, there is no answer
            found = {"failed": f"{type(fault).__name__}: {fault}"}
        print(json.dumps(found))


if __name__ == "__main__":
    main()
