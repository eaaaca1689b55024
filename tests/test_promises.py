"""What service levels come to for each object."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portwright.model import SlaProperty, String, Timestamp
from portwright.promises import Kind, Promise, kind_of, promises
from support.models import a_model, an_object, field


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("errorRate", Kind.ERROR_RATE),
        ("error_rate", Kind.ERROR_RATE),
        ("ER", Kind.ERROR_RATE),
        ("time-to-repair", Kind.TIME_TO_REPAIR),
        ("Data Freshness", Kind.FRESHNESS),
        ("uptime", Kind.AVAILABILITY),
        ("happiness", Kind.OTHER),
    ],
)
def test_kinds_are_known_by_all_their_spellings(written: str, kind: Kind) -> None:
    assert kind_of(written) is kind


def promised(*levels: SlaProperty) -> list[Promise]:
    orders = an_object("orders", "order", field("id", String()), field("at", Timestamp()))
    refunds = an_object("refunds", "refund", field("id", String()))
    return list(promises(a_model(orders, refunds, sla=levels)))


def test_a_level_without_elements_is_of_every_object() -> None:
    found = promised(SlaProperty("latency", 5, "min", seconds=Decimal(300)))
    assert [(each.object.name, each.seconds) for each in found] == [
        ("orders", 300),
        ("refunds", 300),
    ]
    assert (found[0].objective, found[0].window) == (99, 28 * 86_400)


def test_an_element_tells_object_and_field() -> None:
    level = SlaProperty("latency", 5, "min", element="orders.at", objective=Decimal("99.9"))
    (found,) = promised(level)
    assert found.field is not None
    assert (found.object.name, found.field.name, str(found.objective)) == ("orders", "at", "99.9")


@pytest.mark.parametrize(
    ("value", "unit", "share"),
    [
        (Decimal("99.9"), "%", "0.999"),
        (Decimal("0.999"), None, "0.999"),
        ("99.9%", None, "0.999"),
        (Decimal("99.9"), "percent", "0.999"),
        (Decimal("0.5"), "%", "0.005"),
        (Decimal("120"), "%", None),
        ("high", None, None),
        (5, "min", None),
    ],
)
def test_shares_are_read_with_and_without_a_unit(
    value: object, unit: str | None, share: str | None
) -> None:
    found = promised(SlaProperty("availability", value, unit))[0].share
    assert found == (None if share is None else Decimal(share))
