"""Findings as the code quality report of GitLab: a list of entries, each at a line of a file. What
is let pass for a reason is not in it: GitLab has no word for that."""

from __future__ import annotations

import json
from collections.abc import Mapping

from portwright.diagnostics import Severity, brief, printable
from portwright.documents import Findings, Fingerprints, placed

_SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.NOTICE: "info",
}


def text(findings: Findings) -> str:
    """The document."""
    prints = Fingerprints()
    entries = [
        {
            "description": printable(brief(each.message)),
            "check_name": each.code,
            "fingerprint": prints.of(each, file),
            "severity": _SEVERITIES[each.severity],
            "location": {"path": file, "lines": {"begin": each.span.line}},
        }
        for file, each in placed(findings)
        if each.allowed is None
    ]
    return json.dumps(entries, indent=2) + "\n"
