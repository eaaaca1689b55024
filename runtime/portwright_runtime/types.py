"""Scalars of generated models: each takes exactly what its contract type can hold.

Nothing is converted that could lose or guess something: no number of a string, no
integer of a bool or a float, no decimal of a float, no instant of a wall clock. What
loses nothing is taken: a list for an array, an enum's or UUID's text, a mapping for a
nested record. From JSON text (`model_validate_json`) every type is read in its JSON form.
"""

from __future__ import annotations

import datetime
import decimal
import json
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    AllowInfNan,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    Strict,
)
from pydantic import AwareDatetime as _Aware
from pydantic import JsonValue as _JsonValue
from pydantic import NaiveDatetime as _Naive
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# ------------------------------------------------------------------- numbers

Int8 = Annotated[int, Strict(), Field(ge=-(2**7), le=2**7 - 1)]
Int16 = Annotated[int, Strict(), Field(ge=-(2**15), le=2**15 - 1)]
Int32 = Annotated[int, Strict(), Field(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Strict(), Field(ge=-(2**63), le=2**63 - 1)]
Int128 = Annotated[int, Strict(), Field(ge=-(2**127), le=2**127 - 1)]
UInt8 = Annotated[int, Strict(), Field(ge=0, le=2**8 - 1)]
UInt16 = Annotated[int, Strict(), Field(ge=0, le=2**16 - 1)]
UInt32 = Annotated[int, Strict(), Field(ge=0, le=2**32 - 1)]
UInt64 = Annotated[int, Strict(), Field(ge=0, le=2**64 - 1)]
UInt128 = Annotated[int, Strict(), Field(ge=0, le=2**128 - 1)]


def _digits(value: decimal.Decimal) -> str:
    """The number without an exponent, which readers of decimals in JSON need not know."""
    return format(value, "f")


ExactDecimal = Annotated[
    decimal.Decimal,
    Strict(),
    AllowInfNan(False),
    PlainSerializer(_digits, return_type=str, when_used="json"),
]
FiniteFloat = Annotated[float, Strict(), AllowInfNan(False)]

_SINGLE = struct.Struct("<f")


def _nearest_single(value: float) -> float:
    """The 32-bit number next to `value`, so that a record is the same before and after the wire."""
    try:
        rounded: float = _SINGLE.unpack(_SINGLE.pack(value))[0]
    except OverflowError:
        raise PydanticCustomError("float32", "Input should fit 32 bits") from None
    return rounded


Float32 = Annotated[FiniteFloat, AfterValidator(_nearest_single)]

# --------------------------------------------------------------- text, times

# A length limit, even of nothing, makes pydantic refuse text that has no UTF-8 (lone surrogates).
StrictText = Annotated[str, Strict(), Field(min_length=0)]
StrictDate = Annotated[datetime.date, Strict()]


def _without_zone(value: datetime.time) -> datetime.time:
    if value.tzinfo is not None:
        raise PydanticCustomError("time_naive", "Input should have no time zone")
    return value


NaiveTime = Annotated[datetime.time, Strict(), AfterValidator(_without_zone)]
# An offset may lead beyond the years that UTC has here.
AwareTimestamp = Annotated[
    _Aware,
    Strict(),
    Field(
        ge=datetime.datetime.min.replace(tzinfo=datetime.UTC),
        le=datetime.datetime.max.replace(tzinfo=datetime.UTC),
    ),
]
NaiveTimestamp = Annotated[_Naive, Strict()]

# ---------------------------------------------------------------------- maps

_K = TypeVar("_K")
_V = TypeVar("_V")


class FrozenDict(dict[_K, _V]):
    """A dict that stays as it was validated."""

    def _refuse(self, *arguments: object, **named: object) -> NoReturn:
        raise TypeError("the maps of a record cannot be changed: make another record")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


FrozenMap: TypeAlias = Annotated[Mapping[_K, _V], AfterValidator(FrozenDict)]

# ---------------------------------------------------------------------- JSON


def _writable(value: _JsonValue) -> _JsonValue:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        raise PydanticCustomError(
            "json", "Input should be JSON of finite numbers and text that has a UTF-8 form"
        ) from None
    return value


# pydantic takes NaN and lone surrogates, of which there is no JSON text.
JsonValue = Annotated[_JsonValue, AfterValidator(_writable)]

# --------------------------------------------------------------------- rules

_T = TypeVar("_T")
_Ordered: TypeAlias = decimal.Decimal | datetime.date | datetime.datetime | datetime.time


def _read(text: str, like: _Ordered) -> Any:
    """The value that `text` writes, of the type of `like`."""
    if isinstance(like, decimal.Decimal):
        return decimal.Decimal(text)
    return type(like).fromisoformat(text)


class _Rule(ABC):
    """A check of values that are already of their type."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    @abstractmethod
    def checked(self, value: Any) -> Any:
        """`value`, or PydanticCustomError; the message never holds the value."""


@dataclass(frozen=True, slots=True)
class Within(_Rule):
    """Limits written as text, for types whose limits are no Python literals."""

    ge: str | None = None
    gt: str | None = None
    le: str | None = None
    lt: str | None = None
    multiple_of: str | None = None

    def checked(self, value: Any) -> Any:
        if self.ge is not None and not value >= _read(self.ge, value):
            raise _broken("greater than or equal to", self.ge)
        if self.gt is not None and not value > _read(self.gt, value):
            raise _broken("greater than", self.gt)
        if self.le is not None and not value <= _read(self.le, value):
            raise _broken("less than or equal to", self.le)
        if self.lt is not None and not value < _read(self.lt, value):
            raise _broken("less than", self.lt)
        if self.multiple_of is not None and not _is_multiple(value, self.multiple_of):
            raise _broken("a multiple of", self.multiple_of)
        return value


def _broken(relation: str, limit: str) -> PydanticCustomError:
    return PydanticCustomError(
        "within", "Input should be {relation} {limit}", {"relation": relation, "limit": limit}
    )


def _is_multiple(value: decimal.Decimal, step: str) -> bool:
    with decimal.localcontext(prec=200):
        return value % decimal.Decimal(step) == 0


class OneOf(_Rule):
    """The only values there may be, written as text where they are no Python literals."""

    def __init__(self, *values: int | float | str) -> None:
        self.values = values

    def checked(self, value: Any) -> Any:
        for each in self.values:
            if value == (_read(each, value) if isinstance(each, str) else each):
                return value
        listed = ", ".join(map(str, self.values))
        raise PydanticCustomError("one_of", "Input should be one of {listed}", {"listed": listed})


class UniqueItems(_Rule):
    """No two elements are equal, but for those that are `unknown`, which stands for many."""

    def __init__(self, unknown: object = None) -> None:
        self.unknown = unknown

    def checked(self, value: Any) -> Any:
        known = [each for each in value if each is not self.unknown] if self.unknown else value
        if not _distinct(known):
            raise PydanticCustomError("unique_items", "Items should be unique")
        return value


def _distinct(values: Sequence[object]) -> bool:
    try:
        return len(set(values)) == len(values)
    except TypeError:  # records with maps, JSON: equal or not, but not hashable
        return all(value not in values[:at] for at, value in enumerate(values))


# Under a second name for packages whose contract has a type called `Field`.
Field_: Callable[..., Any] = Field
