"""A Prometheus that watches the sample: what its relay, its loader and its consumer tell, and the
alerts that its contract is worth."""

from __future__ import annotations

import re
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support import outbox, processes, prometheus_server
from support.commands import portwright
from support.outbox import Database
from support.servers import free_ports

SAMPLE = Path(__file__).parents[2] / "samples" / "checkout"
ORDERS = 'messaging_destination_name="sales.checkout.orders.v1"'
TABLE = 'portwright_contract="checkout",portwright_object="orders",portwright_major="1"'

COMMAND = f"""
    import sys
    sys.path[:0] = [{str(SAMPLE)!r}, {str(SAMPLE / "src")!r}, "."]
    from portwright_runtime.cli import main
    sys.exit(main(sys.argv[1:]))
"""
ENQUEUE = f"""
    import sqlite3, sys
    sys.path[:0] = [{str(SAMPLE)!r}, {str(SAMPLE / "src")!r}]
    from checkout import database
    from checkout_port import CheckoutPort, mapping

    service = database.connect(":memory:")
    database.fill(service, 10)
    connection = sqlite3.connect(sys.argv[1])
    with CheckoutPort.open(sys.argv[2]) as port:
        for basket in database.paid_baskets(service):
            port.orders.enqueue(connection, mapping.order(*basket))
    connection.commit()
"""
LOADS = """
from checkout import database
from checkout_port import CheckoutPort, mapping

def orders(load_id):
    service = database.connect(":memory:")
    database.fill(service, 10)
    with CheckoutPort.open() as port:
        rows = [mapping.order(*basket) for basket in database.paid_baskets(service)]
        return port.orders.load(rows, load_id=load_id)
"""
CONFIG = """
version: 1
contracts: [checkout.odcs.yaml]
targets: [{target: slo, format: prometheus, out: gen}]
"""


def rules_of_the_contract(folder: Path, **promised: str) -> Path:
    """The rules that the sample's contract becomes, where alerts are told after two seconds, and
    where other lengths of time are promised."""
    contract = (SAMPLE / "contracts" / "checkout.odcs.yaml").read_text("utf-8")
    for name, length in promised.items():
        plain = re.compile(rf"property: {name}, value: [0-9]+, unit: [a-z]+")
        contract, count = plain.subn(f"property: {name}, value: {length}", contract)
        assert count == 1
    soon = "slaProperties:\n  - {property: timeToDetect, value: 2, unit: s}\n"
    (folder / "checkout.odcs.yaml").write_text(contract.replace("slaProperties:\n", soon))
    (folder / "portwright.yaml").write_text(CONFIG)
    done = portwright(folder, "generate")
    assert done.returncode == 0, done.stderr
    [found] = (folder / "gen").rglob("*.rules.yml")
    return found


@contextmanager
def files_of(folder: Path) -> Iterator[int]:
    """The port that a folder of metrics files is served on, as a node exporter serves them."""

    class Quiet(SimpleHTTPRequestHandler):
        extensions_map = {"": "text/plain; version=0.0.4"}  # noqa: RUF012  # as its base has it

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_the_alert_fires_without_a_relay_and_clears_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, stream = tmp_path / "service.db", f"sqlite:{tmp_path}/stream.db"
    outbox.run_script(Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_WAREHOUSE", f"duckdb:{tmp_path}/warehouse.duckdb")
    monkeypatch.setenv("PORTWRIGHT_STREAM", stream)
    (tmp_path / "loads.py").write_text(LOADS)
    rules = rules_of_the_contract(tmp_path)
    (tmp_path / "files").mkdir()
    relay_port, consumer_port = free_ports(2)
    relay = partial(
        processes.program,
        *(COMMAND, "relay", "--database", f"sqlite:{path}", "--stream", stream),
        *("--metrics-port", relay_port),
    )
    words = ("consume", "checkout_port.handlers:Fulfilment", "--metrics-port", consumer_port)
    with ExitStack() as stack:
        files_port = stack.enter_context(files_of(tmp_path / "files"))
        targets = {"relay": relay_port, "consumer": consumer_port, "loads": files_port}
        watching = stack.enter_context(prometheus_server.running(tmp_path, rules, targets))
        processes.run(COMMAND, "load", "loads:orders", "--metrics-file", "files/metrics")
        with processes.program(COMMAND, *words), relay() as first:
            processes.run(ENQUEUE, path, stream)
            assert_scraped(watching)
            # Rules of tables ask for the labels that the loader writes.
            assert f"portwright_load_last_success_seconds{{{TABLE}}}" in rules.read_text("utf-8")
            assert not watching.firing()
            first.send_signal(signal.SIGTERM)
            assert first.wait(processes.PATIENCE) == 0
            processes.until(lambda: "PortwrightRelayDown" in watching.firing())
            with relay():
                processes.until(lambda: not watching.firing())


def test_alerts_on_an_outbox_that_stands_and_a_table_that_is_old_fire_and_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, stream = tmp_path / "service.db", tmp_path / "stream.db"
    outbox.run_script(Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_WAREHOUSE", f"duckdb:{tmp_path}/warehouse.duckdb")
    monkeypatch.setenv("PORTWRIGHT_STREAM", f"sqlite:{stream}")
    (tmp_path / "loads.py").write_text(LOADS)
    (tmp_path / "files").mkdir()
    rules = rules_of_the_contract(tmp_path, latency="PT1S", frequency="PT6S")
    [relay_port] = free_ports(1)
    relay = (COMMAND, "relay", "--database", f"sqlite:{path}", "--stream", f"sqlite:{stream}")
    loading = (COMMAND, "load", "loads:orders", "--metrics-file", "files/metrics")
    with ExitStack() as stack:
        files_port = stack.enter_context(files_of(tmp_path / "files"))
        targets = {"relay": relay_port, "loads": files_port}
        watching = stack.enter_context(prometheus_server.running(tmp_path, rules, targets))
        stack.enter_context(processes.program(*relay, "--metrics-port", relay_port))

        def fires(alert: str) -> bool:
            return alert in watching.firing()

        processes.until(lambda: watching.value("portwright_relay_up") == 1)
        # Who writes holds the file: what the relay sends waits until it is let go.
        held = sqlite3.connect(stream, isolation_level=None)
        stack.callback(held.close)
        held.execute("BEGIN EXCLUSIVE")
        processes.run(ENQUEUE, path, f"sqlite:{tmp_path}/another.db")
        processes.until(lambda: fires("PortwrightOutboxStuck"))
        held.execute("ROLLBACK")
        processes.until(lambda: not fires("PortwrightOutboxStuck"))
        processes.run(*loading, "--load-id", "1")
        processes.until(lambda: fires("PortwrightNotLoaded"))
        processes.run(*loading, "--load-id", "2")
        processes.until(lambda: not fires("PortwrightNotLoaded"))


def assert_scraped(watching: prometheus_server.Server) -> None:
    """All figures are there, of all processes."""

    def is_(query: str, value: float) -> None:
        processes.until(lambda: watching.value(query) == value)

    is_("portwright_relay_up", 1)
    is_(f"portwright_outbox_rows{{{ORDERS}}} < bool 11", 1)
    for stage in ("relay", "consume"):
        labels = f'{ORDERS},stage="{stage}"'
        is_(f"portwright_delivery_latency_seconds_count{{{labels}}}", 10)
        is_(f'portwright_delivery_latency_seconds_bucket{{{labels},le="86400.0"}}', 10)
        is_(f"time() - portwright_delivery_newest_seconds{{{labels}}} < bool 60", 1)
    is_(f'messaging_client_sent_messages_total{{{ORDERS},messaging_operation_name="send"}}', 10)
    is_(f'messaging_client_consumed_messages_total{{{ORDERS},portwright_outcome="handled"}}', 10)
    is_(f'portwright_load_last_rows{{{TABLE},portwright_outcome="written"}}', 10)
    is_(f"time() - portwright_load_last_success_seconds{{{TABLE}}} < bool 60", 1)
    is_(f"portwright_load_promised_frequency_seconds{{{TABLE}}}", 86_400)
