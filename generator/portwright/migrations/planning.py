"""Planning: the steps for all tables of a contract, in an order in which each can be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from portwright.evolution.versions import numbers
from portwright.migrations.anew import Anew
from portwright.migrations.in_place import InPlace
from portwright.migrations.keeping import keeping
from portwright.migrations.pairs import Pair
from portwright.migrations.reasons import reasons
from portwright.migrations.showing import shown
from portwright.migrations.steps import Held, Plan, Step
from portwright.migrations.views import Table, matched, table
from portwright.migrations.writing import add_constraint, creation, drop_constraint, named
from portwright.model import Model
from portwright.targets.ddl import Dialect
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.constraints import Constraint, ConstraintKind
from portwright.targets.ddl.keys import tables


def plan(old: Model, new: Model, dialect: Dialect, *, destructive: bool = False) -> Plan:
    """What makes the tables that the engine has of the old model those of the new one.

    Both are models as they are loaded, of which the engine can hold the tables. Without
    `destructive`, a column that the contract has no more stays and may be null, and the steps that
    take it away come last.
    """
    between = new if destructive else keeping(old, new, dialect)
    steps = [*_Planning(old, between, dialect, new.version).steps()]
    if between is not new:
        drops = _Planning(between, new, dialect, f"{new.version} drop").steps()
        steps += (each.holding(Held.DESTRUCTIVE) for each in drops)
    first, last = shown(old, new, steps, dialect)
    return Plan((*first, *_once(steps), *last), destructive)


def _once(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, where one does what several ask for: some engines alter a column as a whole."""
    found: list[Step] = []
    last: dict[tuple[str, str | None], int] = {}
    for each in steps:
        place = (each.table, each.column)
        before = found[last[place]] if each.column and place in last else None
        if before and (before.statements, before.held) == (each.statements, each.held):
            detail = "; ".join((before.detail or before.kind, each.detail or each.kind))
            rows = (*before.rows, *each.rows)
            found[last[place]] = replace(before, detail=detail, rows=rows)
            continue
        last[place] = len(found)
        found.append(each)
    return iter(found)


@dataclass
class _Planning:
    """One plan in the making; tables that go aside are called by its `label`. Tables are known by
    the names of their objects."""

    old: Model
    new: Model
    dialect: Dialect
    label: str

    def __post_init__(self) -> None:
        found = matched(self.old, self.new, self.dialect)
        major = numbers(self.new.version)[0] > numbers(self.old.version)[0]
        self.gone = [table(self.old, each, self.dialect) for each in found.removed]
        self.created = {each.name for each in found.added}
        befores = {each.name: each for each, _ in found.pairs}
        self.before_of = {after.name: before.name for before, after in found.pairs}
        self.pairs = {
            after.name: Pair(
                table(self.old, befores[before.name], self.dialect),
                table(self.new, after, self.dialect),
                self.dialect,
                moves=major,
            )
            for before, after in found.pairs
        }
        self.anew: dict[str, Anew] = {}
        self._settle()

    def steps(self) -> Iterator[Step]:
        yield from self._free()
        order = [each.name for each in tables(self.new)]
        for name in reversed(order):
            if name in self.anew:
                yield from self.anew[name].aside()
        made = {name: creation(self.new, self.new.object(name), self.dialect) for name in order}
        taken = {each.before.name: each for each in self.pairs.values()}
        for name in order:
            if name in self.created:
                if made[name].table not in taken:
                    yield made[name]
            elif name in self.anew:
                yield from self.anew[name].steps()
            else:
                yield from InPlace(self.pairs[name]).steps()
        for name in order:
            if name in self.pairs and name not in self.anew:
                yield from self._refer(self.pairs[name])
        for name in reversed(order):
            if name in self.anew:
                yield from self.anew[name].ends()
        for name in order:
            if name in self.created and made[name].table in taken:
                there = taken[made[name].table]  # its name is free where it was given another one
                stays = there.after.object.name in self.anew and there.is_renamed
                yield made[name].holding(Held.DESTRUCTIVE if stays else None)
        for each in self.gone:
            detail = "the contract has it no more"
            held = Held.DESTRUCTIVE
            yield named(each, self.dialect).step(Alteration.DROP_TABLE, detail=detail, held=held)

    def _settle(self) -> None:
        """Decides which tables are made anew, until that of none makes another one so."""
        while True:
            changed = False
            for name, pair in self.pairs.items():
                freed = frozenset(each.name for each in self._freed(pair.before))
                referred = any(self._leads(each, name) for each in self._references())
                if (freed, referred) != (pair.freed, pair.referred):
                    self.pairs[name] = pair = replace(pair, freed=freed, referred=referred)
                found = tuple(reasons(pair))
                if found and name not in self.anew:
                    self.anew[name] = Anew(pair, self.label, found)
                    changed = True
            if not changed:
                return

    def _references(self) -> Iterator[Constraint]:
        for each in (*(pair.before for pair in self.pairs.values()), *self.gone):
            yield from _foreign(each)

    def _leads(self, constraint: Constraint, name: str) -> bool:
        reference = constraint.reference
        return reference is not None and reference.target.name == self.before_of.get(name)

    def _freed(self, before: Table) -> Iterator[Constraint]:
        """Foreign keys of the table that lead to a key that goes, or to a table that does."""
        for each in _foreign(before):
            for name, pair in self.pairs.items():
                if self._leads(each, name) and (name in self.anew or _loses(pair, each)):
                    yield each

    def _free(self) -> Iterator[Step]:
        """Foreign keys go before what they lead to, but for those of tables that go aside."""
        droppable = Alteration.DROP_FOREIGN_KEY in self.dialect.alterations.ways
        for name, pair in self.pairs.items():
            goes = name in self.anew
            for each in _foreign(pair.before) if goes else pair.dropped:
                if each.kind is ConstraintKind.FOREIGN_KEY and droppable and not pair.moves:
                    yield drop_constraint(pair.before, each, self.dialect)
        for table_ in self.gone:
            for each in self._freed(table_):
                if droppable:
                    yield drop_constraint(table_, each, self.dialect)

    def _refer(self, pair: Pair) -> Iterator[Step]:
        for each in pair.gained:
            if each.kind is ConstraintKind.FOREIGN_KEY:
                yield add_constraint(named(pair.after, self.dialect), each)


def _foreign(table_: Table) -> Iterator[Constraint]:
    return (each for each in table_.constraints if each.kind is ConstraintKind.FOREIGN_KEY)


def _loses(pair: Pair, constraint: Constraint) -> bool:
    """Whether the key that the foreign key leads to is dropped, or of another type."""
    reference = constraint.reference
    assert reference is not None
    over = {each.name for each in reference.targets}
    return any({field.name for field in each.fields} == over for each in pair.dropped)
