"""`portwright-runtime load`: one load, for who runs it by the clock."""

from __future__ import annotations

import json
import re
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from portwright_runtime.cli import main
from support import processes

ORDERS = (
    *(("portwright_contract", "checkout"), ("portwright_major", "1")),
    ("portwright_object", "orders"),
)
DOCS = Path(__file__).parents[2] / "docs" / "tables.md"

LOADS = """
import signal
from datetime import date
from decimal import Decimal
from typing import Any
from portwright_runtime import arrow, open_warehouse
from portwright_runtime.record import Record
from portwright_runtime.service_level import ServiceLevel
from portwright_runtime.types import StrictText
from portwright_runtime.warehouse import Column, Dialect
from support.tables import Loader, order, orders_table

def port():
    return Loader(open_warehouse(), orders_table())

def good(load_id):
    return port().load([order(1), order(2)], load_id=load_id)

class Reading(Record):
    id: StrictText
    day: Any

def dated(load_id):
    table = orders_table(
        record=Reading,
        columns=(Column("id", arrow.STRING, "id"), Column("day", arrow.DATE, "day")),
        dialects={
            "duckdb": Dialect(
                ("r",),
                (("id", "VARCHAR"), ("day", "DATE")),
                ("CREATE TABLE r (id VARCHAR, day DATE)",),
            )
        },
        primary_key=("id",), unique=(), checks=(), checks_all=False, latest_by="day",
        sla=ServiceLevel("0 20 * * *", 86_400, 0.5, timestamp="day"),
        supported_until="2027-01-31",
    )
    return Loader(open_warehouse(), table).load(
        [Reading.model_construct(id="a", day=date(2026, 11, 22))], load_id=load_id
    )

def several(load_id):
    return [good(load_id), good(load_id)]

def spotted(load_id):
    rows = [order(1), order(2, -1)]
    return port().load(rows, load_id=load_id, on_bad_rows="quarantine")

def bad(load_id):
    return port().load([order(2, -1)], load_id=load_id)

def endless(load_id):
    def rows():
        yield order(1)
        print("here", flush=True)
        input()
    return port().load(rows(), load_id=load_id)

def interrupted(load_id):
    try:
        signal.raise_signal(signal.SIGTERM)
    except BaseException:
        raise RuntimeError("a driver was interrupted")

def nothing(load_id):
    return None

seven = 7
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_WAREHOUSE", f"duckdb:{tmp_path}/warehouse.duckdb")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "loads_of_a_shop", raising=False)
    Path("loads_of_a_shop.py").write_text(LOADS)


def load(function: str, *words: str) -> int:
    return main(["load", f"loads_of_a_shop:{function}", *words])


def ids() -> list[str]:
    with duckdb.connect("warehouse.duckdb") as connection:
        found = connection.execute("SELECT load_id FROM sales._portwright_loads").fetchall()
    return [each for (each,) in found]


def test_a_load_is_told_and_repeated_without_harm(capsys: pytest.CaptureFixture[str]) -> None:
    assert load("good", "--for", "2026-11-22") == 0
    assert capsys.readouterr().err == "orders 2026-11-22: published, 2 rows\n"
    assert load("good", "--load-id", "2026-11-22") == 0
    assert capsys.readouterr().err == "orders 2026-11-22: unchanged, 2 rows\n"
    assert load("several") == 0
    assert len(ids()) == 2


def test_rows_that_were_put_aside_have_a_code_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert load("spotted", "--load-id", "1") == 3
    assert capsys.readouterr().err == "orders 1: published, 1 rows, 1 rejected\n"


def test_a_load_that_fails_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert load("bad", "--metrics-file", "bad.prom") == 1
    said = capsys.readouterr().err
    assert said.startswith("error: checkout 1.2.0, orders: total: must be ≥ 0, broken by 1 row")
    assert not Path("bad.prom").exists()


def test_figures_are_written_for_prometheus() -> None:
    before = time.time()
    assert load("spotted", "--load-id", "1", "--metrics-file", "orders.prom") == 3
    found = figures("orders.prom")
    rows = found["portwright_load_last_rows"]
    assert {dict(labels)["portwright_outcome"]: count for labels, count in rows.items()} == {
        "written": 1,
        "rejected": 1,
        "superseded": 0,
        "deleted": 0,
    }
    assert before <= found["portwright_load_last_success_seconds"][ORDERS] <= time.time()
    assert 0 <= found["portwright_load_last_duration_seconds"][ORDERS] < time.time() - before
    assert [each.name for each in Path().glob("*orders.prom*")] == ["orders.prom"]


def test_the_promise_is_beside_the_figures() -> None:
    assert load("dated", "--metrics-file", "orders.prom") == 0
    found = figures("orders.prom")
    newest = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    assert found["portwright_load_newest_seconds"] == {ORDERS: newest}
    assert found["portwright_load_promised_frequency_seconds"] == {ORDERS: 86_400}
    assert found["portwright_load_promised_freshness_seconds"] == {ORDERS: 86_400.5}
    assert found["portwright_end_of_support_timestamp_seconds"] == {
        ORDERS: datetime(2027, 2, 1, tzinfo=UTC).timestamp()
    }
    # As it is there already, its watermark tells.
    assert load("dated", "--metrics-file", "again.prom") == 0
    assert figures("again.prom")["portwright_load_newest_seconds"] == {ORDERS: newest}
    assert load("good", "--load-id", "1", "--metrics-file", "good.prom") == 0
    unknown = ("promised", "newest", "end_of_support")
    assert not [name for name in figures("good.prom") if any(each in name for each in unknown)]


def figures(path: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    from prometheus_client.parser import text_string_to_metric_families

    return {
        family.name: {tuple(sorted(each.labels.items())): each.value for each in family.samples}
        for family in text_string_to_metric_families(Path(path).read_text("utf-8"))
    }


def test_alerts_of_the_docs_ask_for_figures_that_there_are() -> None:
    rules = "\n".join(re.findall(r"```yaml\n(groups:.*?)```", DOCS.read_text("utf-8"), re.S))
    alerts = [each for group in yaml.safe_load(rules)["groups"] for each in group["rules"]]
    assert len(alerts) == 3
    bare = [re.sub(r"{.*?}", "", each["expr"]) for each in alerts]
    asked = {name for each in bare for name in re.findall(r"portwright_\w+", each)}
    load("dated", "--metrics-file", "orders.prom")
    assert asked and asked <= figures("orders.prom").keys()
    labels = {name for each in alerts for name in re.findall(r"\$labels\.(\w+)", str(each))}
    assert labels == {"portwright_contract", "portwright_object"}


def test_quiet_tells_only_what_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert load("good", "--load-id", "1", "--quiet") == 0
    assert capsys.readouterr().err == ""
    assert load("bad", "--load-id", "2", "--quiet") == 1
    assert "must be ≥ 0" in capsys.readouterr().err


def test_a_terminal_sees_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert load("good", "--load-id", "1") == 0
    shown = capsys.readouterr().err
    assert "\x1b[K[....................] orders 1: 0 of 2 rows (0%), 0/s\r" in shown
    assert shown.endswith("\x1b[Korders 1: published, 2 rows\n")
    assert load("good", "--load-id", "2", "--quiet") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing"], "it is to give what `load` gives"),
        (["seven"], "it is no function"),
        (["no_such"], "there is no no_such in loads_of_a_shop"),
        (["good", "--for", "2026-11-22", "--load-id", "1"], "say the same thing"),
        (["good", "--metrics-file", "no/such/folder.prom"], "cannot write"),
    ],
)
def test_wrong_use_is_told(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(*words) == 1
    assert told in capsys.readouterr().err


COMMAND = """
    import sys
    from portwright_runtime.cli import script
    sys.path.insert(0, ".")
    sys.argv[0] = "portwright-runtime"
    script()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_ends_the_load_and_says_so(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Path("events.json")
    transport = {"type": "file", "log_file_path": str(events), "append": True}
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", json.dumps(transport))
    words = ["load", "loads_of_a_shop:endless", "--load-id", "1", "--metrics-file", "orders.prom"]
    with processes.program(COMMAND, *words) as command:
        assert processes.line(command) == "here"
        command.send_signal(number)
        assert command.wait(processes.PATIENCE) == 128 + number
        said = processes.complaints(command)
    assert said.endswith(f"loads_of_a_shop:endless: stopped by {number.name}\n")
    assert "Traceback" not in said
    start, abort = map(json.loads, events.read_text().splitlines())
    assert (start["eventType"], abort["eventType"]) == ("START", "ABORT")
    assert not Path("orders.prom").exists()
    with duckdb.connect("warehouse.duckdb") as connection:
        question = "SELECT load_id, status FROM sales._portwright_loads"
        assert connection.execute(question).fetchall() == [("1", "failed")]
    assert load("good", "--load-id", "1") == 0


def test_what_drivers_make_of_a_signal_is_that_signal(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as raised:
        load("interrupted", "--load-id", "1")
    assert raised.value.code == 128 + signal.SIGTERM
    assert capsys.readouterr().err == "loads_of_a_shop:interrupted: stopped by SIGTERM\n"
    assert signal.getsignal(signal.SIGTERM) is before
