"""The ledger: one row a load, written in the transaction that publishes it.

A load is known by contract, table and load_id. Every attempt takes the next token of
the ledger, so of two attempts it is known which began later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.naming import joined
from portwright_runtime.warehouse import LEDGER, Load, LoadMode, LoadStatus, Table, Terms

if TYPE_CHECKING:
    from portwright_runtime.warehouses.session import Session

_COLUMNS: Final = (
    "contract VARCHAR NOT NULL",
    '"table" VARCHAR NOT NULL',
    "load_id VARCHAR NOT NULL",
    "object VARCHAR NOT NULL",
    "version VARCHAR NOT NULL",
    "schema_hash VARCHAR NOT NULL",
    "mode VARCHAR NOT NULL",
    "status VARCHAR NOT NULL",
    "attempt INTEGER NOT NULL",
    "token BIGINT NOT NULL",
    '"rows" BIGINT NOT NULL',
    "rejected BIGINT NOT NULL",
    "superseded BIGINT NOT NULL",
    "deleted BIGINT NOT NULL",
    "watermark VARCHAR",
    "kept BOOLEAN NOT NULL",
    "started_at TIMESTAMP WITH TIME ZONE NOT NULL",
    "published_at TIMESTAMP WITH TIME ZONE",
)
_LOAD: Final = 'contract = ? AND "table" = ? AND load_id = ?'
_TABLE: Final = 'contract = ? AND "table" = ?'
_COUNTS: Final = '"rows", rejected, superseded, deleted, watermark'


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a load; see `Load`."""

    rows: int = 0
    rejected: int = 0
    superseded: int = 0
    deleted: int = 0
    watermark: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A load's row in the ledger, as one attempt at it has it; `before` is the token of the attempt
    before it."""

    contract: str
    table: str
    object: str
    load_id: str
    mode: LoadMode
    token: int = 0
    before: int | None = None
    counts: Counts = Counts()
    published: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """The parameters that name the load."""
        return self.contract, self.table, self.load_id

    def load(self, status: LoadStatus) -> Load:
        """The load as its caller is told of it."""
        counts = self.counts
        return Load(
            self.object,
            self.load_id,
            self.mode,
            counts.rows,
            status,
            counts.rejected,
            counts.superseded,
            counts.deleted,
            counts.watermark,
        )


class Ledger:
    """The ledger beside a table, in one session."""

    def __init__(self, session: Session, table: Table[Any], place: tuple[str, ...]) -> None:
        self._session = session
        self._table = table
        self._relation = ".".join(place)
        self.place = (*place[:-1], LEDGER)
        self._name = joined(self.place)

    def ensure(self) -> None:
        """Makes the ledger if it is not there."""
        if self._session.kind(self.place) is None:
            self._session.execute(
                f"CREATE TABLE IF NOT EXISTS {self._name} ({', '.join(_COLUMNS)})"
            )

    def entered(self, terms: Terms, schema_hash: str) -> Entry:
        """The load's entry: as published, else as a new attempt at it, which is written down."""
        session, table = self._session, self._table
        entry = self.current(
            Entry(table.contract, self._relation, table.object, terms.load_id, terms.mode)
        )
        if entry.published:
            return entry
        [[token]] = session.execute(f"SELECT coalesce(max(token), 0) + 1 FROM {self._name}")
        found = session.execute(f"SELECT token FROM {self._name} WHERE {_LOAD}", entry.key)
        if found:
            # Another attempt may publish it at this moment.
            session.execute(
                f"UPDATE {self._name} SET version = ?, schema_hash = ?, mode = ?,"
                " status = 'started', attempt = attempt + 1, token = ?,"
                f" started_at = current_timestamp WHERE {_LOAD} AND status <> 'published'",
                (table.version, schema_hash, terms.mode, token, *entry.key),
            )
        else:
            session.execute(
                f"INSERT INTO {self._name} VALUES (?, ?, ?, ?, ?, ?, ?, 'started', 1, ?,"
                " 0, 0, 0, 0, NULL, false, current_timestamp, NULL)",
                (*entry.key, table.object, table.version, schema_hash, terms.mode, token),
            )
        return replace(entry, token=int(token), before=int(found[0][0]) if found else None)

    def current(self, entry: Entry) -> Entry:
        """`entry` as published, if it is. A WarehouseError if it is in another mode."""
        found = self._session.execute(
            f"SELECT mode, {_COUNTS} FROM {self._name} WHERE {_LOAD} AND status = 'published'",
            entry.key,
        )
        if not found:
            return entry
        [(mode, *counts)] = found
        if mode != entry.mode:
            raise WarehouseError(
                f"load {entry.load_id!r} of {entry.object} is in the table already, in mode {mode}:"
                f" a load_id names one load, so give this one, in mode {entry.mode}, another"
            )
        return replace(entry, counts=Counts(*counts), published=True)

    def published(self, entry: Entry, counts: Counts, *, kept: bool) -> Entry:
        """`entry` as published, which is written down; `kept`: it can be undone."""
        self._session.execute(
            f"UPDATE {self._name} SET status = 'published', token = ?, \"rows\" = ?, rejected = ?,"
            " superseded = ?, deleted = ?, watermark = ?, kept = ?,"
            " published_at = current_timestamp"
            f" WHERE {_LOAD}",
            (
                entry.token,
                counts.rows,
                counts.rejected,
                counts.superseded,
                counts.deleted,
                counts.watermark,
                kept,
                *entry.key,
            ),
        )
        return replace(entry, counts=counts, published=True)

    def failed(self, entry: Entry) -> None:
        """Writes down that this attempt failed, unless it or a later one did not."""
        self._session.execute(
            f"UPDATE {self._name} SET status = 'failed'"
            f" WHERE {_LOAD} AND token = ? AND status = 'started'",
            (*entry.key, entry.token),
        )

    def published_later(self, entry: Entry) -> str | None:
        """The id of a published load of the same table that began after `entry`, None if none
        did."""
        found = self._session.execute(
            f"SELECT load_id FROM {self._name}"
            " WHERE \"table\" = ? AND status = 'published' AND token > ? LIMIT 1",
            (entry.table, entry.token),
        )
        return str(found[0][0]) if found else None

    def last(self) -> Entry | None:
        """The last load of the table that was published."""
        found = self._session.execute(
            f"SELECT contract, object, load_id, mode, token FROM {self._name}"
            " WHERE \"table\" = ? AND status = 'published'"
            " ORDER BY published_at DESC, token DESC LIMIT 1",
            (self._relation,),
        )
        if not found:
            return None
        contract, object_, load_id, mode, token = found[0]
        return Entry(contract, self._relation, object_, load_id, mode, int(token), published=True)

    def undone(self, entry: Entry) -> None:
        """Writes down that the load was undone; under its id it may be loaded again."""
        self._session.execute(f"UPDATE {self._name} SET status = 'undone' WHERE {_LOAD}", entry.key)

    def kept(self, keep: int) -> list[int]:
        """The tokens of the table's loads of which something is kept though it need not be: those
        that were undone, and all that can be but for the last `keep`."""
        found = self._session.execute(
            f'SELECT token, status FROM {self._name} WHERE "table" = ? AND kept'
            " ORDER BY published_at DESC, token DESC",
            (self._relation,),
        )
        can_be = [token for token, status in found if status == "published"]
        undone = [token for token, status in found if status != "published"]
        return [int(token) for token in (*undone, *can_be[keep:])]

    def forgot(self, token: int) -> None:
        """Writes down that nothing is kept of a load."""
        self._session.execute(f"UPDATE {self._name} SET kept = false WHERE token = ?", (token,))

    def watermark(self) -> str | None:
        """That of the last published load that has one."""
        found = self._session.execute(
            f"SELECT watermark FROM {self._name} WHERE {_TABLE} AND status = 'published'"
            " AND watermark IS NOT NULL ORDER BY published_at DESC, token DESC LIMIT 1",
            (self._table.contract, self._relation),
        )
        return str(found[0][0]) if found else None

    def loads(self, most: int) -> list[Load]:
        """The last published loads, the newest first and not more than `most`."""
        found = self._session.execute(
            f"SELECT object, load_id, mode, {_COUNTS} FROM {self._name}"
            f" WHERE {_TABLE} AND status = 'published'"
            f" ORDER BY published_at DESC, token DESC LIMIT {most:d}",
            (self._table.contract, self._relation),
        )
        return [
            Load(object_, load_id, mode, rows, "published", *others)
            for object_, load_id, mode, rows, *others in found
        ]
