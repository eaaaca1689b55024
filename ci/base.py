"""The commit that an event of GitHub is compared with, printed; nothing where there is none."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40,64}")


def base(event: object) -> str:
    """That of a pull request, or what a branch was before a push; empty for a new branch."""
    if not isinstance(event, dict):
        return ""
    request = event.get("pull_request")
    found = request["base"]["sha"] if isinstance(request, dict) else event.get("before")
    if not isinstance(found, str) or not _COMMIT.fullmatch(found) or not found.strip("0"):
        return ""
    return found


if __name__ == "__main__":
    print(base(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
