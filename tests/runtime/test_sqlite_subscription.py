"""Members of a consumer group: they share partitions, take over, and store only their own."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portwright_runtime import ClosedError, StreamError
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.sqlite_subscription import SqliteSubscription
from support import processes
from support.messages import message

LEASE = 0.5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stream.db"


@pytest.fixture
def log(path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(path, lease=LEASE)) as log:
        yield log


def fill(log: SqliteLog, count: int = 100) -> set[bytes]:
    """Sends so many messages; their values."""
    values = [str(number).encode() for number in range(count)]
    log.send_all([message(value.decode(), value) for value in values])
    return set(values)


def handle(subscription: SqliteSubscription, timeout: float = 0) -> list[bytes]:
    """The values of what the member gets and commits until nothing comes."""
    values = []
    while batch := subscription.poll(10, timeout):
        for received in batch:
            values.append(received.message.value or b"")
            subscription.commit(received)
    return values


def handle_all(subscription: SqliteSubscription) -> list[bytes]:
    """As `handle`, until the group has all there is."""
    values: list[bytes] = []

    def is_done() -> bool:
        values.extend(handle(subscription))
        return subscription.caught_up()

    processes.until(is_done)
    return values


def held(subscription: SqliteSubscription) -> int:
    """How many partitions a member has, after it looked at its share."""
    subscription.poll(0, LEASE / 3)
    return len(subscription.partitions)


def test_a_group_begins_with_the_oldest_and_goes_on_where_it_left_off(log: SqliteLog) -> None:
    values = fill(log)
    with closing(log.subscribe(["t"], "g")) as first:
        assert not first.caught_up()
        assert set(handle(first)) == values
        assert first.caught_up()
    log.send(message("new", b"new"))
    with closing(log.subscribe(["t"], "g")) as second:
        assert handle(second) == [b"new"]
    with closing(log.subscribe(["t"], "other")) as other:
        assert set(handle(other)) == values | {b"new"}


def test_what_is_not_committed_comes_again_in_order(log: SqliteLog) -> None:
    for number in range(10):
        log.send(message("k", str(number).encode()))
    with closing(log.subscribe(["t"], "g")) as first:
        batch = first.poll(10, 0)
        assert len(batch) == 10
        first.commit(batch[3])
    with closing(log.subscribe(["t"], "g")) as second:
        assert handle(second) == [str(number).encode() for number in range(4, 10)]


def test_an_earlier_message_committed_late_does_not_turn_the_group_back(log: SqliteLog) -> None:
    log.send_all([message("k", b"0"), message("k", b"1")])
    with closing(log.subscribe(["t"], "g")) as first:
        zero, one = first.poll(2, 0)
        first.commit(one)
        first.commit(zero)
        assert first.caught_up()


def test_poll_waits_for_what_is_sent_meanwhile(log: SqliteLog) -> None:
    with closing(log.subscribe(["t"], "g")) as subscription:
        assert subscription.poll(1, 0.01) == []
        log.send(message("k", b"now"))
        assert [each.message.value for each in subscription.poll(1, 60)] == [b"now"]


def test_two_members_share_and_nothing_is_handled_twice(path: Path) -> None:
    # A lease that no pause of a busy machine outlasts.
    with (
        closing(SqliteLog(path, lease=4)) as log,
        closing(log.subscribe(["t"], "g")) as one,
        closing(log.subscribe(["t"], "g")) as two,
    ):
        processes.until(lambda: held(one) == held(two) == 2)
        values = fill(log)
        seen = handle(one) + handle(two)
        assert set(seen) == values
        assert len(seen) == len(values)


def test_five_members_of_four_partitions(log: SqliteLog) -> None:
    members = [log.subscribe(["t"], "g") for _ in range(5)]
    processes.until(lambda: sorted(held(each) for each in members) == [0, 1, 1, 1, 1])
    for each in members:
        each.close()


def test_who_leaves_gives_to_the_others_at_once(path: Path) -> None:
    # A lease so long that nothing but the leaving can be the cause.
    with closing(SqliteLog(path, lease=3600)) as log:
        values = fill(log)
        with closing(log.subscribe(["t"], "g")) as one:
            one.poll(5, 0)
        with closing(log.subscribe(["t"], "g")) as two:
            assert set(handle(two)) == values


MEMBER = """
    import sys
    from pathlib import Path
    from portwright_runtime.sqlite_log import SqliteLog
    log = SqliteLog(Path(sys.argv[1]), lease=float(sys.argv[2]))
    subscription = log.subscribe(["t"], "g")
    batch = subscription.poll(1, 60)
    print(batch[0].message.value.decode())
    sys.stdin.readline()
    subscription.commit(batch[0])
    print(len(subscription.poll(1000, 0)))
"""


def test_partitions_of_a_dead_member_are_taken_over(log: SqliteLog, path: Path) -> None:
    values = fill(log)
    with processes.program(MEMBER, path, LEASE) as process:
        handed_out = processes.line(process).encode()
        process.kill()
        process.wait(processes.PATIENCE)
        with closing(log.subscribe(["t"], "g")) as heir:
            seen = handle_all(heir)
    assert set(seen) == values
    assert handed_out in seen


def test_a_member_that_lives_keeps_its_partitions_however_slow_it_is(path: Path) -> None:
    lease = 1.0
    with closing(SqliteLog(path, lease=lease)) as log:
        fill(log)
        with processes.program(MEMBER, path, lease) as process:
            handed_out = processes.line(process).encode()
            with closing(log.subscribe(["t"], "g")) as other:
                began = time.monotonic()
                while time.monotonic() < began + 2 * lease:
                    assert handed_out not in handle(other, lease / 10)
            assert process.poll() is None


def test_who_was_silent_too_long_commits_nothing_any_more(log: SqliteLog, path: Path) -> None:
    values = fill(log)
    with processes.program(MEMBER, path, LEASE) as process:
        handed_out = processes.line(process).encode()
        process.send_signal(signal.SIGSTOP)
        with closing(log.subscribe(["t"], "g")) as heir:
            seen = handle_all(heir)
            assert handed_out in seen
            log.send_all([message("after", b"after")] * 3)
            process.send_signal(signal.SIGCONT)
            # Its commit of the old message changes nothing: the rest is still to be handled.
            processes.tell(process, "go")
            out = processes.finished(process)
            seen_after = handle(heir, LEASE)
    assert set(seen) == values
    assert len(seen_after) + int(out) >= 3


def test_a_clock_that_was_set_back_keeps_no_dead_alive(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(log)
    dead = log.subscribe(["t"], "g")
    monkeypatch.setattr(SqliteSubscription, "_beat", lambda self: None)
    clock = time.time
    monkeypatch.setattr("portwright_runtime.sqlite_group.time.time", lambda: clock() - 3600)
    with closing(log.subscribe(["t"], "g")) as heir:
        assert held(heir) == 4
    dead.close()


def test_a_row_that_another_program_changed(log: SqliteLog, path: Path) -> None:
    log.send(message("k"))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE messages SET headers = 'gone'")
    with (
        closing(log.subscribe(["t"], "g")) as subscription,
        pytest.raises(StreamError, match="offset 0: its row in the log was changed"),
    ):
        subscription.poll(1, 0)


def test_after_close_it_says_so(log: SqliteLog) -> None:
    subscription = log.subscribe(["t"], "g")
    subscription.close()
    subscription.close()
    with pytest.raises(ClosedError, match="the subscription of group g is closed"):
        subscription.poll(1, 0)
