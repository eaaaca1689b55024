"""No target prints an example of what is classified, whatever it is made for."""

from __future__ import annotations

import pytest

from portwright import lock
from portwright.model.seen import as_seen
from portwright.targets import Indexed, Target, Whole
from portwright.targets.registry import every
from support.indexing import indexed
from support.reading import read

CANARY = "canary-7f3a"
CONTRACT = f"""\
apiVersion: v3.2.0
kind: DataContract
id: shop
name: shop
domain: sales
version: 1.0.0
status: active
roles:
  - {{role: packing, access: read}}
slaProperties:
  - {{property: latency, value: 5, unit: min}}
schema:
  - name: orders
    properties:
      - {{name: order_id, logicalType: string, primaryKey: true, examples: [order-1]}}
      - name: note
        logicalType: string
        classification: restricted
        examples: [{CANARY}]
      - name: customer
        logicalType: object
        classification: confidential
        examples: [{{email: {CANARY}}}]
        properties:
          - {{name: email, logicalType: string, examples: [{CANARY}]}}
      - name: labels
        logicalType: array
        classification: internal
        examples: [[{CANARY}]]
        items: {{logicalType: string, examples: [{CANARY}]}}
"""
TARGETS = {"-".join(name): target for name, target in every() if not hasattr(target, "program")}


def texts(target: Target | Whole) -> list[str]:
    """All that the target makes of the contract."""
    model, found = read(CONTRACT)
    assert model is not None and not any(each.is_error for each in found)
    (model,), _ = lock.apply_all([model], lock.Lock())
    model = as_seen(model)
    if isinstance(target, Whole):
        return [each.text for each in target.make([model]).files]
    more = indexed(target, model).files if isinstance(target, Indexed) else ()
    return [each.text for each in (*target.emit(model), *more)]


@pytest.mark.parametrize("name", TARGETS)
def test_no_example_of_a_classified_property_is_in_what_is_generated(name: str) -> None:
    made = texts(TARGETS[name])
    assert not any(CANARY in each for each in made)
