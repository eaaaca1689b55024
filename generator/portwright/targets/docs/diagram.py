"""The diagram of keys and relationships, as figures of an SVG drawing: objects that point at others
stand left of them. Lengths are in pixels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from unicodedata import east_asian_width

from portwright.model import Model, Object

_WIDTH: Final = 230
_ROW: Final = 22
_HEAD: Final = 30
_GAP_X: Final = 90
_GAP_Y: Final = 24
_MARGIN: Final = 8
# So many letters have room beside the mark of a row; those of Chinese, say, count twice.
_LETTERS: Final = 22


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a box: a key of the object, or a property that points elsewhere. The `name` is as
    much of that of the `property` as there is room for."""

    y: int
    property: str
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
    depths = _depths({each.name: each for each in objects})
    deepest = max(depths.values())
    bottoms: dict[int, int] = {}
    found: dict[str, Box] = {}
    for each in objects:
        column = deepest - depths[each.name]
        y = bottoms.get(column, _MARGIN)
        keys = _keys(each)
        height = _HEAD + _ROW * len(keys) + 6
        rows = (
            Row(_HEAD + _ROW * place + 15, name, _short(name), mark)
            for place, (name, mark) in enumerate(keys.items())
        )
        x = _MARGIN + column * (_WIDTH + _GAP_X)
        found[each.name] = Box(x, y, height, _short(each.name), tuple(rows))
        bottoms[column] = y + height + _GAP_Y
    return found


def _depths(by_name: Mapping[str, Object]) -> dict[str, int]:
    """How many objects one comes to from each by following relationships; those of a circle count
    once. Without recursion, as nothing says how long a chain may be."""
    depths: dict[str, int] = {}
    for start in by_name:
        way = [] if start in depths else [start]
        while way:
            targets = {each.target for each in by_name[way[-1]].relationships}
            nexts = (targets & by_name.keys()).difference(way)
            if unknown := sorted(nexts - depths.keys()):
                way.append(unknown[0])
            else:
                depths[way.pop()] = max((depths[each] + 1 for each in nexts), default=0)
    return depths


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
    rows = [each.y for each in box.rows if each.property == name]
    return box.y + (rows[0] - 4 if rows else _HEAD // 2)


def _short(text: str) -> str:
    shown = "".join(each if each.isprintable() else "?" for each in text)
    ends = list(accumulate(2 if east_asian_width(each) in "WF" else 1 for each in shown))
    if not ends or ends[-1] <= _LETTERS:
        return shown
    return f"{shown[: bisect_right(ends, _LETTERS - 1)]}…"
