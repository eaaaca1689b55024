"""The reports of several commands in a folder, made one: code scanning and GitLab take one each."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SARIF, GITLAB = "portwright.sarif", "gl-code-quality-report.json"
_PRINT = "portwrightFinding/v1"


def sarif(logs: list[dict[str, Any]]) -> dict[str, Any]:
    """One log of one run; a finding of two commands is one."""
    first, runs = logs[0], [log["runs"][0] for log in logs]
    rules: dict[str, Any] = {
        rule["id"]: rule for run in runs for rule in run["tool"]["driver"]["rules"]
    }
    places = {code: position for position, code in enumerate(rules)}
    results = {
        each["partialFingerprints"][_PRINT]: {**each, "ruleIndex": places[each["ruleId"]]}
        for run in runs
        for each in run["results"]
    }
    tool = {"driver": {**runs[0]["tool"]["driver"], "rules": list(rules.values())}}
    return {**first, "runs": [{**runs[0], "tool": tool, "results": list(results.values())}]}


def gitlab(reports: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One list; a finding of two commands is one."""
    return list({each["fingerprint"]: each for found in reports for each in found}.values())


def _read(folder: Path, ending: str) -> list[Any]:
    names = [f"{command}{ending}" for command in ("lint", "generate", "breaking")]
    return [json.loads((folder / each).read_text()) for each in names if (folder / each).exists()]


def main(folder: Path) -> None:
    """Writes the merged reports beside the others."""
    for name, ending, merge in ((SARIF, ".sarif", sarif), (GITLAB, ".gitlab.json", gitlab)):
        if found := _read(folder, ending):
            (folder / name).write_text(json.dumps(merge(found), indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
