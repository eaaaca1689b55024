"""The pages of the target `docs` in use: searched in any language, copied from, with dates that
come near."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from support import browser as chrome
from support.sites import contract, written

END = "2027-03-10"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def text(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "logicalType": "string", **more}


def key(name: str) -> dict[str, object]:
    return {"name": name, "logicalType": "integer", "primaryKey": True}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("use")
    within = {"name": "address", "logicalType": "object", "properties": [text("street")]}
    properties = [key("k"), text("Straße"), text("İstanbul"), text("naïve"), text("é"), within]
    ends = [{"property": "endOfSupport", "value": END}]
    told = contract("umsätze", properties, slaProperties=ends, description={"purpose": "שלום abc"})
    (root / "a.odcs.yaml").write_text(told)
    (root / "b.odcs.yaml").write_text(contract("flat", [key("k")]))
    return written(root)


@pytest.fixture
def page(site: Path) -> Path:
    [found] = [each for each in (site / "contracts").iterdir() if each.name != "flat.html"]
    return found


def found(shown: Page, words: str) -> str:
    shown.locator("#search").fill(words)
    return shown.locator("#found").text_content() or ""


def test_fields_are_found_however_they_are_typed(browser: Browser, page: Path) -> None:
    with chrome.opened(browser, page) as (shown, _):
        for words in ("straße", "STRASSE", "istanbul", "NAIVE", "nai\u0308ve", "e\u0301"):
            assert int(found(shown, words).split()[0]) > 0, words
        assert found(shown, "address.street") == "1 field"
        assert found(shown, "rows.address.street") == "1 field"
        assert found(shown, "rows") == "0 fields"


def test_the_index_finds_a_field_by_its_contract_and_its_name(browser: Browser, site: Path) -> None:
    with chrome.opened(browser, site / "index.html") as (shown, _):
        assert found(shown, "umsatze strasse") == "1 contract"
        assert shown.locator("#hits a").all_text_contents() == ["umsätze rows.Straße"]
        assert found(shown, "flat strasse") == "0 contracts"


def test_what_was_copied_is_said(browser: Browser, page: Path) -> None:
    with chrome.opened(browser, page, permissions=CLIPBOARD) as (shown, _):
        button = shown.locator(".copy").first
        code = shown.locator("figure code").first.text_content()
        button.focus()
        shown.keyboard.press("Enter")
        shown.locator("#said", has_text="Copied").wait_for(state="attached")
        assert shown.evaluate("navigator.clipboard.readText()") == code
        assert shown.locator("#said").get_attribute("role") == "status"


def test_buttons_stand_only_where_something_opens(browser: Browser, site: Path, page: Path) -> None:
    with chrome.opened(browser, page) as (shown, _):
        assert shown.get_by_role("heading", name="Fields", exact=True).count() == 1
        shown.get_by_role("button", name="Close all fields of umsätze rows").click()
        assert not shown.get_by_text("street", exact=True).is_visible()
    with chrome.opened(browser, site / "contracts" / "flat.html") as (shown, _):
        assert shown.locator("[data-open]").count() == 0


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-03-01", END),
        ("2027-03-01", f"{END} (in 9 days)"),
        ("2027-03-09", f"{END} (in 1 day)"),
        (END, f"{END} (today)"),
        ("2027-03-11", f"{END} (over)"),
    ],
)
def test_an_end_that_is_near_says_so_in_words(
    browser: Browser, page: Path, day: str, told: str
) -> None:
    with chrome.opened(browser, page) as (shown, _):
        shown.clock.set_fixed_time(f"{day}T12:00:00Z")
        shown.reload()
        assert shown.locator("#promises time").text_content() == told


def test_text_that_runs_to_the_left_begins_at_the_right(browser: Browser, page: Path) -> None:
    with chrome.opened(browser, page) as (shown, _):
        right = shown.evaluate("""() => {
              const node = document.querySelector(".lead"), range = document.createRange();
              range.setStart(node.firstChild, 0);
              range.setEnd(node.firstChild, 1);
              const first = range.getBoundingClientRect(), all = node.getBoundingClientRect();
              return all.right - first.right;
            }""")
        assert right < 2


def test_boxes_are_seen_in_colours_of_the_reader(browser: Browser, page: Path) -> None:
    with chrome.opened(browser, page, forced_colors="active") as (shown, _):
        fill = "getComputedStyle(document.querySelector('svg .box')).fill"
        shown.evaluate("document.body.style.background = 'Canvas'")
        canvas = shown.evaluate("getComputedStyle(document.body).backgroundColor")
        assert shown.evaluate(fill) == canvas


def test_a_page_of_before_leads_on(tmp_path: Path) -> None:
    for version in ("1.0.0", "2.0.0"):
        (tmp_path / f"v{version}.odcs.yaml").write_text(contract("a", [key("k")], version=version))
    site = written(tmp_path) / "contracts"
    assert "A newer one is among" in (site / "a.html").read_text("utf-8")
    assert "A newer one is among" not in (site / "a-v2.html").read_text("utf-8")
