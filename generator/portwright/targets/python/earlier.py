"""`earlier.py` of a package: records of the major version before, made of those of this one, and a
port that hands out both. What the contracts do not tell is in `by_hand.py`, which is the user's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from portwright import names, render
from portwright.model import (
    Array,
    Decimal,
    Enum,
    Expression,
    Field,
    Float,
    Integer,
    Map,
    Model,
    Nullable,
    Object,
    Port,
    Record,
    Timestamp,
    Type,
    Vector,
)
from portwright.model.matching import match
from portwright.targets import File, Owner
from portwright.targets.python import mapping, naming, scaffold
from portwright.targets.python.formatting import fitted
from portwright.targets.python.text import docstring


@dataclass(frozen=True, slots=True)
class Converter:
    """A function that makes a record `before` of one of today; `lines` are keyword arguments."""

    name: str
    record: str
    before: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByHand:
    """A function of the user's: the value of an attribute `of` a record that is no more. `told` is
    what it was."""

    name: str
    record: str
    of: str
    told: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A dataset of both versions: the runtime's class for it, its attribute in both ports, what
    makes the records, and whether a key of one version is the key of the other."""

    attribute: str
    kind: str
    before: str
    converter: str
    same_key: bool


def files(model: Model) -> Iterator[File]:
    """Both modules, where the config has a major version before this one."""
    old = model.earlier
    if old is None:
        return
    pairs = match(old.objects, model.objects).pairs
    work = _Work(names.type_names(old), names.type_names(model))
    for before, after in pairs:
        work.record(before.record, after.record)
    datasets = [each for before, after in pairs for each in _pair(before, after)]
    package = naming.package(model)
    versions = render.one_line(f"{old.name} {old.version}"), render.one_line(model.version)
    text = render.render(
        "python/earlier.py.j2",
        header=render.header(model, "# "),
        docstring=docstring(f"Records of {versions[0]}, made of those of {versions[1]}.", 0),
        told=docstring(f"Hands out {versions[1]} and {versions[0]}, of the same records.", 4),
        package=naming.package(old),
        port=naming.port_class(model),
        port_before=naming.port_class(old),
        kinds=sorted({"BothPorts", *(each.kind for each in datasets)}),
        pairs=datasets,
        converters=work.converters,
        modules=[*(["by_hand"] if work.by_hand else []), "models", "port"],
    )
    yield File(PurePosixPath(package, "earlier.py"), fitted(text))
    if work.by_hand:
        text = render.render(
            "python/by_hand.py.j2",
            header=scaffold.header(model),
            docstring=docstring(f"What {versions[0]} has, and {versions[1]} does not tell.", 0),
            functions=work.by_hand,
        )
        yield File(PurePosixPath(package, "by_hand.py"), fitted(text), Owner.USER)


_KINDS = {
    (Port.STREAM, Port.TABLE): "BothDataset",
    (Port.STREAM,): "BothStreams",
    (Port.TABLE,): "BothTables",
}


def _pair(before: Object, after: Object) -> Iterator[Pair]:
    """The dataset of an object, where both versions hand it out in one way."""
    shared = tuple(port for port in Port if port in before.ports and port in after.ports)
    if shared:
        attributes = naming.dataset(after), naming.dataset(before)
        same_key = all(
            _is_key(each, other, before, after)
            for each, other in (
                (before.key, after.key),
                (_primary(before), _primary(after)),
            )
        )
        yield Pair(attributes[0], _KINDS[shared], attributes[1], naming.mapper(after), same_key)


def _primary(object_: Object) -> Expression:
    return Expression(tuple((each,) for each in object_.fields(object_.primary_key)))


def _is_key(old: Expression | None, new: Expression | None, before: Object, after: Object) -> bool:
    """Whether the values of one key are those of the other, in its order."""
    if old is None or new is None:
        return old is new
    now = {
        each.name: other.name
        for each, other in match(before.record.fields, after.record.fields).pairs
    }
    was = [(now.get(path[0].name), *(each.name for each in path[1:])) for path in old.fields]
    is_ = [tuple(each.name for each in path) for path in new.fields]
    if (old.template, was) != (new.template, is_):
        return False
    return all(
        _is_same(each[-1].type, other[-1].type)
        for each, other in zip(old.fields, new.fields, strict=True)
    )


@dataclass
class _Work:
    """The functions, as they are found. `old` and `new` are the names of the types."""

    old: names.TypeNames
    new: names.TypeNames
    converters: list[Converter] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)

    def record(self, old: Record, new: Record) -> str:
        """The name of the function that makes one of the other."""
        name = mapping.function_name(new)
        now = {before.name: after for before, after in match(old.fields, new.fields).pairs}
        place = len(self.converters)
        lines = tuple(self._argument(each, now.get(each.name), new) for each in old.fields)
        made = Converter(name, self.new[new.path], self.old[old.path], lines)
        self.converters.insert(place, made)
        return name

    def _argument(self, old: Field, new: Field | None, record: Record) -> str:
        value = f"record.{naming.attribute(new)}" if new else ""
        made = None
        if new is not None and (new.required or not old.required):
            made = self._value(old.type, new.type, value, 0)
        if new is not None and made not in (None, value) and not new.required:
            made = f"None if {value} is None else {made}"
        if made is None:
            name = f"{naming.function(record)}_{naming.attribute(old)}"
            null = "" if old.required else ", or None"
            told = f"{mapping.told(old.type, self.old)}{null}"
            self.by_hand.append(ByHand(name, self.new[record.path], old.name, told))
            made = f"by_hand.{name}(record)"
        return f"{naming.attribute(old)}={made},"

    def _value(self, old: Type, new: Type, value: str, depth: int) -> str | None:
        """The expression of an old value, of a new one; None where that is not known."""
        match old, new:
            case Nullable(was), Nullable(now):
                made = self._value(was, now, value, depth)
                return made if made in (None, value) else f"None if {value} is None else {made}"
            case Nullable(was), _:
                return self._value(was, new, value, depth)
            case Record(), Record():
                return f"{self.record(old, new)}({value})"
            case Enum(path=path, values=was), Enum(values=now):
                known = {each.value for each in now} <= {each.value for each in was}
                return f"before.{self.old[path]}({value}.value)" if known else None
            case Array(element=was), Array(element=now):
                item = naming.variable("item", depth)
                made = self._value(was, now, item, depth + 1)
                return value if made == item else made and f"tuple({made} for {item} in {value})"
            case Map(of, was), Map(by, now) if type(of) is type(by):
                key, item = naming.variable("key", depth), naming.variable("item", depth)
                made = self._value(was, now, item, depth + 1)
                whole = f"{{{key}: {made} for {key}, {item} in {value}.items()}}"
                return value if made == item else made and whole
            case Float(), Integer():
                return f"float({value})"
            case _:
                return value if _is_same(old, new) else None


def _is_same(old: Type, new: Type) -> bool:
    """Whether values of the new type are of the Python type of the old one. A rule of the old
    version that one of them breaks is found when the record is made."""
    match old, new:
        case Decimal(scale=was), Decimal(scale=now):
            return now <= was
        case Timestamp(was), Timestamp(now):
            return was == now
        case Vector(was), Vector(now):
            return was == now
        case _:
            return type(old) is type(new) and not isinstance(old, Nullable)
