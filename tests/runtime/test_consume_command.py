"""`portwright-runtime consume`: consumers as a process of their own."""

from __future__ import annotations

import signal
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from portwright_runtime.cli import main
from support import processes
from support.kafka import Broker
from support.servers import free_ports
from support.shoes_port import CobblerPort, Shoe

PROGRAM = "import sys; from portwright_runtime.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's folder, with an embedded stream that holds a shoe."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_STREAM", f"sqlite:{tmp_path}/stream.db")
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    Path("handlers_of_a_shop.py").write_text(
        "from support.shoes_port import Shelf\n"
        "class Printing(Shelf):\n"
        "    def on_shoe(self, shoe, event):\n"
        "        print(self.group, shoe.sku, flush=True)\n"
        "def other():\n"
        "    return Printing('other')\n"
        "nothing = 7\n"
    )
    with CobblerPort.open() as port:
        port.shoes.publish(Shoe(sku="A", size=42))


def test_classes_and_functions_are_run(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    names = ("handlers_of_a_shop:Printing", "handlers_of_a_shop:other")
    assert main(["consume", *names, "--until-idle"]) == 0
    said = capfd.readouterr()
    assert sorted(said.out.splitlines()) == ["other A", "printing A"]
    assert said.err.splitlines()[-1] == "2 handled"
    sys.modules.pop("handlers_of_a_shop")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("handlers", "name it as module:name"),
        ("no_such_module:X", "there is no module no_such_module"),
        ("handlers_of_a_shop:None_", "there is no None_ in handlers_of_a_shop"),
        ("handlers_of_a_shop:nothing", "it is no consumer, and gives none"),
        ("support.shoes_port:ShoesConsumer", "it does not handle everything: on_shoe"),
    ],
)
def test_what_is_no_consumer_is_said(
    name: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert main(["consume", name]) == 1
    assert told in capsys.readouterr().err
    sys.modules.pop("handlers_of_a_shop", None)


def test_its_health_and_figures_are_served(kafka: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = "cobbler.shoes"
    with_topic = topic in kafka.admin().list_topics(timeout=30).topics
    if not with_topic:
        kafka.topic(topic)
    monkeypatch.setenv("PORTWRIGHT_STREAM", kafka.url)
    (port,) = free_ports(1)

    def asked(place: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{place}") as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, ""
        except OSError:
            return 0, ""

    arguments = ("consume", "handlers_of_a_shop:Printing", "--metrics-port", port)
    with processes.program(PROGRAM, *arguments) as consumer:
        processes.until(lambda: asked("livez") == (200, "ok\n"))
        processes.until(lambda: asked("readyz") == (200, "ok\n"))
        with CobblerPort.open() as shoes:
            shoes.shoes.publish(Shoe(sku="K", size=42))
        assert processes.line(consumer) == "printing K"
        processes.until(lambda: "messaging_client_consumed_messages_total" in asked("metrics")[1])
        consumer.send_signal(signal.SIGTERM)
        processes.finished(consumer)
