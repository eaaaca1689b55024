"""The warehouse in ClickHouse: a table takes the place of another, or does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from portwright_runtime import open_warehouse
from portwright_runtime.errors import ConfigurationError, ContractViolation, WarehouseError
from portwright_runtime.warehouse import Load, Terms
from portwright_runtime.warehouses import clickhouse_exchange
from portwright_runtime.warehouses.clickhouse import ClickHouseAttempt
from portwright_runtime.warehouses.clickhouse_address import read_address
from portwright_runtime.warehouses.clickhouse_ledger import ClickHouseLedger
from portwright_runtime.warehouses.clickhouse_server import Server, ServerError
from support import clickhouse_http, processes
from support.tables import CREATE_CLICKHOUSE, Loader, order, orders_table
from support.warehouses import Place

CANARY = "4111 1111 1111 1111"
SEEN = "SELECT count(), toInt64(min(total)), toInt64(max(total)) FROM sales.orders"


@pytest.fixture
def server(clickhouse_http: clickhouse_http.Server) -> clickhouse_http.Server:
    return clickhouse_http


@pytest.fixture
def place(server: clickhouse_http.Server) -> Place:
    return Place("clickhouse", server.url("default"))


def beside(server: clickhouse_http.Server) -> list[str]:
    """What is beside the table, but for the ledger: the kinds of our tables."""
    found = server.query("SELECT name FROM system.tables WHERE database = 'sales' ORDER BY 1")
    ours = [name.removeprefix("_portwright_") for (name,) in found if name != "orders"]
    return [name.partition("_")[0] for name in ours if name != "loads"]


# ------------------------------------------------------------------ kill, read


PROGRAM = """
    import sys
    from portwright_runtime import open_warehouse
    from portwright_runtime.loading import audit
    from portwright_runtime.warehouses.clickhouse_change import Change
    from portwright_runtime.warehouses.clickhouse_exchange import Exchange
    from portwright_runtime.warehouses.clickhouse_ledger import ClickHouseLedger
    from support.tables import Loader, order, orders_table
    at, step, mode = sys.argv[1:]

    def stop(*given, **named):
        print("here", flush=True)
        sys.stdin.readline()

    def stops(owner, name, before):
        whole = getattr(owner, name)
        def stopping(*given, **named):
            if before:
                stop()
            found = whole(*given, **named)
            if not before:
                stop()
            return found
        setattr(owner, name, stopping)

    def records():
        yield from (order(n, 2) for n in range(2_000))
        if step == "stage":
            stop()

    match step:
        case "audit": stops(audit, "findings", True)
        case "staged": stops(Change, "stage", False)
        case "made": stops(Change, "made", False)
        case "publishing": stops(ClickHouseLedger, "publishing", False)
        case "flag": stops(Exchange, "_settle", True)
        case "exchanged": stops(Exchange, "put", False)
        case "ledger": stops(ClickHouseLedger, "published", True)
    Loader(open_warehouse(at), orders_table()).load(records(), load_id="2", mode=mode)
    if step == "after":
        stop()
"""
STEPS = [
    ("stage", "replace"),
    ("audit", "upsert"),
    ("staged", "replace"),
    ("made", "upsert"),
    ("publishing", "replace"),
    ("flag", "replace"),
    ("flag", "upsert"),
    ("exchanged", "replace"),
    ("exchanged", "upsert"),
    ("ledger", "upsert"),
    ("after", "replace"),
]


def killed(place: Place, step: str, mode: str) -> None:
    with processes.program(PROGRAM, place.at, step, mode) as victim:
        assert processes.line(victim) == "here"
        victim.kill()
        victim.wait(processes.PATIENCE)


@pytest.mark.parametrize(("step", "mode"), STEPS)
def test_a_process_killed_at_any_step_leaves_a_whole_table(
    server: clickhouse_http.Server, place: Place, step: str, mode: str
) -> None:
    place.orders().load([order(n) for n in range(2_000)], load_id="1")
    killed(place, step, mode)
    there = step in ("exchanged", "ledger", "after")
    whole = 2 if there else 1
    assert server.query(SEEN) == [(2_000, whole, whole)]
    load = place.orders().load((order(n, 2) for n in range(2_000)), load_id="2", mode=mode)
    assert load.rows == 2_000
    assert load.status == ("unchanged" if there else "published")
    assert server.query(SEEN) == [(2_000, 2, 2)]
    assert beside(server) == ["undo"]
    assert place.ledger("load_id, status")[-1] == ("2", "published")
    assert place.orders().roll_back() == "2"
    assert server.query(SEEN) == [(2_000, 1, 1)]


@pytest.mark.parametrize("step", ["flag", "exchanged"])
def test_another_load_settles_what_a_killed_one_left(
    server: clickhouse_http.Server, place: Place, step: str
) -> None:
    place.orders().load([order(n) for n in range(2_000)], load_id="1")
    killed(place, step, "upsert")
    place.orders().load([order(9_999, 2)], load_id="3", mode="append", keep=2)
    least = 2 if step == "exchanged" else 1
    assert server.query(SEEN) == [(2_001, least, 2)]
    statuses = dict(place.ledger("load_id, status"))
    assert statuses["2"] == ("published" if step == "exchanged" else "publishing")
    assert place.orders().roll_back() == "3"
    if step == "exchanged":
        assert place.orders().roll_back() == "2"
    assert server.query(SEEN) == [(2_000, 1, 1)]


def test_what_is_left_behind_is_dropped_after_a_while(
    server: clickhouse_http.Server, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.orders().load([order(n) for n in range(2_000)], load_id="1")
    killed(place, "flag", "upsert")
    place.orders().load([order(1)], load_id="3")
    left = ["older", "staged", "gone"]
    assert set(beside(server)) >= {"staged", "gone", "undo"}
    monkeypatch.setattr(clickhouse_exchange, "IDLE_SECONDS", -5)
    place.orders().load([order(1)], load_id="4")
    assert not set(left) & set(beside(server))
    assert beside(server) == ["undo"]


def test_readers_never_see_an_empty_partial_or_mixed_table(
    server: clickhouse_http.Server, place: Place
) -> None:
    orders = place.orders()
    orders.load((order(n, 0) for n in range(3_000)), load_id="0")
    done = threading.Event()
    seen: list[tuple[Any, ...]] = []

    def read() -> None:
        while not done.is_set():
            seen.extend(server.query(SEEN))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for version in range(1, 7):
            mode = "replace" if version % 2 else "upsert"
            orders.load((order(n, version) for n in range(3_000)), load_id=str(version), mode=mode)
    finally:
        done.set()
        reader.join(60)
    assert {count for count, _, _ in seen} == {3_000}
    assert all(least == most for _, least, most in seen)
    assert len({least for _, least, _ in seen}) > 1


# ----------------------------------------------------------------- at one time


def test_of_one_load_at_the_same_time_one_is_published(place: Place) -> None:
    place.orders().load([order(9_999)], load_id="0")
    loads = together(place, ["1"] * 4, lambda number: map(order, range(500)))
    assert sorted(each.status for each in loads) == ["published", *["unchanged"] * 3]
    assert len(place.ids()) == 501


@pytest.mark.parametrize("before", [False, True])
def test_loads_at_the_same_time_are_all_there(place: Place, before: bool) -> None:
    if before:
        place.orders().load([order(9_999)], load_id="first")
    loads = together(
        place,
        ["0", "1", "2", "3"],
        lambda number: map(order, range(number * 100, number * 100 + 100)),
    )
    assert [each.status for each in loads] == ["published"] * 4
    assert len(place.ids()) == 400 + before


def together(place: Place, load_ids: list[str], rows: Any) -> list[Load]:
    """Appends that begin, and publish, at the same time."""
    barrier = threading.Barrier(len(load_ids))
    loads: list[Load] = []

    def run(number: int, load_id: str) -> None:
        def records() -> Iterator[Any]:
            yield from rows(number)
            barrier.wait(30)

        loads.append(place.orders().load(records(), load_id=load_id, mode="append"))

    threads = [threading.Thread(target=run, args=each) for each in enumerate(load_ids)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return loads


def test_a_replacement_does_not_undo_a_load_that_began_later(place: Place) -> None:
    place.orders().load([order(1)], load_id="0")
    early, late = (attempt(place, each) for each in ("early", "late"))
    assert late.publish().status == "published"
    with pytest.raises(WarehouseError, match=r"'early' .* load 'late' .* began later"):
        early.publish()
    early.discard()
    late.discard()
    assert place.ledger("status") == [("published",), ("failed",), ("published",)]


def attempt(place: Place, load_id: str) -> ClickHouseAttempt:
    begun = place.open().begin(orders_table(), Terms(load_id, allow_empty=True))
    assert isinstance(begun, ClickHouseAttempt)
    return begun


def test_rows_that_somebody_else_writes_meanwhile_stay(
    server: clickhouse_http.Server, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.orders().load([order(1)], load_id="1")
    put, tries = clickhouse_exchange.Exchange.put, []

    def after_a_write(self: Any, *given: Any) -> bool:
        if not tries:
            server.query("INSERT INTO sales.orders VALUES ('x', 1, NULL)")
        tries.append(put(self, *given))
        return tries[-1]

    monkeypatch.setattr(clickhouse_exchange.Exchange, "put", after_a_write)
    place.orders().load([order(2)], load_id="2", mode="append")
    assert tries == [False, True]
    assert place.ids() == ["o1", "o2", "x"]


def test_a_mutation_that_is_under_way_is_not_lost(
    server: clickhouse_http.Server, place: Place
) -> None:
    place.orders().load([order(1)], load_id="1")
    server.query("SYSTEM STOP MERGES sales.orders")
    server.query("ALTER TABLE sales.orders UPDATE total = 7 WHERE true SETTINGS mutations_sync = 0")
    with pytest.raises(WarehouseError, match="the table has a mutation under way"):
        place.orders().load([order(2)], load_id="2", mode="append")
    server.query("SYSTEM START MERGES sales.orders")
    server.query("ALTER TABLE sales.orders DELETE WHERE false SETTINGS mutations_sync = 1")
    place.orders().load([order(2)], load_id="2", mode="append")
    assert server.query(SEEN) == [(2, 1, 7)]


@pytest.mark.parametrize("happens", [False, True])
def test_where_no_answer_comes_to_the_last_step_loading_again_ends_it(
    server: clickhouse_http.Server,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    happens: bool,
) -> None:
    place.orders().load([order(1)], load_id="1")
    run = Server.run

    def unanswered(self: Server, statement: str) -> None:
        if not statement.startswith("EXCHANGE"):
            run(self, statement)
            return
        if happens:
            run(self, statement)
        raise ServerError("the server does not answer", None)

    with monkeypatch.context() as patched:
        patched.setattr(Server, "run", unanswered)
        with pytest.raises(WarehouseError, match="it is not known whether load '2' of orders is"):
            place.orders().load([order(2)], load_id="2", mode="append")
    assert place.ledger("status")[-1] == ("published" if happens else "failed",)
    assert beside(server) == ["undo"] * happens
    load = place.orders().load([order(2)], load_id="2", mode="append")
    assert load.status == ("unchanged" if happens else "published")
    assert place.ids() == ["o1", "o2"]


@pytest.mark.parametrize("step", ["put", "undone"])
def test_who_dies_while_undoing_has_undone_a_load_or_not(
    server: clickhouse_http.Server, place: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for number in range(4):
        place.orders().load([order(number)], load_id=str(number), keep=9)

    def dies(*given: Any) -> None:
        raise ServerError("cut", None)

    with monkeypatch.context() as patched:
        owner = clickhouse_exchange.Exchange if step == "put" else ClickHouseLedger
        patched.setattr(owner, "_settle" if step == "put" else "undone", dies)
        with pytest.raises(WarehouseError, match="cannot undo a load of orders: cut"):
            place.orders().roll_back()
    assert place.ids() == ["o3" if step == "put" else "o2"]
    place.orders().load([order(4)], load_id="4", keep=9)
    assert dict(place.ledger("load_id, status"))["3"] == (
        "published" if step == "put" else "undone"
    )
    undone = [place.orders().roll_back() for _ in range(3 if step == "put" else 2)]
    assert undone == (["4", "3", "2"] if step == "put" else ["4", "2"])
    assert place.ids() == ["o1"]


# ---------------------------------------------------------------------- tables


def test_views_comments_and_how_a_table_is_made_survive(
    server: clickhouse_http.Server, place: Place
) -> None:
    orders = place.orders()
    orders.load([order(1)], load_id="1")
    server.query("CREATE VIEW sales.big AS SELECT order_id FROM sales.orders WHERE total > 1")
    for change in (
        "MODIFY COMMENT 'kept'",
        "ADD INDEX i card TYPE bloom_filter",
        "MODIFY SETTING merge_with_ttl_timeout = 7200",
    ):
        server.query(f"ALTER TABLE sales.orders {change}")
    made = "SELECT create_table_query FROM system.tables WHERE name = 'orders'"
    before = server.query(made)
    for mode in ("replace", "append"):
        orders.load([order(len(mode), 5)], load_id=mode, mode=mode)
        assert server.query(made) == before
    assert server.query("SELECT * FROM sales.big ORDER BY 1") == [("o6",), ("o7",)]


@pytest.mark.parametrize(
    ("columns", "difference"),
    [
        ("order_id String, card Nullable(String)", r"column total \(Decimal\(12, 2\)\) is missing"),
        (
            "order_id String, total Float64, card Nullable(String)",
            r"column total is Float64 where the contract says Decimal\(12, 2\)",
        ),
        (
            "order_id String, total Decimal(12, 2), card String",
            r"column card is String where the contract says Nullable\(String\)",
        ),
        (
            "order_id String, total Decimal(12, 2), card Nullable(String), more Int8",
            "column more is not in the contract",
        ),
    ],
)
def test_a_table_of_another_version_is_an_error_that_says_where(
    server: clickhouse_http.Server, place: Place, columns: str, difference: str
) -> None:
    server.query("CREATE DATABASE sales")
    server.query(f"CREATE TABLE sales.orders ({columns}) ENGINE = MergeTree ORDER BY tuple()")
    with pytest.raises(WarehouseError, match=f"sales.orders is not .*checkout 1.2.0: {difference}"):
        place.orders().load([order(1)], load_id="1")
    assert place.tables() == ["orders"]


def test_a_table_that_only_lacks_what_is_optional_comes_with_its_migration(
    server: clickhouse_http.Server, place: Place
) -> None:
    server.query("CREATE DATABASE sales")
    server.query(CREATE_CLICKHOUSE.replace(",\n    card Nullable(String)", ""))
    with pytest.raises(WarehouseError) as raised:
        place.orders().load([order(1)], load_id="1")
    _, _, migration = str(raised.value).partition("load again: ")
    server.query(migration)
    assert place.orders().load([order(1)], load_id="1").rows == 1


@pytest.mark.parametrize(
    ("made", "match"),
    [
        ("VIEW sales.orders AS SELECT 1 AS order_id", "is a table of engine view, and rows go"),
        ("TABLE sales.orders (order_id String) ENGINE = Memory", "is a table of engine memory"),
    ],
)
def test_rows_go_to_tables_of_one_server(
    server: clickhouse_http.Server, place: Place, made: str, match: str
) -> None:
    server.query("CREATE DATABASE sales")
    server.query(f"CREATE {made}")
    with pytest.raises(WarehouseError, match=match):
        place.orders().load([order(1)], load_id="1")


def test_tables_are_only_exchanged_where_that_is_one_step(
    server: clickhouse_http.Server, place: Place
) -> None:
    server.query("CREATE DATABASE sales ENGINE = Memory")
    with pytest.raises(WarehouseError, match="the database sales has the engine Memory: loads"):
        place.orders().load([order(1)], load_id="1")
    server.query("DROP DATABASE sales")


def test_a_constraint_of_the_table_refuses_without_showing_the_row(
    server: clickhouse_http.Server, place: Place
) -> None:
    server.query("CREATE DATABASE sales")
    made = "card Nullable(String), CONSTRAINT short CHECK ifNull(length(card) < 9, true)"
    server.query(CREATE_CLICKHOUSE.replace("card Nullable(String)", made))
    with pytest.raises(WarehouseError, match="VIOLATED_CONSTRAINT: a type or") as raised:
        place.orders().load([order(1, card=CANARY)], load_id="1")
    assert CANARY not in str(raised.value)
    assert raised.value.__suppress_context__
    assert place.ids() == []
    assert beside(server) == []


def test_a_table_may_have_any_number_of_partitions(
    server: clickhouse_http.Server, place: Place
) -> None:
    server.query("CREATE DATABASE sales")
    server.query(CREATE_CLICKHOUSE.replace("ORDER BY", "PARTITION BY order_id ORDER BY"))
    load = place.orders().load(map(order, range(101)), load_id="1", mode="append")
    assert load.rows == 101


def test_hostile_names_and_texts_are_only_text(
    server: clickhouse_http.Server, place: Place
) -> None:
    texts = [
        "",
        "'",
        "\\",
        "`",
        "\n",
        "\x00",
        "\\N",
        "{x:String}",
        "'; DROP TABLE x; --",
        "é😀",
        "\t",
    ]
    load_id = "'; DROP \\ {x:String} `"
    bad = {"order_id": "\\' {x:String}", "total": "no number"}
    rows = [*(order(n, card=text) for n, text in enumerate(texts)), bad]
    place.orders().load(rows, load_id=load_id, on_bad_rows="quarantine")
    found = server.query("SELECT card FROM sales.orders ORDER BY toInt32(substr(order_id, 2))")
    assert [card for (card,) in found] == texts
    assert place.ledger("load_id") == [(load_id,)]
    assert [row[0] for row in place.put_aside()] == [load_id]
    assert place.orders().load([], load_id=load_id).status == "unchanged"


def test_bad_rows_are_those_of_the_attempt_that_is_published(place: Place) -> None:
    bad = [order(1), order(2, -1), {"order_id": "o3"}]
    place.orders().load([order(7)], load_id="0")
    with pytest.raises(ContractViolation):
        place.orders().load([order(7), *bad], load_id="1", mode="append", on_bad_rows="quarantine")
    assert place.put_aside() == []
    place.orders().load(bad, load_id="1", mode="append", on_bad_rows="quarantine")
    assert [row for _, row, *_ in place.put_aside()] == [2, 3]


def test_a_table_that_was_put_in_place_by_hand_is_not_undone(
    server: clickhouse_http.Server, place: Place
) -> None:
    place.orders().load([order(1)], load_id="1")
    server.query("CREATE TABLE sales.mine CLONE AS sales.orders")
    server.query("EXCHANGE TABLES sales.mine AND sales.orders")
    with pytest.raises(WarehouseError, match="somebody put another in its place"):
        place.orders().roll_back()
    assert place.orders().load([], load_id="1").status == "unchanged"


# --------------------------------------------------------------------- address


def test_a_server_that_is_away_says_so(caplog: pytest.LogCaptureFixture) -> None:
    url = "clickhouse://joe:sesame@127.0.0.1:1/db?connect_timeout=1"
    with pytest.raises(WarehouseError) as raised:
        Loader(open_warehouse(url), orders_table()).load([], load_id="1")
    told = str(raised.value)
    assert told.endswith(": the server at 127.0.0.1:1 does not answer: Connection refused")
    # The driver's own log tells the same with a traceback, to others that use it.
    assert not [each for each in caplog.records if each.exc_info]
    assert "sesame" not in told + caplog.text
    with pytest.raises(OperationalError):
        clickhouse_connect.get_client(dsn=url.replace("clickhouse:", "http:"))
    assert [each for each in caplog.records if each.exc_info or "Unexpected" in each.message]


def test_users_and_passwords_are_those_of_the_url_or_the_environment(
    server: clickhouse_http.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"clickhouse://joe@{server.address}/default"
    with pytest.raises(WarehouseError, match="Authentication failed"):
        Loader(open_warehouse(url), orders_table()).load([order(1)], load_id="1")
    monkeypatch.setenv("CLICKHOUSE_PASSWORD", clickhouse_http.PASSWORD)
    Loader(open_warehouse(url), orders_table()).load([order(1)], load_id="1")
    named = f"clickhouse://joe:{'se%25same'}@{server.address}/default"
    monkeypatch.delenv("CLICKHOUSE_PASSWORD")
    assert Loader(open_warehouse(named), orders_table()).load([], load_id="1").rows == 1


@pytest.mark.parametrize(
    ("url", "match"),
    [
        ("clickhouse:", "takes a server: clickhouse://user@host"),
        ("clickhouse://joe:se%same@host:80:80/db", "percent-encoded, or it is CLICKHOUSE_PASSWORD"),
        ("clickhouse://host/db?secure=yes", "`secure=` of a clickhouse url is true or false"),
        ("clickhouse://host/db?pasword=sesame", "has no option 'pasword'; it has: secure, ca_cert"),
    ],
)
def test_urls_that_cannot_be_read(url: str, match: str) -> None:
    with pytest.raises(ConfigurationError, match=match) as raised:
        open_warehouse(url)
    assert "same" not in str(raised.value)


def test_ports_and_databases_have_defaults() -> None:
    plain = read_address("//host", {}, secure=False)
    assert (plain.port, plain.user, plain.database, plain.secure) == (8123, "default", "default", 0)
    secure = read_address("//h/d?verify=false", {"CLICKHOUSE_USER": "joe"}, secure=True)
    assert (secure.port, secure.user, secure.secure) == (8443, "joe", True)
    assert secure.options == (("verify", "false"),)
    assert read_address("//h?secure=true", {}, secure=False).port == 8443
    assert "sesame" not in repr(read_address("//u:sesame@h", {}, secure=False))
