"""Loads rows into a table: whatever the engine, and whatever number of rows.

Rows are taken from their iterable a batch at a time, checked, and staged; nothing else is kept of
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.loading import audit
from portwright_runtime.loading.batches import Rejected, batches
from portwright_runtime.warehouse import (
    ArrowStream,
    Attempt,
    Load,
    LoadMode,
    OnBadRows,
    Table,
    Terms,
    Warehouse,
    violation,
)

_LONGEST_LOAD_ID = 500


def load(
    warehouse: Warehouse, table: Table[Any], records: Iterable[Any] | ArrowStream, terms: Terms
) -> Load:
    """The load once its rows are in the table: all of them at once, or none if it raises."""
    _check(table, terms)
    begun = warehouse.begin(table, terms)
    if isinstance(begun, Load):
        return begun
    try:
        _stage(begun, table, records, terms)
        return begun.publish()
    finally:
        begun.discard()


def _stage(
    attempt: Attempt, table: Table[Any], records: Iterable[Any] | ArrowStream, terms: Terms
) -> None:
    """Stages the rows, and has them audited."""
    staging = attempt.staging
    for batch in batches(table, records):
        if batch.deleted is not None and terms.mode != "upsert":
            raise ConfigurationError(f"only a load in mode 'upsert' deletes, not {terms.mode!r}")
        rejected = staging.add(batch)
        if rejected and terms.on_bad_rows == "block":
            raise _refused(table, rejected[0])
    if terms.mode == "upsert":
        staging.keep_latest()
    if terms.on_bad_rows != "block":
        audit.put_aside(staging)
    elif found := audit.findings(staging):
        raise violation(table, found)
    whole = terms.mode == "replace"
    if found := audit.measured(staging, whole=whole, blocks=terms.measured):
        raise violation(table, found)


def _refused(table: Table[Any], first: Rejected) -> ContractViolation:
    error = ContractViolation(table.full_version, table.object, first.path, first.rule)
    error.add_note(f"it is the load's record {first.row}")
    return error


def _check(table: Table[Any], terms: Terms) -> None:
    """Returns if the terms of a load can be used, else raises ConfigurationError."""
    load_id = terms.load_id
    if (
        not isinstance(load_id, str)
        or not load_id.strip()
        or not load_id.isprintable()
        or len(load_id) > _LONGEST_LOAD_ID
    ):
        raise ConfigurationError(
            f"a load_id is a text of 1 to {_LONGEST_LOAD_ID} printable characters, "
            f"such as the day it is for; this is {load_id!r:.60}"
        )
    _check_choice("mode", terms.mode, get_args(LoadMode))
    _check_choice("way on_bad_rows", terms.on_bad_rows, get_args(OnBadRows))
    if not isinstance(terms.keep, int) or terms.keep < 0:
        raise ConfigurationError(f"keep is how many loads can be undone; it is {terms.keep!r:.60}")
    if terms.mode == "upsert" and not table.primary_key:
        raise ConfigurationError(f"{table.object} has no primary key: it cannot be upserted")
    if terms.mode == "partition" and not table.partition_key:
        raise ConfigurationError(
            f"{table.object} has no partition key: mark a property `partitioned: true`"
        )


def _check_choice(what: str, chosen: str, known: tuple[str, ...]) -> None:
    if chosen not in known:
        ways = ", ".join(map(repr, known))
        raise ConfigurationError(f"there is no {what} {chosen!r:.60} of loading; there are: {ways}")
