"""Consuming from a real Kafka: members that die, move and fail lose nothing."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from portwright_runtime import run_consumers
from portwright_runtime.cli import main
from portwright_runtime.generated import Event, Outlets, Route, StreamDataset, routed
from support import processes
from support.kafka import Broker
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shelf, Shoe


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SESSION_TIMEOUT_MS", "6000")
    monkeypatch.setenv("PORTWRIGHT_KAFKA_HEARTBEAT_INTERVAL_MS", "500")


def publish(url: str, topic: str, count: int, start: int = 0) -> None:
    class Port(CobblerPort):
        def __init__(self, outlets: Outlets) -> None:
            super(CobblerPort, self).__init__(outlets)
            self.shoes = StreamDataset(outlets, replace(SHOES_TOPIC, name=topic))

    with Port.open(url) as port:
        port.shoes.publish_all(Shoe(sku=str(n), size=1) for n in range(start, start + count))


CONSUMER = """
    import sys
    from dataclasses import replace
    from portwright_runtime.generated import Route, routed
    from support.shoes_port import SHOES_TOPIC, Shelf
    url, topic, dies_at = sys.argv[1], sys.argv[2], int(sys.argv[3])
    class Mortal(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))
        count = 0
        def on_shoe(self, shoe, event):
            print(shoe.sku, flush=True)
            self.count += 1
            if self.count == dies_at:
                sys.stdin.readline()
    Mortal("g", url).run(until_idle=dies_at < 0)
"""


def test_members_killed_in_their_handlers_lose_nothing(kafka: Broker) -> None:
    topic = kafka.topic(partitions=6)
    publish(kafka.url, topic, 3000)
    seen: list[str] = []
    for _ in range(2):
        with processes.program(CONSUMER, kafka.url, topic, 400) as victim:
            seen += [processes.line(victim) for _ in range(400)]
            victim.kill()
            victim.wait(processes.PATIENCE)
    with ExitStack() as stack:
        heirs = [
            stack.enter_context(processes.program(CONSUMER, kafka.url, topic, -1)) for _ in range(2)
        ]
        publish(kafka.url, topic, 1000, start=3000)
        for each in heirs:
            seen += processes.finished(each).splitlines()
    counts = Counter(seen)
    lost = {str(n) for n in range(4000)} - counts.keys()
    twice = sum(count - 1 for count in counts.values())
    print(f"sent 4000, killed 2, lost {len(lost)}, handled twice {twice}")
    assert lost == set()
    # What comes twice was handled and not committed when a member died: a second's worth.
    assert twice <= 800


def test_members_that_come_and_go_handle_every_event(kafka: Broker) -> None:
    topic = kafka.topic(partitions=6)
    publish(kafka.url, topic, 2000)
    with ExitStack() as stack:
        first = stack.enter_context(processes.program(CONSUMER, kafka.url, topic, -1))
        seen = [processes.line(first)]
        second = stack.enter_context(processes.program(CONSUMER, kafka.url, topic, -1))
        publish(kafka.url, topic, 2000, start=2000)
        seen += processes.finished(first).splitlines()
        seen += processes.finished(second).splitlines()
        # Both may have been idle before the last were published.
        third = stack.enter_context(processes.program(CONSUMER, kafka.url, topic, -1))
        seen += processes.finished(third).splitlines()
    counts = Counter(seen)
    print(f"sent 4000, lost {4000 - len(counts)}, twice {sum(counts.values()) - len(counts)}")
    assert counts.keys() == {str(n) for n in range(4000)}
    # What was handled as a partition moved may come twice, where the group took no commit then.
    assert sum(counts.values()) <= 4100


def test_slow_handlers_keep_what_they_hold(kafka: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTWRIGHT_KAFKA_MAX_POLL_INTERVAL_MS", "6000")
    topic = kafka.topic(partitions=2)
    publish(kafka.url, topic, 80)

    class Slow(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))

        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            time.sleep(0.1)  # eight seconds in all
            super().on_shoe(shoe, event)

    slow, other = Slow("g", kafka.url), Slow("g", kafka.url)
    run_consumers(slow, other, until_idle=True)
    handled = Counter(slow.skus + other.skus)
    print(f"sent 80, handled {handled.total()}, twice {handled.total() - len(handled)}")
    assert handled == Counter(map(str, range(80)))
    slow.close()
    other.close()


@pytest.mark.parametrize("call", ["commit", "list_topics"])
@pytest.mark.parametrize(
    "code",
    [KafkaError.ILLEGAL_GENERATION, KafkaError.REBALANCE_IN_PROGRESS, KafkaError._TIMED_OUT],
)
def test_a_group_that_forms_anew_is_asked_again(
    kafka: Broker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    call: str,
    code: int,
) -> None:
    topic = kafka.topic(partitions=1)
    publish(kafka.url, topic, 3)
    errors = [KafkaException(KafkaError(code))] * 2

    def answer(self: Consumer, *given: Any, **named: Any) -> Any:
        if errors:
            raise errors.pop()
        return getattr(Consumer, call)(self, *given, **named)

    regrouping = type("Regrouping", (Consumer,), {call: answer})
    monkeypatch.setattr("portwright_runtime.kafka_subscription.Consumer", regrouping)

    class Reading(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))

    with Reading("g", kafka.url) as reading:
        assert reading.run(until_idle=True) == 3
    with Reading("g", kafka.url) as again:
        assert again.run(until_idle=True) == 0
    assert not errors
    assert KafkaError(code).name() in caplog.text


def test_any_timestamp_is_taken(kafka: Broker) -> None:
    # Kafka itself refuses those of more than an hour from now, unless a topic says otherwise.
    topic = kafka.topic(partitions=1, message_timestamp_after_max_ms=2**63 - 1)
    producer = Producer({"bootstrap.servers": kafka.bootstrap})
    for milliseconds in (10**15, 1):
        producer.produce(topic, b'{"sku": "A", "size": 1}', timestamp=milliseconds)
    assert producer.flush(30) == 0

    class Reading(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))

    with Reading("g", kafka.url) as reading:
        assert reading.run(until_idle=True) == 2
        assert [event.time.year for _, event in reading.seen] == [9999, 1970]


def test_without_a_topic_of_letters_there_are_none(
    kafka: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = kafka.topic(partitions=1)
    assert main(["dlq", "list", topic, "--stream", kafka.url]) == 0
    assert "0 dead letters" in capsys.readouterr().err


def test_of_a_topic_that_is_not_there_everything_is_handled(
    kafka: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    class Lost(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name="no-such"), "on_shoe", "on_shoe_deleted"))

    with Lost("lost", kafka.url) as lost:
        assert lost.run(until_idle=True) == 0
    assert "no-such" in caplog.text and "make the topic" in caplog.text


def test_a_stop_stores_what_was_handled(kafka: Broker) -> None:
    topic = kafka.topic(partitions=2)
    publish(kafka.url, topic, 100)

    class Stopping(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))

    first, rest = Stopping("g", kafka.url), Stopping("g", kafka.url)
    assert first.run(max_events=37) == 37
    assert rest.run(until_idle=True) == 63
    assert {*first.skus} | {*rest.skus} == {str(n) for n in range(100)}
    first.close()
    rest.close()


def test_dead_letters_go_to_their_topic_and_back(
    kafka: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = kafka.topic(partitions=2)
    kafka.topic(f"{topic}.dlq", partitions=2)
    publish(kafka.url, topic, 20)

    class Picky(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))
        on_failure = "dead-letter"
        retry = replace(Shelf.retry, attempts=2, first=0.3, most=0.5)
        broken = True

        def on_shoe(self, shoe: Shoe, event: object) -> None:
            if self.broken and shoe.sku in ("3", "7"):
                raise ValueError
            self.seen.append((shoe, event))  # type: ignore[arg-type]  # an event

    picky = Picky("g", kafka.url)
    assert picky.run(until_idle=True) == 18
    assert main(["dlq", "list", topic, "--stream", kafka.url]) == 0
    assert "2 dead letters" in capsys.readouterr().err
    assert main(["dlq", "replay", topic, "--stream", kafka.url]) == 0
    assert "2 sent again, 0 left" in capsys.readouterr().err
    picky.broken = False
    assert picky.run(until_idle=True) == 2
    picky.close()
    assert sorted(picky.skus, key=int) == [str(n) for n in range(20)]
