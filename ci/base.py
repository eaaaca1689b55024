"""The commit that an event of GitHub is compared with, printed; nothing where there is none."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40,64}")


def base(event: object) -> str:
    """That of a pull request or of a queue of merges, or what a branch was before a push; empty
    for a new branch."""
    if not isinstance(event, dict):
        return ""
    found = event.get("before")
    if isinstance(request := event.get("pull_request"), dict):
        found = request["base"]["sha"]
    elif isinstance(queue := event.get("merge_group"), dict):
        found = queue.get("base_sha")
    if not isinstance(found, str) or not _COMMIT.fullmatch(found) or not found.strip("0"):
        return ""
    return found


if __name__ == "__main__":
    print(base(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
