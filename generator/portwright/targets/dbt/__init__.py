"""dbt: the consumer's side of a warehouse. The tables of a contract as sources with tests, and a
typed staging model over each.

`out` is the folder of a dbt project. All files are the tool's: what comes after staging is written
in models of one's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names, overrides
from portwright.diagnostics import Diagnostic
from portwright.model import Model, Object
from portwright.overrides import views
from portwright.render import dump_yaml, header, render
from portwright.targets import File
from portwright.targets.dbt.assertions import assertions
from portwright.targets.dbt.dialects import ADAPTERS, adapted
from portwright.targets.dbt.findings import diagnose
from portwright.targets.dbt.jinja import comment
from portwright.targets.dbt.models import columns, models
from portwright.targets.dbt.places import places
from portwright.targets.dbt.sources import sources
from portwright.targets.ddl import Ddl
from portwright.targets.ddl.places import chosen_server

# What the engine's tables lack, and these files do not need.
_OF_TABLES_ONLY = ("PW344", "PW346")  # foreign keys, partitions


@dataclass(frozen=True, slots=True)
class Dbt:
    """The target: files below `models/` and `tests/` of a dbt project."""

    dialect: str = field(metadata={"choices": ADAPTERS})
    server: str | None = None
    name: ClassVar[str] = "dbt"
    summary: ClassVar[str] = "sources with tests and typed staging models for a dbt project"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        """What the engine or dbt cannot say of the model's tables."""
        for each in Ddl(self.dialect, self.server).check(model):
            if each.code not in _OF_TABLES_ONLY:
                yield each
        if chosen := chosen_server(model, self.server):
            yield from diagnose(chosen, adapted(self.dialect))

    def emit(self, model: Model) -> Iterator[File]:
        """Two documents, and a model and a test for each table; nothing without a table."""
        dialect = adapted(self.dialect)
        chosen = chosen_server(model, self.server)
        found = places(chosen, dialect) if chosen else []
        if not found:
            return
        contract = names.versioned(names.snake(model.name), model)
        folder = PurePosixPath("models/staging", contract)
        head = header(model, "# ") + "\n"
        yield File(
            folder / f"_{contract}__sources.yml", head + dump_yaml(sources(model, found, dialect))
        )
        yield File(folder / f"_{contract}__models.yml", head + dump_yaml(models(found, dialect)))
        head = comment(header(model, ""))
        for place in found:
            config, where = _added(model, place.object, self.dialect)
            text = render(
                "dbt/staging.sql.j2",
                header=head,
                config=config,
                where=where,
                columns=columns(place.object, dialect),
                source=place.source_call,
            )
            yield File(folder / f"{place.model}.sql", text)
        for place in found:
            if branches := assertions(place, found, dialect):
                text = render("dbt/assertions.sql.j2", header=head, assertions=branches)
                yield File(PurePosixPath("tests", contract, f"{place.test}.sql"), text)


def _added(model: Model, object_: Object, dialect: str) -> tuple[str, str]:
    """What templates of the repository add to a staging model: before its SQL, and at its end."""
    config, where = (
        overrides.block(
            "dbt/staging.sql.j2",
            name,
            lambda: views.StagingView(
                views.contract_view(model), views.object_view(object_), dialect
            ),
        )
        for name in ("config", "where")
    )
    return config, where
