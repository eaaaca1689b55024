"""Deduplication in a table: an event is handled once, or exactly once in its own transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portwright_runtime import Inbox, MemoryStream
from portwright_runtime.generated import Event
from support.shoes_port import CobblerPort, Shelf, Shoe


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """What connects to an empty database, and its dialect."""
    if request.param == "sqlite":
        yield (lambda: sqlite3.connect(tmp_path / "own.db")), "sqlite"
    else:
        connection = request.getfixturevalue("postgres")
        dsn = connection.info.dsn
        yield (lambda: psycopg.connect(dsn)), "postgres"


def ready(database: Any, table: str = "portwright_inbox") -> Inbox:
    connect, dialect = database
    inbox = Inbox(connect, table)
    connection = connect()
    for _ in range(2):
        connection.execute(inbox.ddl(dialect))
    connection.execute("CREATE TABLE effects (sku TEXT)")
    connection.commit()
    connection.close()
    return inbox


def effects(database: Any) -> list[Any]:
    connection = database[0]()
    found = [sku for (sku,) in connection.execute("SELECT sku FROM effects ORDER BY sku")]
    connection.close()
    return found


def test_what_was_handled_is_passed_over_by_the_next_process_too(database: Any) -> None:
    inbox = ready(database, "main_inbox")
    stream = MemoryStream()
    for _ in range(2):
        with CobblerPort.open(stream) as port:
            port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
        shelf = Shelf("g", stream)
        vars(shelf)["_seen"] = Inbox(database[0], "main_inbox")
        shelf.run(until_idle=True)
        vars(shelf)["_seen"]._connection.close()
    assert inbox.has("g", shelf_event("e1"))
    assert not inbox.has("g", shelf_event("e2"))
    assert not inbox.has("other", shelf_event("e1"))
    inbox._connection.close()


def shelf_event(id_: str) -> Event:
    from datetime import UTC, datetime

    return Event(id_, "/cobbler", "", datetime.now(UTC), None, None, "t", 0, 0, None)


def test_an_effect_in_the_same_transaction_happens_exactly_once(database: Any) -> None:
    inbox = ready(database)
    connection = database[0]()
    fails = iter([True, False, False])

    class Booking(Shelf):
        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            try:
                if inbox.first_time(connection, self.group, event):
                    connection.cursor().execute(f"INSERT INTO effects VALUES ('{shoe.sku}')")
                if next(fails, False):
                    raise ZeroDivisionError
                connection.commit()
            except ZeroDivisionError:
                connection.rollback()
                raise

    stream = MemoryStream()
    for _ in range(3):
        with CobblerPort.open(stream) as port:
            port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
    booking = Booking("g", stream)
    handled = 0
    for _ in range(4):
        try:
            handled += booking.run(until_idle=True)
        except Exception as error:
            assert isinstance(error.__cause__, ZeroDivisionError)
    assert handled == 3
    assert effects(database) == ["A"]
    connection.close()


def test_the_name_of_the_table_is_a_name() -> None:
    from portwright_runtime import ConfigurationError

    with pytest.raises(ConfigurationError, match="no name of a table"):
        Inbox(lambda: None, 'x"; DROP TABLE y; --').ddl("postgres")
