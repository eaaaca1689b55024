"""The target `docs`: pages as a browser, an assistive reader and an attacker see them."""

from __future__ import annotations

import inspect
import re
import shutil
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import Browser

from portwright import pipeline
from portwright.model import Server, String
from portwright.targets import docs
from portwright.targets.docs import html
from portwright.targets.docs.consuming import snippets
from portwright.targets.python import naming
from support import browser as chrome
from support import models, travel
from support.sites import contract, written

SAMPLE = Path(__file__).parents[2] / "samples" / "checkout" / "contracts"
WIDE = "contracts/wide.html"
LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 800}},
]
# What dark changes. To look at the colours of thousands of elements takes long, and those of the
# wide page are those of the others.
COLOURS = ("color-contrast", "link-in-text-block")
ATTACK = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\" onload='alert(3)' {{7*7}}"
)
LINK = "javascript:alert(4)"
SECRET = "canary-7391"


def columns(count: int) -> list[dict[str, object]]:
    """Properties with something to say."""
    return [
        {
            "name": f"column_{place}",
            "logicalType": "string",
            "description": f"What is measured at place {place}, in the words of those who know it.",
            "logicalTypeOptions": {"maxLength": 40},
            "examples": [f"value {place}"],
            "primaryKey": place == 0,
        }
        for place in range(count)
    ]


def hostile() -> str:
    field = {"name": "a", "logicalType": "string", "description": ATTACK, "examples": [ATTACK]}
    enum = [{"value": ATTACK, "description": ATTACK}]
    return contract(
        "hostile",
        [
            {"name": "k", "logicalType": "integer", "primaryKey": True},
            field | {"tags": [ATTACK], "classification": ATTACK},
            field | {"name": "b", "enum": enum, "examples": []},
            field | {"name": "c", "logicalTypeOptions": {"pattern": "<script>alert(5)</script>"}},
        ],
        domain=ATTACK,
        dataProduct=ATTACK,
        description={"purpose": ATTACK, "usage": ATTACK, "limitations": ATTACK},
        team={"name": ATTACK, "description": ATTACK, "members": [{"username": ATTACK}]},
        support=[{"channel": ATTACK, "url": LINK, "tool": ATTACK, "scope": ATTACK}],
        roles=[{"role": ATTACK, "access": "read", "description": ATTACK}],
        slaProperties=[
            {"property": "availability", "value": ATTACK, "description": ATTACK},
            {"property": ATTACK, "value": ATTACK},
        ],
        servers=[{"server": "s", "type": "kafka", "host": ATTACK}],
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("docs")
    shutil.copy(SAMPLE / "checkout.odcs.yaml", root)
    (root / "wide.odcs.yaml").write_text(contract("wide", columns(456)))
    (root / "hostile.odcs.yaml").write_text(hostile())
    return written(root)


PAGES = ["index.html", *(f"contracts/{each}.html" for each in ("checkout", "wide", "hostile"))]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_html(site: Path, page: str) -> None:
    text = (site / page).read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids)) > 3
    assert {each for each in re.findall(r'href="#([^"]*)"', text)} <= set(ids)


@pytest.mark.parametrize("page", PAGES)
def test_nobody_is_kept_from_reading(browser: Browser, site: Path, page: str) -> None:
    for looks in LOOKS:
        with chrome.opened(browser, site / page, **looks) as (shown, sight):
            if looks is LOOKS[0]:
                assert chrome.violations(shown, without=COLOURS if page == WIDE else ()) == []
            elif page != WIDE:
                assert chrome.violations(shown, only=COLOURS) == []
            width = shown.evaluate("document.documentElement.scrollWidth")
            assert width <= looks["viewport"]["width"]
            assert (sight.said, sight.asked) == ([], [])


def test_what_a_contract_says_runs_nothing(browser: Browser, site: Path) -> None:
    for page in ("index.html", "contracts/hostile.html"):
        with chrome.opened(browser, site / page) as (shown, sight):
            assert shown.locator("img, iframe, [onerror], [onload]").count() == 0
            assert shown.locator("a[href^='javascript:']").count() == 0
            assert shown.locator("script:not([src]):not([type='application/json'])").count() == 0
            shown.keyboard.press("/")
            shown.keyboard.type("<img src=x onerror=alert(1)>")
            assert ATTACK.split(">")[0] in shown.locator("main").text_content()
            assert (sight.said, sight.asked) == ([], [])


def test_the_policy_of_a_page_stops_what_gets_in(browser: Browser, site: Path) -> None:
    page = site / "contracts" / "checkout.html"
    attacked = page.with_name("attacked.html")
    attacked.write_text(page.read_text("utf-8").replace("</h1>", f"</h1>{ATTACK}", 1), "utf-8")
    with chrome.opened(browser, attacked) as (_, sight):
        assert sight.said and all("Content Security Policy" in each for each in sight.said)
    attacked.unlink()


def test_a_page_is_searched(browser: Browser, site: Path) -> None:
    with chrome.opened(browser, site / "contracts" / "checkout.html") as (shown, _):
        shown.keyboard.press("/")
        shown.keyboard.type("email")
        assert shown.locator("#found").text_content() == "1 field"
        assert shown.locator("[id='orders.customer.email']").is_visible()
        assert shown.locator("[id='orders.customer']").is_visible()
        assert not shown.locator("[id='orders.total']").is_visible()
        shown.keyboard.press("Escape")
        assert shown.locator("[id='orders.total']").is_visible()


def test_the_index_leads_to_fields(browser: Browser, site: Path) -> None:
    with chrome.opened(browser, site / "index.html") as (shown, _):
        shown.keyboard.press("/")
        shown.keyboard.type("customer email")
        assert shown.locator("#found").text_content() == "1 contract"
        assert shown.locator("#hits a").all_text_contents() == ["orders.customer.email"]
        shown.locator("#hits a").click()
        shown.wait_for_url("**/contracts/checkout.html#orders.customer.email")
        assert shown.locator("[id='orders.customer.email']").is_visible()


def test_the_keyboard_goes_everywhere(browser: Browser, site: Path) -> None:
    with chrome.opened(browser, site / "contracts" / "checkout.html") as (shown, _):
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.className") == "skip"
        shown.keyboard.press("Enter")
        assert shown.evaluate("document.activeElement.id") == "main"
        shown.locator("summary").first.focus()
        shown.keyboard.press("Enter")
        assert not shown.locator("[id='orders.customer.email']").is_visible()
        shown.evaluate("location.hash = 'orders.customer.email'")
        shown.locator("[id='orders.customer.email']").wait_for(state="visible")


def test_a_page_is_printed(browser: Browser, site: Path) -> None:
    with chrome.opened(browser, site / "contracts" / "checkout.html") as (shown, _):
        assert shown.pdf(format="A4").startswith(b"%PDF-")
        shown.emulate_media(media="print")
        assert not shown.locator(".top").is_visible()
        assert shown.locator("[id='orders.customer.email']").is_visible()


def test_pages_can_be_read_without_scripts(browser: Browser, site: Path) -> None:
    page = site / "contracts" / "checkout.html"
    with chrome.opened(browser, page, java_script_enabled=False) as (shown, _):
        assert shown.locator("[id='orders.customer.email']").is_visible()
        assert not shown.locator("#search").is_visible()


def test_examples_of_what_is_classified_are_not_shown(tmp_path: Path) -> None:
    secret = {"logicalType": "string", "examples": [SECRET], "classification": "restricted"}
    inner = {"name": "inner", "logicalType": "string", "examples": [SECRET]}
    properties: list[dict[str, object]] = [
        {"name": "k", "logicalType": "integer", "primaryKey": True, "examples": [4711]},
        {"name": "secret", **secret},
        {
            "name": "outer",
            "logicalType": "object",
            "classification": "confidential",
            "properties": [inner],
        },
    ]
    (tmp_path / "a.odcs.yaml").write_text(contract("a", properties))
    texts = [each.read_text("utf-8") for each in written(tmp_path).rglob("*.html")]
    assert any("4711" in each for each in texts)
    assert not any(SECRET in each for each in texts)


@pytest.mark.parametrize("name", ["returns", "classes", "events", "Mine", "selves", "consumers"])
def test_what_consumes_in_python_can_be_copied(name: str) -> None:
    id_ = models.field("id", String(), False)
    model = models.a_model(models.an_object(name, name, id_))
    [code] = [each.code for each in snippets(model, model.objects[0]) if each.title == "Python"]
    *_, start = code.rstrip().split("\n")
    with travel.package(model) as module:
        consumers = module("consumers")
        there: dict[str, type] = {}
        # Packages have names of their own here.
        code = code.replace(f"from {naming.package(model)} ", f"from {consumers.__package__} ", 1)
        exec(code.removesuffix(f"{start}\n"), there)
        own, of = there["Mine"], getattr(consumers, naming.consumer_class(model.objects[0]))
        assert issubclass(own, of) and not inspect.isabstract(own)
        handler = naming.handler(model.objects[0])
        theirs, ours = (inspect.signature(getattr(each, handler)) for each in (of, own))
        assert [*theirs.parameters] == [*ours.parameters]
    assert start == 'run_consumers(Mine.open(group="mine"))'


@pytest.mark.parametrize(
    ("host", "port", "brokers"),
    [
        ("k1", 9093, "k1:9093"),
        ("k1:9092, k2", 9093, "k1:9092,k2:9093"),
        ("SASL_SSL://k1", 9093, "SASL_SSL://k1:9093"),
        ("a b;", None, "'a b;'"),
        ("", 9092, '"$KAFKA_BROKERS"'),
    ],
)
def test_kcat_asks_all_brokers(host: str, port: int | None, brokers: str) -> None:
    settings = (("host", host), *((("port", port),) if port else ()))
    id_ = models.field("id", String(), False)
    model = models.a_model(
        models.an_object("rows", "rows", id_),
        servers=(Server("bus", "kafka", settings=settings),),
    )
    [code] = [each.code for each in snippets(model, model.objects[0]) if each.title == "kcat"]
    assert f"\n  -b {brokers} \\\n" in code


def test_an_address_that_is_no_link_is_told(tmp_path: Path) -> None:
    more = {"support": [{"channel": "#help", "url": LINK}]}
    (tmp_path / "a.odcs.yaml").write_text(contract("a", columns(1), **more))
    model, found = pipeline.load(tmp_path / "a.odcs.yaml", "a.odcs.yaml", {})
    assert model is not None, found
    assert [each.code for each in docs.Docs().check(model)] == ["PW460"]


@pytest.mark.parametrize("told", ["https://a.example/x", "HTTP://a.example", "mailto:a@b.example"])
def test_links_are_links(told: str) -> None:
    assert html.link(told) == told


@pytest.mark.parametrize(
    "told", [LINK, "data:text/html,x", "//a.example", "java\nscript:x", "", "x"]
)
def test_others_are_none(told: str) -> None:
    assert html.link(told) is None


def test_a_page_of_100_columns_is_light(tmp_path: Path) -> None:
    (tmp_path / "a.odcs.yaml").write_text(contract("a", columns(100)))
    site = written(tmp_path)
    read = (site / "contracts" / "a.html", *(site / each for each in docs.SHARED))
    assert sum(each.stat().st_size for each in read) < 200_000
