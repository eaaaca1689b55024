"""The page of the docs: its matrix is that of the dialects, and its commands do what it says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from portwright.targets.ddl import DIALECTS, Dialect
from portwright.targets.ddl.alterations import Alteration
from support.commands import committed, in_process

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "migrations.md"
HEADING = "## What each engine alters\n\n"
END = "\n## "
ROWS = [
    each
    for each in Alteration
    if each
    not in (
        Alteration.MOVE_ASIDE,
        Alteration.CREATE_TABLE,
        Alteration.COPY_ROWS,
        Alteration.FILL_COLUMN,
        Alteration.DROP_TABLE,
        Alteration.DROP_INDEX,
        Alteration.DROP_VIEW,
        Alteration.MAKE_VIEW,
    )
]
# What an engine has not got needs no way to change it.
ABSENT = {
    "primary key": "primary_key",
    "unique": "unique",
    "check": "check",
    "foreign key": "foreign_key",
}


def matrix() -> str:
    columns = ["alteration", *(each.title for each in DIALECTS.values())]
    lines = [_line(columns), "|" + "---|" * len(columns) + "\n"]
    for each in ROWS:
        lines.append(_line([each, *(_cell(each, dialect) for dialect in DIALECTS.values())]))
    return "".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(kind: Alteration, dialect: Dialect) -> str:
    forms, alterations = dialect.statements, dialect.alterations
    if "comment" in kind and not (forms.column_comment or forms.comment_clause):
        return "·"
    constraint = next((field for word, field in ABSENT.items() if kind.endswith(word)), None)
    if constraint and getattr(forms, constraint) is None:
        return "·"
    layout = dialect.layout and (dialect.layout.partition or dialect.layout.cluster)
    if kind is Alteration.LAY_OUT and not layout:
        return "·"
    way = alterations.ways.get(kind)
    if way is None:
        return "no"
    if kind is Alteration.WIDEN_TYPE and not alterations.widenings:
        return "no"
    held = [
        word
        for word, kinds in (
            ("keys", alterations.held_by_keys),
            ("layout", alterations.held_by_layout),
            ("references", alterations.held_by_references),
        )
        if kind in kinds
    ]
    text = "rewrites" if way.rewrites else "yes"
    return f"{text}, not with {' or '.join(held)}" if held else text


def test_the_matrix_of_the_docs_is_of_today(update: bool) -> None:
    text, heading, rest = PAGE.read_text("utf-8").partition(HEADING)
    _, end, behind = rest.partition(END)
    assert heading and end
    if update:
        PAGE.write_text(text + heading + matrix() + end + behind, "utf-8")
    assert PAGE.read_text("utf-8") == text + heading + matrix() + end + behind


def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    contract, config, _ = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    (tmp_path / "portwright.yaml").write_text(config)
    path = tmp_path / "contracts" / "visits.odcs.yaml"
    released = tmp_path / "released" / "visits.odcs.yaml"
    for each in (path, released):
        each.parent.mkdir()
        each.write_text(contract)
    committed(tmp_path)
    page = PAGE.read_text("utf-8")
    [commands] = re.findall(r"```sh\n(.*?)```", page, re.S)
    for line in commands.splitlines():
        done = in_process(tmp_path, *shlex.split(line, comments=True)[1:])
        assert (done.returncode, done.stderr) == (0, ""), line
        assert done.stdout == "nothing to do: no table changes\n"
    before, after = "{name: pages, logicalType: integer}", "{name: country, logicalType: string}"
    assert f"`{before}`" in page and f"`{after}`" in page
    path.write_text(contract.replace(before, after).replace("version: 1.0.0", "version: 1.1.0"))
    [shown] = re.findall(r"```sql\n(.*?)```", page, re.S)
    done = in_process(tmp_path, "migrate")
    assert done.returncode == 1 and "PW720" in done.stderr
    [file] = (tmp_path / "migrations").rglob("*.sql")
    assert file.relative_to(tmp_path).as_posix() in page
    assert shown == file.read_text("utf-8")
