"""One table takes the place of another, and of two that try at once only one: without a lock.

Every attempt raises a flag before it looks at others': it gives its table a name that says
`next`. Then it takes the flags of all others down, by renaming their tables, and only then looks
whether the current table is still the one that its own was made from. `EXCHANGE TABLES` is one
step, and fails where its table has the name no more. So of two attempts that began from one
table, whoever looks last has seen the other's flag and taken it down, or sees another table: the
other one begins again. Names of one server change one after the other; nothing here
depends on clocks, or on knowing who is alive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from portwright_runtime.warehouses.clickhouse_ledger import ClickHouseLedger, Published
from portwright_runtime.warehouses.clickhouse_quarantine import Quarantine
from portwright_runtime.warehouses.clickhouse_server import (
    TABLE_EXISTS,
    UNKNOWN_TABLE,
    Place,
    Server,
    ServerError,
    joined,
    literal,
)
from portwright_runtime.warehouses.ledger import Entry

# How long nothing has to happen to the tables of an attempt before they are taken for left behind.
IDLE_SECONDS: Final = 3600

_WORK: Final = ("staged", "built", "gone", "older")
_OURS: Final = re.compile(r"_portwright_(staged|built|gone|older|next|undo)_([0-9]+)")


@dataclass(frozen=True, slots=True)
class Version:
    """What a table is: its UUID, how it was made, a number that every write changes, and how many
    mutations are under way."""

    identity: str
    made: str
    written: int
    mutations: int


def version(server: Server, place: Place) -> Version | None:
    """The version of the table that has the name now, None where there is none."""
    database, table = map(literal, place)
    # Merges keep the greatest number of a block, and that of the last mutation.
    parts = (
        "SELECT partition_id AS p, max(max_block_number) AS b,"
        " max(if(data_version > max_block_number, data_version, 0)) AS m FROM system.parts"
        f" WHERE database = {database} AND table = {table} AND active GROUP BY p"
    )
    found = server.query(
        "SELECT toString(uuid), create_table_query,"
        f" (SELECT sum(cityHash64(p, b, m)) FROM ({parts})),"
        " (SELECT count() FROM system.mutations"
        f" WHERE database = {database} AND table = {table} AND NOT is_done)"
        f" FROM system.tables WHERE database = {database} AND name = {table}"
    )
    if not found:
        return None
    [(identity, made, written, mutations)] = found
    return Version(identity, made, int(written or 0), int(mutations))


class Exchange:
    """What puts tables in the place of one, with its ledger and the rows that were put aside."""

    def __init__(
        self, server: Server, ledger: ClickHouseLedger, quarantine: Quarantine, place: Place
    ) -> None:
        self._server = server
        self._ledger = ledger
        self._quarantine = quarantine
        self._place = place

    def name(self, kind: str, token: int) -> Place:
        """A table of an attempt: `staged`, `built`, `gone`, `older`, `next` or `undo`."""
        return self._place[0], f"_portwright_{kind}_{token}"

    def put(self, token: int, source: Place, base: Version | None) -> bool:
        """Whether the table `source` has taken the place of the current one, which is `base`.

        Otherwise another attempt was faster, and the table has its own name again. What was there
        is `next` of the token then, until `finish` makes it `undo`.
        """
        flag = self.name("next", token)
        self._rename(source, flag)
        self._take_down_others(token)
        if version(self._server, self._place) == base:
            self._settle(token)
            how = "RENAME TABLE {} TO {}" if base is None else "EXCHANGE TABLES {} AND {}"
            try:
                self._server.run(how.format(joined(flag), joined(self._place)))
                return True
            except ServerError as error:
                if error.code not in (UNKNOWN_TABLE, TABLE_EXISTS):
                    raise
        self.take_down(token)
        if source != self.name("undo", token):
            self._rename(self.name("undo", token), source)
        return False

    def take_down(self, token: int) -> None:
        """Takes the flag of an attempt down: what it exchanges from now on fails."""
        flag = self.name("next", token)
        try:
            self._rename(flag, self.name("undo", token))
        except ServerError as error:
            gone = error.code == UNKNOWN_TABLE
            if not gone and (error.code != TABLE_EXISTS or self._server.engine(flag)):
                raise

    def finish(self, load: Published) -> None:
        """Does what is left to do for a published load; safe to do again, by anybody."""
        entry, ledger = load.entry, self._ledger
        others = ledger.others(entry)
        self.take_down(entry.token)
        for token in others:
            self.take_down(token)
            self.drop("undo", token)
        for token in (entry.token, *others):
            self.drop_work(token)
        self._quarantine.forget(entry, others=True)
        if not load.kept:
            self.drop("undo", entry.token)
        ledger.failed(others)
        ledger.published(entry)

    def abandon(self, entry: Entry, data: str) -> None:
        """Drops what an attempt made that published nothing: `data` is the UUID of its table."""
        token = entry.token
        if self._server.identity(self.name("undo", token)) == data:
            self.drop("undo", token)
        self.drop_work(token)
        self._quarantine.forget(entry, others=False)
        self._ledger.failed([token])

    def sweep(self) -> None:
        """Drops what attempts left behind that did not end themselves."""
        left = [*self._ours(IDLE_SECONDS)]
        kept = set(self._ledger.kept()) if left else set()
        for kind, token in left:
            if kind == "next":
                self.take_down(token)
            elif kind != "undo" or token not in kept:
                self.drop(kind, token)

    def drop_work(self, token: int) -> None:
        """Drops what a load was made in."""
        names = (joined(self.name(kind, token)) for kind in _WORK)
        self._server.run(f"DROP TABLE IF EXISTS {', '.join(names)}")

    def drop(self, kind: str, token: int) -> None:
        self._server.run(f"DROP TABLE IF EXISTS {joined(self.name(kind, token))}")

    # ------------------------------------------------------------------ private

    def _take_down_others(self, token: int) -> None:
        for kind, other in self._ours(0):
            if kind == "next" and other != token:
                self.take_down(other)

    def _settle(self, token: int) -> None:
        """Writes down what others exchanged and could not write down themselves: it cannot be told
        any more once another table has the name."""
        for each in self._ledger.pending():
            if each.entry.token != token:
                self.finish(each)
        self._ledger.settle_undone()

    def _ours(self, idle: int) -> Iterator[tuple[str, int]]:
        """The tables of attempts at this table's loads, by kind and token, to which nothing has
        happened for so many seconds."""
        database = literal(self._place[0])
        since = f"now() - {idle}"
        written = (
            f"SELECT table FROM system.parts WHERE database = {database} AND active"
            f" AND modification_time > {since}"
        )
        still = f" AND metadata_modification_time <= {since} AND name NOT IN ({written})"
        rows = self._server.query(
            f"SELECT name FROM system.tables WHERE database = {database}"
            f" AND startsWith(name, '_portwright_'){still if idle else ''}"
        )
        matches = [match for (name,) in rows if (match := _OURS.fullmatch(name))]
        mine = self._mine(int(match[2]) for match in matches)
        for match in matches:
            if int(match[2]) in mine:
                yield match[1], int(match[2])

    def _mine(self, tokens: Iterable[int]) -> set[int]:
        """Those of the tokens that are of this table's loads."""
        given = ", ".join(map(str, tokens))
        return set(self._ledger.tokens(f"token IN ({given})")) if given else set()

    def _rename(self, source: Place, target: Place) -> None:
        self._server.run(f"RENAME TABLE {joined(source)} TO {joined(target)}")
