"""`latestBy`: which of two records of one key is the later one."""

from __future__ import annotations

import pytest

from support.reading import read

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: orders
    customProperties: [{{property: latestBy, value: {value}}}]
    properties:
      - {{name: id, logicalType: integer, primaryKey: true}}
      - {{name: updated_at, logicalType: timestamp, required: true}}
      - {{name: seen_at, logicalType: timestamp}}
      - {{name: note, logicalType: string, required: true}}
"""


@pytest.mark.parametrize("name", ["updated_at", "id"])
def test_a_property_that_grows(name: str) -> None:
    model, found = read(CONTRACT.format(value=name))
    assert model is not None and not found
    assert model.objects[0].latest_by == name


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("updated", "`latestBy` names no property"),
        ("[updated_at]", "`latestBy` names no property"),
        ("seen_at", "`seen_at` cannot tell which"),
        ("note", "`note` cannot tell which"),
    ],
)
def test_faults_are_told_at_their_place(value: str, says: str) -> None:
    _, [fault] = read(CONTRACT.format(value=value))
    assert (fault.code, fault.is_error, fault.span.line) == ("PW129", True, 7)
    assert says in fault.message
