"""ClickHouse: a load is a table beside the current one, which takes its place in one step.

It has no transactions. The next table is made out of the current one, by parts that both share, and
exchanged with it; the one of before is kept, to undo the load. See `clickhouse_exchange` for
what keeps attempts apart, and `clickhouse_ledger` for what is true when a process dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from portwright_runtime.errors import (
    ClosedError,
    ConfigurationError,
    WarehouseError,
)
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import Dialect, Load, Table, Terms
from portwright_runtime.warehouses import places, tables
from portwright_runtime.warehouses.clickhouse_address import Address
from portwright_runtime.warehouses.clickhouse_attempt import ClickHouseAttempt, tries, unchanged
from portwright_runtime.warehouses.clickhouse_erasing import Erasing, Work
from portwright_runtime.warehouses.clickhouse_exchange import version
from portwright_runtime.warehouses.clickhouse_ledger import Published
from portwright_runtime.warehouses.clickhouse_server import (
    Server,
    failures,
    joined,
)
from portwright_runtime.warehouses.clickhouse_site import Site


class ClickHouseWarehouse:
    """The tables of a server. The address's database is that of tables without one of their own."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._closed = False

    def begin(self, table: Table[Any], terms: Terms) -> ClickHouseAttempt | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        what = f"cannot begin load {terms.load_id!r} of {table.object}"
        with failures(what), self._opened(table) as (site, undo):
            site.check_database()
            site.check()
            site.ledger.make()
            if found := site.ledger.find(terms):
                return unchanged(site, found)
            site.exchange.sweep()
            entry = site.ledger.entered(terms, tables.digest(site.expected))
            attempt = ClickHouseAttempt(site, terms, entry)
            undo.pop_all()
            return attempt

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        """Undoes the last load of the table; see `Warehouse.roll_back`."""
        what = f"cannot undo a load of {table.object}"
        with failures(what), self._opened(table) as (site, _):
            for _ in tries():
                if not site.ledger.is_there():
                    raise WarehouseError(f"{what}: there is none")
                last = site.ledger.last()
                if last is None and site.ledger.any_published():
                    raise WarehouseError(
                        f"{what}: the table is not the one of its last load; somebody put another"
                        " in its place"
                    )
                if last is None:
                    raise WarehouseError(f"{what}: there is none")
                undone = last.entry.load_id
                if load_id is not None and undone != load_id:
                    raise WarehouseError(f"{what}: the last one is {undone!r}, undo it first")
                if _undone(site, last, what):
                    return undone
        raise WarehouseError(f"{what}: others write to the table all the time; try again")

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""
        with (
            failures(f"cannot read the watermark of {table.object}"),
            self._opened(table) as (site, _),
        ):
            return site.ledger.watermark() if site.ledger.is_there() else None

    def loads(self, table: Table[Any], most: int) -> list[Load]:
        """The last loads of the table, the newest first; see `Warehouse.loads`."""
        what = f"cannot read the loads of {table.object}"
        with failures(what), self._opened(table) as (site, _):
            return site.ledger.loads(most) if site.ledger.is_there() else []

    def traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there is of a person; see `Warehouse.traces`."""
        return self._person(table, wanted, Erasing.traces)

    def erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there was of a person; see `Warehouse.erase`."""
        return self._person(table, wanted, Erasing.erase)

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        """The table's name to the world; see `Warehouse.dataset`."""
        address, place = self._address, _dialect(table).place
        return places.named(
            (f"clickhouse://{address.host}:{address.port}", (address.database,)), place
        )

    def close(self) -> None:
        """Begins no more loads."""
        self._closed = True

    def _person(self, table: Table[Any], wanted: Wanted, work: Work) -> Traces:
        what = f"cannot erase a person from {table.object}"
        with failures(what), self._opened(table) as (site, _):
            return work(Erasing(site, wanted))

    @contextmanager
    def _opened(self, table: Table[Any]) -> Iterator[tuple[Site, ExitStack]]:
        """The table's place, on a connection that is closed at the end unless what is to undo is
        taken away."""
        if self._closed:
            raise ClosedError("the warehouse was closed")
        dialect = _dialect(table)
        with ExitStack() as undo:
            server = Server(self._address)
            undo.callback(server.close)
            yield Site(server, table, dialect, self._address.database), undo


def _dialect(table: Table[Any]) -> Dialect:
    dialect = table.dialects.get("clickhouse")
    if dialect is None:
        raise ConfigurationError(
            f"{table.object} has no table in ClickHouse: name one of type clickhouse among the"
            " contract's `servers`, and generate the package again"
        )
    return dialect


def _undone(site: Site, last: Published, what: str) -> bool:
    """Whether the table of before the load has taken its place again."""
    server, exchange, entry = site.server, site.exchange, last.entry
    if not last.settled:
        exchange.finish(last)
    undo = exchange.name("undo", entry.token)
    base = version(server, site.place)
    if base is None or base.identity != last.data:
        return False
    if last.kept and not last.base:  # there was no table: one without rows
        server.run(f"CREATE TABLE IF NOT EXISTS {joined(undo)} AS {joined(site.place)}")
    if not last.kept or server.engine(undo) is None:
        raise WarehouseError(
            f"{what}: what load {entry.load_id!r} changed was not kept; `keep` of a load says how"
            " many can be undone"
        )
    if server.described(undo) != server.described(site.place):
        raise WarehouseError(f"{what}: the table was altered since load {entry.load_id!r}")
    site.ledger.undoing(entry)
    if not exchange.put(entry.token, undo, base):
        return False
    site.ledger.undone(entry)
    exchange.drop("next", entry.token)
    return True
