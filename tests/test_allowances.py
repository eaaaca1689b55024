"""What breaks and is agreed on: `allow` in `portwright.yaml`, read and used."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from portwright import config
from portwright.diagnostics import Span
from portwright.evolution.allowances import EVERYBODY, Allowance
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience, Bump
from portwright.evolution.kinds import Kind
from portwright.evolution.verdicts import MATRIX
from support.changes import contract, model
from support.commands import in_process as portwright
from support.repository import AFTER, BEFORE, CONFIG, NAME, begun, commit, on

LAST = "2027-01-31"
ALLOWED = f"""\
allow:
  - change: property-removed-optional
    contract: shop
    path: orders.x
    reason: nobody queries it
    until: {LAST}
"""
MINOR = AFTER.replace("version: 1.0.0", "version: 1.1.0")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository where an optional property is gone, and the config allows it."""
    root = begun(tmp_path)
    (root / NAME).write_text(MINOR)
    (root / "portwright.yaml").write_text(CONFIG + ALLOWED)
    return root


def test_what_is_allowed_is_a_notice(project: Path) -> None:
    done = portwright(project, "breaking", **on("2026-12-01"))
    assert done.returncode == 0 and done.stderr.count("[PW") == 1
    assert (
        f"{NAME}:4:7: notice[PW743]: `orders.x`: an optional property is gone (string); "
        f"allowed until {LAST}: nobody queries it"
    ) in done.stderr
    assert "help: it is allowed at portwright.yaml:5:5" in done.stderr


def test_it_still_needs_a_minor_version(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    done = portwright(project, "breaking", **on("2026-12-01"))
    assert done.returncode == 1
    assert "error[PW702]: what has changed needs version 1.1.0" in done.stderr


def test_diff_shows_it(project: Path) -> None:
    words = ("diff", "--audience", "sql-readers", "--audience", "tables")
    done = portwright(project, *words, **on("2026-12-01"))
    assert "  orders.x  risky     allowed\n" in done.stdout
    assert "    sql-readers: allowed, queries that name the column fail\n" in done.stdout
    assert f"    allowed until {LAST}: nobody queries it\n" in done.stdout
    assert "the version was raised enough, to 1.1.0" in done.stdout
    document = json.loads(portwright(project, "diff", "--format", "json", **on(LAST)).stdout)
    [change] = document["changes"]
    assert (document["bump"], document["raisedEnough"], change["bump"]) == ("minor", True, "minor")
    assert change["allowed"] == [
        {"audiences": list(Audience), "reason": "nobody queries it", "until": LAST}
    ]
    assert change["verdicts"]["sql-readers"]["level"] == "breaking"
    told = portwright(project, "diff", "--format", "github", **on(LAST)).stdout
    assert f"; allowed until {LAST}: nobody queries it" in told


@pytest.mark.parametrize(
    ("day", "code", "found"),
    [
        ("2027-01-16", 0, set()),
        ("2027-01-17", 0, {"PW746"}),
        (LAST, 0, {"PW746"}),
        ("2027-02-01", 1, {"PW701", "PW744"}),
    ],
)
def test_it_ends(project: Path, day: str, code: int, found: set[str]) -> None:
    done = portwright(project, "breaking", "--format", "json", **on(day))
    findings = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == code
    assert {each["code"] for each in findings} - {"PW743"} == found
    if "PW744" in found:
        [over] = [each for each in findings if each["code"] == "PW744"]
        assert (over["file"], over["line"]) == ("portwright.yaml", 5)
        assert over["message"] == (
            "the allowance of `property-removed-optional` (nobody queries it) ended on 2027-01-31"
        )


def test_for_some_it_is_still_an_error(project: Path) -> None:
    config_text = CONFIG + ALLOWED.replace("reason:", "audience: [sql-readers]\n    reason:")
    (project / "portwright.yaml").write_text(config_text)
    # Within a minor version a release may break the producer's own code.
    assert portwright(project, "breaking", **on("2026-12-01")).returncode == 0
    (project / NAME).write_text(AFTER)
    done = portwright(project, "breaking", **on("2026-12-01"))
    assert done.returncode == 1 and "allowed for sql-readers until" in done.stderr
    assert "; breaking for producer: code that sets it is refused\n" in done.stderr
    assert "or write `version: 1.1.0`: it is 1.0.0" in done.stderr
    others = portwright(project, "breaking", "--audience", "sql-readers", **on("2026-12-01"))
    assert others.returncode == 1 and "PW701" not in others.stderr  # the version is too low


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        (("path: orders.x", "path: orders.*"), False),
        (("path: orders.x", "path: '*'"), False),
        (("path: orders.x", "path: orders"), True),
        (("contract: shop", "contract: shp"), True),
        (("property-removed-optional", "property-renamed"), True),
        (("path: orders.x", "audience: [operators]"), True),
    ],
)
def test_one_that_lets_nothing_pass_is_told(
    project: Path, change: tuple[str, str], is_told: bool
) -> None:
    (project / "portwright.yaml").write_text(CONFIG + ALLOWED.replace(*change))
    done = portwright(project, "breaking", **on("2026-12-01"))
    assert (done.returncode, "warning[PW745]" in done.stderr) == (int(is_told), is_told)
    assert ("did you mean `shop`?" in done.stderr) == ("shp" in change[1])


def test_what_is_released_needs_none(project: Path) -> None:
    for text, base in ((AFTER.replace("version: 1.0.0", "version: 2.0.0"), "HEAD"), (MINOR, "")):
        (project / NAME).write_text(text)
        if not base:
            commit(project)
        # Also one that is over is only to be removed.
        for day in ("2026-12-01", "2028-01-01"):
            done = portwright(project, "breaking", **on(day))
            assert done.returncode == 0 and "warning[PW745]" in done.stderr
            assert "PW744" not in done.stderr and "PW743" not in done.stderr


def test_other_contracts_may_need_theirs(project: Path) -> None:
    other = "contracts/other.odcs.yaml"
    (project / other).write_text(contract("id: other\nname: other\n"))
    commit(project)
    done = portwright(project, "breaking", other, **on("2026-12-01"))
    assert (done.returncode, done.stderr) == (0, "")
    (project / "portwright.yaml").write_text(CONFIG + ALLOWED.replace("shop", "other"))
    done = portwright(project, "breaking", other, **on("2026-12-01"))
    assert "portwright.yaml:5:5: warning[PW745]" in done.stderr


def test_its_place_is_told_from_where_the_user_stands(project: Path) -> None:
    inner = project / "contracts"
    for words in ([], ["shop.odcs.yaml"]):
        done = portwright(inner, "breaking", "-c", "../portwright.yaml", *words, **on(LAST))
        assert done.returncode == 0 and "\n../portwright.yaml:5:5: warning[PW746]" in (
            "\n" + done.stderr
        ), done.stderr


def test_a_day_that_is_none_is_wrong_use(project: Path) -> None:
    done = portwright(project, "breaking", SOURCE_DATE_EPOCH="tomorrow")
    assert done.returncode == 2 and "SOURCE_DATE_EPOCH" in done.stderr
    assert portwright(project, "breaking").returncode in (0, 1)


def allowance(**facts: object) -> Allowance:
    known = {"kind": Kind.MADE_OPTIONAL, "reason": "x", "until": date(2027, 1, 31)}
    return Allowance(**{**known, "span": Span("c"), **facts})  # type: ignore[arg-type]


def test_paths_with_brackets_and_contracts_by_either_name() -> None:
    lines = (
        "{{name: lines, logicalType: array, items: {{logicalType: object, properties: "
        "[{{name: sku, logicalType: string{0}}}]}}}}"
    )
    old = model(contract(properties=lines.format(", required: true")))
    new = model(contract(properties=lines.format("")))
    for path, contract_, spares in (
        ("orders.lines[].sku", "shop", True),
        ("orders.lines[]*", None, True),
        ("orders.line?[].sku", None, True),
        ("orders.lines[a].sku", None, False),
        ("orders.lines.sku", None, False),
        ("orders.lines[].sku", "store", False),
    ):
        agreed = allowance(path=path, contract=contract_)
        assert agreed.is_of(new) == (contract_ != "store")
        found = Comparison(old, new, allowances=(agreed,) if agreed.is_of(new) else ())
        assert (found.breaking == ()) == spares, path
        assert found.needed is (Bump.MINOR if spares else Bump.MAJOR)


def test_allowed_for_some_consumers_is_major_for_the_others() -> None:
    old, new = model(BEFORE), model(AFTER)
    some = allowance(kind=Kind.PROPERTY_REMOVED_OPTIONAL, audiences={Audience.PRODUCER})
    assert Comparison(old, new, allowances=(some,)).needed is Bump.MAJOR
    readers = allowance(kind=some.kind, audiences={Audience.SQL_READERS})
    assert Comparison(old, new, allowances=(readers,)).needed is Bump.MINOR
    assert [*Comparison(old, new, allowances=(some, readers)).breaking] == []


def test_what_may_be_allowed_is_at_least_a_minor_version() -> None:
    for kind, row in MATRIX.items():
        if any(str(effect.level) == "breaking" for effect in row.effects.values()):
            assert row.least >= Bump.MINOR, kind


GOOD = "version: 1\ncontracts: [a.odcs.yaml]\ntargets: [{target: avro, out: g}]\n"
ENTRY = "change: made-optional, reason: x, until: 2027-01-31"


def load(root: Path, allow: str) -> tuple[config.Config | None, list[str]]:
    (root / "portwright.yaml").write_text(GOOD + f"allow: {allow}\n")
    (root / "a.odcs.yaml").write_text("kind: DataContract\n")
    settings, found = config.load(root, "portwright.yaml", {})
    return settings, [
        f"{each.code} {each.span.column} {each.help}" for each in found if each.span.line == 4
    ]


def test_allowances_are_read(tmp_path: Path) -> None:
    settings, found = load(tmp_path, f"[{{{ENTRY}}}, {{{ENTRY}, audience: producer, path: a.*}}]")
    assert found == [] and settings is not None
    first, second = settings.allowances
    assert (first.kind, first.reason, first.until) == (
        Kind.MADE_OPTIONAL,
        "x",
        date(2027, 1, 31),
    )
    assert (first.contract, first.path, first.audiences) == (None, None, EVERYBODY)
    assert (second.path, second.audiences) == ("a.*", {Audience.PRODUCER})
    assert (first.span.line, first.span.column) == (4, 9)


@pytest.mark.parametrize(
    ("allow", "code", "at", "help"),
    [
        ("[]", "PW504", "[]", "write it like"),
        ("x", "PW504", "x", ""),
        ("[x]", "PW502", "x", ""),
        (f"[{{{ENTRY}, untl: 1}}]", "PW503", "untl", "did you mean `until`?"),
        ("[{change: made-optional, reason: x}]", "PW742", "{", "write it like"),
        ("[{change: made-optional, until: 2027-01-31}]", "PW742", "{", ""),
        ("[{reason: x, until: 2027-01-31}]", "PW742", "{", ""),
        (f"[{{{ENTRY.replace('x', '~')}}}]", "PW742", "~", ""),
        (f"[{{{ENTRY.replace('x', '[x]')}}}]", "PW742", "[x]", ""),
        (f"[{{{ENTRY.replace('made', 'mad')}}}]", "PW740", "mad-", "did you mean `made-optional`?"),
        (f"[{{{ENTRY}, audience: sql}}]", "PW740", "sql", "known: producer, "),
        (f"[{{{ENTRY}, audience: sql-reader}}]", "PW740", "sql", "did you mean `sql-readers`?"),
        (f"[{{{ENTRY}, audience: [producer, all]}}]", "PW740", "all", "known: producer, "),
        (f"[{{{ENTRY}, audience: []}}]", "PW740", "[]", "leave it out"),
        (f"[{{{ENTRY}, path: []}}]", "PW502", "[]", ""),
        (f"[{{{ENTRY}, contract: ''}}]", "PW502", "''", ""),
        (f"[{{{ENTRY.replace('01-31', '02-30')}}}]", "PW741", "2027", "write the last day"),
        (f"[{{{ENTRY.replace('2027-01-31', '20270131')}}}]", "PW741", "2027", ""),
        (f"[{{{ENTRY.replace('2027-01-31', 'never')}}}]", "PW741", "never", ""),
    ],
)
def test_every_fault_has_its_place(
    tmp_path: Path, allow: str, code: str, at: str, help: str
) -> None:
    settings, [found] = load(tmp_path, allow)
    column = len("allow: ") + allow.index(at) + 1
    assert settings is None and found.startswith(f"{code} {column} {help}"), found


def test_hostile_reasons_stay_on_their_line(project: Path) -> None:
    text = CONFIG + ALLOWED.replace("nobody queries it", '"a\\n::error::\\e[31m"')
    (project / "portwright.yaml").write_text(text)
    for style in ("text", "json", "github", "sarif"):
        for command in ("diff", "breaking"):
            done = portwright(project, command, "--format", style, **on(LAST))
            both = done.stdout + done.stderr
            assert done.returncode == 0 and "\x1b" not in both
            assert not [line for line in both.splitlines() if line.startswith("::error")]
