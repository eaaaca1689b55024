"""PostgreSQL: what its catalogue says of rights on the tables and views of contracts.

Rights that a role has by being a member of another, or by an attribute such as SUPERUSER, are not
rights on a table, and are not told here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any, Final

from portwright.granting.plan import Grant, Kind, Step, SystemError, Wanted
from portwright.model import Model
from portwright.targets.access import Access
from portwright.targets.access.forms import Grants, Level
from portwright.targets.access.hiding import query, view_statement
from portwright.targets.access.permissions import (
    Permission,
    Place,
    Shown,
    by_holder,
    creating,
    described,
    granting,
    made_views,
    permissions,
    relations,
)
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.places import joined
from portwright.targets.ddl.text import quote

if TYPE_CHECKING:
    from psycopg import Connection

# Relations as they are found from here, and who has what on them. No role can be called `public`,
# so that everybody is.
_RELATION: Final = """
SELECT c.oid, c.relkind, n.nspname, c.relname, ARRAY(
           SELECT option_name FROM pg_catalog.pg_options_to_table(c.reloptions)
           WHERE option_value::boolean AND option_name LIKE 'security%%' ORDER BY option_name
       )
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass(%s)
"""
_RIGHTS: Final = """
SELECT coalesce(r.rolname, 'public'), a.privilege_type, a.grantee = c.relowner
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE c.oid = %s
"""
_COLUMN_RIGHTS: Final = """
SELECT coalesce(r.rolname, 'public'), a.privilege_type, t.attname
FROM pg_catalog.pg_attribute t
JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
CROSS JOIN LATERAL aclexplode(t.attacl) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE c.oid = %s AND t.attnum > 0 AND a.grantee <> c.relowner
"""
_SCHEMA_RIGHTS: Final = """
SELECT coalesce(r.rolname, 'public'), a.privilege_type
FROM pg_catalog.pg_namespace n
CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %s
"""
# Readers reach no hidden rows by functions of theirs, and need no right on the table.
_OPTIONS: Final = ["security_barrier"]
_ROLES: Final = "SELECT rolname FROM pg_catalog.pg_roles"
_VIEW: Final = "SELECT pg_catalog.pg_get_viewdef(to_regclass(%s))"


class Postgres:
    """A database, beside what the contracts say of it by the target's options."""

    title = "PostgreSQL"
    remark = "-- "

    def __init__(self, url: str, models: Collection[Model], target: Access) -> None:
        import psycopg

        self._models = models
        self._target = target
        self._masker = target.masker()
        try:
            self._connection: Connection[tuple[Any, ...]] = psycopg.connect(
                url, connect_timeout=10, autocommit=True
            )
        except psycopg.Error as fault:
            raise _told(fault) from None

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str) -> None:
        self._ask(statement)

    def wanted(self) -> Mapping[Grant, Wanted]:
        dialect, grants = self._masker.dialect, self._masker.forms.grants
        assert grants is not None
        found: dict[Grant, Wanted] = {}
        roles = self._roles()
        for model in self._models:
            for each in permissions(model, self._masker):
                why = described(each.holder)
                if each.holder.name not in roles:
                    why += " (the role is not there yet)"
                wanted = Wanted(granting(each, dialect, grants), why, model.id)
                for right in each.rights:
                    grant = Grant(self._name(each.level, each.place), each.holder.name, right)
                    found.setdefault(grant, wanted)
        return found

    def read(self) -> Collection[Grant]:
        found: set[Grant] = set()
        wanted = self.wanted().keys()
        for model in self._models:
            for each in self._relations(model):
                found |= self._rights(each, wanted)
            for schema in {e.place for e in permissions(model, self._masker) if _is_schema(e)}:
                on = self._name(Level.SCHEMA, schema)
                rights = self._ask(_SCHEMA_RIGHTS, schema[-1])
                # What others have in a schema is not for its contracts to say.
                found |= {Grant(on, *each) for each in rights} & wanted
        return found

    def changes(self) -> Iterator[Step]:
        grants = self._masker.forms.grants
        assert grants is not None
        if self._target.create_roles:
            yield from self._missing_roles(grants)
        for model in self._models:
            for view in made_views(model, self._masker):
                yield from self._view(model, view)

    def revoking(self, grant: Grant) -> str:
        kind, _, name = grant.on.partition(" ")
        role = "PUBLIC" if grant.role == "public" else quote(grant.role, self._masker.dialect)
        on = f"SCHEMA {name}" if kind == Level.SCHEMA else name
        return f"REVOKE {grant.right} ON {on} FROM {role}"

    def _missing_roles(self, grants: Grants) -> Iterator[Step]:
        told = self._roles()
        for model in self._models:
            for holder, _ in by_holder(permissions(model, self._masker)):
                made = creating(holder, self._masker.dialect, grants)
                if made is not None and holder.name not in told:
                    told.add(holder.name)
                    yield Step(Kind.ADD, made, described(holder), model.id)

    def _roles(self) -> set[str]:
        return {"public", *(name for (name,) in self._ask(_ROLES))}

    def _relations(self, model: Model) -> Iterator[Shown]:
        for object_ in tables(model):
            yield from relations(model, object_, self._masker.dialect)
        yield from made_views(model, self._masker)

    def _rights(self, shown: Shown, wanted: Set[Grant]) -> set[Grant]:
        """Who has what on it. An owner's own rights are told as far as contracts want them."""
        known = self._known(shown.place)
        if known is None:
            return set()
        on = self._name(shown.level, shown.place)
        asked = self._ask(_RIGHTS, known[0])
        given = {Grant(on, role, right) for role, right, is_owners in asked if not is_owners}
        owned = {Grant(on, role, right) for role, right, is_owners in asked if is_owners}
        found = given | owned & wanted
        for role, right, column in self._ask(_COLUMN_RIGHTS, known[0]):
            name = quote(column, self._masker.dialect)
            found.add(Grant(on, role, f"{right} ({name})"))
        return found

    def _view(self, model: Model, shown: Shown) -> Iterator[Step]:
        """What makes the view, or makes it anew where it is another one."""
        known = self._known(shown.place)
        table = relations(model, shown.object_, self._masker.dialect)[0]
        if self._known(table.place) is None:
            return
        statement = view_statement(model, shown, self._masker)
        name = joined(shown.place, self._masker.dialect)
        if known is None:
            why = f"the view {name} hides what not everybody may see, and is not there"
            yield Step(Kind.ADD, statement, why, model.id)
        elif known[1:5:3] != ("v", _OPTIONS) or self._text(name) != self._made(model, shown):
            why = f"the view {name} does not show what the contract says"
            # One with other columns is dropped first, and with it the rights on it.
            whole = ";\n".join((statement, *self._granted(model, shown)))
            yield Step(Kind.CHANGE, whole, why, model.id)

    def _granted(self, model: Model, shown: Shown) -> Iterator[str]:
        """What grants the rights on a view."""
        grants = self._masker.forms.grants
        assert grants is not None
        for each in permissions(model, self._masker):
            if each.place == shown.place:
                yield granting(each, self._masker.dialect, grants)

    def _text(self, name: str) -> str | None:
        return next((text for (text,) in self._ask(_VIEW, name)), None)

    def _made(self, model: Model, shown: Shown) -> str | None:
        """The view's text as the server would print it, of one that is made and forgotten."""
        from psycopg import Error

        try:
            with self._connection.transaction(force_rollback=True):
                text = query(model, shown, self._masker)
                self._ask(f"CREATE TEMPORARY VIEW portwright_view AS {text}")
                return self._text("pg_temp.portwright_view")
        except (Error, SystemError):
            return None

    def _known(self, place: Place) -> tuple[Any, ...] | None:
        return next(iter(self._ask(_RELATION, joined(place, self._masker.dialect))), None)

    def _name(self, level: Level, place: Place) -> str:
        known = self._known(place) if level is not Level.SCHEMA else None
        parts = place if known is None else (known[2], known[3])
        return f"{level} {joined(parts, self._masker.dialect)}"

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        from psycopg import Error

        try:
            cursor = self._connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []
        except Error as fault:
            raise _told(fault) from None


def _is_schema(each: Permission) -> bool:
    return each.level is Level.SCHEMA


def _told(fault: Exception) -> SystemError:
    said = " ".join(str(fault).split()) or type(fault).__name__
    return SystemError(said[:300])
