"""Loading into any warehouse: the forms that rows come in, and what becomes of bad ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow
import pytest

from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.warehouse import Load
from support.tables import Order, order
from support.warehouses import Place

CANARY = "4111 1111 1111 1111"


def arrow_table() -> pyarrow.Table:
    return pyarrow.table(
        {
            "total": pyarrow.array([1, 2, 3], pyarrow.int64()),
            "order_id": pyarrow.array(["o1", "o2", "o3"]).dictionary_encode(),
        }
    )


def frames() -> Iterator[Any]:
    yield arrow_table()
    yield arrow_table().to_reader()
    yield arrow_table().to_batches()[0]
    yield [order(n, n) for n in (1, 2, 3)]
    yield [{"order_id": f"o{n}", "total": Decimal(n), "card": None} for n in (1, 2, 3)]
    yield ({"order_id": f"o{n}", "total": Decimal(n)} for n in (1, 2, 3))


# Staged in the engine's own file, or beside it; what comes after is the same for all forms.
@pytest.mark.parametrize("place", ["duckdb", "postgres"], indirect=True)
@pytest.mark.parametrize("form", range(6))
def test_rows_come_in_any_form(place: Place, form: int) -> None:
    load = place.orders().load([*frames()][form], load_id="1")
    assert load.rows == 3
    assert place.totals() == {"o1": 1, "o2": 2, "o3": 3}


def test_columns_in_arrow_are_the_contracts(place: Place) -> None:
    table = arrow_table()
    with pytest.raises(ConfigurationError, match="orders has no column 'more' in checkout"):
        place.orders().load(table.append_column("more", [[1, 2, 3]]), load_id="1")
    with pytest.raises(ConfigurationError, match="the column total of orders is given twice"):
        place.orders().load(table.append_column("total", [[1, 2, 3]]), load_id="1")
    with pytest.raises(ContractViolation, match="order_id: must not be null, broken by 3 rows"):
        place.orders().load(table.select(["total"]), load_id="1")
    floats = table.set_column(0, "total", [[0.1, 0.2, 0.3]])
    with pytest.raises(ContractViolation, match="total: Input should be an instance of Decimal"):
        place.orders().load(floats, load_id="1")
    fine = table.set_column(0, "total", [[Decimal("1.001"), Decimal(2), Decimal(3)]])
    with pytest.raises(ContractViolation, match=r"total: must be decimal128\(12, 2\)"):
        place.orders().load(fine, load_id="1")
    load = place.orders().load(fine, load_id="1", on_bad_rows="quarantine")
    assert (load.rows, load.rejected) == (2, 1)


BAD = [
    order(1),
    {"order_id": "o2", "total": "9.00"},  # no number
    {"order_id": "o3", "total": Decimal(-1), "card": CANARY},
    {"order_id": "o4"},
    {"order_id": "o5", "total": Decimal(1), "more": CANARY},
    order(1, 2),
    Order.model_construct(order_id="o6", total="much", card=CANARY),
    CANARY,
    order(7),
]


def test_bad_rows_block_a_load(place: Place) -> None:
    for bad in BAD[1:-1]:
        with pytest.raises(ContractViolation) as raised:
            place.orders().load([order(1), bad], load_id="1")
        assert CANARY not in str(raised.value)
    assert set(place.tables()) <= {"_portwright_loads"}


def test_bad_rows_are_put_aside_with_what_they_broke(place: Place) -> None:
    load = place.orders().load(BAD, load_id="1", on_bad_rows="quarantine")
    assert place.ids() == ["o1", "o7"]
    assert (load.rows, load.rejected) == (2, 7)
    found = place.put_aside()
    assert [(row, path, rule) for _, row, path, rule, _ in found] == [
        (2, "total", "Input should be an instance of Decimal"),
        (3, "total", "must be ≥ 0"),
        (4, "total", "Field required"),
        (5, "more", "Extra inputs are not permitted"),
        (6, "order_id", "must be unique"),
        (7, "total", "Input should be an instance of Decimal"),
        (8, "", "expected Order, got str"),
    ]
    assert json.loads(found[1][-1]) == {"order_id": "o3", "total": -1}
    assert CANARY not in str(found)
    # Under the same load_id nothing is put aside again.
    assert place.orders().load(BAD, load_id="1", on_bad_rows="quarantine") == Load(
        "orders", "1", "replace", 2, "unchanged", 7
    )
    assert len(place.put_aside()) == 7


def test_bad_rows_can_be_left_out(place: Place) -> None:
    load = place.orders().load(BAD, load_id="1", on_bad_rows="discard")
    assert (load.rows, load.rejected) == (2, 7)
    assert "_portwright_quarantine" not in place.tables()
