"""Consuming: at least once, in order, offset after the handler, and a clear end to every run."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from portwright_runtime import ClosedError, HandlerError, UndecodableEvent, run_consumers
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.stream import Event, Message
from support import processes
from support.messages import NOON, message
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shelf, Shoe

CANARY = "canary-7f3a"
TOPIC = SHOES_TOPIC.name


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stream.db"


@pytest.fixture
def log(path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(path, partitions=1, lease=1)) as log:
        yield log


def publish(log: SqliteLog, *skus: str) -> None:
    with CobblerPort.open(log) as port:
        for sku in skus:
            port.shoes.publish(Shoe(sku=sku, size=40, owner=CANARY), event_id=f"e-{sku}")


class Picky(Shelf):
    """Fails at shoe B until it is told otherwise."""

    fails = True

    def on_shoe(self, shoe: Shoe, event: Event) -> None:
        super().on_shoe(shoe, event)
        if shoe.sku == "B" and self.fails:
            raise ValueError(f"no room for {shoe.owner}")


def test_a_consumer_gets_records_with_their_events(log: SqliteLog) -> None:
    publish(log, "A")
    shelf = Shelf.open(stream=log)
    assert shelf.run(until_idle=True) == 1
    ((shoe, event),) = shelf.seen
    assert shoe == Shoe(sku="A", size=40, owner=CANARY)
    assert (event.id, event.source, event.type) == ("e-A", "/cobbler", "craft.cobbler.v1.Shoe")
    assert (event.topic, event.partition, event.offset) == (TOPIC, 0, 0)
    assert (event.subject, event.key) == ("A", b"A")
    assert event.dataschema == SHOES_TOPIC.dataschema
    assert event.time.tzinfo is not None


def test_each_group_sees_every_event_once(log: SqliteLog) -> None:
    publish(log, "A", "B")
    shelf = Shelf.open(stream=log)
    assert shelf.group == "shelf"
    assert (shelf.run(until_idle=True), shelf.run(until_idle=True)) == (2, 0)
    publish(log, "C")
    assert shelf.run(until_idle=True) == 1
    other = Shelf.open(group="other", stream=log)
    assert other.run(until_idle=True) == 3
    assert other.skus == shelf.skus == ["A", "B", "C"]


def test_a_group_is_called_like_its_class() -> None:
    class HTTPOrderMailsV2(Shelf): ...

    assert HTTPOrderMailsV2.open().group == "http-order-mails-v-2"


def test_a_run_ends_after_so_many_events(log: SqliteLog) -> None:
    publish(log, "A", "B", "C")
    shelf = Shelf.open(stream=log)
    assert shelf.run(max_events=2) == 2
    assert shelf.run(max_events=1) == 1
    assert shelf.skus == ["A", "B", "C"]


def test_an_error_of_the_handler_ends_the_run_and_the_event_comes_again(log: SqliteLog) -> None:
    publish(log, "A", "B", "C")
    picky = Picky.open(stream=log)
    for expected in (["A", "B"], ["A", "B", "B"]):
        with pytest.raises(HandlerError) as caught:
            picky.run(until_idle=True)
        assert picky.skus == expected
    error = caught.value
    assert str(error) == f"{TOPIC}, partition 0, offset 1, event e-B: Picky raised ValueError"
    assert (error.topic, error.partition, error.offset, error.event_id) == (TOPIC, 0, 1, "e-B")
    assert isinstance(error.__cause__, ValueError)
    picky.fails = False
    assert picky.run(until_idle=True) == 2
    assert picky.skus == ["A", "B", "B", "B", "C"]


def test_what_breaks_off_the_program_is_not_an_error_of_the_handler(log: SqliteLog) -> None:
    class Leaving(Shelf):
        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            raise SystemExit(3)

    publish(log, "A")
    with pytest.raises(SystemExit):
        Leaving.open(group="g", stream=log).run()
    assert Shelf.open(group="g", stream=log).run(until_idle=True) == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"value": CANARY.encode()}, "the event's bytes are no such record (ValidationError)"),
        ({"value": b""}, "the event's bytes are no such record (ValidationError)"),
        (
            {"headers": (("ce_id", b"odd"), ("__value_schema_id", b"\x01" + b"\xfe" * 16))},
            f"the registry does not know the schema {'fe' * 16} that wrote it",
        ),
        (
            {"headers": (("ce_id", b"odd"), ("ce_type", b"craft.cobbler.v2.Shoe"))},
            "an event of type craft.cobbler.v2.Shoe, where craft.cobbler.v1.Shoe is read",
        ),
    ],
)
def test_an_event_that_is_no_record_ends_the_run_and_stays(
    log: SqliteLog, changed: dict[str, object], says: str
) -> None:
    publish(log, "A")
    good = Message(TOPIC, b"k", b"{}", (("ce_id", b"odd"),), NOON)
    log.send(replace(good, **changed))  # type: ignore[arg-type]  # one field or the other
    shelf = Shelf.open(stream=log)
    for _ in range(2):
        with pytest.raises(UndecodableEvent) as caught:
            shelf.run(until_idle=True)
        expected = f"{TOPIC}, partition 0, offset 1, event odd: cobbler 1.0.0, shoes: {says}"
        assert str(caught.value) == expected
        assert CANARY not in repr(caught.value.__cause__)
    assert shelf.skus == ["A"]


def test_a_writer_without_cloudevents_is_read_and_its_events_named_by_place(log: SqliteLog) -> None:
    log.send(message("k", b'{"sku": "A", "size": 1}', TOPIC))
    shelf = Shelf.open(stream=log)
    assert shelf.run(until_idle=True) == 1
    ((_, event),) = shelf.seen
    assert (event.id, event.time, event.type) == (f"{TOPIC}/0/0", NOON, "")


def test_events_of_another_record_on_the_same_topic_are_passed_over(log: SqliteLog) -> None:
    log.send(Message(TOPIC, b"k", b"?", (("ce_type", b"craft.cobbler.v1.Boot"),), NOON))
    publish(log, "A")
    shelf = Shelf.open(stream=log)
    assert shelf.run(until_idle=True) == 1
    assert shelf.skus == ["A"]


def test_after_close_a_run_is_an_error(path: Path) -> None:
    with Shelf.open(stream=f"sqlite:{path}") as shelf:
        assert shelf.run(until_idle=True) == 0
    with pytest.raises(ClosedError):
        shelf.run()


def test_a_class_may_have_an_init_of_its_own(log: SqliteLog) -> None:
    class Labelled(Shelf):
        def __init__(self, label: str) -> None:
            super().__init__("labelled", log)
            self.label = label

    publish(log, "A")
    assert Labelled("x").run(until_idle=True) == 1


# -------------------------------------------------------------------- stopping


def test_stop_ends_a_run_after_the_event_in_hand(log: SqliteLog) -> None:
    class Stopping(Shelf):
        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            super().on_shoe(shoe, event)
            self.stop()

    publish(log, "A", "B")
    stopping = Stopping.open(stream=log)
    assert stopping.run() == 1
    assert stopping.run() == 1
    assert stopping.skus == ["A", "B"]


def test_signals_are_as_before_when_a_run_is_over(log: SqliteLog) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    Shelf.open(stream=log).run(until_idle=True)
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)] == before


SLOW_CONSUMER = """
    import sys
    from support.shoes_port import Shelf
    class Slow(Shelf):
        def on_shoe(self, shoe, event):
            print("began", shoe.sku)
            sys.stdin.readline()
            print("ended", shoe.sku)
    print("handled", Slow.open(stream="sqlite:" + sys.argv[1]).run())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_handler_end_and_stores_its_offset(
    log: SqliteLog, path: Path, number: signal.Signals
) -> None:
    publish(log, "A", "B")
    with processes.program(SLOW_CONSUMER, path) as process:
        assert processes.line(process) == "began A"
        process.send_signal(number)
        processes.tell(process, "go")
        assert processes.finished(process) == "ended A\nhandled 1\n"
    rest = Shelf.open(group="slow", stream=log)
    assert rest.run(until_idle=True) == 1
    assert rest.skus == ["B"]


TOGETHER = """
    import sys
    from portwright_runtime import run_consumers
    from support.shoes_port import Shelf
    class Loud(Shelf):
        def on_shoe(self, shoe, event):
            print(self.group + "\\n", end="")  # at once: another thread prints too
    stream = "sqlite:" + sys.argv[1]
    print("handled", run_consumers(Loud.open("one", stream), Loud.open("two", stream)))
"""


def test_a_signal_ends_consumers_that_run_together_and_wait(log: SqliteLog, path: Path) -> None:
    publish(log, "A")
    with processes.program(TOGETHER, path) as process:
        assert {processes.line(process), processes.line(process)} == {"one", "two"}
        process.send_signal(signal.SIGTERM)
        assert processes.finished(process) == "handled 2\n"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM members").fetchone() == (0,)


def test_a_second_interrupt_does_not_wait_for_the_handler(log: SqliteLog, path: Path) -> None:
    publish(log, "A")
    with processes.program(SLOW_CONSUMER, path) as process:
        assert processes.line(process) == "began A"
        # Standing signals of one number are one: it is sent until it is seen twice.
        processes.until(lambda: interrupted(process))
        assert "KeyboardInterrupt" in processes.complaints(process)
    assert Shelf.open(group="slow", stream=log).run(until_idle=True) == 1


def interrupted(process: subprocess.Popen[str]) -> bool:
    """Whether it has ended; interrupts it again if not."""
    process.send_signal(signal.SIGINT)
    return process.poll() is not None


def test_killed_in_the_handler_the_event_comes_again(log: SqliteLog, path: Path) -> None:
    publish(log, "A")
    with processes.program(SLOW_CONSUMER, path) as process:
        assert processes.line(process) == "began A"
        process.kill()
        process.wait(processes.PATIENCE)
    end_leases(path)
    shelf = Shelf.open(group="slow", stream=log)
    assert shelf.run(until_idle=True) == 1


def end_leases(path: Path) -> None:
    """Makes the lease of every member be over, as if time had passed."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE members SET renewed = 0")


# -------------------------------------------------------------------- sharing


SHARING_CONSUMER = """
    import sys
    from support.shoes_port import Shelf
    class Sharing(Shelf):
        def on_shoe(self, shoe, event):
            print(shoe.sku, event.partition, event.offset)
    Sharing.open(stream="sqlite:" + sys.argv[1]).run(until_idle=True)
"""


def test_two_processes_of_one_group_handle_every_event_once(path: Path) -> None:
    with closing(SqliteLog(path)) as log, CobblerPort.open(log) as port:
        port.shoes.publish_all(Shoe(sku=str(number), size=1) for number in range(400))
        with ExitStack() as stack:
            sharing = [
                stack.enter_context(processes.program(SHARING_CONSUMER, path)) for _ in range(2)
            ]
            lines = [line for each in sharing for line in processes.finished(each).splitlines()]
    assert sorted(int(line.split()[0]) for line in lines) == list(range(400))


KILLABLE_CONSUMER = """
    import sys
    from pathlib import Path
    from portwright_runtime.sqlite_log import SqliteLog
    from support.shoes_port import Shelf
    class Killable(Shelf):
        count = 0
        def on_shoe(self, shoe, event):
            print(shoe.sku)
            self.count += 1
            if self.count == int(sys.argv[2]):
                sys.stdin.readline()
    Killable.open("g", SqliteLog(Path(sys.argv[1]), lease=60)).run(until_idle=True)
"""


def test_consumers_killed_in_their_handlers_lose_nothing(path: Path) -> None:
    with closing(SqliteLog(path)) as log, CobblerPort.open(log) as port:
        port.shoes.publish_all(Shoe(sku=str(number), size=1) for number in range(300))
    seen: list[str] = []
    cut_off: list[str] = []
    for _ in range(3):
        with processes.program(KILLABLE_CONSUMER, path, 20) as victim:
            seen += [processes.line(victim) for _ in range(20)]
            cut_off.append(seen[-1])
            victim.kill()
            victim.wait(processes.PATIENCE)
        end_leases(path)
    with ExitStack() as stack:
        heirs = [
            stack.enter_context(processes.program(KILLABLE_CONSUMER, path, -1)) for _ in range(2)
        ]
        for each in heirs:
            seen += processes.finished(each).splitlines()
    # What comes twice is what a kill cut off from its commit, and nothing else.
    assert sorted(seen) == sorted([*map(str, range(300)), *cut_off])


def test_several_consumers_run_together_until_all_are_idle(log: SqliteLog) -> None:
    publish(log, "A", "B")
    one, two = Shelf.open(group="one", stream=log), Shelf.open(group="two", stream=log)
    assert run_consumers(one, two, until_idle=True) == 4
    assert one.skus == two.skus == ["A", "B"]


def test_one_of_several_is_stopped_by_itself(log: SqliteLog) -> None:
    publish(log, "A")

    class Once(Shelf):
        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            super().on_shoe(shoe, event)
            self.stop()

    one, two = Once("one", log), Once("two", log)
    assert run_consumers(one, two) == 2
    # Told once: it runs again.
    assert one.run(until_idle=True) == 0


def test_an_error_of_one_stops_the_others_and_is_raised(log: SqliteLog) -> None:
    publish(log, "B")
    with pytest.raises(HandlerError, match="Picky raised ValueError"):
        run_consumers(Shelf.open(group="one", stream=log), Picky.open(group="two", stream=log))


@pytest.mark.parametrize("parameters", ["self", "self, shoe", "self, shoe, event, more"])
def test_a_handler_that_takes_something_else_is_refused(parameters: str) -> None:
    source = f"class Odd(Shelf):\n    def on_shoe({parameters}):\n        pass"
    with pytest.raises(TypeError, match=r"Odd\.on_shoe does not take .*: record, event"):
        exec(source, {"Shelf": Shelf})


@pytest.mark.parametrize("parameters", ["self, shoe, event=None", "self, *all", "self, a, b, c=1"])
def test_a_handler_may_take_more(parameters: str) -> None:
    exec(f"class Odd(Shelf):\n    def on_shoe({parameters}):\n        pass", {"Shelf": Shelf})


@pytest.mark.parametrize("body", ["pass", "yield"])
def test_a_handler_that_nobody_would_wait_for_is_refused(body: str) -> None:
    asynchronous = "async " if body == "pass" else ""
    source = (
        f"class Late(Shelf):\n    {asynchronous}def on_shoe(self, shoe, event):\n        {body}"
    )
    with pytest.raises(TypeError, match=r"Late\.on_shoe would return before it has handled"):
        exec(source, {"Shelf": Shelf})
