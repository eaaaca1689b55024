"""What a regular load is compared with beside the contract's types: the count of its source, the
loads before it, and the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

from portwright_runtime import arrow
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.loading.naming import quoted
from portwright_runtime.loading.staging import STAGED, Staging
from portwright_runtime.loading.watching import Loading
from portwright_runtime.warehouse import Attempt, Finding, Load, LoadMode, Table, Terms

# Loads that tell what is usual: at least and at most, among the last ones of the table.
FEWEST: Final = 3
MOST: Final = 10
_LOOKED_AT: Final = 30

_DATES: Final = (arrow.DATE, arrow.nullable(arrow.DATE))


def check_count(table: Table[Any], terms: Terms, given: int) -> None:
    """Returns if the source has as many rows as were given, where it is known, else raises
    WarehouseError."""
    expected = terms.expected_rows
    if callable(expected):
        expected = expected()
    if expected is None:
        return
    if type(expected) is not int:
        raise ConfigurationError(f"expected_rows is a number of rows; it is {expected!r:.60}")
    if expected == given:
        return
    raise WarehouseError(
        f"load {terms.load_id!r} of {table.object} is not published: its source has"
        f" {expected:,} rows, and {given:,} came; load again, or correct what is expected"
    )


def findings(attempt: Attempt, loading: Loading) -> Iterator[Finding]:
    """What is unusual about the staged rows; notes how new they are."""
    table, terms, staging = loading.table, loading.terms, attempt.staging
    if terms.mode == "replace" or (table.volume_change is not None and terms.mode != "upsert"):
        rows = staging.rows
        if rows or not terms.allow_empty:
            yield from volume(table, terms.mode, rows, attempt.earlier(_LOOKED_AT))
    newest = _newest(staging)
    yield from age(table, newest, time.time())
    loading.newest = None if _is_classified(table) else newest


def volume(
    table: Table[Any], mode: LoadMode, rows: int, earlier: Sequence[Load]
) -> Iterator[Finding]:
    """The finding that rows are many more or fewer than the median of the loads before, in the
    same mode. It blocks by the contract's `volumeChange`; without that, twice or half is told."""
    counts = [each.rows for each in earlier if each.mode == mode][:MOST]
    usual = median(counts) if len(counts) >= FEWEST else 0
    if not usual:
        return
    told = f"{rows:,} rows, where the last {len(counts)} loads had {usual:,.0f} in the middle"
    bound = table.volume_change
    if bound is None:
        if rows * 2 < usual or rows > usual * 2:
            yield Finding("", f"unusual volume: {told}", 0, blocks=False)
    elif abs(rows - usual) * 100 > bound * usual:
        yield Finding("", f"volumeChange must be at most {bound:g} percent: {told}", 0)


def age(table: Table[Any], newest: float | None, now: float) -> Iterator[Finding]:
    """The finding that the newest row is older than it may be. It does not block: a load that is
    late is still newer than what is there."""
    bound = table.sla.freshness if table.sla.latency is None else table.sla.latency
    if newest is None or bound is None or now - newest <= bound:
        return
    rule = f"the newest value must be at most {_shown(bound)} old"
    if not _is_classified(table):
        rule += f", and is {_shown(now - newest)} old"
    path = next(each.property for each in table.columns if each.name == table.sla.timestamp)
    yield Finding(path, rule, 0, blocks=False)


def _newest(staging: Staging) -> float | None:
    """The greatest value of the column that tells how old a row is, in seconds of Unix time; of a
    day, its end. What has no zone is taken as UTC."""
    for column in staging.table.columns:
        if column.name == staging.table.sla.timestamp:
            [[found]] = staging.query(f"SELECT epoch(max({quoted(column.name)})) FROM {STAGED}")
            end = 86_400 if column.type in _DATES else 0
            return None if found is None else float(found) + end
    return None


def newest_of(table: Table[Any], load: Load) -> float | None:
    """The newest value of a load that is in the table, where its watermark tells."""
    for column in table.columns:
        if column.name == table.sla.timestamp == table.latest_by and load.watermark:
            if column.classified:
                return None
            found = datetime.fromisoformat(load.watermark)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return found.timestamp() + (86_400 if column.type in _DATES else 0)
    return None


def _is_classified(table: Table[Any]) -> bool:
    return any(each.classified for each in table.columns if each.name == table.sla.timestamp)


def _shown(seconds: float) -> str:
    return str(timedelta(seconds=round(min(seconds, 1e10))))
