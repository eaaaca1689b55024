"""The numbering of a model: which number of the lock belongs to which field and enum value.

- A field is known by its ODCS `id` if the lock has seen that id in the same record, else by its
  name, else by a name that the contract says it had. A rename keeps the number, and all below it.
- The names that a field or type had before are kept, unless they are, or ever were, another's: what
  is called so in old data is then not its own.
- A field the contract no longer has keeps its line. Its number and name stay reserved, and are
  its own again when it comes back with the same shape on the wire.
- A field that changes its shape gets a new number; the old one becomes a `reserved` line. Old
  bytes are then unknown to new readers instead of misread. So does a removed field whose
  name a renamed one has taken.
- New fields are numbered after the highest number of their record, in the order of the contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from portwright import names
from portwright.lock.file import FORBIDDEN, HIGHEST, Entry, Kind, Lock
from portwright.lock.shapes import shape
from portwright.model import (
    Array,
    Enum,
    EnumValue,
    Field,
    Map,
    Model,
    Nullable,
    Object,
    Record,
    Reserved,
    Type,
)

Path = tuple[str, ...]


def apply(model: Model, lock: Lock) -> tuple[Model, Lock]:
    """The model with a number on every field and enum value, and the lock that now holds them."""
    version = (model.id, model.major)
    own = [
        each
        for each in lock.entries
        if (each.contract, each.major) == version and each.kind is not Kind.RELEASE
    ]
    types = names.type_names(model)
    run = _Run(model.id, model.major, _by_type(own), types, frozenset(types.values()))
    objects = run.objects(model.objects)
    others = set(lock.entries).difference(own)
    return replace(model, objects=objects), Lock.of(others.union(run.written, run.dormant()))


def apply_all(models: Iterable[Model], lock: Lock) -> tuple[list[Model], Lock]:
    """Every model, numbered by the lines of its own version, and the lock that now holds them."""
    held = lock.versions()
    numbered: list[Model] = []
    for model in models:
        version = (model.id, model.major)
        model, held[version] = apply(model, held.get(version, Lock()))
        numbered.append(model)
    return numbered, Lock.of(chain.from_iterable(each.entries for each in held.values()))


@dataclass
class _Run:
    """One application: what the lock held, and what it will hold. `taken` are the names of `types`.

    `moved` says where the lines below a path of the old lock are now; None: nowhere, for ever.
    `done` are the types of the old lock whose lines have been written anew.
    """

    contract: str
    major: int
    old: dict[tuple[Path, bool], list[Entry]]
    types: names.TypeNames
    taken: frozenset[str]
    written: list[Entry] = field(default_factory=list)
    moved: dict[Path, Path | None] = field(default_factory=dict)
    done: set[tuple[Path, bool]] = field(default_factory=set)

    def objects(self, objects: tuple[Object, ...]) -> tuple[Object, ...]:
        """The objects, numbered."""
        known = self.old.pop(((), False), [])
        match = _Match(objects, known)
        found = []
        for each, entry, id_ in zip(objects, match.entries, match.ids, strict=True):
            before = self._before((), each.name, entry, known, each.record.path)
            self._write(Kind.OBJECT, (), each.name, id=id_)
            found.append(replace(each, record=self._record(each.record, before)))
        for gone in match.gone:
            if gone.name in match.names:
                self.moved.setdefault((gone.name,), None)
            else:
                self.written.append(gone)
        return tuple(found)

    def dormant(self) -> Iterator[Entry]:
        """The lines of types the contract has no more, where they are now."""
        for (path, values), entries in self.old.items():
            if (path, values) in self.done:
                continue
            known = (path[:n] for n in range(len(path), 0, -1) if path[:n] in self.moved)
            nearest = next(known, ())
            now = self.moved.get(nearest, ())
            if now is not None:
                rest = path[len(nearest) :]
                yield from (replace(each, path=now + rest) for each in entries)

    def _record(self, record: Record, before: Path | None) -> Record:
        """The record, numbered; `before` is its path in the old lock, None if it is new."""
        lines = self._lines(before, values=False)
        known = [e for e in lines if e.kind is Kind.FIELD]
        dead = [e for e in lines if e.kind is Kind.RESERVED]
        match = _Match(record.fields, known)
        owners = Counter(name for e in [*known, *dead] for name in {*e.was, e.name})
        taken = match.names | owners.keys()
        free = free_numbers(e.number for e in lines)
        fields = []
        for each, entry, id_ in zip(record.fields, match.entries, match.ids, strict=True):
            form = shape(each.type)
            had: tuple[str, ...] = ()
            if entry is not None and entry.shape == form:
                number = entry.number
                had = (*entry.was, entry.name)
            else:
                number = next(free)
                dead += [entry] if entry is not None else []
            told = _without(each.aliases, taken)
            was = _without((*had, *told), {each.name})
            taken.update(told)
            aliases = tuple(n for n in was if owners[n] < 2 and n not in match.names)
            here = (*record.path, each.name)
            self._write(Kind.FIELD, record.path, each.name, number, form, id_, was)
            inner = self._before(before, each.name, entry, known, here)
            type_ = self._type(each.type, here, inner)
            fields.append(replace(each, number=number, type=type_, aliases=aliases))
        kept = [e for e in match.gone if e.name not in match.names]
        for gone in match.gone:
            if gone in kept:
                self.written.append(replace(gone, path=record.path))
            else:
                dead.append(gone)
            if before is not None:
                there = (*record.path, gone.name) if gone in kept else None
                self.moved.setdefault((*before, gone.name), there)
        for entry in dead:
            self._write(Kind.RESERVED, record.path, entry.name, entry.number, was=entry.was)
        aliases = self._name(Kind.RECORD, record.path, lines)
        return replace(
            record, fields=tuple(fields), reserved=_reserved([*kept, *dead]), aliases=aliases
        )

    def _enum(self, enum: Enum, before: Path | None) -> Enum:
        """The enum, numbered from 1; 0 is the value no one has set."""
        lines = self._lines(before, values=True)
        numbers = {e.name: e.number for e in lines if e.kind is Kind.VALUE}
        free = free_numbers(numbers.values())
        values: list[EnumValue] = []
        for each in enum.values:
            number = numbers.get(each.value) or next(free)
            self._write(Kind.VALUE, enum.path, each.value, number)
            values.append(replace(each, number=number))
        live = {each.value for each in enum.values}
        gone = [e for e in lines if e.kind is Kind.VALUE and e.name not in live]
        for entry in gone:
            self._write(Kind.VALUE, enum.path, entry.name, entry.number)
        aliases = self._name(Kind.ENUM, enum.path, lines)
        return replace(enum, values=tuple(values), reserved=_reserved(gone), aliases=aliases)

    def _name(self, kind: Kind, path: Path, lines: list[Entry]) -> tuple[str, ...]:
        """The names that a type had before; its lines in the old lock are `lines`."""
        had = (name for e in lines if e.kind is kind for name in (*e.was, e.name))
        was = _without(had, self.taken)
        self._write(kind, path, self.types[path], was=was)
        return was

    def _type(self, type_: Type, here: Path, before: Path | None) -> Type:
        """The type with all that is inside it numbered; `here` was `before` in the old lock."""
        match type_:
            case Record(path=path):
                return self._record(type_, _below(before, path[len(here) :]))
            case Enum(path=path):
                return self._enum(type_, _below(before, path[len(here) :]))
            case Nullable(inner):
                return replace(type_, inner=self._type(inner, here, before))
            case Array(element=element):
                return replace(type_, element=self._type(element, here, before))
            case Map(key, value):
                return replace(
                    type_,
                    key=self._type(key, here, before),
                    value=self._type(value, here, before),
                )
            case _:
                return type_

    def _before(
        self, parent: Path | None, name: str, entry: Entry | None, known: list[Entry], now: Path
    ) -> Path | None:
        """The old path of what is now at `now`: that of its line, or of lines left without one."""
        if parent is None or (entry is None and any(e.name == name for e in known)):
            return None
        before = (*parent, entry.name if entry is not None else name)
        self.moved[before] = now
        return before

    def _lines(self, before: Path | None, values: bool) -> list[Entry]:
        """The lines of a type of the old lock, which the caller writes anew."""
        if before is None:
            return []
        self.done.add((before, values))
        return self.old.get((before, values), [])

    def _write(
        self,
        kind: Kind,
        path: Path,
        name: str,
        number: int = 0,
        form: str = "",
        id: str | None = None,
        was: tuple[str, ...] = (),
    ) -> None:
        self.written.append(
            Entry(kind, self.contract, self.major, path, name, number, form, id, was)
        )


class _Match:
    """Which line each object or field has in the lock, and which lines no one wants any more."""

    def __init__(self, wanted: Sequence[Object | Field], known: list[Entry]) -> None:
        by_id = {e.id: e for e in known if e.id is not None}
        by_name = {e.name: e for e in known}
        self.names = {each.name for each in wanted}
        self.entries = [None if each.id is None else by_id.pop(each.id, None) for each in wanted]
        claimed = {e for e in self.entries if e is not None}
        named = [(index, each.name) for index, each in enumerate(wanted)]
        before = [(index, name) for index, each in enumerate(wanted) for name in each.aliases]
        for index, name in (*named, *before):
            entry = by_name.get(name)
            if self.entries[index] is None and entry is not None and entry not in claimed:
                self.entries[index] = entry
                claimed.add(entry)
        self.gone = [e for e in known if e not in claimed]
        self.ids = self._ids([each.id for each in wanted])

    def _ids(self, wanted: list[str | None]) -> list[str | None]:
        """The id each line shall have: the contract's, else the one it had, never one twice."""
        taken = {e.id for e in self.gone}
        found: list[str | None] = []
        for id_, entry in zip(wanted, self.entries, strict=True):
            had = entry.id if entry is not None else None
            chosen = next((i for i in (id_, had) if i is not None and i not in taken), None)
            taken.add(chosen)
            found.append(chosen)
        return found


def _by_type(entries: Iterable[Entry]) -> dict[tuple[Path, bool], list[Entry]]:
    """The entries by path, those of an enum apart from those of a record; objects have path ()."""
    found: dict[tuple[Path, bool], list[Entry]] = {}
    for each in entries:
        found.setdefault((each.path, each.kind.is_of_enum), []).append(each)
    return found


def _without(had: Iterable[str], taken: Collection[str]) -> tuple[str, ...]:
    """Each name once, in order, but for those that are taken."""
    return tuple(name for name in dict.fromkeys(had) if name not in taken)


def _below(path: Path | None, rest: Path) -> Path | None:
    return None if path is None else path + rest


def _reserved(entries: Iterable[Entry]) -> tuple[Reserved, ...]:
    return tuple(Reserved(e.number, e.name) for e in sorted(entries, key=lambda e: e.number))


def free_numbers(used: Iterable[int]) -> Iterator[int]:
    """Numbers to give out: those above the highest used, then the gaps."""
    taken = set(used)
    top = max(taken, default=0)
    for number in chain(range(top + 1, HIGHEST + 1), range(1, top)):
        if number not in taken and number not in FORBIDDEN:
            yield number
