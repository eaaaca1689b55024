"""What a contract says of persons and of those who may read: custom properties of properties, of
roles and of service levels."""

from __future__ import annotations

import pytest

from portwright.model import Anonymise, walk
from portwright.model.seen import as_seen
from support.reading import good, read

HEAD = """\
apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
"""


def prop(customs: str) -> str:
    return f"{HEAD}      - {{name: email, logicalType: string, customProperties: [{customs}]}}\n"


@pytest.mark.parametrize("way", list(Anonymise))
def test_a_property_says_what_stands_for_its_values(way: Anonymise) -> None:
    model = good(prop(f"{{property: anonymise, value: {way}}}"))
    assert [each.anonymise for each in model.objects[0].record.fields] == [None, way]


def test_a_property_names_the_person() -> None:
    model = good(prop("{property: dataSubject, value: true}"))
    assert [each.subject for each in model.objects[0].record.fields] == [False, True]


@pytest.mark.parametrize(
    "customs",
    [
        "{property: anonymise, value: scramble}",
        "{property: anonymise, value: [hash]}",
        "{property: dataSubject, value: maybe}",
    ],
)
def test_what_cannot_be_followed_is_an_error(customs: str) -> None:
    _, (fault,) = read(prop(customs))
    assert (fault.code, fault.is_error, fault.span.line) == ("PW132", True, 9)


def test_a_role_says_what_it_is_about_and_sees() -> None:
    (role,) = good(f"""{HEAD}roles:
  - role: packing
    access: read
    customProperties:
      - {{property: objects, value: [orders]}}
      - {{property: sees, value: confidential}}
      - {{property: principals, value: ["User:packing"]}}
      - {{property: consumerGroups, value: [packing-]}}
""").roles
    assert (role.objects, role.sees) == (("orders",), ("confidential",))
    assert (role.principals, role.groups) == (("User:packing",), ("packing-",))


def level(customs: str) -> str:
    return f"""{HEAD}slaProperties:
  - {{property: latency, value: 5, unit: min, customProperties: [{customs}]}}
"""


@pytest.mark.parametrize(("window", "seconds"), [("30d", 2_592_000), ("P4W", 2_419_200)])
def test_a_service_level_says_in_what_share_of_cases_it_is_kept(window: str, seconds: int) -> None:
    customs = f"{{property: objective, value: 99.5}}, {{property: window, value: {window}}}"
    (sla,) = good(level(customs)).sla
    assert (str(sla.objective), sla.window) == ("99.5", seconds)


@pytest.mark.parametrize(
    "customs",
    [
        "{property: objective, value: 100}",
        "{property: objective, value: high}",
        "{property: window, value: 1h}",
        "{property: window, value: soon}",
    ],
)
def test_an_objective_that_is_none_is_an_error(customs: str) -> None:
    _, (fault,) = read(level(customs))
    assert (fault.code, fault.is_error, fault.span.line) == ("PW133", True, 10)


@pytest.mark.parametrize(
    "written",
    [
        "logicalType: array, items: {logicalType: string, classification: restricted}",
        "logicalType: map, map: {key: {logicalType: string, classification: restricted}, "
        "value: {logicalType: string}}",
        "logicalType: array, items: {logicalType: array, "
        "items: {logicalType: string, classification: restricted}}",
    ],
)
def test_what_is_said_of_items_is_said_of_their_property(written: str) -> None:
    model = good(f"{HEAD}      - {{name: phones, {written}}}\n")
    assert [each.classification for each in model.objects[0].record.fields] == [None, "restricted"]


def test_what_is_inside_something_classified_is_as_classified() -> None:
    model = as_seen(good(f"""{HEAD}      - name: customers
        logicalType: array
        classification: confidential
        items:
          logicalType: object
          properties:
            - {{name: name, logicalType: string}}
            - {{name: country, logicalType: string, classification: public}}
"""))
    words = {path[-1]: field.classification for path, field in walk.fields(model)}
    assert words["name"] == words["customers"] == "confidential"
    assert (words["country"], words["order_id"]) == ("public", None)
