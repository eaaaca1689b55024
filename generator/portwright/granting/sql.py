"""Engines of SQL: which of the contracts are in one, and by which options of the target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from portwright.granting.asked import Asked
from portwright.granting.plan import System, SystemError
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.run import Run
from portwright.targets.access import Access
from portwright.targets.ddl.dialects import DIALECTS
from portwright.targets.ddl.places import chosen_server, server_of


def postgres(asked: Asked, run: Run) -> System:
    """PostgreSQL at the url."""
    try:
        from portwright.granting.postgres import Postgres

        target = _target(run, "postgres", asked.server)
        return Postgres(asked.url, tuple(_models(run.build.models, target)), target)
    except ImportError:
        raise SystemError("it needs a package more: pip install 'portwright[import]'") from None


def _target(run: Run, dialect: str, server: str | None) -> Access:
    """The config's target for the dialect, else one with options as they are by default."""
    known = [each.target for each in run.outputs]
    found = [each for each in known if isinstance(each, Access) and each.dialect == dialect]
    fitting = [each for each in found if server is None or each.server in (None, server)]
    target = fitting[0] if fitting else Access(dialect)
    return replace(target, server=server or target.server)


def _models(models: Iterable[Model], target: Access) -> Iterable[Model]:
    """The contracts with tables in the engine: of those that name servers, those that name it."""
    for each in models:
        chosen = chosen_server(each, target.server)
        if chosen is not None and (
            not chosen.servers or server_of(chosen, DIALECTS[target.dialect])
        ):
            yield as_seen(chosen)
