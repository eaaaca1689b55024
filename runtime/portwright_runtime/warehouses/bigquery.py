"""BigQuery: rows go there as Parquet, by load jobs, and change by one script.

A transaction of a client that is gone stays open for a day there, so a client never has one. What
changes is written down, and sent as a script that BigQuery runs by itself, whoever is there still.
It begins with a look at the one row of `_portwright_lock`: that nothing was published, since what
the script is made of was looked up. Else, and where BigQuery gave its transaction up for the sake
of another, all is done over again.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar
from uuid import uuid4

from google.api_core import exceptions

from portwright_runtime.errors import ConfigurationError, PortwrightError, WarehouseError
from portwright_runtime.loading.naming import joined, quoted
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import DELETED, Staging
from portwright_runtime.warehouse import Dialect, Table
from portwright_runtime.warehouses import bigquery_sql
from portwright_runtime.warehouses.bigquery_client import BRIEFLY, FAILED, LOAD, connected, type_of
from portwright_runtime.warehouses.bigquery_files import rejected_files, staged_files
from portwright_runtime.warehouses.bigquery_types import transfer
from portwright_runtime.warehouses.bigquery_url import Address
from portwright_runtime.warehouses.session import Row
from portwright_runtime.warehouses.sql import SqlWarehouse
from portwright_runtime.warehouses.tables import Columns

T = TypeVar("T")

_LOCK: Final = "_portwright_lock"
# What is brought is gone after a day, whoever was killed.
_A_DAY: Final = (
    "OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))"
)
_REJECTED: Final = (("row", "INT64"), ("path", "STRING"), ("rule", "STRING"), ("shown", "STRING"))
# What errors say where another script was first, in BigQuery's words and in ours.
_OTHERS: Final = ("concurrent update", "portwright: another load was published meanwhile")
# How often that may be; each time another load was published.
_TRIES: Final = 50
_SECONDS: Final = 10.0
# Characters of a query, of which BigQuery takes a million.
_LONGEST: Final = 1_000_000


def bigquery_warehouse(address: Address) -> SqlWarehouse:
    """The tables of a project; a name without a dataset is of the address's."""
    inside = (address.project, address.dataset) if address.dataset else (address.project,)
    where = ("bigquery", inside)
    return SqlWarehouse("bigquery", "BigQuery", lambda: BigQuerySession(address), lambda: where)


class BigQuerySession:
    """A client of BigQuery, with no session there."""

    transactional = False
    insert = None

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = connected(address)
        # What is BigQuery's SQL already.
        self._own_words: set[str] = set()
        # Tables that only this session knows of, and what fills the staged one anew.
        self._brought: list[tuple[str, ...]] = []
        self._filled: tuple[str, str] | None = None
        # The statements that change rows together; None where each is run at once.
        self._script: list[str] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives; none yet of what is part of a script."""
        text = statement
        if statement not in self._own_words:
            text = bigquery_sql.googlesql(statement, parameters)
        if self._script is not None:
            if not text.startswith("SELECT") and not self._is_own(statement):
                self._script.append(text)
                return []
            assert not self._script, "a script cannot be asked in the middle"
        return self._run(text)

    def written(self, statement: str) -> str:
        """The statement in GoogleSQL."""
        return bigquery_sql.googlesql(statement)

    def alone(self, place: tuple[str, ...], work: Callable[[], T]) -> T:
        """What `work` gives, whose changes are one script."""
        lock = joined(at := (*place[:-1], _LOCK))
        if self.kind(at) is None:
            self.execute(f"CREATE TABLE IF NOT EXISTS {lock} AS SELECT 0 AS held")
        for number in range(_TRIES):
            if number:
                time.sleep(random.uniform(0, min(_SECONDS, 0.1 * 2**number)))
                self._fill()
            [[held]] = self.execute(f"SELECT held FROM {lock}")
            self._script = []
            try:
                found = work()
                script = self._script
            except PortwrightError:
                self._script = None
                # It may be of what another load has changed between two looks.
                if self.execute(f"SELECT held FROM {lock}") == [(held,)]:
                    raise
                continue
            finally:
                self._script = None
            if not script or self._sent(lock, int(held), script):
                return found
        raise WarehouseError(f"{_TRIES} other loads into the same dataset came first; run it again")

    def swept(self, places: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """What BigQuery keeps (cloud.google.com/bigquery/docs/time-travel, and of jobs
        cloud.google.com/bigquery/docs/managing-jobs)."""
        travel = "time travel for the dataset's window (7 days by default), then fail-safe (7 days)"
        return (travel, "this erasure's statements, which name the person, among jobs for 180 days")

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name."""
        try:
            found = self._client.get_table(self._at(place))
        except exceptions.NotFound:
            return None
        return "BASE TABLE" if found.table_type == "TABLE" else str(found.table_type)

    def described(self, place: tuple[str, ...]) -> Columns:
        """The columns of a table."""
        fields = self._client.get_table(self._at(place)).schema
        return {each.name: (type_of(each), each.mode != "REQUIRED") for each in fields}

    def declared(self, table: Table[Any], dialect: Dialect) -> Columns:
        """The columns of the contract's table, in the words of its DDL."""
        self._own_words.update((*dialect.create_schema, *dialect.create))
        if dialect.create_view:
            self._own_words.add(dialect.create_view)
        return {
            name: (bigquery_sql.comparable(type_), not column.required)
            for (name, type_), column in zip(dialect.columns, table.columns, strict=True)
        }

    def staging(self, table: Table[Any]) -> Staging:
        """Beside the engine: it gets what passed the audits."""
        return private_staging(table)

    def bring(self, staging: Staging) -> str:
        """A table of the types of the real one, made of one that holds what files do."""
        table = staging.table
        columns = table.dialects["bigquery"].columns
        ways = [
            transfer(each.type, type_, quoted(each.name), f"C{at}")
            for at, (each, (_, type_)) in enumerate(zip(table.columns, columns, strict=True))
        ]
        for column, way in zip(table.columns, ways, strict=True):
            if way.refused and (rows := staging.count(way.refused)):
                raise WarehouseError(
                    f"{column.property} of {table.object} has lists with null in them in {rows}"
                    " rows, which BigQuery does not hold"
                )
        mark = f"C{len(ways)}"
        held = [*((f"C{at}", each.brought) for at, each in enumerate(ways)), (mark, "BOOL")]
        brought = self._own_table(table, "brought", held)
        forms = [*(each.form for each in ways), quoted(DELETED)]
        self._load(brought, staged_files(staging, forms))
        [[came]] = self.execute(f"SELECT count({mark}) FROM {joined(brought)}")
        if came != (sent := staging.count()):
            raise WarehouseError(f"of {sent} rows of {table.object} {came} came to BigQuery")
        staged = self._own_table(table, "staged", [*columns, (DELETED, "BOOL")])
        values = ", ".join([*(each.value for each in ways), mark])
        into, source = (bigquery_sql.googlesql(joined(each)) for each in (staged, brought))
        self._filled = (
            f"TRUNCATE TABLE {into}",
            f"INSERT INTO {into} SELECT {values} FROM {source}",
        )
        self._run(self._filled[1])
        return joined(staged)

    def reject(self, staging: Staging) -> str:
        """A table of the rows that are to be put aside."""
        place = self._own_table(staging.table, "rejected", _REJECTED)
        self._load(place, rejected_files(staging))
        return joined(place)

    @contextmanager
    def failures(self, what: str) -> Iterator[None]:
        """Turns the client's errors into WarehouseErrors."""
        try:
            yield
        except FAILED as error:
            said = getattr(error, "message", None) or str(error) or type(error).__name__
            raise WarehouseError(f"{what}: {' '.join(said.split())}") from None

    def close(self) -> None:
        """Drops what only this session knows of."""
        while self._brought:
            with suppress(*FAILED):
                place = self._at(self._brought.pop())
                self._client.delete_table(place, retry=BRIEFLY, not_found_ok=True)
        self._client.close()  # type: ignore[no-untyped-call]

    def _run(self, text: str) -> list[Row]:
        """The rows of one job. What it says of bad values may quote them."""
        if len(text) > _LONGEST:
            raise WarehouseError(f"a statement of {len(text)} characters is too long for BigQuery")
        job = None
        try:
            job = self._client.query(text, job_id_prefix="portwright_")
            return [tuple(each.values()) for each in job.result()]
        except exceptions.BadRequest as error:
            if text.startswith(("SELECT", "CREATE", "DROP")):
                raise
            raise _Refused(error) from None
        except BaseException:
            if job is not None:
                with suppress(*FAILED):
                    job.cancel(retry=BRIEFLY)
            raise

    def _sent(self, lock: str, held: int, script: Sequence[str]) -> bool:
        """Whether the script was committed, before which nothing else was since `held` was read."""
        name, others = bigquery_sql.googlesql(lock), bigquery_sql.literal(_OTHERS[1])
        text = ";\n".join(
            (
                "BEGIN TRANSACTION",
                f"ASSERT EXISTS (SELECT 1 FROM {name} WHERE held = {held}) AS {others}",
                f"UPDATE {name} SET held = held + 1 WHERE true",
                *script,
                "COMMIT TRANSACTION",
            )
        )
        try:
            self._run(f"{text};")
        except _Refused as error:
            if any(each in error.said for each in _OTHERS):
                return False
            raise
        return True

    def _fill(self) -> None:
        """Makes the staged rows what they were before `work` left some out."""
        for statement in self._filled or ():
            self._run(statement)

    def _is_own(self, statement: str) -> bool:
        """Whether the statement takes rows out of a table that only this session knows of."""
        return statement.startswith(tuple(f"DELETE FROM {joined(each)}" for each in self._brought))

    def _own_table(
        self, table: Table[Any], what: str, columns: Sequence[tuple[str, str]]
    ) -> tuple[str, ...]:
        schema = table.dialects["bigquery"].place[:-1]
        place = (*schema, f"_portwright_{what}_{uuid4().hex}")
        types = ", ".join(f"{bigquery_sql.name(name)} {type_}" for name, type_ in columns)
        self._brought.append(place)
        self._run(f"CREATE TABLE {bigquery_sql.googlesql(joined(place))} ({types}) {_A_DAY}")
        return place

    def _load(self, place: tuple[str, ...], files: Iterator[Any]) -> None:
        """Adds the rows of files, each by a job of its own."""
        for path in files:
            name = f"portwright_{uuid4()}"
            to, size = self._at(place), path.stat().st_size
            try:
                with path.open("rb") as file, suppress(exceptions.Conflict):
                    # There is a job of that name where the answer to a first try was lost.
                    self._client.load_table_from_file(
                        file, to, size=size, job_id=name, job_config=LOAD
                    )
                self._client.get_job(name).result()
            except exceptions.BadRequest as error:
                raise _Refused(error) from None

    def _at(self, place: tuple[str, ...]) -> str:
        """The id of a table."""
        address = self._address
        if len(place) == 1 and address.dataset is None:
            raise ConfigurationError(
                "the table is in no dataset: the url names one, bigquery://project/dataset, or the"
                " contract's server does"
            )
        outer = (address.project, address.dataset or "")
        return ".".join((*outer[: 3 - len(place)], *place))


class _Refused(WarehouseError):
    """A statement that changes rows is refused; `said` may quote values."""

    def __init__(self, error: exceptions.BadRequest) -> None:
        self.said = str(error)
        named = re.search(r"portwright_[-0-9a-f]+", self.said)
        job = f"its job {named[0]}" if named else "its job"
        super().__init__(f"BigQuery refuses a statement on rows; {job} says why")
