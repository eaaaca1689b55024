"""Loads rows into a table: whatever the engine, and whatever number of rows.

Rows are taken from their iterable a batch at a time, checked, and staged; nothing else is kept of
them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, get_args

from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.loading import audit, comparisons
from portwright_runtime.loading.batches import Rejected, batches
from portwright_runtime.loading.staging import Staging
from portwright_runtime.loading.watching import Loading, watched
from portwright_runtime.warehouse import (
    ArrowStream,
    Attempt,
    Finding,
    Load,
    LoadMode,
    OnBadRows,
    Table,
    Terms,
    Warehouse,
    violation,
)

logger = logging.getLogger(__name__)

_LONGEST_LOAD_ID = 500


def load(
    warehouse: Warehouse, table: Table[Any], records: Iterable[Any] | ArrowStream, terms: Terms
) -> Load:
    """The load once its rows are in the table: all of them at once, or none if it raises."""
    _check(table, terms)
    loading = Loading(warehouse, table, terms, _total(records, terms))
    with watched(loading):
        loading.load = load = _loaded(loading, records)
        loading.ended = time.time()
    return load


def _loaded(loading: Loading, records: Iterable[Any] | ArrowStream) -> Load:
    begun = loading.warehouse.begin(loading.table, loading.terms)
    if isinstance(begun, Load):
        loading.newest = comparisons.newest_of(loading.table, begun)
        return begun
    try:
        loading.at("stage")
        _stage(begun.staging, records, loading)
        loading.at("audit")
        _audit(begun, loading)
        loading.at("publish")
        return begun.publish()
    finally:
        begun.discard()


def _stage(staging: Staging, records: Iterable[Any] | ArrowStream, loading: Loading) -> None:
    """Stages the rows: all that there are, as far as is known."""
    table, terms = loading.table, loading.terms
    for batch in batches(table, records):
        if batch.deleted is not None and terms.mode != "upsert":
            raise ConfigurationError(f"only a load in mode 'upsert' deletes, not {terms.mode!r}")
        rejected = staging.add(batch)
        if rejected and terms.on_bad_rows == "block":
            loading.findings.append(Finding(rejected[0].path, rejected[0].rule, 1))
            raise _refused(table, rejected[0])
        loading.at("stage", len(batch.numbers) + len(batch.deleted_numbers) + len(rejected))
    comparisons.check_count(table, terms, loading.taken)


def _audit(attempt: Attempt, loading: Loading) -> None:
    """Has the staged rows audited."""
    staging, terms, found = attempt.staging, loading.terms, loading.findings
    if terms.mode == "upsert":
        staging.keep_latest()
    if terms.on_bad_rows != "block":
        audit.put_aside(staging)
        found += audit.rejected(staging)
    else:
        found += audit.findings(staging)
        if found:
            raise violation(loading.table, found)
    together = [
        replace(each, blocks=each.blocks and terms.measured)
        for each in (
            *audit.measured(staging, whole=terms.mode == "replace"),
            *comparisons.findings(attempt, loading),
        )
    ]
    found += together
    for each in together:
        if not each.blocks:
            logger.warning("%s: %s: %s", loading.table.object, each.path or "rows", each.rule)
    if blocking := [each for each in together if each.blocks]:
        error = violation(loading.table, blocking)
        error.add_note("pass measured=False if that is meant")
        raise error


def _total(records: Iterable[Any] | ArrowStream, terms: Terms) -> int | None:
    """How many rows there will be, where that is known."""
    if terms.expected_rows is not None and not callable(terms.expected_rows):
        return terms.expected_rows
    if isinstance(records, Sequence):
        return len(records)
    # Others are not asked for their length: some run a query for it.
    found = getattr(records, "num_rows", None)
    return found if isinstance(found, int) else None


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
    rows = terms.expected_rows
    if not (rows is None or callable(rows) or (type(rows) is int and rows >= 0)):
        raise ConfigurationError(f"expected_rows is a number of rows; it is {rows!r:.60}")
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
