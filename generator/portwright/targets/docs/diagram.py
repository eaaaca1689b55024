"""The diagram of keys and relationships, as figures of an SVG drawing: objects that point at others
stand left of them. Lengths are in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portwright.model import Model, Object

_WIDTH: Final = 230
_ROW: Final = 22
_HEAD: Final = 30
_GAP_X: Final = 90
_GAP_Y: Final = 24
_MARGIN: Final = 8
_LETTERS: Final = 24


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a box: a key of the object, or a property that points elsewhere."""

    y: int
    name: str
    mark: str


@dataclass(frozen=True, slots=True)
class Box:
    """An object."""

    x: int
    y: int
    height: int
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it; `lines` are paths of SVG, `told` says the same in words."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]
    told: tuple[str, ...]


def drawing(model: Model) -> Drawing | None:
    """The diagram, None where no object has a key or points at another."""
    objects = [each for each in model.objects if _keys(each)]
    if not objects:
        return None
    boxes = _placed(objects)
    lines = [
        _line(boxes[each.name], boxes[other.target], column, target)
        for each in objects
        for other in each.relationships
        if other.target in boxes
        for column, target in zip(other.columns, other.target_columns, strict=True)
    ]
    told = (
        f"{each.name}.{', '.join(other.columns)} → {other.target}.{', '.join(other.target_columns)}"
        for each in objects
        for other in each.relationships
    )
    width = max(each.x for each in boxes.values()) + _WIDTH + _MARGIN
    height = max(each.y + each.height for each in boxes.values()) + _MARGIN
    return Drawing(width, height, tuple(boxes.values()), tuple(lines), tuple(told))


def _keys(object_: Object) -> dict[str, str]:
    """The properties that a box shows, with what each is."""
    aimed = dict.fromkeys(name for each in object_.relationships for name in each.columns)
    pointed = {name: "→" for name in aimed}
    return (
        {name: "key" for name in object_.primary_key}
        | pointed
        | {name: "key →" for name in object_.primary_key if name in aimed}
    )


def _placed(objects: list[Object]) -> dict[str, Box]:
    by_name = {each.name: each for each in objects}
    depths: dict[str, int] = {}
    for each in objects:
        _depth(each, by_name, depths, ())
    deepest = max(depths.values())
    bottoms: dict[int, int] = {}
    found: dict[str, Box] = {}
    for each in objects:
        column = deepest - depths[each.name]
        y = bottoms.get(column, _MARGIN)
        keys = _keys(each)
        height = _HEAD + _ROW * len(keys) + 6
        rows = (
            Row(_HEAD + _ROW * place + 15, _short(name), mark)
            for place, (name, mark) in enumerate(keys.items())
        )
        x = _MARGIN + column * (_WIDTH + _GAP_X)
        found[each.name] = Box(x, y, height, _short(each.name), tuple(rows))
        bottoms[column] = y + height + _GAP_Y
    return found


def _depth(
    of: Object, by_name: dict[str, Object], depths: dict[str, int], above: tuple[str, ...]
) -> int:
    """How many objects one comes to by following relationships; those of a circle count once."""
    if of.name not in depths:
        nexts = {each.target for each in of.relationships} - {of.name, *above}
        below = (
            _depth(by_name[name], by_name, depths, (*above, of.name)) + 1
            for name in sorted(nexts & by_name.keys())
        )
        depths[of.name] = max(below, default=0)
    return depths[of.name]


def _line(start: Box, end: Box, column: str, target: str) -> str:
    """A curve from the row of a property to that of the one it points at."""
    y, there = _height(start, column), _height(end, target)
    if start.x < end.x:
        left, right = start.x + _WIDTH, end.x
        bend = (right - left) // 2
        return f"M{left} {y}C{left + bend} {y} {right - bend} {there} {right} {there}"
    side, beyond = start.x + _WIDTH, end.x + _WIDTH
    far = max(side, beyond) + _GAP_X // 2
    return f"M{side} {y}C{far} {y} {far} {there} {beyond} {there}"


def _height(box: Box, name: str) -> int:
    rows = [each.y for each in box.rows if each.name == _short(name)]
    return box.y + (rows[0] - 4 if rows else _HEAD // 2)


def _short(text: str) -> str:
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return shown if len(shown) <= _LETTERS else f"{shown[: _LETTERS - 1]}…"
