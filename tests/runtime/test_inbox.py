"""Deduplication in a table: an event is handled once, or exactly once in its own transaction."""

from __future__ import annotations

from typing import Any

import pytest

from portwright_runtime import Inbox, MemoryStream, Retry, run_consumers
from portwright_runtime.generated import Event
from support.outbox import Database
from support.shoes_port import CobblerPort, Shelf, Shoe


def ready(database: Database, table: str = "portwright_inbox") -> Inbox:
    inbox = Inbox(database.connect, table)
    for _ in range(2):
        database.query(inbox.ddl(database.dialect))
    database.query("CREATE TABLE effects (sku VARCHAR(9))")
    return inbox


def test_what_was_handled_is_passed_over_by_the_next_process_too(database: Database) -> None:
    inbox = ready(database, "main_inbox")
    stream = MemoryStream()
    for _ in range(2):
        with CobblerPort.open(stream) as port:
            port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
        shelf = Shelf("g", stream)
        vars(shelf)["_seen"] = Inbox(database.connect, "main_inbox")
        shelf.run(until_idle=True)
    assert inbox.has("g", shelf_event("e1"))
    assert not inbox.has("g", shelf_event("e2"))
    assert not inbox.has("other", shelf_event("e1"))
    inbox.close()


def shelf_event(id_: str) -> Event:
    from datetime import UTC, datetime

    return Event(id_, "/cobbler", "", datetime.now(UTC), None, None, "t", 0, 0, None)


def test_ids_are_told_apart_by_every_character(database: Database) -> None:
    inbox = ready(database)
    long = "x" * 300
    for id_ in ("a", long):
        inbox.add("g", shelf_event(id_))
    for id_, known in {"a": True, "A": False, long: True, long + "y": False, "ä": False}.items():
        assert inbox.has("g", shelf_event(id_)) is known
    inbox.close()


def test_threads_share_an_inbox(database: Database) -> None:
    inbox = ready(database)
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")

    class Closing(Shelf):
        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            super().on_shoe(shoe, event)
            assert not inbox.has(self.group, event)

    for handled in (2, 0):
        shelves = [Closing(group, stream) for group in ("one", "two")]
        for each in shelves:
            each._seen = inbox
        assert run_consumers(*shelves, until_idle=True) == handled
        stream._groups.clear()


def test_an_inbox_that_is_away_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("portwright_runtime.handling._AWAY", Retry(0, 0.001, 0.001))
    ready(database)
    failures = iter([True, True, False])

    def connect() -> Any:
        if next(failures, False):
            raise OSError("canary-55aa")
        return database.connect()

    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
    shelf = Shelf("g", stream)
    shelf._seen = Inbox(connect)
    assert shelf.run(until_idle=True) == 1
    assert "the inbox portwright_inbox (OSError): see that" in caplog.text
    assert "canary-55aa" not in caplog.text


def test_an_effect_in_the_same_transaction_happens_exactly_once(database: Database) -> None:
    inbox = ready(database)
    connection = database.connect()
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
    assert database.query("SELECT sku FROM effects") == [("A",)]
    connection.close()


def test_the_name_of_the_table_is_a_name() -> None:
    from portwright_runtime import ConfigurationError

    with pytest.raises(ConfigurationError, match="no name of a table"):
        Inbox(lambda: None, 'x"; DROP TABLE y; --').ddl("postgres")
