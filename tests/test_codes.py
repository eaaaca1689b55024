"""Every code that the generator raises has its story, and every story its code."""

from __future__ import annotations

import re
from pathlib import Path

from portwright import codes

PACKAGE = Path(codes.__file__).parent
CODE = re.compile(r'"(PW\d{3})"')


def raised() -> set[str]:
    return {
        code
        for path in PACKAGE.rglob("*.py")
        if "codes" not in path.relative_to(PACKAGE).parts[0]
        for code in CODE.findall(path.read_text("utf-8"))
    }


def test_stories_and_codes_match() -> None:
    assert raised() == set(codes.EXPLANATIONS)


def test_stories_are_in_order_and_have_a_title() -> None:
    assert list(codes.EXPLANATIONS) == sorted(codes.EXPLANATIONS)
    for code, story in codes.EXPLANATIONS.items():
        title, blank, *rest = story.splitlines()
        assert title and len(title) < 80, code
        assert blank == "" and rest and rest[0], code
        assert all(len(line) <= 100 for line in rest), code


def test_every_code_is_seen_in_a_test() -> None:
    tests = Path(__file__).parent
    seen = {
        code
        for path in [*tests.rglob("*.py"), *tests.rglob("diagnostics.txt")]
        if path != Path(__file__)
        for code in re.findall(r"PW\d{3}", path.read_text("utf-8"))
    }
    assert set(codes.EXPLANATIONS) - seen == set()
