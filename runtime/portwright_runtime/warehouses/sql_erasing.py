"""A person in the tables of an engine of SQL: found, and taken out by one transaction.

Rows go from the table and from those that were put aside. What is kept to undo a load, and has a
row of the person, goes as a whole: to undo that load would bring the person back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from portwright_runtime.loading.naming import joined, quoted
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import QUARANTINE, Dialect, Table
from portwright_runtime.warehouses import change, persons
from portwright_runtime.warehouses.ledger import Ledger
from portwright_runtime.warehouses.session import in_steps

if TYPE_CHECKING:
    from portwright_runtime.warehouses.session import Session

_ASIDE: Final = 'contract = ? AND "table" = ?'


@dataclass(frozen=True)
class Erasing:
    """A person in one table of an engine."""

    session: Session
    engine: str
    table: Table[Any]
    dialect: Dialect
    wanted: Wanted

    def traces(self) -> Traces:
        """What there is of the person."""
        return self._found()[0]

    def erase(self) -> Traces:
        """What there was: it is no more."""
        places = [each for each in (self.dialect.place, self._quarantine) if self._has(each)]

        def taken_out(_: None) -> tuple[Traces, list[int]]:
            found, aside, tokens = self._found()
            if found.rows:
                self._run(f"DELETE FROM {joined(self.dialect.place)} AS t WHERE {self._where}")
            for load_id, row in aside:
                self.session.execute(
                    f"DELETE FROM {joined(self._quarantine)} AS q WHERE {_ASIDE} AND load_id = ?"
                    ' AND "row" = ?',
                    (*self._names, load_id, row),
                )
            return found, tokens

        def forget(done: tuple[Traces, list[int]]) -> None:
            for token in done[1]:
                change.forget(self.session, self.dialect, token)
                self._book.forgot(token)

        if not self._has(self.dialect.place):
            return Traces()
        found, _ = in_steps(self.session, self.dialect.place, lambda: None, taken_out, forget)
        return replace(found, remains=(*found.remains, *self.session.swept(places)))

    def _found(self) -> tuple[Traces, list[tuple[str, int]], list[int]]:
        """The traces, the rows that were put aside, and the loads that what is kept of is."""
        if not self._has(self.dialect.place):
            return Traces(), [], []
        keys = tuple(self._keys())
        tokens = [*self._copies()]
        aside, unknown = self._put_aside()
        rows = self._count(self.dialect.place)
        told = persons.told(unknown)
        return Traces(rows, len(aside), len(tokens), keys, told), aside, tokens

    def _keys(self) -> Iterator[tuple[str, ...]]:
        pairs = zip(self.table.columns, self.dialect.columns, strict=True)
        names = {column.name: name for column, (name, _) in pairs}
        if not (key := [names[each] for each in self.table.primary_key]):
            return
        texts = ", ".join(f"CAST(t.{quoted(each)} AS VARCHAR)" for each in key)
        found = self._run(
            f"SELECT {texts} FROM {joined(self.dialect.place)} AS t WHERE {self._where}"
        )
        yield from (tuple(map(str, each)) for each in found)

    def _copies(self) -> Iterator[int]:
        if not self._has(self._book.place):
            return
        for token in self._book.kept(0):
            place = change.undo_place(self.dialect, token)
            if self._has(place) and self._count(place):
                yield token

    def _put_aside(self) -> tuple[list[tuple[str, int]], int]:
        """The rows of the person among those that were put aside, and how many do not tell."""
        if not self._has(self._quarantine):
            return [], 0
        rows = self.session.execute(
            f'SELECT load_id, "row", shown FROM {joined(self._quarantine)} AS q WHERE {_ASIDE}',
            self._names,
        )
        found: dict[tuple[str, int], None] = {}
        unknown = 0
        for load_id, row, shown in rows:
            match persons.is_aside(self.table, shown, self.wanted):
                case True:
                    found[load_id, int(row)] = None
                case None:
                    unknown += 1
        return [*found], unknown

    def _count(self, place: tuple[str, ...]) -> int:
        [[found]] = self._run(f"SELECT count(*) FROM {joined(place)} AS t WHERE {self._where}")
        return int(found)

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        return self.session.execute(statement, self._condition[1])

    def _has(self, place: tuple[str, ...]) -> bool:
        return self.session.kind(place) == "BASE TABLE"

    @cached_property
    def _condition(self) -> tuple[str, list[str]]:
        return persons.condition(self.engine, self.table, self.dialect, self.wanted)

    @property
    def _where(self) -> str:
        return self._condition[0]

    @cached_property
    def _book(self) -> Ledger:
        return Ledger(self.session, self.table, self.dialect.place)

    @property
    def _names(self) -> tuple[str, str]:
        return self.table.contract, ".".join(self.dialect.place)

    @property
    def _quarantine(self) -> tuple[str, ...]:
        return (*self.dialect.place[:-1], QUARANTINE)


# What is asked of one.
Work = Callable[[Erasing], Traces]
