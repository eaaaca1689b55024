"""Patterns as they are read here: what matches is what matches in Python and in ECMA-262."""

from __future__ import annotations

import re
from itertools import islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portwright import regex
from portwright.targets.python.patterns import python_pattern
from support import patterns

# Patterns of contracts, with lengths beside them.
WRITTEN: list[tuple[str, int, int | None]] = [
    ("^(prospect|active|premium|churned)$", 0, None),
    ("ACC[0-9]{8}", 11, 11),
    ("ACC[0-9]{8}", 20, 40),
    ("^B[0-9]+$", 8, 10),
    (r"[A-Za-z]{2}-\d{3}-[A-Za-z]{2}$", 0, None),
    (r"^[^@]+@[^@]+\.[^@]+$", 30, 320),
    (r"^[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}$", 0, 12),
    ("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", 0, None),
    (r"^\+?[1-9]\d{1,14}$", 0, None),
    (r"^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$", 0, None),
    ("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", 36, 36),
    (r"^(?:[0-9]{4})-(?:0[1-9]|1[0-2])$", 0, None),
    ("^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z]).{9}$", 0, None),
    (r"^(?=.{5,10}$)[a-z]+$", 0, None),
    (r"^(?!0+$)\d{1,9}$", 0, None),
    (r"(?<=EUR )\d+\.\d\d$", 0, None),
    (r"\bfoo\b", 12, 20),
    (r"^(?<year>\d{4})W\d\d?$", 0, None),
    ("(?i)^de$", 0, None),
    ("^[^a-z]$", 0, None),
    ("^[\u4e00-\u9fff]{2,4}$", 0, None),
    ("", 0, 0),
    ("^(a+)+$", 0, None),
]
UNREAD = [r"^(a)\1$", r"\p{L}", r"^\Z", "[", "a{,3}", "a**", "a++", "(?i:a)", "(", "a)", r"\k<x>"]
HOSTILE = [
    "^(a+)+$",
    "^(a|a)*b$",
    "^((((a?){50}){50}){50}){50}b$",
    "(((((a*)*)*)*)*)*b",
    "^(.*.*.*.*.*)*x$",
    "x{999999}",
    "(" * 300 + ")" * 300,
]


@pytest.mark.parametrize(("pattern", "least", "most"), WRITTEN)
def test_texts_that_match_are_found(pattern: str, least: int, most: int | None) -> None:
    node = regex.read(pattern)
    translated = python_pattern(pattern)
    assert node is not None and translated is not None
    found = list(islice(regex.texts(node, least, most), 5))
    assert found and len(set(found)) == len(found)
    assert found == list(islice(regex.texts(node, least, most), 5))
    for each in found:
        assert re.search(translated, each), each
        assert least <= len(each) and (most is None or len(each) <= most)


@pytest.mark.parametrize(("pattern", "least", "most"), WRITTEN)
def test_texts_that_do_not_match_are_found(pattern: str, least: int, most: int | None) -> None:
    node = regex.read(pattern)
    translated = python_pattern(pattern)
    assert node is not None and translated is not None
    wrong = regex.mismatch(node, least, most)
    if wrong is None:
        assert pattern == ""
    else:
        assert not re.search(translated, wrong)
        assert least <= len(wrong) and (most is None or len(wrong) <= most)


def test_people_can_read_the_first_text() -> None:
    read = {pattern: regex.read(pattern) for pattern, *_ in WRITTEN}
    first = {
        pattern: next(regex.texts(node, least, most))
        for pattern, least, most in WRITTEN
        if (node := read[pattern]) is not None
    }
    assert first["^(prospect|active|premium|churned)$"] == "prospect"
    assert first["^B[0-9]+$"] == "B1234567"
    assert first[r"[A-Za-z]{2}-\d{3}-[A-Za-z]{2}$"] == "ab-123-cd"
    assert first["^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"] == "AB12ABCDEFGHIJK"


@pytest.mark.parametrize("pattern", UNREAD)
def test_what_is_not_read_is_none(pattern: str) -> None:
    assert regex.read(pattern) is None


@pytest.mark.parametrize("pattern", patterns.PORTABLE)
def test_matches_are_those_of_other_engines(pattern: str) -> None:
    node = regex.read(pattern)
    assert node is not None
    assert [regex.matches(node, text) for text in patterns.TEXTS] == patterns.expected(pattern)


_CHARACTERS = st.sampled_from("ab0-_ ") | st.sampled_from([r"\d", r"\W", r"\s", "[a-c]", "[^b0]"])
_PLACES = st.sampled_from(["^", "$", r"\b", r"\B"])


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"({'|'.join(each)})"),
        st.tuples(
            inner.map(lambda each: f"(?:{each})"),
            st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "+?"]),
        ).map("".join),
        inner.map(lambda each: f"(?={each})"),
        inner.map(lambda each: f"(?!{each})"),
    )


@given(
    pattern=st.recursive(_CHARACTERS | _PLACES, _more, max_leaves=8),
    text=st.text("ab0-_ \n", max_size=8),
)
def test_any_pattern_matches_what_it_matches_in_python(pattern: str, text: str) -> None:
    node, translated = regex.read(pattern), python_pattern(pattern)
    assert node is not None
    assume(translated is not None)  # Python repeats no places
    if text or r"\B" not in pattern:  # which Python before 3.14 does not find in an empty text
        assert regex.matches(node, text) is (re.search(str(translated), text) is not None)
    for each in islice(regex.texts(node, 0, 10), 3):
        assert re.search(str(translated), each) is not None


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    node = regex.read(pattern)
    if node is not None:  # those that are too deep are not read
        list(islice(regex.texts(node, 0, None), 5))
        assert regex.matches(node, "a" * 1000 + "c") in (False, None, True)
        regex.mismatch(node, 0, None)
