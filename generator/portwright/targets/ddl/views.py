"""Views that stay: the table of the current major version under a name that has no version.

A table whose name ends in its major version (`orders_v1`) is shown by a view that does not
(`orders`). Who queries the view goes on when a new major version has a new table.
"""

from __future__ import annotations

from portwright.model import Model, Object
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.places import joined, namespace, qualified
from portwright.targets.ddl.text import literal, quote, same_name


def view_place(model: Model, object_: Object, dialect: Dialect) -> tuple[str, ...] | None:
    """The qualified name of the view. None where the table's name has no version, where another
    major version of the contract is the current one, and where another table is called so."""
    name = object_.table.removesuffix(f"_v{model.major}")
    if not model.current or name in ("", object_.table):
        return None
    place = (*namespace(model, object_, dialect), name)
    versions = (model, model.earlier) if model.earlier else (model,)
    taken = (
        (*namespace(version, each, dialect), each.table)
        for version in versions
        for each in tables(version)
    )
    return None if any(_same(place, each, dialect) for each in taken) else place


def view_statement(model: Model, object_: Object, dialect: Dialect) -> str | None:
    """What makes the view, or makes it anew; None where there is none."""
    place = view_place(model, object_, dialect)
    if place is None:
        return None
    columns = ", ".join(quote(each.column, dialect) for each in object_.record.fields)
    query = f"SELECT {columns} FROM {qualified(model, object_, dialect)}"
    forms = dialect.statements
    view = joined(place, dialect)
    create = forms.view.format(view=view, query=query)
    tag = "view"
    while f"${tag}$" in create:
        tag += "_"
    words = {"create": create, "create_text": literal(create, dialect), "view": view, "tag": tag}
    return forms.batch.format(**words)


def _same(one: tuple[str, ...], other: tuple[str, ...], dialect: Dialect) -> bool:
    rules = dialect.identifiers
    return [same_name(each, rules) for each in one] == [same_name(each, rules) for each in other]
