"""A table on a ClickHouse server, and what lies beside it."""

from __future__ import annotations

from typing import Any

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouse import Dialect, Table
from portwright_runtime.warehouses import tables
from portwright_runtime.warehouses.clickhouse_exchange import Exchange
from portwright_runtime.warehouses.clickhouse_ledger import ClickHouseLedger
from portwright_runtime.warehouses.clickhouse_quarantine import Quarantine
from portwright_runtime.warehouses.clickhouse_server import Place, Server


class Site:
    """A table on a server, with what lies beside it."""

    def __init__(self, server: Server, table: Table[Any], dialect: Dialect, database: str) -> None:
        self.server = server
        self.table = table
        self.dialect = dialect
        *qualifiers, name = dialect.place
        self.place: Place = (qualifiers[-1] if qualifiers else database, name)
        self.ledger = ClickHouseLedger(server, table, self.place)
        self.quarantine = Quarantine(server, self.place[0])
        self.exchange = Exchange(server, self.ledger, self.quarantine, self.place)
        self.expected = server.declared(dialect.columns)

    def check(self) -> None:
        """Returns if the table can be loaded, or made; else raises WarehouseError."""
        engine = self.server.engine(self.place)
        if engine is not None and engine.startswith(("Replicated", "Shared")):
            raise WarehouseError(
                f"{'.'.join(self.place)} is a {engine}: loads exchange tables of one server, and do"
                " not go to replicated ones"
            )
        at = Dialect(self.place, self.dialect.columns, self.dialect.create)
        tables.is_there(self.server, self.table, at, self.expected)

    def show(self) -> None:
        """Makes the view of the table, if the contract has one and nothing has its name."""
        if not self.dialect.create_view:
            return
        place = (self.place[0], self.dialect.view[-1])
        if self.server.engine(place) is None:
            self.server.run(self.dialect.create_view)

    def check_database(self) -> None:
        """Makes the database if need be; a WarehouseError if tables cannot be exchanged there."""
        engine = self.server.engine_of(self.place[0])
        if engine is None:
            for statement in self.dialect.create_schema:
                self.server.run(statement)
        elif engine != "Atomic":
            raise WarehouseError(
                f"the database {self.place[0]} has the engine {engine}: loads exchange tables, in"
                " one step only in a database of engine Atomic on one server"
            )
