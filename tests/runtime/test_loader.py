"""Loading, whatever the engine: records are checked one by one and kept nowhere."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from portwright_runtime import Deleted, arrow
from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.loading import batches as rows
from portwright_runtime.loading.batches import batches
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import Load, Table, Terms
from support.tables import Loader, Order, order, orders_table


class Recording:
    """A warehouse, and an attempt, that writes down what is asked of it."""

    def __init__(self, there: Load | None = None) -> None:
        self.calls: list[str] = []
        self.rows: list[Any] = []
        self.known: list[Load] = []
        self._there = there

    def begin(self, table: Table[Any], terms: Terms) -> Recording | Load:
        self.calls.append(f"begin {terms.load_id} {terms.mode}")
        self.staging = Staging(duckdb.connect(), table)
        return self._there or self

    def earlier(self, most: int) -> list[Load]:
        return self.known[:most]

    def publish(self) -> Load:
        self.calls.append("publish")
        columns = self.staging.columns
        for batch in self.staging.batches(columns):
            self.rows += batch.to_pylist()
        return Load("orders", "1", "replace", len(self.rows), "published")

    def discard(self) -> None:
        self.calls.append("discard")
        self.staging.close()

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        raise NotImplementedError

    def watermark(self, table: Table[Any]) -> str | None:
        raise NotImplementedError

    def loads(self, table: Table[Any], most: int) -> list[Load]:
        raise NotImplementedError

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        raise NotImplementedError

    def close(self) -> None:
        self.calls.append("close")


def failing(error: BaseException) -> Iterator[Order]:
    yield order(1)
    raise error


def test_a_load_is_staged_audited_published_and_tidied() -> None:
    warehouse = Recording()
    load = Loader(warehouse, orders_table()).load(iter([order(1), order(2)]), load_id="1")
    assert load.status == "published"
    assert warehouse.calls == ["begin 1 replace", "publish", "discard"]
    assert warehouse.rows == [
        {"order_id": "o1", "total": Decimal("1.00"), "card": None},
        {"order_id": "o2", "total": Decimal("1.00"), "card": None},
    ]


def test_what_is_there_already_is_not_even_looked_at() -> None:
    there = Load("orders", "1", "append", 7, "unchanged")
    warehouse = Recording(there=there)
    records = failing(AssertionError("read"))
    assert Loader(warehouse, orders_table()).load(records, load_id="1", mode="append") is there
    assert warehouse.calls == ["begin 1 append"]
    assert next(records) == order(1)


@pytest.mark.parametrize("type_", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_an_error_of_the_source_is_the_callers(type_: type[BaseException]) -> None:
    warehouse, error = Recording(), type_("source")
    with pytest.raises(type_) as raised:
        Loader(warehouse, orders_table()).load(failing(error), load_id="1")
    assert raised.value is error
    assert warehouse.calls == ["begin 1 replace", "discard"]


def test_findings_keep_a_load_from_being_published() -> None:
    warehouse = Recording()
    records = [order(1, -1), order(2, -1), order(3, card="x"), order(4, card="x")]
    with pytest.raises(ContractViolation) as raised:
        Loader(warehouse, orders_table()).load(records, load_id="1")
    assert str(raised.value) == (
        "checkout 1.2.0, orders: total: must be ≥ 0, broken by 2 rows, such as order_id 'o1'; "
        "card: must be unique, broken by 2 rows"
    )
    assert (raised.value.path, raised.value.object) == ("total", "orders")
    assert warehouse.calls == ["begin 1 replace", "discard"]


@pytest.mark.parametrize("wrong", [None, "o2", 2])
def test_a_record_of_another_type_is_refused(wrong: Any) -> None:
    warehouse = Recording()
    with pytest.raises(ContractViolation, match="expected Order, got") as raised:
        Loader(warehouse, orders_table()).load([order(1), wrong], load_id="1")
    assert raised.value.__notes__ == ["it is the load's record 2"]
    assert warehouse.calls == ["begin 1 replace", "discard"]


@pytest.mark.parametrize("given", [None, 7, "o1", {"order_id": "o1"}])
def test_rows_are_many(given: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"this is {type(given).__name__}"):
        Loader(Recording(), orders_table()).load(given, load_id="1")


def test_a_record_made_past_its_checks_is_refused_without_its_value() -> None:
    sneaked = Order.model_construct(order_id="o1", total="sesame", card=None)
    with pytest.raises(ContractViolation, match="orders: total: ") as raised:
        Loader(Recording(), orders_table()).load([sneaked], load_id="1")
    assert "sesame" not in str(raised.value)


def test_a_value_the_column_cannot_hold_is_refused_by_name_and_not_shown() -> None:
    wide = order(1).model_copy(update={"total": Decimal("12345678901.5")})
    with pytest.raises(ContractViolation) as raised:
        Loader(Recording(), orders_table()).load([order(2), wide], load_id="1")
    assert str(raised.value) == "checkout 1.2.0, orders: total: must be decimal128(12, 2)"
    assert raised.value.__context__ is None


def test_a_key_that_is_no_more_is_of_its_type() -> None:
    key, *others = orders_table().columns
    loader = Loader(Recording(), orders_table(columns=(replace(key, type=arrow.UUID), *others)))
    with pytest.raises(ContractViolation, match=r"order_id: .* must be uuid$"):
        loader.load([Deleted(7)], load_id="1", mode="upsert")


@pytest.mark.parametrize("load_id", ["", "  ", "x" * 501, "a\nb", "\ud800", None, 1])
def test_a_load_id_is_a_text(load_id: Any) -> None:
    warehouse = Recording()
    with pytest.raises(ConfigurationError, match="a load_id is a text of 1 to 500 printable"):
        Loader(warehouse, orders_table()).load([], load_id=load_id)
    assert warehouse.calls == []


def test_modes_are_those_there_are() -> None:
    merge: Any = "merge"
    with pytest.raises(ConfigurationError, match=r"'merge'.* there are: 'replace', "):
        Loader(Recording(), orders_table()).load([], load_id="1", mode=merge)


def test_batches_hold_many_narrow_rows_or_few_wide_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH_BYTES", 200_000)
    narrow = [batch.rows.num_rows for batch in batches(orders_table(), map(order, range(20_000)))]
    card = "x" * 10_000
    wide = [
        batch.rows.num_rows
        for batch in batches(orders_table(), (order(n, card=card) for n in range(600)))
    ]
    assert sum(narrow) == 20_000
    assert sum(wide) == 600
    assert max(narrow) > 1_000
    assert max(wide[1:]) < 25


def test_no_records_make_no_batch() -> None:
    assert list(batches(orders_table(), [])) == []


def test_what_a_load_holds_does_not_grow_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH_BYTES", 100_000)

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in batches(orders_table(), map(order, range(count))):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1_000)  # what is imported and cached once
    assert peak(40_000) < 1.5 * peak(10_000)


def test_half_a_character_is_rejected_in_words() -> None:
    warehouse = Recording()
    rows = [{"order_id": "o1", "total": Decimal(1)}, {"order_id": "\ud800", "total": Decimal(1)}]
    Loader(warehouse, orders_table()).load(rows, load_id="1", on_bad_rows="discard")
    assert warehouse.calls == ["begin 1 replace", "publish", "discard"]
