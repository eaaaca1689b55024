"""Thirty contracts that change in one thing, as people change them, with what is right of each.

The verdict is written by hand, from the rules of formats and engines: a letter an audience, in the
order producer, stream readers, replay, tables, SQL readers, operators; `.` is fine, `r` risky, `B`
breaking. The bump is the least number of the version that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from support.changes import OPTIONAL, contract, held


@dataclass(frozen=True)
class Single:
    """A change, alone: both contracts, and what is right."""

    name: str
    before: str
    after: str
    verdict: str
    bump: str


def _x(name: str, before: str, after: str, verdict: str, bump: str) -> Single:
    """A change of properties."""
    return Single(name, contract(properties=before), contract(properties=after), verdict, bump)


def _options(type_: str, text: str) -> str:
    return held(type_, f", logicalTypeOptions: {{{text}}}")


def _physical(text: str) -> str:
    return held("number", f', physicalType: "{text}"')


def _values(*texts: str) -> str:
    return held("string", f", enum: [{', '.join(f'{{value: {each}}}' for each in texts)}]")


def _required(rest: str = "") -> str:
    return held("string", f", required: true{rest}")


def _kept(for_: str) -> str:
    return contract(f"slaProperties: [{{property: retention, value: {for_}, unit: d}}]\n")


_INSIDE = "{name: place, logicalType: object, properties: [{name: town, logicalType: string}%s]}"

SINGLES = (
    _x("an optional property is added", "", OPTIONAL, "......", "minor"),
    _x("a required property is added", "", _required(), "B.Br..", "major"),
    _x("an optional property is removed", OPTIONAL, "", "Br.rB.", "major"),
    _x("a required property is removed", _required(), "", "BB.rB.", "major"),
    _x(
        "a property is renamed, and keeps its id",
        "{name: x, id: i, logicalType: string}",
        "{name: y, id: i, logicalType: string}",
        "BBrrB.",
        "major",
    ),
    _x(
        "a property is moved into an object",
        f"{OPTIONAL}\n{_INSIDE % ''}",
        _INSIDE % f", {OPTIONAL}",
        "Br.rB.",
        "major",
    ),
    _x(
        "properties are reordered",
        f"{OPTIONAL}\n{{name: y, logicalType: date}}",
        f"{{name: y, logicalType: date}}\n{OPTIONAL}",
        "......",
        "patch",
    ),
    _x("an optional property is required", OPTIONAL, _required(), "BrBr..", "major"),
    _x("a required property is optional", _required(), OPTIONAL, ".Br.r.", "major"),
    _x(
        "an integer is widened, i32 to i64",
        _options("integer", "format: i32"),
        _options("integer", "format: i64"),
        ".Brrr.",
        "major",
    ),
    _x(
        "an integer is narrowed, i64 to i32",
        _options("integer", "format: i64"),
        _options("integer", "format: i32"),
        "BrBBr.",
        "major",
    ),
    _x("an integer is a number", held("integer"), held("number"), "BBBBB.", "major"),
    _x("a text is an integer", held("string"), held("integer"), "BBBBB.", "major"),
    _x(
        "a decimal has more digits",
        _physical("DECIMAL(10, 2)"),
        _physical("DECIMAL(12, 2)"),
        ".Brrr.",
        "major",
    ),
    _x(
        "a decimal has another scale",
        _physical("DECIMAL(12, 2)"),
        _physical("DECIMAL(12, 4)"),
        "rBBBB.",
        "major",
    ),
    _x(
        "a timestamp loses its zone",
        _options("timestamp", "timezone: true"),
        _options("timestamp", "timezone: false"),
        "rBBBB.",
        "major",
    ),
    _x("a date is a timestamp", held("date"), held("timestamp"), "BBBBB.", "major"),
    _x(
        "a text must be shorter",
        _options("string", "maxLength: 20"),
        _options("string", "maxLength: 10"),
        "B.rr..",
        "minor",
    ),
    _x(
        "a text may be longer",
        _options("string", "maxLength: 10"),
        _options("string", "maxLength: 20"),
        ".B.rr.",
        "major",
    ),
    _x(
        "a minimum is raised",
        _options("integer", "minimum: 1"),
        _options("integer", "minimum: 2"),
        "B.rr..",
        "minor",
    ),
    _x("a pattern is added", OPTIONAL, _options("string", "pattern: ^A"), "B.rr..", "minor"),
    _x(
        "a pattern is another one",
        _options("string", "pattern: ^A"),
        _options("string", "pattern: ^B"),
        "BBrrr.",
        "major",
    ),
    _x("an enum has one value more", _values("A"), _values("A", "B"), ".r..r.", "minor"),
    _x("an enum has one value less", _values("A", "B"), _values("A"), "B.Brr.", "major"),
    _x(
        "values are no longer unique", held("string", ", unique: true"), OPTIONAL, ".B..B.", "major"
    ),
    _x(
        "the primary key has a part more",
        _required(),
        _required(", primaryKey: true"),
        "rBBBB.",
        "major",
    ),
    _x(
        "the table is partitioned", _required(), _required(", partitioned: true"), "...Brr", "minor"
    ),
    _x(
        "a property is classified higher",
        OPTIONAL,
        held("string", ", classification: restricted"),
        "rr.rBr",
        "minor",
    ),
    Single("data is kept for a shorter time", _kept("900"), _kept("90"), ".rB.rr", "minor"),
    _x("a description is added", OPTIONAL, held("string", ", description: X."), "......", "patch"),
)
