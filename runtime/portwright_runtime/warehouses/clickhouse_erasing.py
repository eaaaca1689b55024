"""A person in a table of ClickHouse: a mutation writes the parts anew that have rows of one.

The server keeps the text of mutations and of queries; that of these has a salted hash of the
person's name, and not the name. A load under way sees that the table has changed, and makes its own
again out of that.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from portwright_runtime.errors import WarehouseError
from portwright_runtime.persons import Person, Traces, Wanted
from portwright_runtime.warehouse import QUARANTINE
from portwright_runtime.warehouses import persons
from portwright_runtime.warehouses.clickhouse_server import Place, joined, literal, quoted
from portwright_runtime.warehouses.clickhouse_site import Site

_TRIES: Final = 5
_REMAINS: Final = (
    "parts and tables that are gone stay on the server's disk for about eight minutes"
    " (`old_parts_lifetime`, `database_atomic_delay_before_drop_table_sec`), what killed loads left"
    " until the first load an hour after them, and backups as long as they are kept"
)


@dataclass(frozen=True)
class Erasing:
    """A person in one table of a server."""

    site: Site
    wanted: Wanted
    salt: str = field(default_factory=lambda: secrets.token_hex(16))

    def traces(self) -> Traces:
        """What there is of the person."""
        if self.site.server.kind(self.site.place) is None:
            return Traces()
        aside, unknown = self._put_aside()
        return Traces(
            self._count(self.site.place),
            len(aside),
            len([*self._copies()]),
            tuple(self._keys()),
            persons.told(unknown),
        )

    def erase(self) -> Traces:
        """What there was: it is no more."""
        found, server, site = self.traces(), self.site.server, self.site
        if server.kind(site.place) is None:
            return found
        for _ in range(_TRIES):
            if not self._count(site.place):
                break
            server.run(f"ALTER TABLE {joined(site.place)} DELETE WHERE {self._where}")
        else:
            raise WarehouseError(
                f"others load the person into {'.'.join(site.place)} all the time; erase again"
            )
        copies = [*self._copies()]
        if site.ledger.is_there():
            site.ledger.forgotten(copies)
        for token in copies:
            server.run(f"DROP TABLE IF EXISTS {joined(site.exchange.name('undo', token))} SYNC")
        for load_id, row in self._put_aside()[0]:
            server.run(
                f"ALTER TABLE {joined(self._quarantine)} DELETE WHERE {self._aside}"
                f" AND load_id = {literal(load_id)} AND row = {row}"
            )
        return Traces(
            found.rows, found.put_aside, len(copies), found.keys, (*found.remains, _REMAINS)
        )

    def _keys(self) -> Iterator[tuple[str, ...]]:
        if not self.site.table.primary_key:
            return
        columns = (f"toString({quoted(self._name(each))})" for each in self.site.table.primary_key)
        found = self.site.server.query(
            f"SELECT {', '.join(columns)} FROM {joined(self.site.place)} WHERE {self._where}"
        )
        yield from (tuple(map(str, each)) for each in found)

    def _copies(self) -> Iterator[int]:
        if not self.site.ledger.is_there():
            return
        for token in self.site.ledger.kept():
            place = self.site.exchange.name("undo", token)
            if self.site.server.engine(place) is not None and self._count(place):
                yield token

    def _put_aside(self) -> tuple[list[tuple[str, int]], int]:
        """The rows of the person among those that were put aside, and how many do not tell."""
        if self.site.server.engine(self._quarantine) is None:
            return [], 0
        rows = self.site.server.query(
            f"SELECT load_id, row, shown FROM {joined(self._quarantine)} WHERE {self._aside}"
        )
        told = [(persons.is_aside(self.site.table, row[2], self.wanted), row) for row in rows]
        found = dict.fromkeys((row[0], int(row[1])) for is_one, row in told if is_one)
        return [*found], sum(is_one is None for is_one, _ in told)

    def _count(self, place: Place) -> int:
        [[found]] = self.site.server.query(
            f"SELECT count() FROM {joined(place)} WHERE {self._where}"
        )
        return int(found)

    @property
    def _where(self) -> str:
        named = (each for each in self.site.table.persons if each.path in self.wanted)
        return " OR ".join(map(self._is, named)) or "false"

    def _is(self, person: Person) -> str:
        column, *inside = person.steps
        value = quoted(self._name(column))
        for each in inside:
            value = f"tupleElement({value}, {literal(each)})"
        text = f"{self.salt}{self.wanted[person.path]}"
        hashed = hashlib.sha256(text.encode()).hexdigest().upper()
        return f"hex(SHA256(concat({literal(self.salt)}, toString({value})))) = {literal(hashed)}"

    def _name(self, column: str) -> str:
        pairs = zip(self.site.table.columns, self.site.dialect.columns, strict=True)
        return next(name for each, (name, _) in pairs if each.name == column)

    @property
    def _quarantine(self) -> Place:
        return self.site.place[0], QUARANTINE

    @property
    def _aside(self) -> str:
        contract, table = self.site.table.contract, ".".join(self.site.place)
        return f"contract = {literal(contract)} AND `table` = {literal(table)}"


# What is asked of one.
Work = Callable[[Erasing], Traces]
