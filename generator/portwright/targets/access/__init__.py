"""Access: who may do what with a contract's tables, in one engine's own words.

`permissions` and `hiding` have the same facts piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar, Final

from portwright import names
from portwright.diagnostics import Diagnostic, error, nearest
from portwright.model import Model
from portwright.render import comment, header, render
from portwright.targets import File
from portwright.targets.access.dialects import FORMS
from portwright.targets.access.findings import of_engine, of_roles
from portwright.targets.access.hiding import policy_statements, view_statements
from portwright.targets.access.masks import Masker, Secret
from portwright.targets.access.permissions import (
    by_holder,
    creating,
    described,
    granting,
    permissions,
)
from portwright.targets.ddl.dialects import DIALECTS
from portwright.targets.ddl.places import chosen_server, joined

_TABLE: Final = re.compile(r"([A-Za-z_]\w{0,40}\.){0,2}[A-Za-z_]\w{0,40}", re.ASCII)
_REGION: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class Access:
    """The target: one file a contract, `<contract>.access.<dialect>.sql`."""

    name: ClassVar[str] = "access"
    summary: ClassVar[str] = f"GRANTs and masks of the contract's roles ({', '.join(FORMS)})"

    dialect: str = field(metadata={"choices": tuple(FORMS)})
    server: str | None = None
    create_roles: bool = False
    key_table: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        if self.key_table is not None and not _TABLE.fullmatch(self.key_table):
            raise ValueError(f"`{self.key_table}` of `key-table` cannot be the name of a table")
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise ValueError(f"`{self.region}` of `region` cannot be the name of a region")

    def masker(self) -> Masker:
        """What masks need to know."""
        dialect = DIALECTS[self.dialect]
        place = self.key_table.split(".") if self.key_table else None
        secret = Secret(joined(tuple(place), dialect)) if place else None
        return Masker(dialect, FORMS[self.dialect], secret, self.region)

    def check(self, model: Model) -> Iterable[Diagnostic]:
        """What the engine cannot do for the contract's roles."""
        chosen = chosen_server(model, self.server)
        if chosen is None:
            yield error(
                "PW347",
                f"the contract has no server `{self.server}`, which the config names",
                model.span,
                nearest(self.server or "", [each.name for each in model.servers])
                or "name one of its `servers`, or leave the option out",
            )
            return
        yield from of_roles(chosen)
        yield from of_engine(chosen, self.masker())

    def emit(self, model: Model) -> Iterator[File]:
        """The file, or none where nobody gets anything."""
        chosen = chosen_server(model, self.server)
        if chosen is None:
            return
        masker = self.masker()
        parts = [f"{each};" for each in dict.fromkeys(self._statements(chosen, masker))]
        if not parts:
            return
        text = render(
            "access/grants.sql.j2",
            header=header(model, "-- "),
            engine=masker.dialect.title,
            parts=parts,
        )
        stem = names.versioned(names.kebab(model.name), model)
        yield File(PurePosixPath(f"{stem}.access.{self.dialect}.sql"), text)

    def _statements(self, model: Model, masker: Masker) -> Iterator[str]:
        yield from view_statements(model, masker)
        grants = masker.forms.grants
        if grants is None:
            return
        yield from policy_statements(model, masker)
        for holder, found in by_holder(permissions(model, masker)):
            about = comment(described(holder), "-- ")
            statements = [granting(each, masker.dialect, grants) for each in found]
            made = creating(holder, masker.dialect, grants) if self.create_roles else None
            if made is not None:
                statements.insert(0, made)
            yield about + "\n" + ";\n".join(statements)
