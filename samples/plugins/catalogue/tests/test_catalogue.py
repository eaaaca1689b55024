"""The target keeps the laws of targets, and tells what contracts say."""

from __future__ import annotations

from acme_catalogue import Catalogue

from portwright import testing


def test_the_laws() -> None:
    testing.check(Catalogue(show="all"))


def test_no_contract_can_add_to_a_page() -> None:
    hostile = testing.hazards()["hostile"]
    pages = "".join(testing.files(Catalogue(), hostile).values())
    assert "<script>" not in pages and "\\{\\{ x \\}\\}" in pages
