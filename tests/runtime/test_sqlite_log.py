"""The embedded log: what it stores stays stored, whoever writes, dies or meddles."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from portwright_runtime import ClosedError, StreamError
from portwright_runtime.murmur2 import partition_of
from portwright_runtime.schema import Schema
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.stream import Message, Position, Received
from portwright_runtime.wire import SCHEMA_HEADER, Framing
from support import processes
from support.messages import NOON, message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stream.db"


@pytest.fixture
def log(path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(path)) as log:
        yield log


def contents(log: SqliteLog, topic: str = "t") -> list[Received]:
    """All messages of a topic, in order within each partition."""
    found: list[Received] = []
    with closing(log.subscribe([topic], "reader")) as subscription:
        while batch := subscription.poll(1000, 0):
            found += batch
    return found


# ------------------------------------------------------------------- storing


def test_what_is_sent_is_acknowledged_and_comes_back_as_it_was(log: SqliteLog) -> None:
    headers = (("ce_id", b"1"), ("raw", b"\xff\x00"), ("ce_id", "é".encode()))
    sent = Message("t", b"\xffkey", b"\x00value", headers, NOON)
    delivery = log.send(sent)
    assert delivery.done()
    assert contents(log) == [Received(sent, delivery.result())]


def test_key_and_value_may_be_null(log: SqliteLog) -> None:
    log.send(message(None, None))
    (received,) = contents(log)
    assert (received.message.key, received.message.value) == (None, None)


def test_a_key_decides_the_partition_and_offsets_count_up_there(log: SqliteLog) -> None:
    counts: defaultdict[int, int] = defaultdict(int)
    for number in range(50):
        key = str(number % 7)
        position = log.send(message(key)).result()
        partition = partition_of(key.encode(), 4)
        assert position == Position("t", partition, counts[partition])
        counts[partition] += 1


def test_without_a_key_partitions_are_taken_at_random(log: SqliteLog) -> None:
    deliveries = log.send_all([message(None) for _ in range(200)])
    assert {each.result().partition for each in deliveries} == {0, 1, 2, 3}


def test_messages_of_one_key_keep_their_order(log: SqliteLog) -> None:
    for number in range(100):
        log.send(message(str(number % 5), str(number).encode()))
    by_key: defaultdict[bytes | None, list[int]] = defaultdict(list)
    for received in contents(log):
        by_key[received.message.key].append(int(received.message.value or b""))
    assert len(by_key) == 5
    assert all(values == sorted(values) for values in by_key.values())


def test_a_batch_is_stored_whole_or_not_at_all(log: SqliteLog) -> None:
    broken = Message("t", b"k", object(), (), NOON)  # type: ignore[arg-type]
    with pytest.raises(StreamError):
        log.send_all([message("1"), message("2"), broken])
    assert contents(log) == []
    assert log.send(message("1")).result().offset == 0


def test_the_number_of_partitions_is_that_of_the_topics_birth(path: Path) -> None:
    with closing(SqliteLog(path, partitions=2)) as log:
        log.send(message("a"))
    with closing(SqliteLog(path, partitions=16)) as log:
        found = {log.send(message(str(number))).result().partition for number in range(40)}
    assert found == {0, 1}


def test_schemas_of_writers_are_kept_by_guid(path: Path) -> None:
    schema = Schema('{"type": "string"}')
    with closing(SqliteLog(path)) as log:
        assert log.wire.registry.by_guid(schema.guid) is None
        for _ in range(2):
            framing = log.wire.framing("t-value", schema)
            assert framing == Framing(b"", ((SCHEMA_HEADER, b"\x01" + schema.guid),))
    with closing(SqliteLog(path)) as log:
        assert log.wire.registry.by_guid(schema.guid) == schema


def test_after_close_it_says_so(path: Path) -> None:
    log = SqliteLog(path)
    log.close()
    log.close()
    with pytest.raises(ClosedError, match=r"stream\.db is closed"):
        log.send(message("a"))


# ------------------------------------------------------------------ processes


PUBLISHER = """
    import sys
    from pathlib import Path
    from portwright_runtime.sqlite_log import SqliteLog
    from support.messages import message
    log = SqliteLog(Path(sys.argv[1]))
    print("ready")
    sys.stdin.readline()
    for number in range(int(sys.argv[3])):
        text = f"{sys.argv[2]}-{number}"
        position = log.send(message(sys.argv[2], text.encode())).result()
        print(text, position.partition, position.offset)
"""


def test_what_was_acknowledged_outlives_kill_9(path: Path) -> None:
    with processes.program(PUBLISHER, path, "p", 1_000_000) as process:
        assert processes.line(process) == "ready"
        processes.tell(process, "go")
        acknowledged = [processes.line(process) for _ in range(200)]
        process.kill()
        rest = process.communicate(timeout=processes.PATIENCE)[0]
        acknowledged += [line for line in rest.splitlines() if line.count(" ") == 2]
    with closing(SqliteLog(path)) as log:
        stored = {(each.message.value or b"").decode(): each.position for each in contents(log)}
    for each in acknowledged:
        text, partition, offset = each.split()
        assert stored[text] == Position("t", int(partition), int(offset))
    assert len(stored) <= len(acknowledged) + 1


def test_many_processes_write_one_log_that_none_made_before(path: Path) -> None:
    count = 150
    with ExitStack() as stack:
        writers = [
            stack.enter_context(processes.program(PUBLISHER, path, name, count)) for name in "abcd"
        ]
        for writer in writers:
            assert processes.line(writer) == "ready"
        for writer in writers:
            processes.tell(writer, "go")
        acknowledged = {line for each in writers for line in processes.finished(each).splitlines()}
    with closing(SqliteLog(path)) as log:
        stored = contents(log)
    assert len(acknowledged) == len(stored) == 4 * count
    offsets: defaultdict[int, list[int]] = defaultdict(list)
    numbers: defaultdict[bytes | None, list[int]] = defaultdict(list)
    for each in stored:
        offsets[each.position.partition].append(each.position.offset)
        numbers[each.message.key].append(int((each.message.value or b"").split(b"-")[1]))
    assert all(found == list(range(len(found))) for found in offsets.values())
    assert all(found == list(range(count)) for found in numbers.values())


def test_threads_share_one_log(log: SqliteLog) -> None:
    def write(name: str) -> None:
        for number in range(50):
            log.send(message(name, str(number).encode()))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({each.position for each in contents(log)}) == 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_uses_a_connection_of_its_own(path: Path) -> None:
    out = processes.run(
        """
        import os, sys
        from pathlib import Path
        from portwright_runtime import StreamError
        from portwright_runtime.sqlite_log import SqliteLog
        from support.messages import message
        log = SqliteLog(Path(sys.argv[1]))
        log.send(message("parent"))
        os.chdir("/")
        child = os.fork()
        for _ in range(50):
            log.send(message("child" if child == 0 else "parent"))
        log.close()
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print("both")
        """,
        path,
    )
    assert out == "both\n"
    with closing(SqliteLog(path)) as log:
        keys = [each.message.key for each in contents(log)]
    assert (keys.count(b"parent"), keys.count(b"child")) == (51, 50)


# --------------------------------------------------------------------- faults


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_text(
        "precious notes of somebody else, and long enough to have a header of SQLite\n" * 9
    )
    before = path.read_bytes()
    with pytest.raises(StreamError, match=r"stream\.db: it is not an SQLite database"):
        SqliteLog(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE precious (x)")
    before = path.read_bytes()
    with pytest.raises(StreamError, match="is an SQLite database of another program"):
        SqliteLog(path)
    assert path.read_bytes() == before


def test_a_log_of_a_newer_runtime(path: Path) -> None:
    SqliteLog(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StreamError, match=r"has format 99, .* upgrade portwright-runtime"):
        SqliteLog(path)


def test_a_damaged_file(path: Path) -> None:
    with closing(SqliteLog(path)) as log:
        log.send_all([message(str(number), b"x" * 3000) for number in range(50)])
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    with (
        pytest.raises(StreamError, match=r"stream\.db: it is damaged"),
        closing(SqliteLog(path)) as log,
    ):
        log.send(message("a"))


def test_a_directory_in_its_place(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StreamError, match=r"stream\.db: it cannot be opened"):
        SqliteLog(path)


def test_a_file_where_its_directory_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StreamError, match="its directory cannot be made"):
        SqliteLog(tmp_path / "file" / "stream.db")


def test_a_file_that_was_removed_takes_no_more(log: SqliteLog, path: Path) -> None:
    log.send(message("a"))
    path.unlink()
    with pytest.raises(StreamError, match="was removed or replaced while it was in use"):
        log.send(message("b"))


def test_a_process_that_keeps_it_locked(path: Path) -> None:
    with closing(SqliteLog(path, patience=0.05)) as log, closing(sqlite3.connect(path)) as other:
        log.send(message("a"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StreamError, match="another process kept it locked for too long"):
            log.send(message("b"))
        other.execute("ROLLBACK")
        log.send(message("b"))
        assert len(contents(log)) == 2


def test_a_file_that_must_not_be_written() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.db"
        SqliteLog(path).close()
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        out = processes.run(
            """
            import os, sys
            from pathlib import Path
            from portwright_runtime import StreamError
            from portwright_runtime.sqlite_log import SqliteLog
            from support.messages import message
            if os.geteuid() == 0:
                os.setuid(65534)
            try:
                SqliteLog(Path(sys.argv[1])).send(message("a"))
            except StreamError as error:
                print(error)
            """,
            path,
        )
        Path(folder).chmod(0o755)
    assert "stream.db: it cannot be" in out
    assert "see" in out


def test_a_full_disk_loses_nothing_that_was_acknowledged(path: Path) -> None:
    out = processes.run(
        """
        import resource, sys
        from pathlib import Path
        from portwright_runtime import StreamError
        from portwright_runtime.sqlite_log import SqliteLog
        from support.messages import message
        log = SqliteLog(Path(sys.argv[1]))
        log.send(message("a"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
        acknowledged = 1
        try:
            while True:
                log.send(message("a", b"x" * 10_000))
                acknowledged += 1
        except StreamError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        log.send(message("a"))
        print(acknowledged + 1)
        """,
        path,
    )
    error, acknowledged = out.splitlines()
    assert "stream.db: the disk" in error
    assert "what was acknowledged" in error
    with closing(SqliteLog(path)) as log:
        assert len(contents(log)) == int(acknowledged)


def test_a_topic_that_could_not_be_stored_is_made_again(path: Path) -> None:
    out = processes.run(
        """
        import resource, sys
        from pathlib import Path
        from portwright_runtime import StreamError
        from portwright_runtime.sqlite_log import SqliteLog
        from support.messages import message
        path = Path(sys.argv[1])
        log = SqliteLog(path)
        log.send(message("a"))
        full = path.with_name("stream.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        try:
            log.send(message("a", topic="other"))
        except StreamError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(log.send(message("a", topic="other")).result().offset)
        """,
        path,
    )
    error, offset = out.splitlines()
    assert "stream.db: the disk" in error
    assert offset == "0"
    with closing(SqliteLog(path)) as log:
        assert len(contents(log, "other")) == 1
