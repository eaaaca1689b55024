"""The annotation of every type: what a generated model's fields are declared as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal as Number
from typing import assert_never

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.names import TypeNames
from portwright.targets import avro_types
from portwright.targets.python import naming
from portwright.targets.python.patterns import python_pattern
from portwright.targets.python.text import literal, raw_literal

Temporal = Date | Time | Timestamp

TYPES = "portwright_runtime.types"

# Where the names that annotations are written with come from.
MODULES: Mapping[str, str] = {
    "Annotated": "typing",
    "AwareTimestamp": TYPES,
    "Classified": "portwright_runtime.privacy",
    "ExactDecimal": TYPES,
    "Field": "pydantic",
    "FiniteFloat": TYPES,
    "Float32": TYPES,
    "FrozenMap": TYPES,
    "JsonValue": TYPES,
    "NaiveTime": TYPES,
    "NaiveTimestamp": TYPES,
    "OneOf": TYPES,
    "StrictBool": "pydantic",
    "StrictBytes": "pydantic",
    "StrictDate": TYPES,
    "StrictText": TYPES,
    "UniqueItems": TYPES,
    "UUID": "uuid",
    "Within": TYPES,
    **{f"{sign}Int{bits}": TYPES for sign in ("", "U") for bits in (8, 16, 32, 64, 128)},
}
# Types of a contract may well be called this: the import then takes a second name.
SECOND_NAMES: Mapping[str, str] = {
    "Field": f"{TYPES}.Field_",
    "Record": "portwright_runtime.record.Record_",
}

VECTORS: Mapping[VectorElement, Type] = {
    VectorElement.BFLOAT16: Float(32),
    VectorElement.BINARY: Integer(8, bounds=Bounds(minimum=Number(0), maximum=Number(1))),
    VectorElement.FLOAT16: Float(32),
    VectorElement.FLOAT32: Float(32),
    VectorElement.FLOAT64: Float(64),
    VectorElement.INT8: Integer(8),
    VectorElement.UINT8: Integer(8, signed=False),
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """An expression for a type, and the names of `MODULES` it is written with."""

    text: str
    uses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Annotations:
    """Annotations in a module whose own classes are `classes`, by path."""

    classes: TypeNames

    def field(self, field: Field) -> Annotation:
        """The annotation of a field; null is None and is what an absent field holds."""
        options = []
        if naming.attribute(field) != field.name:
            options.append(f"alias={literal(field.name)}")
        base, rules = self._parts(field.type)
        if not field.required:
            base, rules = self._or_none(base, rules)
        if not field.public:
            word = (field.classification or "").strip()
            mark = ("Classified", f"Classified({literal(word)})")
            rules = replace(rules, others=(mark, *rules.others))
        return self._annotated(base, rules, options)

    def of(self, type_: Type) -> Annotation:
        """The annotation of a type on its own."""
        return self._annotated(*self._parts(type_), [])

    def local(self, name: str) -> str:
        """What an imported name is called in the module."""
        taken = name in SECOND_NAMES and name in self.classes.values()
        return f"{name}_" if taken else name

    def _annotated(self, base: Annotation, rules: _Rules, options: list[str]) -> Annotation:
        arguments = [*options, *rules.field]
        extras = [f"{self.local('Field')}({', '.join(arguments)})"] if arguments else []
        uses = {"Field"} if arguments else set()
        extras += [text for _, text in rules.others]
        uses |= {name for name, _ in rules.others}
        if not extras:
            return base
        text = f"Annotated[{base.text}, {', '.join(extras)}]"
        return Annotation(text, base.uses | uses | {"Annotated"})

    def _or_none(self, base: Annotation, rules: _Rules) -> tuple[Annotation, _Rules]:
        """The type or None; pydantic knows to keep None from the arguments of `Field`, but not
        from classes of our own."""
        if rules.others:
            base, rules = self._annotated(base, rules, []), _Rules()
        return Annotation(f"{base.text} | None", base.uses), rules

    def _named(self, name: str) -> Annotation:
        return Annotation(name, frozenset({name}))

    def _many(self, element: Annotation) -> Annotation:
        return Annotation(f"tuple[{element.text}, ...]", element.uses)

    def _parts(self, type_: Type) -> tuple[Annotation, _Rules]:
        """The bare type, and the rules that go beside it."""
        match type_:
            case Boolean():
                return self._named("StrictBool"), _Rules()
            case Integer(bits=bits, signed=signed, bounds=bounds):
                return self._named(f"{'' if signed else 'U'}Int{bits}"), _numeric(bounds)
            case Float(bits=bits, bounds=bounds):
                return self._named("Float32" if bits == 32 else "FiniteFloat"), _numeric(bounds)
            case Decimal(precision, scale, bounds):
                rules = _numeric(bounds, exact=True)
                digits = (f"max_digits={precision}", f"decimal_places={scale}", *rules.field)
                return self._named("ExactDecimal"), _Rules(digits, rules.others)
            case String(min_length=low, max_length=high, pattern=pattern):
                known = python_pattern(pattern) if pattern is not None else None
                matching = () if known is None else (f"pattern={raw_literal(known)}",)
                return self._named("StrictText"), _Rules(_lengths(low, high) + matching)
            case Uuid():
                return self._named("UUID"), _Rules()
            case Bytes(min_length=low, max_length=high):
                return self._named("StrictBytes"), _Rules(_lengths(low, high))
            case Date(bounds):
                return self._named("StrictDate"), _textual(type_, bounds)
            case Time(bounds):
                return self._named("NaiveTime"), _textual(type_, bounds)
            case Timestamp(zoned=zoned, bounds=bounds):
                name = "AwareTimestamp" if zoned else "NaiveTimestamp"
                return self._named(name), _textual(type_, bounds)
            case Enum(path=path) | Record(path=path):
                return Annotation(self.classes[path]), _Rules()
            case Array(element, low, high, unique):
                others = (("UniqueItems", self._unique(element)),) if unique else ()
                return self._many(self.of(element)), _Rules(_lengths(low, high), others)
            case Vector(dimensions, kind):
                size = _lengths(dimensions, dimensions)
                return self._many(self.of(VECTORS[kind])), _Rules(size)
            case Map(key, value):
                inner = self.of(key), self.of(value)
                text = f"FrozenMap[{inner[0].text}, {inner[1].text}]"
                return Annotation(text, inner[0].uses | inner[1].uses | {"FrozenMap"}), _Rules()
            case Json():
                return self._named("JsonValue"), _Rules()
            case Nullable(inner_type):
                return self._or_none(*self._parts(inner_type))
            case _:
                assert_never(type_)

    def _unique(self, element: Type) -> str:
        """The rule of a list of distinct elements."""
        if isinstance(element, Enum) and avro_types.unknown(element) is None:
            return f"UniqueItems({self.classes[element.path]}.{avro_types.UNKNOWN})"
        return "UniqueItems()"


@dataclass(frozen=True, slots=True)
class _Rules:
    """Arguments of `Field`, and (name, expression) of the rules that are classes of their own."""

    field: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def _lengths(low: int | None, high: int | None) -> tuple[str, ...]:
    minimum = () if low is None else (f"min_length={low}",)
    return minimum if high is None else (*minimum, f"max_length={high}")


def _limits(bounds: Bounds) -> Iterator[tuple[str, Number | str]]:
    for word, limit in (
        ("ge", bounds.minimum),
        ("gt", bounds.exclusive_minimum),
        ("le", bounds.maximum),
        ("lt", bounds.exclusive_maximum),
        ("multiple_of", bounds.multiple_of),
    ):
        if limit is not None:
            yield word, limit


def _numeric(bounds: Bounds, exact: bool = False) -> _Rules:
    """Limits of a number; `exact` ones that are no integers stay text, as no float is exact."""
    simple, textual = [], []
    for word, limit in _limits(bounds):
        number = Number(limit)
        if not exact or number == number.to_integral_value():
            simple.append(f"{word}={_number(number)}")
        else:
            textual.append(f"{word}={literal(format(number, 'f'))}")
    allowed = [literal(str(each)) if exact else _number(Number(each)) for each in bounds.allowed]
    return _Rules(tuple(simple), _others(textual, allowed))


def _textual(type_: Temporal, bounds: Bounds) -> _Rules:
    """Limits of a date, time or timestamp, as ISO 8601 text."""
    limits = [f"{word}={_moment(type_, str(limit))}" for word, limit in _limits(bounds)]
    return _Rules((), _others(limits, [_moment(type_, str(each)) for each in bounds.allowed]))


def _moment(type_: Temporal, text: str) -> str:
    """A literal of `text` as Python writes a value of the type."""
    is_instant = isinstance(type_, Timestamp) and type_.zoned
    return literal(f"{text.removesuffix('Z')}+00:00" if is_instant else text)


def _others(limits: list[str], allowed: list[str]) -> tuple[tuple[str, str], ...]:
    within = (("Within", f"Within({', '.join(limits)})"),) if limits else ()
    return (*within, ("OneOf", f"OneOf({', '.join(allowed)})")) if allowed else within


def _number(number: Number) -> str:
    """A Python literal: of an int where it is whole."""
    if number == number.to_integral_value():
        return str(int(number))
    return repr(float(number))
