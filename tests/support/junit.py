"""What readers of JUnit's XML ask of it: the rules that Jenkins' xunit plugin and pytest's `xunit2`
keep to, in words of our own."""

from __future__ import annotations

from xml.etree import ElementTree

# Element → the attributes it may have, those it must have, and what may be in it.
_RULES: dict[str, tuple[str, str, str]] = {
    "testsuites": ("name time tests failures errors", "", "testsuite"),
    "testsuite": (
        "name tests failures errors time skipped timestamp hostname id package file log url",
        "name tests failures errors",
        "properties testcase system-out system-err",
    ),
    "testcase": (
        "name classname time group",
        "name classname time",
        "skipped failure system-out system-err",
    ),
    "failure": ("type message", "type", ""),
    "skipped": ("type message", "", ""),
    "system-out": ("", "", ""),
}


def read(text: str) -> ElementTree.Element:
    """The root of the one document in `text`, which keeps to the rules."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites') and text.isascii()
    top = ElementTree.fromstring(text)
    assert top.tag == "testsuites"
    _check(top)
    names = [each.get("name") for each in top]
    assert len(names) == len(set(names))
    for each in [*top, top]:
        cases = list(each.iter("testcase"))
        failures = list(each.iter("failure"))
        assert (each.get("tests"), each.get("failures")) == (str(len(cases)), str(len(failures)))
    for suite in top:
        found = [(case.get("classname"), case.get("name")) for case in suite]
        assert len(found) == len(set(found)) > 0
    return top


def _check(element: ElementTree.Element) -> None:
    may, must, inside = (set(each.split()) for each in _RULES[element.tag])
    assert must <= set(element.attrib) <= may, element.tag
    for each in element:
        assert each.tag in inside, (element.tag, each.tag)
        _check(each)


def cases(top: ElementTree.Element) -> dict[str, list[tuple[str, str]]]:
    """By file, each case: its result (`ok`, or what it fails of) and its name."""
    return {
        suite.get("name", ""): [
            (
                next((f.get("type", "") for f in case.iter("failure")), "ok"),
                case.get("name", ""),
            )
            for case in suite
        ]
        for suite in top
    }
