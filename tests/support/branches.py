"""Contracts that two branches change, drawn by hypothesis: trees of properties that know who they
are, so that both can be merged as git and a careful author would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from portwright.model import (
    Array,
    Enum,
    EnumValue,
    Field,
    Integer,
    Model,
    Object,
    Record,
    String,
    Type,
)
from support.models import SPAN

Draw = st.DrawFn
# Few of each: both branches shall take the same.
_NAMES = ("a", "b", "c", "d", "e", "f")
_TOLD = ("a", "b", "c")
_VALUES = ("on", "off", "idle", "lost")
_KINDS = ("string", "integer", "record", "list", "enum")


@dataclass(frozen=True)
class Property:
    """A property: who it is for ever, its name, and what it holds. One that is not `told` has no
    `id` in the contract, and its names before are written instead."""

    key: str
    name: str
    kind: str = "string"
    inside: tuple[Property, ...] = ()
    values: tuple[str, ...] = _VALUES[:1]
    told: bool = True
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """An object of properties, and the name that it has."""

    inside: tuple[Property, ...]
    name: str = "orders"
    before: tuple[str, ...] = field(default=())

    def model(self) -> Model:
        path = (self.name,)
        record = Record("order", path, tuple(_field(each, path) for each in self.inside))
        found = Object(self.name, record, SPAN, topic="orders", table="orders", aliases=self.before)
        return Model("shop", "1.0.0", 1, "shop", SPAN, SPAN.file, objects=(found,))


def _field(given: Property, path: tuple[str, ...]) -> Field:
    type_ = _type(given, (*path, given.name))
    id_ = given.key if given.told else None
    return Field(given.name, type_, SPAN, id=id_, aliases=() if given.told else given.before)


def _type(given: Property, path: tuple[str, ...]) -> Type:
    match given.kind:
        case "record" | "list":
            fields = tuple(_field(each, path) for each in given.inside)
            record = Record(given.name, path, fields)
            return record if given.kind == "record" else Array(record)
        case "enum":
            return Enum(given.name, path, tuple(map(EnumValue, given.values)))
        case "integer":
            return Integer()
        case _:
            return String()


@st.composite
def contracts(draw: Draw) -> Contract:
    """A contract of one to four properties."""
    return Contract(_properties(draw, "", 2, draw(st.integers(1, 4))))


def _properties(draw: Draw, above: str, depth: int, count: int) -> tuple[Property, ...]:
    names = draw(st.permutations(_NAMES))[:count]
    return tuple(_property(draw, above, each, depth) for each in names)


def _property(draw: Draw, above: str, name: str, depth: int) -> Property:
    kind = draw(st.sampled_from(_KINDS if depth else (*_KINDS[:2], "enum")))
    # What both branches add under one name is one thing, as is what comes back under its name.
    told = name in _TOLD
    key = f"{above}{name}{'' if told else '?'}"
    inside = _properties(draw, f"{key}.", depth - 1, 2) if kind in ("record", "list") else ()
    values = _VALUES[: draw(st.integers(1, 3))]
    return Property(key, name, kind, inside, values, told)


@st.composite
def branched(draw: Draw, contract: Contract) -> list[Contract]:
    """What the contract becomes on a branch, step by step."""
    steps = [contract]
    for _ in range(draw(st.integers(1, 3))):
        steps.append(_edited(draw, steps[-1]))
    return steps[1:]


def _edited(draw: Draw, contract: Contract) -> Contract:
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from(("sales", "purchases")))
        if name != contract.name:
            before = (contract.name, *contract.before)
            return replace(contract, name=name, before=before)
    return replace(contract, inside=_changed(draw, contract.inside, ""))


def _changed(draw: Draw, inside: tuple[Property, ...], above: str) -> tuple[Property, ...]:
    used = {name for each in inside for name in (each.name, *each.before)}
    free = [name for name in _NAMES if name not in used]
    edit = draw(st.sampled_from(("add", "add", "add", "remove", "rename", "shuffle", "in", "in")))
    if edit == "add" and free:
        added = _property(draw, above, draw(st.sampled_from(free)), 1)
        place = draw(st.integers(0, len(inside)))
        taken = {each.key for each in inside}
        return inside if added.key in taken else (*inside[:place], added, *inside[place:])
    if edit == "shuffle" or not inside:
        return tuple(draw(st.permutations(inside)))
    place = draw(st.integers(0, len(inside) - 1))
    given = inside[place]
    if edit == "remove":
        return (*inside[:place], *inside[place + 1 :])
    # Without an id, a name that another property had is that one's.
    names = ("x", "y", "z") if given.told else (f"{given.key[-2]}_x", f"{given.key[-2]}_y")
    names = tuple(each for each in names if each not in used)
    if edit == "rename" and names:
        name = draw(st.sampled_from(names))
        given = replace(given, name=name, before=(given.name, *given.before))
    elif given.kind in ("record", "list"):
        given = replace(given, inside=_changed(draw, given.inside, f"{given.key}."))
    elif given.kind == "enum":
        values = draw(st.lists(st.sampled_from(_VALUES), min_size=1, unique=True))
        given = replace(given, values=tuple(values))
    else:
        given = replace(given, kind=draw(st.sampled_from(_KINDS[:2])))
    return (*inside[:place], given, *inside[place + 1 :])


def merged(base: Contract, upstream: Contract, mine: Contract) -> Contract:
    """Both, as its author settles them: upstream's where both have changed one thing."""
    inside = _merged(base.inside, upstream.inside, mine.inside)
    kept = upstream if upstream.name != base.name else mine
    before = tuple(dict.fromkeys((*kept.before, base.name, upstream.name, mine.name)))
    return Contract(inside, kept.name, tuple(each for each in before if each != kept.name))


def _merged(
    base: tuple[Property, ...], upstream: tuple[Property, ...], mine: tuple[Property, ...]
) -> tuple[Property, ...]:
    old, theirs, own = ({each.key: each for each in side} for side in (base, upstream, mine))
    found: list[Property] = []
    for key in dict.fromkeys((*theirs, *own)):
        if key in old and not (key in theirs and key in own):
            continue
        if key not in theirs or key not in own:
            found.append(theirs.get(key) or own[key])
        else:
            found.append(_both(old.get(key), theirs[key], own[key]))
    names = [each.name for each in found]
    for place, each in enumerate(found):
        if each.name in names[:place]:
            name = f"{each.name}{place}"
            found[place] = replace(each, name=name, before=(each.name, *each.before))
            names[place] = name
    return tuple(found)


def _both(base: Property | None, upstream: Property, mine: Property) -> Property:
    inside = _merged(base.inside if base else (), upstream.inside, mine.inside)
    known = base or upstream
    named = upstream if upstream.name != known.name else mine
    before = dict.fromkeys((*named.before, upstream.name, mine.name, known.name, *upstream.before))
    values = dict.fromkeys((*upstream.values, *mine.values))
    return replace(
        upstream,
        name=named.name,
        kind=upstream.kind if upstream.kind != known.kind else mine.kind,
        inside=inside,
        values=tuple(values),
        before=tuple(each for each in before if each != named.name),
    )


@dataclass(frozen=True)
class Numbered:
    """The number of a property or an enum value: in what it is, and of which kind."""

    above: str
    number: int
    kind: str


def numbers(contract: Contract, numbered: Model) -> dict[str, Numbered]:
    """The numbers that a model has, by who has them."""
    return dict(_numbers(contract.inside, numbered.objects[0].record, ""))


def _numbers(
    inside: tuple[Property, ...], record: Record, above: str
) -> Iterator[tuple[str, Numbered]]:
    for given, each in zip(inside, record.fields, strict=True):
        yield given.key, Numbered(above, each.number, given.kind)
        held = each.type.element if isinstance(each.type, Array) else each.type
        if isinstance(held, Record):
            yield from _numbers(given.inside, held, given.key)
        if isinstance(held, Enum):
            for value in held.values:
                yield f"{given.key}={value.value}", Numbered(f"{given.key}=", value.number, "value")
