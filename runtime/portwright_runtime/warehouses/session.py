"""What an engine of SQL is to the loads: a session, and the order in which it does things.

Whoever publishes or undoes a load prepares, changes rows and cleans. Where DDL can be part of a
transaction all of it is one; elsewhere DDL commits, and rows change in a transaction of DML alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from portwright_runtime.errors import PortwrightError
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import Dialect, Table

if TYPE_CHECKING:
    from portwright_runtime.warehouses.tables import Columns

P = TypeVar("P")
T = TypeVar("T")
Row = tuple[Any, ...]


class Catalogue(Protocol):
    """What says which tables an engine has."""

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name, such as `BASE TABLE`; None if nothing has."""

    def described(self, place: tuple[str, ...]) -> Columns:
        """The columns of a table."""

    def written(self, statement: str) -> str:
        """The statement as the engine takes it, for people to run."""


class Session(Catalogue, Protocol):
    """A connection to an engine. Its errors are those of the driver, `failures` makes them ours."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives, whose parameters are `?`."""

    @property
    def transactional(self) -> bool:
        """Whether DDL and bulk inserts can be part of a transaction."""

    def alone(self, place: tuple[str, ...], work: Callable[[], T]) -> T:
        """What `work` gives, done in a transaction while no other attempt is in one for the same
        place; all over again where the engine gave it up for the sake of another. What `work` looks
        up outside its own staged rows it looks up before it changes anything."""

    def declared(self, table: Table[Any], dialect: Dialect) -> Columns:
        """The columns that the contract's table has when it is made."""

    def staging(self, table: Table[Any]) -> Staging:
        """A new staging."""

    def bring(self, staging: Staging) -> str:
        """The relation in this session that holds the staged rows."""

    @property
    def insert(self) -> Callable[[Staging, tuple[str, ...]], None] | None:
        """Inserts the staged rows straight into a table, in a transaction; None where that is not
        faster than from where they are brought."""

    @property
    def reject(self) -> Callable[[Staging], str] | None:
        """Brings what is to be put aside: the relation in this session that holds `row`, `path`,
        `rule` and `shown` of each; None where statements have them as parameters."""

    def failures(self, what: str) -> AbstractContextManager[None]:
        """Turns the driver's errors into WarehouseErrors that begin with `what`."""

    def swept(self, places: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """What remains of rows that were deleted from these tables, in words, after what can be
        done about it at once; in no transaction."""

    def close(self) -> None:
        """Ends the connection. Safe to call again."""


def in_steps(
    session: Session,
    place: tuple[str, ...],
    prepare: Callable[[], P],
    change: Callable[[P], T],
    clean: Callable[[T], None],
) -> T:
    """What `change` gives, which takes what `prepare` gives. All three are one transaction; where
    DDL cannot be part of one, `change` is, which is DML alone: what is left of the others if they
    are broken off, the next load finds."""
    if session.transactional:

        def whole() -> T:
            found = change(prepare())
            clean(found)
            return found

        return session.alone(place, whole)
    prepared = prepare()
    found = session.alone(place, lambda: change(prepared))
    with suppress(PortwrightError), session.failures("cannot clean"):
        clean(found)
    return found
