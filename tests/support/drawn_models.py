"""Models drawn by hypothesis: one object whose types nest in any way that a contract can say.

Names are plain; what names can do has tests of its own.
"""

from __future__ import annotations

from hypothesis import strategies as st

from portwright.model import (
    Array,
    Decimal,
    Field,
    Json,
    Map,
    Model,
    Nullable,
    Record,
    Type,
    Vector,
    VectorElement,
)
from support.models import SCALARS, a_model, an_object, enum, field

Draw = st.DrawFn
Path = tuple[str, ...]

# Enough to put lists in maps in records in lists.
_DEPTH = 4


@st.composite
def models(draw: Draw, digits: int = 38) -> Model:
    """A model of the object `things` with up to eight properties, decimals of up to `digits`."""
    fields = _fields(draw, ("things",), _DEPTH, digits, most=8)
    return a_model(an_object("things", "thing", *fields))


def _fields(draw: Draw, path: Path, depth: int, digits: int, most: int) -> tuple[Field, ...]:
    names = [f"f{number}" for number in range(draw(st.integers(1, most)))]
    return tuple(
        field(
            name,
            _type(draw, path, name, depth, digits),
            required=draw(st.booleans()),
            physical_name=draw(st.sampled_from((None, f"{name.upper()} (x)"))),
        )
        for name in names
    )


def _type(draw: Draw, path: Path, name: str, depth: int, digits: int) -> Type:
    """Any type with at most `depth` levels of others in it; `name` is that of a record or an enum,
    which stands in the record at `path`."""
    kind = draw(st.sampled_from(("scalar", "leaf", "array", "map", "record")[: 5 if depth else 2]))
    match kind:
        case "scalar":
            return _scalar(draw, path, name, digits)
        case "leaf":
            vector = st.builds(Vector, st.integers(1, 4), st.sampled_from(VectorElement))
            return draw(st.just(Json()) | vector)
        case "array":
            element = _element(draw, path, f"{name}_item", depth - 1, digits)
            return Array(element, *draw(st.sampled_from(((None, None), (1, None), (0, 2), (2, 2)))))
        case "map":
            key = _scalar(draw, path, f"{name}_key", digits)
            return Map(key, _element(draw, path, f"{name}_value", depth - 1, digits))
        case _:
            inside = (*path, name)
            return Record(name, inside, _fields(draw, inside, depth - 1, digits, most=3))


def _element(draw: Draw, path: Path, name: str, depth: int, digits: int) -> Type:
    """What an array or a map holds, which may be null."""
    inner = _type(draw, path, name, depth, digits)
    return Nullable(inner) if draw(st.booleans()) else inner


def _scalar(draw: Draw, path: Path, name: str, digits: int) -> Type:
    precision = draw(st.integers(1, digits))
    drawn = (
        Decimal(precision, draw(st.integers(0, precision))),
        enum(*path, name, values=("A", "B", "in-progress")[: draw(st.integers(1, 3))]),
    )
    return draw(st.sampled_from([*SCALARS.values(), *drawn]))
