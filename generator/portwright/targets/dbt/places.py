"""Places: what the source, the model and the test of each table are called, and where dbt finds
the table."""

from __future__ import annotations

from dataclasses import dataclass

from portwright import names
from portwright.model import Model, Object
from portwright.targets.ddl import Dialect, namespace, quote
from portwright.targets.ddl.keys import tables

_QUOTES = frozenset('"`[]')


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the database as dbt wants it, and whether dbt has to put it in quotes."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An object with a table. `namespace` qualifies the table, outermost first; `source` and
    `table` are dbt's names, in snake_case."""

    object: Object
    namespace: tuple[str, ...]
    contract: str
    source: str

    @property
    def table(self) -> str:
        """The table's name in its source."""
        return names.snake(self.object.name)

    @property
    def source_call(self) -> str:
        """What stands for the table in a model: the names hold letters, digits and `_` only."""
        return f"source('{self.source}', '{self.table}')"

    @property
    def model(self) -> str:
        """The name of the staging model."""
        return f"stg_{self.contract}__{self.table}"

    @property
    def test(self) -> str:
        """The name of the test for what dbt's own tests do not say."""
        return f"assert_{self.contract}__{self.table}"


def places(model: Model, dialect: Dialect) -> list[Place]:
    """The tables in the contract's order. The source is called after the contract; tables in
    another schema than the first's have a source that is called after their schema as well."""
    ports = {each.name for each in tables(model)}
    found: list[Place] = []
    contract = names.versioned(names.snake(model.name), model)
    for each in model.objects:
        if each.name not in ports:
            continue
        here = namespace(model, each, dialect)
        first = found[0].namespace if found else here
        source = contract if here == first else f"{contract}_{names.snake('_'.join(here))}"
        found.append(Place(each, here, contract, source))
    return found


def name(text: str, dialect: Dialect) -> Name:
    """A name for dbt to quote where the engine needs quotes. dbt escapes nothing in quotes of its
    own: what holds a quote comes in quotes already."""
    written = quote(text, dialect)
    if written == text or _QUOTES & set(text):
        return Name(written, False)
    before, _, behind = dialect.identifiers.quoted.partition("{name}")
    return Name(written.removeprefix(before).removesuffix(behind), True)
