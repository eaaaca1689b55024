"""SLOs: what no rule can be made of, times and schedules, and the documents that others read."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from portwright.model import Model, Port, SlaProperty, String, Support, Team, Timestamp
from portwright.schedules import longest_gap
from portwright.targets import registry
from portwright.targets.slo import FORMATS, Slo
from portwright.targets.slo.promql import duration, quoted
from portwright.targets.slo.times import of_day
from support import corpus, openslo, slo
from support.cases import CASES
from support.models import a_model, an_object, field, hostile_model
from support.prometheus import check_rules

ORDERS = an_object("orders", "order", field("id", String()), field("at", Timestamp()))
STREAM = replace(ORDERS, ports=(Port.STREAM,))
TABLE = replace(ORDERS, ports=(Port.TABLE,))
EXPECTED = CASES / "promises" / "expected" / "slo" / "shop" / "orders" / "v1"


@pytest.mark.parametrize(
    ("level", "object_", "code"),
    [
        (SlaProperty("happiness", 11), ORDERS, "PW400"),
        (SlaProperty("throughput", 100, "rows/s"), ORDERS, "PW400"),
        (SlaProperty("latency", "soon"), ORDERS, "PW401"),
        (SlaProperty("availability", "Available 24/7"), ORDERS, "PW401"),
        (SlaProperty("frequency", "often"), ORDERS, "PW401"),
        (SlaProperty("timeOfAvailability", "noon"), ORDERS, "PW401"),
        (SlaProperty("latency", 7, "min", seconds=Decimal(420)), ORDERS, "PW402"),
        (SlaProperty("latency", 7, "ms", seconds=Decimal("0.007")), STREAM, "PW402"),
        (SlaProperty("availability", 100, "%"), STREAM, "PW403"),
        (SlaProperty("errorRate", 0, "%"), ORDERS, "PW403"),
        (SlaProperty("completeness", 70, "%"), STREAM, "PW404"),
        (SlaProperty("availability", 99, "%"), TABLE, "PW406"),
        (SlaProperty("timeOfAvailability", "09:00-08:00"), STREAM, "PW406"),
        (SlaProperty("latency", 5, "min", seconds=Decimal(300)), ORDERS, None),
        (SlaProperty("retention", 3, "y"), ORDERS, None),
        (SlaProperty("generalAvailability", "Available 24/7"), ORDERS, None),
    ],
    ids=lambda each: getattr(each, "property", getattr(each, "name", each)),
)
def test_what_no_rule_is_made_of_is_told(
    level: SlaProperty, object_: object, code: str | None
) -> None:
    found = list(Slo("prometheus").check(a_model(object_, sla=(level,))))  # type: ignore[arg-type]
    assert [each.code for each in found] == ([code] if code else [])
    assert not any(each.is_error for each in found)


@pytest.mark.parametrize(
    ("level", "says"),
    [
        (SlaProperty("errorRate", 1), "it allows that all fail"),
        (SlaProperty("availability", 0, "%"), "it allows that all fail"),
        (SlaProperty("errorRate", 0), "it allows no failure at all"),
        (SlaProperty("completeness", 100, "%"), "it allows no failure at all"),
    ],
)
def test_a_share_that_leaves_no_budget_is_told_as_what_it_is(level: SlaProperty, says: str) -> None:
    (found,) = Slo("prometheus").check(a_model(ORDERS, sla=(level,)))
    assert found.code == "PW403" and says in found.message


def test_sloth_is_told_of_windows_that_it_does_not_have() -> None:
    level = SlaProperty("latency", 5, "min", seconds=Decimal(300), window=Decimal(7 * 86_400))
    model = a_model(STREAM, sla=(level,))
    assert [each.code for each in Slo("sloth").check(model)] == ["PW405"]
    assert list(Slo("prometheus").check(model)) == []


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("09:00-08:00", 17),
        ("T0900Z", 9),
        ("01:00+02:00", 23),
        ("9:00", 9),
        ("24:00", None),
        (9, None),
    ],
)
def test_times_of_the_day_are_in_utc(written: object, hour: int | None) -> None:
    assert of_day(written) == (None if hour is None else hour * 3600)


@pytest.mark.parametrize(
    ("cron", "hours"),
    [
        ("0 5 * * *", 24),
        ("@hourly", 1),
        ("*/15 * * * *", 0.25),
        ("0 5 * * mon-fri", 72),
        ("0 8-18/2 * * *", 14),
        ("0 0 1 * *", 31 * 24),
        ("0 0 13 * fri", 7 * 24),
        ("0 0 30 2 *", None),
    ],
)
def test_the_longest_gap_of_a_schedule(cron: str, hours: float | None) -> None:
    assert longest_gap(cron) == (None if hours is None else Decimal(int(hours * 3600)))


def test_texts_and_lengths_of_time_are_those_of_promql() -> None:
    assert quoted('a"\\\n{$é\u202e') == '"a\\"\\\\\\x0a\\x7b\\x24é\\u202e"'
    assert [duration(Decimal(each)) for each in (28 * 86_400, 5400, 90, 0)] == [
        "28d",
        "90m",
        "90s",
        "1s",
    ]


@pytest.mark.parametrize(
    "option",
    [
        {"objective": "100"},
        {"objective": "many"},
        {"window": "0d"},
        {"window": "2 fortnights"},
        {"labels": {"not-one": "x"}},
        {"labels": {"__x": "x"}},
        {"severities": {"default": ["page"]}},
    ],
)
def test_an_option_that_is_none_is_refused(option: dict[str, object]) -> None:
    with pytest.raises(registry.TargetError, match="target `slo`"):
        registry.make("slo", {"format": "prometheus", **option})


def test_severities_follow_the_driver_and_the_config() -> None:
    level = SlaProperty("latency", 5, "min", None, None, "Analytics", seconds=Decimal(300))
    model = a_model(STREAM, sla=(level,), team=Team("sales"), support=(Support("#sales"),))
    (file,) = Slo("prometheus", severities={"analytics": "mail"}, select={"job": "relay"}).emit(
        model
    )
    fast = file.text.split("PortwrightBudgetBurnsFast")[1].split("- alert")[0]
    assert "severity: mail" in fast and "team: sales" in fast and "'#sales'" in fast
    assert 'stage=~"publish|relay"' in file.text and ',job="relay"' in file.text


@pytest.mark.parametrize("format_", FORMATS)
def test_a_contract_without_objects_has_no_file(format_: str) -> None:
    assert list(Slo(format_).emit(a_model())) == []


def test_oslo_takes_the_documents() -> None:
    assert slo.openslo(EXPECTED / "orders.openslo.yml") == ""


LATENCY = SlaProperty("latency", 5, "min", seconds=Decimal(300))
HARD_TO_NAME = {
    "hostile": hostile_model(),
    "long": a_model(replace(STREAM, name="b" * 200), name="a" * 300, sla=(LATENCY,)),
    "cyrillic": a_model(replace(STREAM, name="заказы"), name="магазин", sla=(LATENCY,)),
    "two of one word": a_model(
        replace(STREAM, name="заказ"), replace(TABLE, name="Заказ"), name="🍕", sla=(LATENCY,)
    ),
    "seconds": a_model(STREAM, sla=(replace(LATENCY, window=Decimal(86_401)),)),
}


@pytest.mark.parametrize("name", HARD_TO_NAME)
def test_documents_of_openslo_are_as_its_specification_says(name: str) -> None:
    assert _faults(HARD_TO_NAME[name]) == []


def test_documents_of_the_case_are_as_the_specification_of_openslo_says() -> None:
    text = (EXPECTED / "orders.openslo.yml").read_text("utf-8")
    assert openslo.faults(text) == []
    first, *rest = text.split("---\n")
    assert openslo.faults("---\n".join([first, first, *rest])) != []
    for good, bad in (("28d", "28s"), ("op: gt", "op: more"), ("- alertPolicyRef: ", "- ")):
        assert good in text and openslo.faults(text.replace(good, bad)) != []


@corpus.needed
def test_documents_of_contracts_of_others_are_as_the_specification_of_openslo_says() -> None:
    assert {name: faults for name, each in corpus.models() if (faults := _faults(each))} == {}


def _faults(model: Model) -> list[str]:
    return [fault for file in Slo("openslo").emit(model) for fault in openslo.faults(file.text)]


def test_sloth_makes_rules_that_prometheus_takes(tmp_path: Path) -> None:
    made = tmp_path / "rules.yml"
    assert slo.sloth(EXPECTED / "orders.sloth.yml", made) == ""
    assert check_rules(made) == ""


def test_grafanas_library_keeps_all_of_a_dashboard() -> None:
    text = (EXPECTED / "orders.grafana.json").read_text("utf-8")
    assert _lost(json.loads(text), slo.dashboard(text)) == []


def _lost(ours: object, theirs: object, path: str = "") -> list[str]:
    """What of ours is not in theirs, which has defaults beside it."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [
            each
            for key, value in ours.items()
            for each in _lost(value, theirs.get(key), f"{path}/{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [each for at, (a, b) in pairs for each in _lost(a, b, f"{path}/{at}")]
    return [] if ours == theirs else [path]
