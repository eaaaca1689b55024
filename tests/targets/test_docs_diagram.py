"""The drawing of keys and relationships on pages of the target `docs`."""

from __future__ import annotations

import json
from pathlib import Path

from portwright import pipeline
from portwright.targets.docs import diagram
from support.sites import contract

CLASHING = "a_name_that_is_as_long_as_"


def key(name: str) -> dict[str, object]:
    return {"name": name, "logicalType": "integer", "primaryKey": True}


def drawn(root: Path, schema: list[dict[str, object]]) -> diagram.Drawing:
    """The drawing of a contract with these objects."""
    told = json.loads(contract("a", [])) | {"schema": schema}
    (root / "a.odcs.yaml").write_text(json.dumps(told))
    model, found = pipeline.load(root / "a.odcs.yaml", "a.odcs.yaml", {})
    assert model is not None, found
    made = diagram.drawing(model)
    assert made is not None
    return made


def test_lines_begin_at_their_own_rows(tmp_path: Path) -> None:
    points = [{"type": "foreignKey", "to": "b.k"}]
    aimed = {"logicalType": "integer", "relationships": points}
    properties: list[dict[str, object]] = [{"name": f"{CLASHING}{n}", **aimed} for n in (1, 2)]
    made = drawn(
        tmp_path, [{"name": "a", "properties": properties}, {"name": "b", "properties": [key("k")]}]
    )
    box = made.boxes[0]
    begins = [f"M{box.x + 230} {box.y + row.y - 4}C" for row in box.rows]
    assert [each[: len(begins[0])] for each in made.lines] == begins


def test_a_chain_may_be_long(tmp_path: Path) -> None:
    count = 700
    schema: list[dict[str, object]] = [
        {"name": f"o{place}", "properties": [key("k"), *_next(place, count)]}
        for place in range(count)
    ]
    xs = [each.x for each in drawn(tmp_path, schema).boxes]
    assert xs == sorted(set(xs))


def _next(place: int, count: int) -> list[dict[str, object]]:
    points = {"type": "foreignKey", "to": f"o{place + 1}.k"}
    field = {"name": "next", "logicalType": "integer", "relationships": [points]}
    return [field] if place + 1 < count else []


def test_names_in_wide_letters_stay_in_their_box(tmp_path: Path) -> None:
    made = drawn(tmp_path, [{"name": "標" * 30, "properties": [key("識" * 12)]}])
    assert made.boxes[0].name == "標" * 10 + "…"
    assert made.boxes[0].rows[0].name == "識" * 10 + "…"
