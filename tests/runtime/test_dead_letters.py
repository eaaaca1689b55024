"""What becomes of events that a consumer cannot handle: tried again, put aside, replayed."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portwright_runtime import (
    ConfigurationError,
    MemoryStream,
    RefusedMessage,
    Retry,
    SeenInMemory,
    StreamError,
)
from portwright_runtime.cli import main
from portwright_runtime.dead_letters import read
from portwright_runtime.delivery import Delivery
from portwright_runtime.generated import BatchConsumer, Event, Item, Route, routed
from portwright_runtime.inbox import Seen
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.stream import Message, Position, Received
from portwright_runtime.wire import Wire
from support import processes
from support.messages import message
from support.shoes_port import PRIVATE_TOPIC, SHOES_TOPIC, CobblerPort, Shelf, Shoe

CANARY = "canary-7f3a"
TOPIC = SHOES_TOPIC.name
LETTERS = f"{TOPIC}.dlq"


class Forgiving(Shelf):
    """Puts aside what it cannot handle: shoes that are `broken`, as often as it is asked."""

    on_failure = "dead-letter"
    retry = Retry(attempts=3, first=0.001, most=0.002)

    def __init__(self, *arguments: object, seen: Seen | None = None) -> None:
        super().__init__(*arguments)
        self._seen = seen
        self.asked: list[str] = []
        self.broken = {"B"}

    def on_shoe(self, shoe: Shoe, event: Event) -> None:
        self.asked.append(shoe.sku)
        if shoe.sku in self.broken:
            raise ValueError(f"no room for {shoe.owner}")
        super().on_shoe(shoe, event)


def publish(stream: Any, *skus: str) -> None:
    with CobblerPort.open(stream) as port:
        for sku in skus:
            port.shoes.publish(Shoe(sku=sku, size=40, owner=CANARY), event_id=f"e-{sku}")


def letters(stream: MemoryStream) -> list[Message]:
    return [each for each in stream.messages if each.topic == LETTERS]


def test_a_handler_is_asked_again_and_then_the_event_is_put_aside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = MemoryStream(partitions=1)
    publish(stream, "A", "B", "C")
    consumer = Forgiving("g", stream)
    assert consumer.run(until_idle=True) == 2
    assert consumer.asked == ["A", "B", "B", "B", "C"]
    (letter,) = letters(stream)
    original = stream.messages[1]
    assert (letter.key, letter.value) == (original.key, original.value)
    assert set(original.headers) <= set(letter.headers)
    said = read(Received(letter, Position(LETTERS, 0, 0))).said
    assert said.pop("first_failed") <= said.pop("last_failed")
    assert said == {
        "reason": "handler",
        "error": "ValueError",
        "event": "e-B",
        "topic": TOPIC,
        "partition": "0",
        "offset": "1",
        "group": "g",
        "consumer": "Forgiving",
        "contract": "cobbler 1.0.0",
        "attempts": "3",
    }
    assert CANARY not in str(letter.headers) + caplog.text
    assert "put into cobbler.shoes.dlq after 3 attempts" in caplog.text


def test_a_handler_that_recovers_is_not_put_aside() -> None:
    stream = MemoryStream()
    publish(stream, "A")

    class Recovering(Forgiving):
        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            self.broken = {"A"} if len(self.asked) < 2 else set()
            super().on_shoe(shoe, event)

    consumer = Recovering("g", stream)
    assert consumer.run(until_idle=True) == 1
    assert (consumer.asked, letters(stream)) == (["A"] * 3, [])


@pytest.mark.parametrize(
    ("value", "reason", "error"),
    [
        (b"?", "deserialization", "the event's bytes are no such record (ValidationError)"),
        (b'{"sku":"A","size":99}', "deserialization", "the event's bytes are no such record"),
    ],
)
def test_what_is_no_record_is_put_aside_at_once(value: bytes, reason: str, error: str) -> None:
    stream = MemoryStream(partitions=1)
    stream.send(message("k", value + CANARY.encode() if value == b"?" else value, TOPIC))
    publish(stream, "A")
    consumer = Forgiving("g", stream)
    assert consumer.run(until_idle=True) == 1
    (letter,) = letters(stream)
    said = read(Received(letter, Position(LETTERS, 0, 0))).said
    assert (said["reason"], said["attempts"]) == (reason, "1")
    assert said["error"].startswith(f"{error}")
    assert CANARY not in str(letter.headers)
    assert letter.value == stream.messages[0].value


def test_offsets_are_stored_only_when_the_letter_is_safe() -> None:
    class Away(MemoryStream):
        """Takes no letters until it has refused two."""

        refused = 0

        def send(self, sent: Message) -> Delivery:
            if sent.topic == LETTERS and self.refused < 2:
                self.refused += 1
                delivery = Delivery()
                delivery.set_exception(StreamError("away"))
                return delivery
            return super().send(sent)

    stream = Away(partitions=1)
    publish(stream, "B")
    consumer = Forgiving("g", stream)
    stopper = threading.Thread(
        target=lambda: processes.until(lambda: stream.refused == 1) or consumer.stop()
    )
    stopper.start()
    assert consumer.run() == 0
    stopper.join()
    assert letters(stream) == []
    stream.refused = 2
    assert Forgiving("g", stream).run(until_idle=True) == 0
    assert len(letters(stream)) == 1


def test_stop_does_not_wait_for_a_letter_that_nobody_acknowledges() -> None:
    class Silent(MemoryStream):
        """Acknowledges no letters."""

        def send(self, sent: Message) -> Delivery:
            return Delivery() if sent.topic == LETTERS else super().send(sent)

    stream = Silent(partitions=1)
    publish(stream, "B")
    consumer = Forgiving("g", stream)
    stopper = threading.Timer(0.3, consumer.stop)
    stopper.start()
    assert consumer.run() == 0
    again = Forgiving("g", stream)
    again.broken = set()
    assert again.run(until_idle=True) == 1


def test_a_letter_that_the_stream_will_never_take_ends_the_run() -> None:
    class Small(MemoryStream):
        """Finds every letter too large."""

        def send(self, sent: Message) -> Delivery:
            if sent.topic != LETTERS:
                return super().send(sent)
            delivery = Delivery()
            delivery.set_exception(RefusedMessage(f"{LETTERS}: too large"))
            return delivery

    stream = Small(partitions=1)
    publish(stream, "A", "B", "C")
    with pytest.raises(RefusedMessage, match="too large"):
        Forgiving("g", stream).run()
    again = Forgiving("g", stream)
    again.broken = set()
    assert again.run(until_idle=True) == 2
    assert again.skus == ["B", "C"]


def test_an_event_whose_partition_moves_in_a_wait_is_the_other_members() -> None:
    stream = MemoryStream(partitions=1)
    publish(stream, "B", "C")

    class Losing(Forgiving):
        retry = Retry(attempts=3, first=0.001, most=0.002)

        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            if shoe.sku == "B":
                # The last member to come gets the first partition once this one is gone.
                stream._groups["g"].members.clear()
                stream.subscribe([TOPIC], "g")
                self.stop()
            super().on_shoe(shoe, event)

    class Still(Losing):
        def stop(self) -> None:
            threading.Timer(0.3, super().stop).start()

    consumer = Still("g", stream)
    assert consumer.run() == 0
    assert (consumer.asked, letters(stream)) == (["B"], [])
    stream._groups["g"].members.clear()
    heir = Forgiving("g", stream)
    assert heir.run(until_idle=True) == 1
    assert (heir.skus, len(letters(stream))) == (["C"], 1)


class Flaky:
    """A registry that is away for the first questions."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*_: object) -> Any:
            self.left -= 1
            if self.left >= 0:
                raise StreamError("the registry is away")
            return SHOES_TOPIC.schema

        return ask


def test_a_registry_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portwright_runtime.handling._AWAY", Retry(0, 0.001, 0.001))
    stream = MemoryStream()
    publish(stream, "A")
    odd = (("__value_schema_id", b"\x01" + b"\x05" * 16),)
    stream.messages.clear()
    stream.send(replace(message("k", b'{"sku": "X", "size": 1}', TOPIC), headers=odd))
    stream.wire = Wire(Flaky(3), "header")  # type: ignore[arg-type]  # as much as is asked
    consumer = Forgiving("g", stream)
    assert consumer.run(until_idle=True) == 2
    assert sorted(consumer.skus) == ["A", "X"]
    assert letters(stream) == []


def test_stop_ends_a_wait_at_once_and_the_event_comes_again() -> None:
    stream = MemoryStream()
    publish(stream, "B")

    class Patient(Forgiving):
        retry = Retry(attempts=9, first=3600, most=3600)

        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            self.stop()
            super().on_shoe(shoe, event)

    consumer = Patient("g", stream)
    assert consumer.run() == 0
    assert (consumer.asked, letters(stream)) == (["B"], [])
    again = Forgiving("g", stream)
    again.broken = set()
    assert again.run(until_idle=True) == 1


def test_an_event_that_comes_twice_is_handled_once() -> None:
    stream = MemoryStream(partitions=1)
    publish(stream, "A", "A", "C")
    seen = SeenInMemory(most=2)
    consumer = Forgiving("g", stream, seen=seen)
    assert consumer.run(until_idle=True) == 2
    publish(stream, "A", "D", "E")
    assert consumer.run(until_idle=True) == 2
    assert sorted(consumer.asked) == ["A", "C", "D", "E"]
    publish(stream, "A")  # two others came since: it is forgotten
    assert consumer.run(until_idle=True) == 1


def test_a_tombstone_tells_the_key_that_is_no_more() -> None:
    stream = MemoryStream(partitions=1)
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1))
        port.shoes.delete("A")
    consumer = Forgiving("g", stream)
    assert consumer.run(until_idle=True) == 2
    assert (consumer.skus, consumer.deleted) == (["A"], ["A"])


# -------------------------------------------------------------------- routes


class Both(Shelf):
    """Handles shoes and owners in one group."""

    routes = routed(*Shelf.routes, Route(PRIVATE_TOPIC, "on_owner", "on_owner_deleted"))

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.owners: list[str] = []

    def on_owner(self, shoe: Shoe, event: Event) -> None:
        self.owners.append(shoe.owner)

    def on_owner_deleted(self, key: str, event: Event) -> None: ...


def test_one_consumer_handles_several_topics_each_by_its_method() -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1, owner="x"))
        port.owners.publish(Shoe(sku="B", size=1, owner="y"))
    both = Both("g", stream)
    assert both.run(until_idle=True) == 2
    assert (both.skus, both.owners) == (["A"], ["y"])


def test_objects_that_share_a_topic_are_told_apart_by_the_type_of_the_event() -> None:
    shared = replace(PRIVATE_TOPIC, name=TOPIC)

    class Mixed(Both):
        routes = routed(*Shelf.routes, Route(shared, "on_owner", "on_owner_deleted"))
        on_failure = "dead-letter"

    stream = MemoryStream(partitions=1)
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1, owner="x"))
        port.owners.publish(Shoe(sku="B", size=1, owner="y"))
    stream.send(replace(stream.messages[1], topic=TOPIC))
    stream.send(message("k", b"{}", TOPIC))  # it says nothing of itself
    stream.send(replace(message("k", b"{}", TOPIC), headers=(("ce_type", b"other.v1.Thing"),)))
    mixed = Mixed("g", stream)
    assert mixed.run(until_idle=True) == 2
    assert (mixed.skus, mixed.owners) == (["A"], ["y"])
    (letter,) = letters(stream)
    assert "does not say which" in str(letter.headers)


# -------------------------------------------------------------------- batches


class Batches(BatchConsumer):
    routes = routed(Route(SHOES_TOPIC, "on_shoes", "on_shoes"))
    retry = Retry(attempts=2, first=0.001, most=0.002)
    most = 10

    def __init__(self, stream: MemoryStream, broken: str = "") -> None:
        super().__init__("g", stream)
        self.broken = broken
        self.batches: list[list[str]] = []

    def on_shoes(self, items: Sequence[Item[Shoe]]) -> None:
        skus = [each.record.sku if each.record else f"-{each.event.subject}" for each in items]
        if self.broken in skus:
            raise ValueError(CANARY)
        self.batches.append(skus)


def test_records_come_in_batches_and_tombstones_among_them() -> None:
    stream = MemoryStream(partitions=1)
    with CobblerPort.open(stream) as port:
        for n in range(13):
            port.shoes.publish(Shoe(sku=str(n), size=1))
        port.shoes.delete("3")
    consumer = Batches(stream)
    assert consumer.run(until_idle=True) == 14
    assert [len(each) for each in consumer.batches] == [10, 4]
    assert consumer.batches[1] == ["10", "11", "12", "-3"]


def test_of_a_batch_that_fails_only_what_fails_alone_is_put_aside() -> None:
    stream = MemoryStream(partitions=1)
    publish(stream, "A", "B", "C")
    stream.send(message("k", b"?", TOPIC))
    consumer = Batches(stream, broken="B")
    assert consumer.run(until_idle=True) == 2
    assert consumer.batches == [["A"], ["C"]]
    assert [dict(each.headers)["dlq_reason"] for each in letters(stream)] == [
        b"deserialization",
        b"handler",
    ]
    assert CANARY not in str([each.headers for each in letters(stream)])


def test_attempts_of_a_batch_count_for_each_of_its_events() -> None:
    stream = MemoryStream(partitions=1)
    publish(stream, "B")
    assert Batches(stream, broken="B").run(until_idle=True) == 0
    publish(stream, "A", "B")
    consumer = Batches(stream, broken="B")
    assert consumer.run(until_idle=True) == 1
    assert [dict(each.headers)["dlq_attempts"] for each in letters(stream)] == [b"2", b"4"]


def test_an_event_that_is_twice_in_a_batch_is_handled_once() -> None:
    stream = MemoryStream(partitions=1)
    publish(stream, "A", "B", "A")
    consumer = Batches(stream)
    consumer._seen = SeenInMemory()
    assert consumer.run(until_idle=True) == 2
    assert consumer.batches == [["A", "B"]]


# -------------------------------------------------------------------- replaying


def test_letters_are_listed_and_sent_again_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:{tmp_path}/stream.db"
    publish(url, "A", "B", "C", "D")
    consumer = Forgiving("g", url)
    consumer.broken = {"B", "C"}
    assert consumer.run(until_idle=True) == 2
    assert main(["dlq", "list", TOPIC, "--stream", url, "--format", "json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(each["event"] for each in listed) == ["e-B", "e-C"]
    assert {each["reason"] for each in listed} == {"handler"}
    assert CANARY not in str(listed)

    assert main(["dlq", "replay", TOPIC, "--stream", url, "--dry-run"]) == 0
    assert "2 sent again" in capsys.readouterr().err
    assert main(["dlq", "replay", TOPIC, "--stream", url, "--event", "e-C"]) == 0
    assert "1 sent again" in capsys.readouterr().err
    consumer.broken = {"B"}
    assert consumer.run(until_idle=True) == 1
    assert "C" in consumer.skus
    # What was not meant is still there, what was replayed is not.
    for count in (1, 0):
        assert main(["dlq", "replay", LETTERS, "--stream", url, "--reason", "handler"]) == 0
        assert f"{count} sent again" in capsys.readouterr().err
    consumer.broken = set()
    assert consumer.run(until_idle=True) == 1
    assert sorted(consumer.skus) == ["A", "B", "C", "D"]


def test_no_letter_is_lost_where_clocks_are_ahead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:{tmp_path}/stream.db"
    publish(url, "A", "B", "C")
    consumer = Forgiving("g", url)
    consumer.broken = {"A", "B", "C"}
    assert consumer.run(until_idle=True) == 0
    with closing(sqlite3.connect(tmp_path / "stream.db")) as log, log:
        log.execute(
            "UPDATE messages SET timestamp = '2999-01-01T00:00:00+00:00'"
            " WHERE offset = 0 AND topic_id ="
            f" (SELECT id FROM topics WHERE name = '{LETTERS}')"
        )
    for event in ("e-B", "e-A", "e-C"):
        assert main(["dlq", "replay", TOPIC, "--stream", url, "--event", event]) == 0
        assert "1 sent again" in capsys.readouterr().err
    consumer.broken = set()
    assert consumer.run(until_idle=True) == 3


def test_a_letter_that_fails_again_and_again_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:{tmp_path}/stream.db"
    publish(url, "B")
    consumer = Forgiving("g", url)
    for expected in (0, 0, 1):
        consumer.run(until_idle=True)
        command = ["dlq", "replay", TOPIC, "--stream", url, "--most-replays", "2"]
        assert main(command) == expected
    assert "0 sent again, 1 left" in capsys.readouterr().err
    assert main(["dlq", "list", TOPIC, "--stream", url]) == 0
    assert "replays=2" in capsys.readouterr().out


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_a_limit_is_a_number_of_letters(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dlq", "replay", "t", "--limit", limit])
    assert ended.value.code == 2
    assert "a number from 1" in capsys.readouterr().err


def test_what_follows_a_failure_is_one_of_two() -> None:
    class Odd(Shelf):
        on_failure = "deadletter"  # type: ignore[assignment]  # which is the point

    with pytest.raises(ConfigurationError, match=r"Odd\.on_failure is dead-letter or stop"):
        Odd("g", MemoryStream())


def test_an_error_of_the_command_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dlq", "list", "t", "--stream", "nothing:x"]) == 1
    assert "does not begin with a scheme" in capsys.readouterr().err


def test_the_log_of_embedded_streams_takes_letters_too(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "s.db", partitions=1)
    publish(log, "B")
    assert Forgiving("g", log).run(until_idle=True) == 0
    assert Shelf("other", log).run(until_idle=True) == 1
    log.close()
