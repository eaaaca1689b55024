"""The warehouse in PostgreSQL: a load is there as a whole or not at all, whatever happens to it."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow
import pytest

from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.loading import spool
from portwright_runtime.warehouse import Load, Terms
from portwright_runtime.warehouses import postgres_lock
from portwright_runtime.warehouses.ledger import Entry, Ledger
from portwright_runtime.warehouses.postgres import postgres_warehouse
from portwright_runtime.warehouses.sql import SqlAttempt
from support import postgres as servers
from support import processes
from support.tables import CREATE_POSTGRES, Loader, order, orders_table
from support.warehouses import Place

CANARY = "4111 1111 1111 1111"


@pytest.fixture
def place(postgres: psycopg.Connection[Any]) -> Place:
    return Place("postgres", postgres.info.dsn)


PROGRAM = """
    import sys
    from portwright_runtime.loading import audit
    from portwright_runtime.warehouses import change
    from portwright_runtime.warehouses.ledger import Ledger
    from portwright_runtime.warehouses.postgres import PostgresSession, postgres_warehouse
    from support.tables import Loader, order, orders_table
    dsn, step, mode = sys.argv[1:]

    def stops(before):
        def stop(*given, **named):
            print("here", flush=True)
            sys.stdin.readline()
        return stop

    def records():
        yield from (order(n, 2) for n in range(5_000))
        if step == "stage":
            stops(None)()

    if step == "audit":
        audit.findings = stops(audit.findings)
    if step == "copy":
        copy = PostgresSession._copy
        def _copy(self, *given, **named):
            copy(self, *given, **named)
            stops(None)()
        PostgresSession._copy = _copy
    if step == "ledger":
        Ledger.published = stops(None)
    loader = Loader(postgres_warehouse(dsn), orders_table())
    loader.load(records(), load_id="2", mode=mode)
    if step == "after":
        stops(None)()
"""


@pytest.mark.parametrize("mode", ["replace", "upsert"])
@pytest.mark.parametrize("step", ["stage", "audit", "copy", "ledger", "after"])
def test_a_process_killed_at_any_step_leaves_a_whole_table(
    place: Place, step: str, mode: str
) -> None:
    place.orders().load([order(n) for n in range(5_000)], load_id="1")
    with processes.program(PROGRAM, place.at, step, mode) as victim:
        assert processes.line(victim) == "here"
        # Readers never wait for it, and see all of one load.
        seen = place.query("SELECT count(*), min(total), max(total) FROM sales.orders")
        victim.kill()
        victim.wait(processes.PATIENCE)
    whole = 2 if step == "after" else 1
    assert seen == [(5_000, whole, whole)]
    load = place.orders().load((order(n, 2) for n in range(5_000)), load_id="2", mode=mode)
    assert load.rows == 5_000
    assert load.status == ("unchanged" if step == "after" else "published")
    found = place.query("SELECT count(*), min(total), max(total) FROM sales.orders")
    assert found == [(5_000, 2, 2)]
    print(f"killed at {step}: lost 0, doubled {found[0][0] - 5_000}")
    undo = [each for each in place.tables() if "undo" in each]
    assert len(undo) == 1
    # Nor is anything left in the folder of temporary files.
    spool._sweep()
    assert not [each for each in temporary() if f"-{victim.pid}-" in each.name]


def temporary() -> Iterator[Path]:
    import tempfile

    return Path(tempfile.gettempdir()).glob("portwright-load-*")


def test_readers_never_see_an_empty_partial_or_mixed_table(place: Place) -> None:
    orders = place.orders()
    orders.load((order(n, 0) for n in range(3_000)), load_id="0")
    done = threading.Event()
    seen: list[tuple[int, int, int]] = []

    def read() -> None:
        with place.connected() as connection:
            while not done.is_set():
                question = "SELECT count(*), min(total)::int, max(total)::int FROM sales.orders"
                seen.extend(connection.execute(question).fetchall())

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(1, 9):
        mode = "replace" if version % 2 else "upsert"
        orders.load((order(n, version) for n in range(3_000)), load_id=str(version), mode=mode)
    done.set()
    reader.join(60)
    print(f"{len(seen)} reads of {len({least for _, least, _ in seen})} versions")
    assert {count for count, _, _ in seen} == {3_000}
    assert all(least == most for _, least, most in seen)
    assert len({least for _, least, _ in seen}) > 1


HANGS = """
    import sys
    from portwright_runtime.errors import WarehouseError
    from portwright_runtime.warehouses import postgres_lock
    from portwright_runtime.warehouses.ledger import Ledger
    from portwright_runtime.warehouses.postgres import postgres_warehouse
    from support.tables import Loader, order, orders_table
    postgres_lock.IDLE = "200ms"
    published = Ledger.published

    def stop(*given, **named):
        print("here", flush=True)
        sys.stdin.readline()
        return published(*given, **named)

    Ledger.published = stop
    try:
        loader = Loader(postgres_warehouse(sys.argv[1]), orders_table())
        loader.load([order(n) for n in range(5)], load_id="early", mode="upsert")
    except WarehouseError as error:
        print(error)
"""


def test_who_hangs_while_it_publishes_loses_its_transaction(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(postgres_lock, "PATIENCE", "50ms")
    orders = place.orders()
    orders.load([order(1)], load_id="0")
    with processes.program(HANGS, place.at) as early:
        assert processes.line(early) == "here"
        early.send_signal(signal.SIGSTOP)
        orders.load([order(n, 2) for n in range(5)], load_id="late")
        early.send_signal(signal.SIGCONT)
        processes.tell(early, "")
        assert "load 'early' of orders is not published: " in processes.finished(early)
    assert set(place.query("SELECT total::int FROM sales.orders")) == {(2,)}
    assert [each for each in caplog.messages if "this one waits for it: process " in each]
    assert [each[2] for each in place.ledger()] == ["published", "started", "published"]
    assert orders.load([order(7)], load_id="early", mode="upsert").status == "published"


def test_of_one_load_at_the_same_time_one_is_published(place: Place) -> None:
    together = threading.Barrier(4)
    loads: list[Load] = []

    def records() -> Iterator[Any]:
        together.wait(30)
        yield from map(order, range(1_000))

    def run() -> None:
        loads.append(place.orders().load(records(), load_id="1", mode="append"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(each.status for each in loads) == ["published", *["unchanged"] * 3]
    assert len(place.ids()) == 1_000


def test_a_load_that_is_published_while_it_begins_again_stays_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.orders().load([order(1)], load_id="0")
    first, current = attempt(place, "1"), Ledger.current
    published: list[Load] = []

    def meanwhile(self: Ledger, entry: Entry) -> Entry:
        found = current(self, entry)
        monkeypatch.setattr(Ledger, "current", current)
        published.append(first.publish())
        return found

    monkeypatch.setattr(Ledger, "current", meanwhile)
    again = attempt(place, "1")
    assert [each.status for each in published] == ["published"]
    assert again.publish().status == "unchanged"
    for each in (first, again):
        each.discard()
    assert [each[2] for each in place.ledger()] == ["published", "published"]


def test_a_replacement_does_not_undo_a_load_that_began_later(place: Place) -> None:
    early, late = (attempt(place, each) for each in ("early", "late"))
    assert late.publish().status == "published"
    with pytest.raises(WarehouseError, match=r"'early' .* load 'late' .* began later"):
        early.publish()
    early.discard()
    late.discard()
    assert [each[2] for each in place.ledger()] == ["failed", "published"]


def attempt(place: Place, load_id: str) -> SqlAttempt:
    begun = place.open().begin(orders_table(), Terms(load_id, allow_empty=True))
    assert isinstance(begun, SqlAttempt)
    return begun


def test_an_upsert_does_not_compare_all_rows_with_all(place: Place) -> None:
    patient = Place("postgres", f"{place.at} options='-c statement_timeout=20s'")
    orders = patient.orders()
    for number in (1, 2):
        orders.load((order(n, number) for n in range(40_000)), load_id=f"{number}", mode="upsert")
    assert orders.roll_back() == "2"
    found = place.query("SELECT count(*), min(total), max(total) FROM sales.orders")
    assert found == [(40_000, 1, 1)]


# --------------------------------------------------------------------- tables


def test_grants_views_and_comments_survive(place: Place) -> None:
    orders = place.orders()
    orders.load([order(1)], load_id="1")
    place.query("CREATE VIEW sales.big AS SELECT order_id FROM sales.orders WHERE total > 1")
    place.query("GRANT SELECT ON sales.orders TO PUBLIC")
    place.query("COMMENT ON TABLE sales.orders IS 'kept'")
    orders.load([order(2, 5), order(3)], load_id="2")
    assert place.query("SELECT * FROM sales.big") == [("o2",)]
    grants = "SELECT has_table_privilege('pg_monitor', 'sales.orders', 'SELECT')"
    assert place.query(grants) == [(True,)]
    assert place.query("SELECT obj_description('sales.orders'::regclass)") == [("kept",)]


@pytest.mark.parametrize(
    ("columns", "difference"),
    [
        ("order_id text, card varchar(500)", r"column total \(numeric\(12,2\)\) is missing"),
        (
            "order_id text, total numeric(9, 2), card varchar(500)",
            r"column total is numeric\(9,2\) where the contract says numeric\(12,2\)",
        ),
        (
            "order_id text, total numeric(12, 2), card varchar(500), more int",
            "column more is not in the contract",
        ),
        (
            "order_id text, total numeric(12, 2), card varchar(500) NOT NULL",
            "column card is NOT NULL where the contract says optional",
        ),
    ],
)
def test_a_table_of_another_version_is_an_error_that_says_where(
    place: Place, columns: str, difference: str
) -> None:
    place.query("CREATE SCHEMA sales")
    place.query(f"CREATE TABLE sales.orders ({columns})")
    with pytest.raises(WarehouseError, match=f"sales.orders is not .*checkout 1.2.0: {difference}"):
        place.orders().load([order(1)], load_id="1")
    assert place.tables() == ["orders"]


def test_a_table_that_only_lacks_what_is_optional_comes_with_its_migration(place: Place) -> None:
    place.query("CREATE SCHEMA sales")
    place.query("CREATE TABLE sales.orders (order_id text, total numeric(12, 2) NOT NULL)")
    with pytest.raises(WarehouseError) as raised:
        place.orders().load([order(1)], load_id="1")
    _, _, migration = str(raised.value).partition("load again: ")
    assert migration == ('ALTER TABLE "sales"."orders" ADD COLUMN "card" character varying(500);')
    place.query(migration)
    assert place.orders().load([order(1)], load_id="1").rows == 1


def test_a_view_is_not_a_table(place: Place) -> None:
    place.query("CREATE SCHEMA sales")
    place.query("CREATE VIEW sales.orders AS SELECT 1 AS order_id")
    with pytest.raises(WarehouseError, match="is a view"):
        place.orders().load([order(1)], load_id="1")


def test_a_constraint_of_the_table_refuses_without_showing_the_row(place: Place) -> None:
    place.query("CREATE SCHEMA sales")
    checked = "card varchar(500) CONSTRAINT short CHECK (length(card) < 9)"
    place.query(CREATE_POSTGRES.replace("card varchar(500)", checked))
    with pytest.raises(WarehouseError) as raised:
        place.orders().load([order(1, card=CANARY)], load_id="1")
    assert r"a constraint of the table itself (short) refuses a row" in str(raised.value)
    with pytest.raises(WarehouseError, match="a type of the table itself refuses") as wide:
        place.orders().load([order(1, card=CANARY * 99)], load_id="2")
    for error in (raised.value, wide.value):
        assert CANARY not in str(error)
        assert error.__suppress_context__
    assert place.ids() == []


def test_hostile_text_arrives_as_it_is(place: Place) -> None:
    hostile = [
        "",
        '"',
        "\\",
        ",",
        "\n",
        "\r\n",
        "\\N",
        "NULL",
        "\\.",
        "'; DROP TABLE x; --",
        "é😀",
        "\t",
    ]
    place.orders().load([order(n, card=text) for n, text in enumerate(hostile)], load_id="1")
    found = place.query("SELECT card FROM sales.orders ORDER BY substr(order_id, 2)::int")
    assert [card for (card,) in found] == hostile


# --------------------------------------------------------------------- faults


def test_a_server_that_is_away_says_so(tmp_path: Path) -> None:
    warehouse = postgres_warehouse(f"postgresql://joe:{'sesame'}@/db?host={tmp_path}")
    with pytest.raises(WarehouseError, match="cannot open the warehouse: ") as raised:
        Loader(warehouse, orders_table()).load([], load_id="1")
    assert "sesame" not in str(raised.value)
    broken = postgres_warehouse("postgresql://joe:ses%ame@localhost/db")
    with pytest.raises(ConfigurationError, match="percent-encoded") as raised_too:
        Loader(broken, orders_table()).load([], load_id="1")
    assert "ame" not in str(raised_too.value).replace("name", "")


def test_a_connection_that_is_cut_changes_nothing(place: Place) -> None:
    place.orders().load([order(1)], load_id="1")

    def records() -> Iterator[Any]:
        yield from map(order, range(5_000))
        place.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'portwright' AND datname = current_database()"
        )

    with pytest.raises(WarehouseError, match="load '2' of orders is not published: "):
        place.orders().load(records(), load_id="2")
    assert place.ids() == ["o1"]
    assert place.orders().load([order(2)], load_id="2").status == "published"
    assert place.ledger()[-1] == ("2", "replace", "published", 2, 1)


def test_who_may_only_write_loads_into_what_is_there(place: Place) -> None:
    bad = [order(1), order(2, -1)]
    place.orders().load(bad, load_id="1", on_bad_rows="quarantine", keep=0)
    place.query("DROP ROLE IF EXISTS writer")
    place.query("CREATE ROLE writer LOGIN")
    place.query("GRANT USAGE ON SCHEMA sales TO writer")
    place.query("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sales TO writer")
    writer = Place("postgres", place.at.replace("user=postgres", "user=writer"))
    many = [order(1), *(order(n, -n) for n in range(2, 1_503))]
    load = writer.orders().load(many, load_id="2", on_bad_rows="quarantine", keep=0)
    assert (load.rows, load.rejected) == (1, 1_501)
    assert len(place.put_aside()) == 1_502
    with pytest.raises(WarehouseError, match="permission denied for schema sales"):
        writer.orders().load([order(3)], load_id="3")
    assert place.ids() == ["o1"]
    place.query("DROP OWNED BY writer; DROP ROLE writer")


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """Processes that are started within can write no longer files, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_of_the_server_changes_nothing() -> None:
    programs = servers.binaries()
    assert programs is not None
    count = 40_000
    columns = {
        "order_id": pyarrow.array([f"o{n}" for n in range(count)]),
        "total": pyarrow.array([Decimal(2)] * count, pyarrow.decimal128(12, 2)),
        "card": pyarrow.array([f"{n:0500}" for n in range(count)]),
    }
    with ExitStack() as stack:
        with small_files(17 << 20):  # files of the server's own log have 16 MiB
            server = Place("postgres", stack.enter_context(servers.running(programs)))
        server.orders().load([order(1)], load_id="1")
        with pytest.raises(WarehouseError, match="'2' of orders is not published: could not"):
            server.orders().load(pyarrow.table(columns), load_id="2")
        assert server.ids() == ["o1"]
        assert [status for _, _, status, *_ in server.ledger()] == ["published", "failed"]
        assert server.orders().load([order(2)], load_id="2").rows == 1
        assert server.ids() == ["o2"]


SPOOLED = """
    import resource, signal, sys
    from portwright_runtime.errors import WarehouseError
    from portwright_runtime.loading import spool
    from portwright_runtime.warehouses.postgres import postgres_warehouse
    from support.tables import Loader, order, orders_table

    spool.MEMORY_LIMIT = "20MB"
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # too much is an error, as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    rows = (order(n, card=f"card {n * 7919:0300}") for n in range(100_000))
    try:
        loader = Loader(postgres_warehouse(sys.argv[1]), orders_table())
        loader.load(rows, load_id="2")
    except WarehouseError as error:
        print(error, flush=True)
"""


def test_a_full_folder_of_temporary_files_changes_nothing(place: Place) -> None:
    place.orders().load([order(1)], load_id="1")
    with processes.program(SPOOLED, place.at) as process:
        said = processes.line(process)
        process.wait(processes.PATIENCE)
    assert said.startswith("cannot stage the rows of orders: IO Error: Could not write file")
    assert said.endswith("; free some space there")
    assert place.ids() == ["o1"]
    assert place.orders().load([order(2)], load_id="2").status == "published"


def test_a_text_that_postgres_cannot_hold_is_told(place: Place) -> None:
    with pytest.raises(WarehouseError, match=r"U\+0000, which PostgreSQL cannot hold"):
        place.orders().load([order(1, card="a\0b")], load_id="1")
