"""Findings as JUnit's XML, as Jenkins and GitLab read it: a suite a file, a case a finding.

Errors are failures, and what is let pass for a reason is skipped. All else passes and is told in
the case's output; a file without findings is one case that passes. No moment and no duration is in
it, so equal runs are equal.
"""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

from portwright.diagnostics import Diagnostic, as_text, brief, printable
from portwright.documents import Findings, placed, relative

_CLEAN = "no findings"


def text(findings: Findings) -> str:
    """The document. All its characters are of ASCII, whatever the encoding of a terminal."""
    files: dict[str, list[Diagnostic]] = {
        relative(each, findings.root) or each: [] for each in findings.checked
    }
    for file, each in placed(findings):
        files.setdefault(file, []).append(each)
    suites = [_suite(file, found) for file, found in sorted(files.items())]
    tests, failures = (sum(int(s.get(key, "0")) for s in suites) for key in ("tests", "failures"))
    top = ElementTree.Element(
        "testsuites",
        {
            "name": f"portwright {findings.command}",
            "tests": str(tests),
            "failures": str(failures),
            "errors": "0",
        },
    )
    top.extend(suites)
    ElementTree.indent(top)
    body = ElementTree.tostring(top, "us-ascii", xml_declaration=False).decode()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(file: str, found: list[Diagnostic]) -> ElementTree.Element:
    name = printable(file)
    seen: Counter[str] = Counter()
    cases = [_case(name, each, seen) for each in found] or [_element(name, _CLEAN)]
    suite = ElementTree.Element(
        "testsuite",
        {
            "name": name,
            "tests": str(len(cases)),
            "failures": str(sum(each.is_error and each.allowed is None for each in found)),
            "errors": "0",
            "skipped": str(sum(each.allowed is not None for each in found)),
            "time": "0",
        },
    )
    suite.extend(cases)
    return suite


def _case(file: str, found: Diagnostic, seen: Counter[str]) -> ElementTree.Element:
    """Its name knows no line, so that a finding that moves is the same case."""
    message = printable(brief(found.message))
    name = f"{found.code}: {message}"
    seen[name] += 1
    case = _element(file, name if seen[name] == 1 else f"{name} ({seen[name]})")
    if found.allowed is not None:
        told = ElementTree.SubElement(case, "skipped", {"message": printable(brief(found.allowed))})
    elif found.is_error:
        told = ElementTree.SubElement(case, "failure", {"message": message, "type": found.code})
    else:
        told = ElementTree.SubElement(case, "system-out")
    told.text = as_text(found, "")
    return case


def _element(file: str, name: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"name": name, "classname": file, "time": "0"})
