"""What a file of DDL has below its head: statements, and what templates of the repository add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portwright import overrides
from portwright.model import Model, Object
from portwright.overrides import views
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.places import qualified

_TEMPLATE = "ddl/create.sql.j2"


def print_parts(
    model: Model, dialect: Dialect, made: Mapping[str, Iterable[str]], last: Iterable[str]
) -> list[str]:
    """The parts in order: of each table its statements by the object's name, then the last ones."""
    said: set[str] = set()
    parts = [_added(model, dialect, "before")]
    for table in tables(model):
        parts += _ended(made[table.name], said)
        parts.append(_added(model, dialect, "after_table", table))
    parts += _ended(last, said)
    parts.append(_added(model, dialect, "after"))
    return [each for each in parts if each]


def _ended(statements: Iterable[str], said: set[str]) -> Iterator[str]:
    """Each statement that was not said before: tables may share their schema."""
    for each in statements:
        if each not in said:
            said.add(each)
            yield f"{each};"


def _added(model: Model, dialect: Dialect, block: str, table: Object | None = None) -> str:
    more = {} if table is None else {"table": _view(model, dialect, table)}
    return overrides.block(_TEMPLATE, block, lambda: _whole(model, dialect), **more)


def _whole(model: Model, dialect: Dialect) -> views.DdlView:
    found = tuple(_view(model, dialect, each) for each in tables(model))
    return views.DdlView(views.contract_view(model), dialect.name, found)


def _view(model: Model, dialect: Dialect, table: Object) -> views.TableView:
    return views.TableView(qualified(model, table, dialect), views.object_view(table))
