"""`privacy.py` of a package: its records with nobody in them, by the strategies of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Anonymise, Array, Field, Map, Model, Nullable, Record, Type
from portwright.privacy import strategies
from portwright.targets import File
from portwright.targets.python import deprecation, layout, naming
from portwright.targets.python.expressions import Expressions, imported
from portwright.targets.python.formatting import fitted
from portwright.targets.python.hashes import hashed
from portwright.targets.python.layout import Expression
from portwright.targets.python.masks import masked
from portwright.targets.python.text import literal

Path = tuple[str, ...]
_HELP = "say `anonymise: mask` or `null` of it, or write its rules another way"
# With fewer hashes, two of a million values become one in more than one of a hundred cases.
_ENOUGH = 1 << 46


class NoWay(Exception):
    """No value that stands for another would surely be valid."""


@dataclass(frozen=True, slots=True)
class Function:
    """The ways of one record: the lines that make them a constant."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectView:
    """The class of an object's records, their ways, and a literal of the object's name."""

    type: str
    constant: str
    name: str


def check(model: Model) -> Iterator[Diagnostic]:
    """What cannot stand for a value: an error where the contract asks for it, else a warning; and
    hashes that may meet."""
    ways = _Ways(model)
    for path, each in strategies(model).items():
        told = f"`{'.'.join(path)}`"
        try:
            ways.of(each.field.type, each.way, path)
        except NoWay:
            message = f"{told}: no {each.way} is known that surely keeps to the rules of its type"
            raised = error if each.said else warning
            yield raised("PW443", message, each.field.span, _HELP)
            continue
        found = hashed(each.field.type) if each.way is Anonymise.HASH and each.tells_apart else None
        if found is not None and found.count < _ENOUGH:
            message = f"{told}: its hashes are {found.count} different values at most"
            help = "two values may become one: widen the type, or say `anonymise: keep` of a number"
            yield warning("PW444", message, each.field.span, f"{help} that says nothing")


def _may_meet(type_: Type, way: Anonymise) -> bool:
    """Whether the same may stand for two values: masks are one, and of hashes there may be few."""
    found = hashed(type_.inner if isinstance(type_, Nullable) else type_)
    is_rare = found is not None and found.count < _ENOUGH
    return way is Anonymise.MASK or (way is Anonymise.HASH and is_rare)


def files(model: Model) -> Iterator[File]:
    """`<package>/privacy.py`, where there are records."""
    if not model.objects:
        return
    ways = _Ways(model)
    objects = [
        ObjectView(
            type=ways.classes[each.record.path],
            constant=ways.record(each.record, (each.name,), always=True) or "",
            name=literal(render.one_line(each.name)),
        )
        for each in model.objects
    ]
    text = render.render(
        "python/privacy.py.j2",
        header=deprecation.header(model, render.header(model, "# ")),
        contract=literal(render.one_line(f"{model.name} {model.version}")),
        imports=imported(ways.expressions.uses),
        objects=objects,
        functions=ways.functions,
    )
    yield File(PurePosixPath(naming.package(model), "privacy.py"), fitted(text))


class _Ways:
    """Writes ways as expressions. `functions` are the records that have some, inner ones first."""

    def __init__(self, model: Model) -> None:
        self.classes = names.type_names(model)
        self.expressions = Expressions(self.classes)
        self.functions: list[Function] = []
        self._strategies = strategies(model)

    def record(self, record: Record, path: Path, always: bool = False) -> str | None:
        """The constant with the ways of a record, None where it has none and need not have."""
        found = [(naming.attribute(each), self._field(each, path)) for each in record.fields]
        items = [(literal(name), way) for name, way in found if way is not None]
        if not items and not always:
            return None
        constant = f"_{naming.function(record).upper()}"
        words = (("", f"models.{self.classes[record.path]}"), ("", layout.dict_of(items)))
        made = layout.call("privacy.Ways", *words)
        self.functions.append(Function(tuple(layout.lines(made, 0, before=f"{constant} = "))))
        return constant

    def of(self, type_: Type, way: Anonymise, path: Path) -> Expression | None:
        """The way of a type's values, None where they are kept; NoWay."""
        match type_:
            case Nullable(inner):
                return self.of(inner, way, path)
            case Record():
                return self.record(type_, path)
            case Array(_, least, _, True) if (least or 0) > 1 and _may_meet(type_.element, way):
                raise NoWay  # what stands for different elements may be one
            case Array(element=element):
                inside = self.of(element, way, path)
                distinct = (("", "True"),) if type_.unique_items else ()
                return layout.call("privacy.each", ("", inside), *distinct) if inside else None
            case Map(key, value):
                both = self.of(key, way, path), self.of(value, way, path)
                words = [("", each or "None") for each in both]
                return layout.call("privacy.entries", *words) if any(both) else None
            case _ if way is Anonymise.HASH:
                found = hashed(type_)
                if found is None:
                    raise NoWay
                return found.call
            case _ if way is Anonymise.MASK:
                value = masked(type_)
                if value is None:
                    raise NoWay
                return layout.call("privacy.mask", ("", self.expressions.of(type_, value)))
            case _:
                return None

    def _field(self, field: Field, above: Path) -> Expression | None:
        path = (*above, field.name)
        strategy = self._strategies.get(path)
        if strategy is not None and strategy.way is Anonymise.NULL:
            return None if field.required else "privacy.null"
        way = Anonymise.KEEP if strategy is None else strategy.way
        try:
            return self.of(field.type, way, path)
        except NoWay:
            if not field.required:
                return "privacy.null"
            return layout.call("privacy.refused", ("", literal(".".join(path))))
