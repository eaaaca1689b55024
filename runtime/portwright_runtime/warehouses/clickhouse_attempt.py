"""One try at a load into ClickHouse."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from portwright_runtime.errors import ContractViolation, PortwrightError, WarehouseError
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import Load, Terms
from portwright_runtime.warehouses.clickhouse_change import Change
from portwright_runtime.warehouses.clickhouse_exchange import Version, version
from portwright_runtime.warehouses.clickhouse_ledger import Published
from portwright_runtime.warehouses.clickhouse_server import Place, ServerError, failures
from portwright_runtime.warehouses.clickhouse_site import Site
from portwright_runtime.warehouses.clickhouse_values import unheld
from portwright_runtime.warehouses.ledger import Counts, Entry

_TRIES: Final = 50


class ClickHouseAttempt:
    """One try at a load: what it makes is beside the table until it takes its place."""

    def __init__(self, site: Site, terms: Terms, entry: Entry) -> None:
        self._site = site
        self._terms = terms
        self._entry = entry
        self._staging = private_staging(site.table)
        self._what = f"load {entry.load_id!r} of {entry.object} is not published"
        # The UUID of the table that is to take the place, once there is one.
        self._data = ""
        self._staged: Version | None = None
        self._published = False

    @property
    def staging(self) -> Staging:
        """Where the rows are staged."""
        return self._staging

    def earlier(self, most: int) -> list[Load]:
        """The last loads of the table; see `Attempt.earlier`."""
        with failures(self._what):
            return self._site.ledger.loads(most)

    def publish(self) -> Load:
        """The load, once its table has the name; see `Attempt.publish`.

        Where another table takes the name first, it is made again out of that one.
        """
        with failures(self._what):
            self._refuse_what_is_not_held()
            site = self._site
            change = Change(
                site.server,
                site.exchange,
                self._staging,
                site.dialect,
                site.place,
                self._terms,
                self._entry,
                self._what,
            )
            for number in tries():
                try:
                    load = self._tried(change, number)
                except ServerError:
                    # Who publishes the same load drops what others at it have made.
                    found = site.ledger.find(self._terms)
                    if found is None:
                        raise
                    load = unchanged(site, found)
                if load is not None:
                    return load
        raise WarehouseError(f"{self._what}: others write to the table all the time; load again")

    def _tried(self, change: Change, number: int) -> Load | None:
        """The load, if no other table took the name while its own was made."""
        site = self._site
        base = version(site.server, site.place)
        if found := site.ledger.find(self._terms):
            return unchanged(site, found)
        site.check()
        if self._terms.mode in ("replace", "partition"):
            self._refuse_what_undoes()
        if number == 0:
            change.stage(base is not None)
            if self._terms.on_bad_rows == "quarantine":
                site.quarantine.put_aside(self._entry, self._staging.rejections())
            self._staged = base
        self._refuse_what_was_altered(base)
        try:
            source, counts = change.made(base is not None)
        except ContractViolation:
            # It may be of rows that another attempt has put there since.
            if version(site.server, site.place) == base:
                raise
            return None
        return self._put(source, counts, base)

    def discard(self) -> None:
        """Frees the staging, and drops what an unpublished load has left."""
        with suppress(PortwrightError), failures("cannot clean"):
            self._ended()
        self._staging.close()
        self._site.server.close()

    # ------------------------------------------------------------------ private

    def _put(self, source: Place, counts: Counts, base: Version | None) -> Load | None:
        """The load, if its table has taken the place of the one that it was made from."""
        site, terms = self._site, self._terms
        self._data = site.server.identity(source) or ""
        kept = terms.keep > 0
        before = base.identity if base else ""
        entry = site.ledger.publishing(self._entry, counts, self._data, before, kept)
        try:
            if not site.exchange.put(entry.token, source, base):
                return None
            site.exchange.finish(Published(entry, False, kept, self._data, before))
        except ServerError as error:
            if error.code is not None:
                raise
            raise WarehouseError(
                f"it is not known whether load {entry.load_id!r} of {entry.object} is published:"
                f" {error}; load it again, which does nothing if it is"
            ) from None
        self._published = True
        with suppress(PortwrightError), failures("cannot make the view"):
            site.show()
        forgotten = site.ledger.kept()[terms.keep :]
        site.ledger.forgotten(forgotten)
        for token in forgotten:
            site.exchange.drop("undo", token)
        return entry.load("published")

    def _ended(self) -> None:
        """Where no answer came to the last step, the load may be published all the same."""
        site, token = self._site, self._entry.token
        if self._published:
            return
        site.exchange.take_down(token)
        for each in site.ledger.pending():
            if each.entry.token == token:
                site.exchange.finish(each)
                return
        site.exchange.abandon(self._entry, self._data)

    def _refuse_what_is_not_held(self) -> None:
        if found := unheld(self._staging):
            raise WarehouseError(
                f"{self._what}: {'; '.join(found)} and nothing is put in its place: leave such rows"
                " out, or give them values that ClickHouse has"
            )

    def _refuse_what_undoes(self) -> None:
        later = self._site.ledger.published_later(self._entry)
        if later is not None:
            raise WarehouseError(
                f"{self._what}: load {later!r} of the same table began later and is in it already"
            )

    def _refuse_what_was_altered(self, base: Version | None) -> None:
        """Raises where the table is made otherwise than when rows were taken to the server, and
        where a change of its rows is under way, which a clone would not have."""
        if base is not None and base.mutations and self._terms.mode != "replace":
            raise WarehouseError(
                f"{self._what}: the table has a mutation under way; load again when it is done in"
                " system.mutations"
            )
        then, now = (each.made if each else None for each in (self._staged, base))
        if then != now and None not in (then, now):
            raise WarehouseError(f"{self._what}: the table was altered meanwhile; load again")


def unchanged(site: Site, found: Published) -> Load:
    """The load that is in the table already."""
    if not found.settled:
        site.exchange.finish(found)
    return found.entry.load("unchanged")


def tries() -> Iterator[int]:
    """Numbers of tries, after waits of random length: two who disturb each other part."""
    for number in range(_TRIES):
        if number:
            time.sleep(random.uniform(0, min(0.05 * number, 1.0)))
        yield number
