"""The embedded warehouse: a load is there as a whole or not at all, whatever happens to it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portwright_runtime.errors import ClosedError, ContractViolation, WarehouseError
from portwright_runtime.loading.batches import batches
from portwright_runtime.warehouse import LEDGER, Check, Dialect, Load, LoadMode, Terms
from portwright_runtime.warehouses.duckdb import MEMORY_LIMIT, DuckDBWarehouse
from portwright_runtime.warehouses.session import Session
from portwright_runtime.warehouses.sql import SqlAttempt
from support.tables import CREATE, Loader, Order, order, orders_table

ENVIRONMENT = {"PYTHONPATH": ":".join(each for each in sys.path if each)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "here" / "warehouse.duckdb"


@pytest.fixture
def warehouse(path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(path)
    yield opened
    opened.close()


@pytest.fixture
def orders(warehouse: DuckDBWarehouse) -> Loader:
    return Loader(warehouse, orders_table())


def query(path: Path, sql: str) -> list[Any]:
    with duckdb.connect(path) as connection:
        return connection.execute(sql).fetchall()


def ids(path: Path) -> list[str]:
    return [each for (each,) in query(path, "SELECT order_id FROM sales.orders ORDER BY ALL")]


def ledger(path: Path) -> list[Any]:
    return query(
        path, f'SELECT load_id, mode, status, attempt, "rows" FROM sales.{LEDGER} ORDER BY token'
    )


# ---------------------------------------------------------------------- modes


def test_replace_is_the_whole_table_and_append_adds(path: Path, orders: Loader) -> None:
    assert orders.load([order(1), order(2)], load_id="1") == Load(
        "orders", "1", "replace", 2, "published"
    )
    assert orders.load([order(3)], load_id="2", mode="append").rows == 1
    assert ids(path) == ["o1", "o2", "o3"]
    orders.load([order(2), order(4)], load_id="3")
    assert ids(path) == ["o2", "o4"]
    assert ledger(path) == [
        ("1", "replace", "published", 1, 2),
        ("2", "append", "published", 1, 1),
        ("3", "replace", "published", 1, 2),
    ]


def test_a_repeated_load_changes_nothing(path: Path, orders: Loader) -> None:
    orders.load([order(1)], load_id="1")
    orders.load([order(2)], load_id="2")
    before = ledger(path)
    assert orders.load([order(9)] * 5, load_id="1") == Load(
        "orders", "1", "replace", 1, "unchanged"
    )
    assert ids(path) == ["o2"]
    assert ledger(path) == before


def test_a_load_has_one_connection(
    warehouse: DuckDBWarehouse, orders: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, made = warehouse._connect, []

    def counted() -> Session:
        made.append(connect())
        return made[-1]

    monkeypatch.setattr(warehouse, "_connect", counted)
    for number in range(4):
        orders.load(map(order, range(4)), load_id=f"{number}")
    assert len(made) == 4


def test_a_load_id_names_one_load(path: Path, orders: Loader) -> None:
    orders.load([order(1)], load_id="1", mode="append")
    with pytest.raises(WarehouseError, match=r"'1' of orders .* in mode append: .* another"):
        orders.load([order(2)], load_id="1", mode="replace")
    assert ids(path) == ["o1"]


def test_tables_and_contracts_have_load_ids_of_their_own(
    path: Path, warehouse: DuckDBWarehouse, orders: Loader
) -> None:
    create = CREATE.replace("sales.orders", "refunds")
    refunds = orders_table(
        object="refunds",
        schema=None,
        name="refunds",
        dialects={
            "duckdb": Dialect(("refunds",), orders_table().dialects["duckdb"].columns, (create,))
        },
    )
    other = orders_table(contract="another")
    assert orders.load([order(1)], load_id="1").status == "published"
    assert Loader(warehouse, refunds).load([order(2)], load_id="1").status == "published"
    assert Loader(warehouse, other).load([order(3)], load_id="1").status == "published"
    assert query(path, "SELECT order_id FROM refunds") == [("o2",)]
    assert ids(path) == ["o3"]


def test_an_empty_replacement_needs_to_be_meant(path: Path, orders: Loader) -> None:
    assert orders.load([], load_id="first").rows == 0
    orders.load([order(1)], load_id="1")
    with pytest.raises(WarehouseError, match="pass allow_empty=True"):
        orders.load([], load_id="2")
    assert ids(path) == ["o1"]
    assert orders.load([], load_id="3", mode="append").status == "published"
    assert ids(path) == ["o1"]
    assert orders.load([], load_id="2", allow_empty=True).status == "published"
    assert ids(path) == []


# --------------------------------------------------------------------- audits


def broken(table_facts: dict[str, Any], path: Path, *records: Order, mode: LoadMode) -> str:
    """The message with which a load of the records is refused; the table stays as it was."""
    warehouse = DuckDBWarehouse(path)
    loader = Loader(warehouse, orders_table(**table_facts))
    loader.load([order(100, card="visa 100")], load_id="before")
    with pytest.raises(ContractViolation) as raised:
        loader.load(records, load_id="broken", mode=mode)
    warehouse.close()
    assert ids(path) == ["o100"]
    assert ledger(path)[-1] == ("broken", mode, "failed", 1, 0)
    return str(raised.value)


def test_a_key_is_unique_among_the_rows_of_a_load(path: Path) -> None:
    rows = [order(1), order(2), order(2), order(1), order(3)]
    assert broken({}, path, *rows, mode="replace") == (
        "checkout 1.2.0, orders: order_id: must be unique, broken by 4 rows, such as order_id 'o1'"
    )


def test_a_key_is_unique_in_the_table(path: Path) -> None:
    assert broken({}, path, order(1), order(100), mode="append") == (
        "checkout 1.2.0, orders: order_id: must not be in the table already, "
        "broken by 1 row, such as order_id 'o100'"
    )


def test_a_classified_key_is_not_shown(path: Path) -> None:
    message = broken({}, path, order(1, card="visa 7"), order(2, card="visa 7"), mode="append")
    assert message == "checkout 1.2.0, orders: card: must be unique, broken by 2 rows"
    message = broken({}, path.with_name("2"), order(1, card="visa 100"), mode="append")
    assert message == (
        "checkout 1.2.0, orders: card: must not be in the table already, broken by 1 row"
    )


def test_nulls_are_not_equal(path: Path, orders: Loader) -> None:
    orders.load([order(1), order(2)], load_id="1")
    assert orders.load([order(3)], load_id="2", mode="append").status == "published"


def test_a_key_of_several_columns_is_unique_as_a_whole(path: Path) -> None:
    facts = {"primary_key": ("order_id", "total"), "unique": ()}
    message = broken(facts, path, order(1, 1), order(1, 2), order(1, 2), mode="replace")
    assert message == (
        "checkout 1.2.0, orders: order_id, total: must be unique, broken by 2 rows, "
        "such as order_id 'o1', total '2.00'"
    )


def test_checks_are_counted(path: Path) -> None:
    message = broken({}, path, order(1, -1), order(2, 0), order(3, -3), mode="replace")
    assert message == (
        "checkout 1.2.0, orders: total: must be ≥ 0, broken by 2 rows, such as order_id 'o1'"
    )


def test_required_is_counted(path: Path) -> None:
    rows = [{"order_id": "o1"}, {"order_id": "o2", "total": None}]
    with (
        DuckDBFile(path) as warehouse,
        pytest.raises(
            ContractViolation,
            match="total: must not be null, broken by 2 rows, such as order_id 'o1'",
        ),
    ):
        Loader(warehouse, orders_table()).load(rows, load_id="1")


def test_a_check_that_is_unknown_is_not_broken(path: Path) -> None:
    with DuckDBFile(path) as warehouse:
        loader = Loader(warehouse, orders_table(checks=(Check("card", "r", "card > 'x'"),)))
        assert loader.load([order(1)], load_id="1").rows == 1


class DuckDBFile(DuckDBWarehouse):
    """A warehouse for a `with` block."""

    def __enter__(self) -> DuckDBFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# ------------------------------------------------------------------- failures


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_source_that_fails_changes_nothing(
    path: Path, orders: Loader, error: type[BaseException]
) -> None:
    def records() -> Iterator[Order]:
        yield from map(order, range(5_000))
        raise error("source")

    orders.load([order(1)], load_id="1")
    with pytest.raises(error, match="source"):
        orders.load(records(), load_id="2")
    assert ids(path) == ["o1"]
    assert ledger(path)[-1] == ("2", "replace", "failed", 1, 0)
    assert orders.load([order(2)], load_id="2").status == "published"
    assert ledger(path)[-1] == ("2", "replace", "published", 2, 1)


def test_an_error_while_publishing_changes_nothing(
    path: Path, orders: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException("disk full")

    orders.load([order(1)], load_id="1")
    with monkeypatch.context() as patched:
        patched.setattr("portwright_runtime.warehouses.ledger.Ledger.published", refuse)
        with pytest.raises(WarehouseError, match="'2' of orders is not published: disk full"):
            orders.load([order(2)], load_id="2")
    assert ids(path) == ["o1"]
    assert orders.load([order(2)], load_id="2").status == "published"
    assert ids(path) == ["o2"]


def test_an_interrupt_while_publishing_changes_nothing(
    path: Path, orders: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise RuntimeError("Query interrupted")  # DuckDB's word for a Ctrl-C that it took

    orders.load([order(1)], load_id="1")
    with monkeypatch.context() as patched:
        patched.setattr("portwright_runtime.warehouses.ledger.Ledger.published", interrupted)
        with pytest.raises(KeyboardInterrupt):
            orders.load([order(2)], load_id="2")
    assert ids(path) == ["o1"]
    assert orders.load([order(2)], load_id="2").status == "published"


def test_a_first_load_that_fails_makes_no_table(path: Path, orders: Loader) -> None:
    with pytest.raises(ContractViolation):
        orders.load([order(1, -1)], load_id="1")
    assert query(path, "SELECT table_name FROM duckdb_tables()") == [(LEDGER,)]
    assert orders.load([order(1)], load_id="1").status == "published"


FULL = """
import resource, signal, sys
from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support.tables import Loader, order, orders_table

loader = Loader(DuckDBWarehouse(sys.argv[1]), orders_table())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # too much is an error, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    loader.load((order(n, card=f"card {n * 7919}") for n in range(100_000)), load_id="2")
except WarehouseError as error:
    print(error)
"""


def test_a_full_disk_changes_nothing(path: Path) -> None:
    with DuckDBFile(path) as warehouse:
        Loader(warehouse, orders_table()).load([order(1)], load_id="1")
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert done.stdout.startswith("load '2' of orders is not published: the disk did not take it")
    assert ids(path) == ["o1"]
    with DuckDBFile(path) as warehouse:
        load = Loader(warehouse, orders_table()).load([order(2)], load_id="2")
    assert load.status == "published"
    assert ids(path) == ["o2"]


PROGRAM = """
import sys, time
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from portwright_runtime.warehouses.ledger import Ledger
from support.tables import Loader, order, orders_table

def stop(*_, **__):
    print("here", flush=True)
    time.sleep(600)

def records():
    yield from map(order, range(20_000))
    if sys.argv[2] == "stage":
        stop()

if sys.argv[2] == "publish":
    Ledger.published = stop  # the rows are replaced by now, and not committed
loader = Loader(DuckDBWarehouse(sys.argv[1]), orders_table())
if sys.argv[2] == "after":
    loader.load(records(), load_id="2")
    stop()
loader.load(records(), load_id="2")
"""


def started(path: Path, step: str) -> subprocess.Popen[str]:
    """Another process that loads 20,000 rows as load 2 and stands still at a step of it."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), step],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize(("step", "rows"), [("stage", 1), ("publish", 1), ("after", 20_000)])
def test_a_process_killed_at_any_step_leaves_a_whole_table(
    path: Path, step: str, rows: int
) -> None:
    with DuckDBFile(path) as warehouse:
        Loader(warehouse, orders_table()).load([order(1)], load_id="1")
    killed(started(path, step))
    assert len(ids(path)) == rows
    with DuckDBFile(path) as warehouse:
        load = Loader(warehouse, orders_table()).load(map(order, range(20_000)), load_id="2")
    assert load.rows == 20_000
    assert load.status == ("unchanged" if step == "after" else "published")
    assert len(ids(path)) == 20_000
    assert query(path, "SELECT count(*) FROM duckdb_tables()") == [(3,)]


def test_a_file_in_use_by_another_process_says_so(path: Path) -> None:
    process = started(path, "stage")
    try:
        with pytest.raises(WarehouseError, match=rf"is in use: .*PID {process.pid}.*wait for it"):
            attempt(DuckDBWarehouse(path, patience=0), "1")
    finally:
        killed(process)
    assert attempt(DuckDBWarehouse(path), "1").publish().rows == 1


LOADING = """
import sys
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support.tables import Loader, order, orders_table

loader = Loader(DuckDBWarehouse(sys.argv[1], patience=60), orders_table())
print(loader.load(map(order, range(2_000)), load_id="1").status)
"""


def test_processes_that_load_at_once_wait_for_each_other(path: Path) -> None:
    loading = [
        subprocess.Popen(
            [sys.executable, "-c", LOADING, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        for _ in range(3)
    ]
    said = sorted(each.communicate()[0].strip() for each in loading)
    assert said == ["published", "unchanged", "unchanged"]
    assert len(ids(path)) == 2_000


def test_a_file_that_another_process_is_making_is_waited_for(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, connect = tmp_path / "made.duckdb", duckdb.connect
    connect(made).close()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()

    def once_it_failed(at: Path | str, **options: Any) -> duckdb.DuckDBPyConnection:
        try:
            return connect(at, **options)
        except duckdb.IOException:
            made.replace(at)
            raise

    monkeypatch.setattr(duckdb, "connect", once_it_failed)
    attempt(DuckDBWarehouse(path, patience=5), "1").discard()
    assert not made.exists()


def test_an_empty_file_that_stays_so_is_told_of(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    with pytest.raises(WarehouseError, match=r"cannot open .*: .* not a valid DuckDB"):
        attempt(DuckDBWarehouse(path, patience=0.1), "1")


def test_a_ledger_that_was_emptied_begins_again(path: Path, orders: Loader) -> None:
    orders.load([order(1)], load_id="1")
    query(path, f"DELETE FROM sales.{LEDGER}")
    assert orders.load([order(2)], load_id="1").status == "published"
    assert orders.roll_back() == "1"
    assert ids(path) == ["o1"]
    query(path, f"DROP TABLE sales.{LEDGER}")
    query(path, f"CREATE TABLE sales.{LEDGER} (of_others INT)")
    with pytest.raises(WarehouseError) as raised:
        orders.load([order(3)], load_id="1")
    assert "\n" not in str(raised.value)


def test_between_loads_others_have_the_file(path: Path, orders: Loader) -> None:
    program = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute('DELETE FROM sales.orders')"
    orders.load([order(1)], load_id="1")
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    assert ids(path) == []
    assert orders.load([order(1)], load_id="1").status == "unchanged"
    assert orders.load([order(2)], load_id="2").status == "published"


def test_a_file_that_is_no_warehouse_says_so(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("no database" * 1000)
    with pytest.raises(WarehouseError, match=r"cannot open .*w\.duckdb: .* not a valid DuckDB"):
        attempt(DuckDBWarehouse(path), "1")
    with pytest.raises(WarehouseError, match=r"cannot open .*: "):
        attempt(DuckDBWarehouse(tmp_path), "1")
    with pytest.raises(WarehouseError, match=r"cannot make the folder of .*x\.duckdb: "):
        attempt(DuckDBWarehouse(path / "x.duckdb"), "1")


def test_a_path_is_a_file_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    attempt(DuckDBWarehouse(":memory:"), "1").discard()
    assert (tmp_path / ":memory:").is_file()


def test_a_closed_warehouse_says_so(warehouse: DuckDBWarehouse) -> None:
    warehouse.close()
    warehouse.close()
    with pytest.raises(ClosedError, match="was closed"):
        Loader(warehouse, orders_table()).load([order(1)], load_id="1")


# ---------------------------------------------------------------- concurrency


def test_of_one_load_at_the_same_time_one_is_published(
    path: Path, warehouse: DuckDBWarehouse
) -> None:
    together = threading.Barrier(3)
    loads: list[Load] = []

    def records() -> Iterator[Order]:
        together.wait(30)
        yield from map(order, range(1_000))

    def run() -> None:
        loads.append(Loader(warehouse, orders_table()).load(records(), load_id="1", mode="append"))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(each.status for each in loads) == ["published", "unchanged", "unchanged"]
    assert {each.rows for each in loads} == {1_000}
    assert len(ids(path)) == 1_000


def attempt(warehouse: DuckDBWarehouse, load_id: str, mode: LoadMode = "replace") -> SqlAttempt:
    """An attempt that has staged one order, called as its load."""
    begun = warehouse.begin(orders_table(), Terms(load_id, mode))
    assert isinstance(begun, SqlAttempt)
    for batch in batches(orders_table(), [Order(order_id=load_id, total=Decimal(1))]):
        begun.staging.add(batch)
    return begun


@pytest.mark.parametrize("mode", ["replace", "append"])
def test_a_replacement_does_not_undo_a_load_that_began_later(
    path: Path, warehouse: DuckDBWarehouse, mode: LoadMode
) -> None:
    early, late = attempt(warehouse, "early"), attempt(warehouse, "late", mode)
    assert late.publish().status == "published"
    with pytest.raises(WarehouseError, match=r"'early' .* load 'late' .* began later"):
        early.publish()
    early.discard()
    late.discard()
    assert ids(path) == ["late"]
    assert attempt(warehouse, "early").publish().status == "published"
    assert ids(path) == ["early"]


def test_readers_never_see_half_a_load(path: Path, orders: Loader) -> None:
    orders.load((order(n, 0) for n in range(3_000)), load_id="0")
    done = threading.Event()
    seen: list[tuple[int, int, int]] = []

    def read() -> None:
        with duckdb.connect(path) as connection:
            while not done.is_set():
                seen.extend(
                    connection.execute(
                        "SELECT count(*), min(total)::INT, max(total)::INT FROM sales.orders"
                    ).fetchall()
                )

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(1, 8):
        orders.load((order(n, version) for n in range(3_000)), load_id=str(version))
    done.set()
    reader.join(60)
    assert {count for count, _, _ in seen} == {3_000}
    assert all(least == most for _, least, most in seen)
    assert len({least for _, least, _ in seen}) > 1
    assert [least for _, least, _ in seen] == sorted(least for _, least, _ in seen)


# --------------------------------------------------------------------- tables


def test_a_table_made_by_a_ddl_file_is_used(path: Path) -> None:
    path.parent.mkdir(parents=True)
    query(path, "CREATE SCHEMA sales")
    query(
        path,
        'CREATE TABLE sales."Orders" (card VARCHAR UNIQUE, total DECIMAL(12, 2) NOT NULL CHECK'
        " (total >= 0), order_id VARCHAR, PRIMARY KEY (order_id))",
    )
    query(path, "CREATE VIEW big AS SELECT order_id FROM sales.orders WHERE total > 1")
    with DuckDBFile(path) as warehouse:
        loader = Loader(warehouse, orders_table())
        loader.load([order(1, card="a"), order(2, 2, card="b")], load_id="1")
        loader.load([order(2, 5, card="a"), order(3)], load_id="2")
        loader.load([order(4, 5)], load_id="3", mode="append")
    assert query(path, "SELECT * FROM big ORDER BY ALL") == [("o2",), ("o4",)]


@pytest.mark.parametrize(
    ("columns", "difference"),
    [
        ("order_id VARCHAR, card VARCHAR", r"column total \(DECIMAL\(12,2\)\) is missing"),
        (
            "order_id VARCHAR, total DECIMAL(9, 2), card VARCHAR",
            r"column total is DECIMAL\(9,2\) where the contract says DECIMAL\(12,2\)",
        ),
        (
            "order_id VARCHAR, total DECIMAL(12, 2), card VARCHAR, more INT",
            "column more is not in the contract",
        ),
        (
            "order_id VARCHAR, total DECIMAL(12, 2), card VARCHAR NOT NULL",
            "column card is NOT NULL where the contract says optional",
        ),
    ],
)
def test_a_table_of_another_version_is_an_error_that_says_where(
    path: Path, columns: str, difference: str
) -> None:
    path.parent.mkdir(parents=True)
    query(path, "CREATE SCHEMA sales")
    query(path, f"CREATE TABLE sales.orders ({columns})")
    with (
        DuckDBFile(path) as warehouse,
        pytest.raises(WarehouseError, match=f"sales.orders is not .*checkout 1.2.0: {difference}"),
    ):
        Loader(warehouse, orders_table()).load([order(1)], load_id="1")
    assert query(path, "SELECT count(*) FROM duckdb_tables()") == [(1,)]


def test_a_table_that_only_lacks_what_is_optional_comes_with_its_migration(path: Path) -> None:
    path.parent.mkdir(parents=True)
    query(path, "CREATE SCHEMA sales")
    query(path, "CREATE TABLE sales.orders (order_id VARCHAR, total DECIMAL(12, 2) NOT NULL)")
    query(path, "INSERT INTO sales.orders VALUES ('o9', 9)")
    with DuckDBFile(path) as warehouse:
        loader = Loader(warehouse, orders_table())
        with pytest.raises(WarehouseError) as raised:
            loader.load([order(1)], load_id="1", mode="append")
        _, _, migration = str(raised.value).partition("load again: ")
        assert migration == 'ALTER TABLE "sales"."orders" ADD COLUMN "card" VARCHAR;'
        query(path, migration)
        loader.load([order(1)], load_id="1", mode="append")
    assert ids(path) == ["o1", "o9"]


def test_a_view_is_not_a_table(path: Path) -> None:
    path.parent.mkdir(parents=True)
    query(path, "CREATE SCHEMA sales")
    query(path, "CREATE VIEW sales.orders AS SELECT 1 AS order_id")
    with DuckDBFile(path) as warehouse, pytest.raises(WarehouseError, match="is a view"):
        Loader(warehouse, orders_table()).load([order(1)], load_id="1")


def test_a_constraint_of_the_table_refuses_without_showing_the_row(path: Path) -> None:
    path.parent.mkdir(parents=True)
    query(path, "CREATE SCHEMA sales")
    query(path, CREATE.replace("card VARCHAR", "card VARCHAR CHECK (card < 'm')"))
    with DuckDBFile(path) as warehouse, pytest.raises(WarehouseError) as raised:
        Loader(warehouse, orders_table()).load([order(1, card="visa 7")], load_id="1")
    assert "a constraint of the table itself refuses a row" in str(raised.value)
    assert "visa" not in str(raised.value)
    assert ids(path) == []


def test_memory_is_bounded(path: Path, warehouse: DuckDBWarehouse) -> None:
    begun = attempt(warehouse, "1")
    [(limit,)] = query(path, "SELECT current_setting('memory_limit')")
    begun.discard()
    assert (MEMORY_LIMIT, limit) == ("512MB", "488.2 MiB")
