"""Two versions of a contract on one stream: a generated producer of one, a consumer of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portwright import lock
from portwright.model import Array, Integer, Map, Model, String
from portwright_runtime import ContractViolation, UndecodableEvent
from portwright_runtime.sqlite_log import SqliteLog
from support import packages
from support.models import a_model, an_object, enum, field, record


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(tmp_path / "stream.db", partitions=1, lease=1)) as log:
        yield log


def orders(*statuses: str, **facts: Any) -> Model:
    """Orders whose status is an enum of Avro, and whose grade is one that Avro knows as text."""
    return a_model(
        an_object(
            "orders",
            "order",
            field("id", Integer()),
            field("status", enum("orders", "status", values=statuses)),
            field("past", Array(enum("orders", "past", values=statuses), unique_items=True), False),
            field("grade", enum("orders", "grade", values=("A+", *statuses))),
            primary_key=("id",),
            **facts,
        )
    )


def loaded(model: Model, root: Path) -> Any:
    return packages.load(packages.write(model, root))


def publish(package: Any, log: SqliteLog, **values: Any) -> None:
    with package("").CheckoutPort.open(log) as port:
        port.orders.publish(package("").Order(**values))


def consumed(package: Any, log: SqliteLog) -> list[Any]:
    """The records that a consumer of the package is given."""
    seen: list[Any] = []

    class Kept(package("consumers").OrdersConsumer):  # type: ignore[misc]  # generated
        on_failure = "stop"

        def on_order(self, order: Any, event: Any) -> None:
            seen.append(order)

    with Kept.open(stream=log) as consumer:
        consumer.run(until_idle=True)
    return seen


def test_a_value_of_a_newer_producer_is_unknown_to_an_older_consumer(
    log: SqliteLog, tmp_path: Path
) -> None:
    old = loaded(orders("OPEN", "DONE"), tmp_path / "old")
    new = loaded(orders("LOST", "OPEN", "HELD", "DONE"), tmp_path / "new")
    publish(new, log, id=1, status="LOST", past=["OPEN", "LOST", "HELD"], grade="LOST")
    publish(new, log, id=2, status="DONE", past=None, grade="A+")
    lost, done = consumed(old, log)
    status, grade = old("models").OrderStatus, old("models").OrderGrade
    assert lost.status is status.UNKNOWN and lost.grade is grade.UNKNOWN
    assert [each.name for each in lost.past] == ["OPEN", "UNKNOWN", "UNKNOWN"]
    assert (done.status, done.past, done.grade) == (status.DONE, None, grade.A_PLUS)


def test_a_value_that_is_gone_is_unknown_in_what_was_written_before(
    log: SqliteLog, tmp_path: Path
) -> None:
    old = loaded(orders("OPEN", "GONE"), tmp_path / "old")
    new = loaded(orders("OPEN"), tmp_path / "new")
    publish(old, log, id=1, status="GONE", grade="GONE")
    (order,) = consumed(new, log)
    assert (order.status, order.grade) == ("UNKNOWN", "UNKNOWN")


def test_what_is_unknown_is_never_published(log: SqliteLog, tmp_path: Path) -> None:
    package = loaded(orders("OPEN"), tmp_path)
    good: dict[str, Any] = {"id": 1, "status": "OPEN", "grade": "A+"}
    for changed in (
        {"status": package("models").OrderStatus.UNKNOWN},
        {"grade": "UNKNOWN"},
        {"past": ["UNKNOWN", "UNKNOWN"]},
    ):
        with pytest.raises(ContractViolation, match=r"UNKNOWN .* is read, and never written"):
            publish(package, log, **{**good, **changed})
    assert consumed(package, log) == []


def test_a_contracts_own_unknown_is_a_value_like_others(log: SqliteLog, tmp_path: Path) -> None:
    old = loaded(orders("unknown", "OPEN"), tmp_path / "old")
    new = loaded(orders("unknown", "OPEN", "LOST"), tmp_path / "new")
    publish(old, log, id=1, status="unknown", grade="unknown")
    publish(new, log, id=2, status="LOST", grade="LOST")
    unknown = old("models").OrderStatus.UNKNOWN
    assert unknown.value == "unknown"
    assert [(each.status, each.grade) for each in consumed(old, log)] == [(unknown, "unknown")] * 2


def test_keys_of_an_enum_are_text_on_the_wire_and_stay_a_closed_list(
    log: SqliteLog, tmp_path: Path
) -> None:
    def counted(*keys: str) -> Any:
        counts = Map(enum("orders", "counts", "$key", values=keys), String())
        object_ = an_object("orders", "order", field("counts", counts))
        return loaded(a_model(object_), tmp_path / "-".join(keys))

    old, new = counted("A"), counted("B", "A")
    publish(new, log, counts={"A": "x"})
    assert consumed(old, log) == [old("").Order(counts={"A": "x"})]
    publish(new, log, counts={"B": "x"})
    with pytest.raises(UndecodableEvent):
        consumed(old, log)


def test_what_is_unknown_is_loaded_into_no_table(tmp_path: Path) -> None:
    package = loaded(orders("OPEN"), tmp_path)
    unknown = package("models").OrderStatus.UNKNOWN
    order = package("").Order(id=1, status=unknown, grade="A+")
    with (
        package("").CheckoutPort.open(warehouse=f"duckdb:///{tmp_path}/w.duckdb") as port,
        pytest.raises(ContractViolation) as caught,
    ):
        port.orders.load([order], load_id="today")
    assert caught.value.path == "status"


def renamed(*words: str) -> Model:
    """Orders whose parts were called by these words one after the other, under ids that stay."""
    held = lock.Lock()
    for word in words:
        lines = record(f"{word}line", "orders", f"{word}lines", fields=(field("n", Integer()),))
        state = enum("orders", f"{word}state", values=("ON", "OFF"))
        found = an_object(
            "orders",
            "order",
            field(f"{word}note", String(), False, id="f1"),
            field(f"{word}state", state, False, id="f2"),
            field(f"{word}lines", Array(lines), False, id="f3"),
            field(f"{word}rates", Map(Integer(), Integer()), False, id="f4"),
            field("id", Integer()),
        )
        model, held = lock.apply(a_model(found), held)
    return model


@pytest.mark.parametrize("before", [("a",), ("a", "b")])
def test_what_was_written_under_names_of_before_is_read(
    log: SqliteLog, tmp_path: Path, before: tuple[str, ...]
) -> None:
    old = loaded(renamed(*before), tmp_path / "old")
    new = loaded(renamed(*before, "c"), tmp_path / "new")
    names = "note", "state", "lines", "rates"
    values: list[Any] = ["x", "OFF", ({"n": 1}, {"n": 2}), {3: 4}]
    publish(
        old, log, id=1, **{before[-1] + n: value for n, value in zip(names, values, strict=True)}
    )
    expected = {"c" + n: value for n, value in zip(names, values, strict=True)}
    assert consumed(new, log) == [new("").Order(id=1, **expected)]
