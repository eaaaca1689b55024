"""Ends of support: how they are read, and the gate that asks for the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from portwright import pipeline
from portwright.model import support
from support.changes import contract, held, model
from support.commands import in_process as portwright
from support.repository import NAME, begun, on

LAST = "2027-01-31"


def ending(*levels: str, top: str = "") -> str:
    """A contract with an end of support in each of the `levels`."""
    lines = "".join(f"  - {{property: endOfSupport, {each}}}\n" for each in levels)
    return contract(f"{top}slaProperties:\n{lines}", properties=held("string"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = begun(tmp_path)
    (root / NAME).write_text(ending(f"value: {LAST}", top="version: 1.1.0\n"))
    return root


@pytest.mark.parametrize("command", [("lint",), ("lint", NAME), ("breaking",), ("breaking", NAME)])
@pytest.mark.parametrize(
    ("day", "code", "told"),
    [
        ("2026-12-31", 0, ""),
        ("2027-01-01", 0, "warning[PW751]: support of `shop` ends on 2027-01-31"),
        (LAST, 0, "warning[PW751]"),
        ("2027-02-01", 1, "error[PW750]: support of `shop` ended on 2027-01-31"),
    ],
)
def test_the_gate(project: Path, command: tuple[str, ...], day: str, code: int, told: str) -> None:
    done = portwright(project, *command, **on(day))
    assert done.returncode == code and told in done.stderr
    assert ("PW75" in done.stderr) == bool(told)
    assert not told or f"{NAME}:8:" in done.stderr


def test_generate_knows_no_day(project: Path) -> None:
    for words, day in (((), "2026-01-01"), (("--check",), "2030-01-01"), ((), "2030-01-01")):
        done = portwright(project, "generate", *words, **on(day))
        assert done.returncode == 0 and "PW75" not in done.stderr


@pytest.mark.parametrize(
    ("status", "code"), [("retired", 0), ("Retired", 0), ("deprecated", 1), ("active", 1)]
)
def test_what_is_retired_needs_no_support(project: Path, status: str, code: int) -> None:
    (project / NAME).write_text(ending(f"value: {LAST}", top=f"status: {status}\n"))
    assert portwright(project, "lint", **on("2028-01-01")).returncode == code


def test_ends_of_parts_are_told_as_such(project: Path) -> None:
    parts = ending("value: 2027-01-31, element: 'orders.x, orders.day'", "value: 2030-01-01")
    (project / NAME).write_text(parts.replace("endOfSupport, value: 2030", "el, value: 2026"))
    done = portwright(project, "lint", **on("2027-02-01"))
    assert "error[PW750]: support of `orders.x`, `orders.day` ended on 2027-01-31" in done.stderr
    assert "help: remove it with a new major version, or agree" in done.stderr
    assert "error[PW750]: life of `shop` ended on 2026-01-01" in done.stderr
    assert "help: retire it (`status: retired`), or agree" in done.stderr


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2027-01-31", date(2027, 1, 31)),
        ("'2032-05-12T09:30:10-08:00'", date(2032, 5, 12)),
        ("'2032-05-12 09:30'", date(2032, 5, 12)),
        ("2027-02-30", None),
        ("20270131", None),
        ("'2027'", None),
        ("next year", None),
        ("~", None),
        ("[2027-01-31]", None),
    ],
)
def test_days_are_read_and_what_is_none_is_told(value: str, day: date | None) -> None:
    text = ending(f"value: {value}")
    found, diagnostics = pipeline.read(text.encode(), "a.yaml", {})
    assert found is not None and [each.day for each in found.sla] == [day]
    codes = [(each.code, each.span.line) for each in diagnostics if each.code.startswith("PW75")]
    assert codes == ([] if day else [("PW752", 8)])
    assert [each.until for each in support.ends(found)] == ([day] if day else [])


@pytest.mark.parametrize(
    ("path", "levels", "expected"),
    [
        ((), [""], "2027-01-01"),
        ((), ["", ""], "2027-01-01"),
        ((), [", element: orders"], None),
        (("orders",), [""], "2027-01-01"),
        (("orders",), ["", ", element: orders"], "2027-01-02"),
        (("orders",), [", element: orders.x"], None),
        (("orders", "x"), [""], "2027-01-01"),
        (("orders", "x"), ["", ", element: orders", ", element: orders.x"], "2027-01-03"),
        (("orders", "x"), ["", ", element: x"], "2027-01-02"),
        (("orders", "x"), [", element: orders.day", ", element: 'orders'"], "2027-01-02"),
    ],
)
def test_what_is_said_of_a_part_goes_first(
    path: tuple[str, ...], levels: list[str], expected: str | None
) -> None:
    days = (f"value: 2027-01-{n + 1:02}{each}" for n, each in enumerate(levels))
    found = model(ending(*days))
    object_ = found.objects[0] if path else None
    until = support.until(found, object_, *path[1:])
    assert (None if until is None else str(until)) == expected
