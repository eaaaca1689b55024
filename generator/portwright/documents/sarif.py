"""Findings as SARIF 2.1.0, which code scanning reads (OASIS, Errata 01)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from portwright import __version__
from portwright.codes import EXPLANATIONS
from portwright.diagnostics import Diagnostic, Severity, brief, printable
from portwright.documents import Findings, Fingerprints, relative

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
_LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "note",
}
# `[text](target)` in a plain text is a link (3.11.6).
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")

_OF_OTHERS = """\
A finding of a plug-in

A target that is not Portwright's own tells this. Who wrote it knows more.
"""


def text(findings: Findings) -> str:
    """The log."""
    return json.dumps(document(findings.found, findings.root), indent=2) + "\n"


def document(found: Iterable[Diagnostic], root: Path) -> dict[str, Any]:
    """One log with one run. Files of the findings are relative to where the process stands, those
    of the log to `root`; nothing else of the machine is in it."""
    findings = list(found)
    rules = sorted({each.code for each in findings})
    prints = Fingerprints()
    results = []
    for each in findings:
        uri = _uri(each.span.file, root)
        results.append(_result(each, uri, rules.index(each.code), prints.of(each, uri)))
    driver = {"name": "Portwright", "version": __version__, "rules": list(map(_rule, rules))}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    title, _, story = EXPLANATIONS.get(code, _OF_OTHERS).strip().partition("\n\n")
    return {
        "id": code,
        "shortDescription": {"text": _escaped(title)},
        "fullDescription": {"text": _escaped(story or title)},
        "help": {"text": _escaped(story or title), "markdown": _escaped(story or title)},
    }


def _result(found: Diagnostic, uri: str, rule: int, fingerprint: str) -> dict[str, Any]:
    """The fingerprint knows no line: a finding that moves is the same one."""
    told = [found.message, *(f"help: {each}" for each in (found.help or "").splitlines()[:1])]
    told += (found.help or "").splitlines()[1:]
    base = {} if uri.startswith("file:") else {"uriBaseId": _ROOT}
    span = found.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endColumn": span.column + span.width,
    }
    place = {"artifactLocation": {"uri": uri, **base}, "region": region}
    allowed = {} if found.allowed is None else {"suppressions": [_suppression(found.allowed)]}
    return {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(_escaped(printable(brief(each))) for each in told)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"portwrightFinding/v1": fingerprint},
        **allowed,
    }


def _suppression(reason: str) -> dict[str, Any]:
    """What the contract itself says of a finding that it allows (3.35)."""
    return {"kind": "inSource", "status": "accepted", "justification": _escaped(reason)}


def _uri(file: str, root: Path) -> str:
    """The file as a URI relative to the root; a whole one where it lies elsewhere."""
    inside = relative(file, root)
    return Path(os.path.abspath(file)).as_uri() if inside is None else quote(os.fsencode(inside))


def _escaped(text: str) -> str:
    """Plain text: no placeholder (3.11.5), and no link."""
    return _LINK.sub(r"\\[", text.replace("{", "{{").replace("}", "}}"))
