"""Service levels: lengths of time, schedules, and what they are of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portwright import schedules
from portwright.contract import durations
from support.reading import read

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
slaProperties: [{sla}]
schema:
  - name: orders
    customProperties: [{{property: volumeChange, value: {change}}}]
    properties:
      - {{name: id, logicalType: integer, primaryKey: true}}
      - {{name: updated_at, logicalType: timestamp, required: true}}
"""


def contract(sla: str = "", change: str = "50") -> str:
    return CONTRACT.format(sla=sla, change=change)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (4, "h", 14_400),
        (Decimal("1.5"), "Days", 129_600),
        ("30", "minutes", 1_800),
        (500, "ms", Decimal("0.5")),
        (1, "mo", 31 * 86_400),
        ("PT1H30M", None, 5_400),
        ("P1M1D", None, 32 * 86_400),
        ("daily", None, 86_400),
        ("pt5m", None, 300),
        ("PT1.5H", None, 5_400),
        ("1h30m", None, 5_400),
        ("1 day 2 Hours", None, 26 * 3_600),
        (5, "minute(s)", 300),
    ],
)
def test_lengths_of_time(value: object, unit: str | None, expected: object) -> None:
    assert durations.seconds(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (4, None),
        (4, "fortnights"),
        (0, "d"),
        (-1, "d"),
        (True, "d"),
        (None, "d"),
        ([1], "d"),
        ("P", None),
        ("PT", None),
        ("rarely", None),
        ("h", None),
        ("Infinity", "d"),
        ("1" * 5_000, "d"),
        ("1 h 30 parsecs", None),
        ("PT1,5,5H", None),
    ],
)
def test_what_is_no_length_of_time(value: object, unit: str | None) -> None:
    assert durations.seconds(value, unit) is None


@pytest.mark.parametrize(
    "text",
    ["0 20 * * *", "*/5 8-18 * * mon-fri", "0 0 1,15 jan-mar 7", "59 23 31 12 0", "@daily"],
)
def test_schedules_of_cron(text: str) -> None:
    assert schedules.is_cron(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "daily", "0 20 * *", "0 0 20 * * ?", "60 * * * *", "* 24 * * *", "* * 0 * *"),
        *("* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "1-2-3 * * * *", "1, * * * *"),
        *("- * * * *", "*/ * * * *", "²* * * * *"),
    ],
)
def test_what_cron_does_not_know(text: str) -> None:
    assert not schedules.is_cron(text)


def test_service_levels_are_read() -> None:
    schedule = "scheduler: cron, schedule: '0  20 * * *'"
    model, found = read(contract(f"{{property: frequency, value: 1, unit: d, {schedule}}}"))
    assert model is not None and not found
    assert (model.sla[0].seconds, model.sla[0].cron) == (86_400, "0 20 * * *")
    assert model.objects[0].volume_change == 50


@pytest.mark.parametrize(
    ("property_", "written", "value", "unit"),
    [
        ("latency", "< 5 min", "5", "min"),
        ("latency", "<=5min", "5", "min"),
        ("latency", "≤ 1,5 h", "1.5", "h"),
        ("latency", "Within 4 hours", "4", "hours"),
        ("freshness", "max. 1 d", "1", "d"),
        ("availability", ">= 99,9 %", "99.9", "%"),
        ("availability", "99,999 %", "99.999", "%"),
        ("completeness", "at least 0,99", "0.99", None),
        ("errorRate", "< 0.1 %", "0.1", "%"),
        ("frequency", "every day", "1", "day"),
        ("frequency", "every 2 hours", "2", "hours"),
    ],
)
def test_figures_are_read_as_people_write_them_and_that_is_told(
    property_: str, written: str, value: str, unit: str | None
) -> None:
    model, found = read(contract(f"{{property: {property_}, value: '{written}'}}"))
    assert model is not None and [each.code for each in found] == ["PW108"]
    assert (model.sla[0].value, model.sla[0].unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("property_", "written"),
    [
        ("latency", "> 5 min"),
        ("availability", "< 99.9 %"),
        ("latency", "1,000 s"),
        ("latency", "every day"),
        ("frequency", "every working day"),
        ("latency", "within" + " " * 100_000 + "!"),
    ],
)
def test_figures_that_may_mean_something_else_are_left_as_they_are(
    property_: str, written: str
) -> None:
    model, found = read(contract(f"{{property: {property_}, value: '{written}'}}"))
    assert model is not None and "PW108" not in {each.code for each in found}
    assert (model.sla[0].value, model.sla[0].seconds) == (written, None)


@pytest.mark.parametrize("written", ["0 20 * * *", "@daily"])
def test_a_schedule_may_be_the_value_of_a_frequency(written: str) -> None:
    model, found = read(contract(f"{{property: frequency, value: '{written}'}}"))
    assert model is not None and not found and model.sla[0].cron == written


@pytest.mark.parametrize(
    ("sla", "says"),
    [
        ("property: latency, value: 4, unit: parsecs", "`latency` is no length of time"),
        ("property: frequency, value: often", "`frequency` is no length of time"),
        ("property: fy, value: 0, unit: d", "`fy` is no length of time"),
        (
            "property: frequency, value: 1, unit: d, scheduler: cron, schedule: '0 0 2 * * ?'",
            "`0 0 2 * * ?` is no schedule of cron",
        ),
        (
            "property: latency, value: 1, unit: d, element: orders.id",
            "`id` does not tell how old a row is",
        ),
    ],
)
def test_what_cannot_be_kept_an_eye_on_is_told_at_its_place(sla: str, says: str) -> None:
    model, [fault] = read(contract(f"{{{sla}}}"))
    assert model is not None
    assert (fault.code, fault.is_error, fault.span.line) == ("PW130", False, 5)
    assert says in fault.message


@pytest.mark.parametrize(
    "sla",
    [
        "property: availability, value: 99.9, unit: percent",
        "property: latency, value: null, unit: d",
        "property: retention, value: 3, unit: eternities",
        "property: frequency, value: 1, unit: d, scheduler: quartz, schedule: '0 0 2 * * ?'",
    ],
)
def test_what_is_not_about_the_age_of_tables_is_left_alone(sla: str) -> None:
    model, found = read(contract(f"{{{sla}}}"))
    assert model is not None and not found and model.sla[0].cron is None


@pytest.mark.parametrize(("change", "expected"), [("50", "50"), ("12.5", "12.5"), ("50%", "50")])
def test_a_bound_on_volume(change: str, expected: str) -> None:
    model, found = read(contract(change=change))
    assert model is not None and not found
    assert model.objects[0].volume_change == Decimal(expected)


@pytest.mark.parametrize("change", ["0", "-5", "much", "[50]", ".inf", "true"])
def test_a_bound_that_is_none(change: str) -> None:
    _, [fault] = read(contract(change=change))
    assert (fault.code, fault.is_error, fault.span.line) == ("PW131", True, 8)
