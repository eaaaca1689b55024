"""The command that writes migrations, as a user runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from support.changes import contract, held
from support.commands import in_process as portwright

NAME = "shop.odcs.yaml"
CONFIG = f"""\
version: 1
contracts: [{NAME}]
targets:
  - {{target: ddl, dialect: duckdb, out: sql}}
  - {{target: ddl, dialect: postgres, out: sql}}
"""
BEFORE = contract(properties=held("string"))
ADDED = contract("version: 1.1.0\n", properties=f"{held('string')}\n{{name: y, logicalType: date}}")
REMOVED = contract("version: 1.1.0\n")
FILE = Path("migrations/duckdb/shop/0001_1.0.0_to_1.1.0.sql")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a config and what its contract was."""
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "before.odcs.yaml").write_text(BEFORE)
    return tmp_path


def migrate(project: Path, text: str, *words: str) -> tuple[int, str, str]:
    (project / NAME).write_text(text)
    done = portwright(project, "migrate", "--against", "before.odcs.yaml", *words)
    return done.returncode, done.stdout, done.stderr


def test_a_file_an_engine_is_written_and_runs(project: Path) -> None:
    code, said, wrong = migrate(project, ADDED)
    assert (code, wrong) == (0, "")
    assert said.splitlines() == [
        f"wrote      {FILE}: in place",
        f"wrote      {str(FILE).replace('duckdb', 'postgres')}: in place",
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE orders_v1 (order_id VARCHAR, day DATE, x VARCHAR)")
        connection.execute((project / FILE).read_text("utf-8"))
        assert connection.table("orders_v1").columns == ["order_id", "day", "x", "y"]


def test_what_is_there_is_not_written_again(project: Path) -> None:
    assert migrate(project, ADDED, "--to-dialect", "duckdb")[0] == 0
    before = (project / FILE).stat().st_mtime_ns
    code, said, _ = migrate(project, ADDED, "--to-dialect", "duckdb")
    assert (code, said) == (0, f"up to date {FILE}: in place\n")
    assert (project / FILE).stat().st_mtime_ns == before


def test_an_own_file_of_the_same_versions_is_written_anew(project: Path) -> None:
    migrate(project, ADDED, "--to-dialect", "duckdb")
    other = ADDED.replace("name: y", "name: z")
    assert migrate(project, other, "--to-dialect", "duckdb")[0] == 0
    assert "ADD COLUMN z" in (project / FILE).read_text("utf-8")


def test_a_file_that_was_edited_is_left_alone(project: Path) -> None:
    migrate(project, ADDED, "--to-dialect", "duckdb")
    edited = (project / FILE).read_text("utf-8") + "-- looked at\n"
    (project / FILE).write_text(edited)
    code, said, wrong = migrate(project, ADDED.replace("name: y", "name: z"))
    assert (code, said) == (1, "") and "PW722" in wrong
    assert (project / FILE).read_text("utf-8") == edited
    assert not (project / "migrations" / "postgres").exists()


def test_the_next_versions_have_the_next_number(project: Path) -> None:
    migrate(project, ADDED, "--to-dialect", "duckdb")
    (project / "before.odcs.yaml").write_text(ADDED)
    migrate(project, ADDED.replace("1.1.0", "1.2.0").replace("name: y", "name: z"))
    found = sorted(path.name for path in (project / FILE).parent.iterdir())
    assert found == ["0001_1.0.0_to_1.1.0.sql", "0002_1.1.0_to_1.2.0.sql"]


def test_nothing_is_written_where_no_table_changes(project: Path) -> None:
    text = BEFORE.replace("version: 1.0.0", "version: 1.0.1\ntags: [a]")
    assert migrate(project, text) == (0, "nothing to do: no table changes\n", "")
    assert not (project / "migrations").exists()


def test_what_takes_data_away_is_left_out_until_it_is_allowed(project: Path) -> None:
    words = ("--to-dialect", "postgres", "--out", "-")
    code, shown, told = migrate(project, REMOVED, *words)
    assert code == 1 and "PW720" in told
    assert "\n-- ALTER TABLE orders_v1 DROP COLUMN x;\n" in shown
    code, shown, told = migrate(project, REMOVED, *words, "--allow-destructive")
    assert (code, told) == (0, "")
    assert "\nALTER TABLE orders_v1 DROP COLUMN x;\n" in shown
    assert not (project / "migrations").exists()


def test_values_that_nobody_knows_are_asked_for(project: Path) -> None:
    text = contract(
        "version: 2.0.0\n",
        properties=f"{held('string')}\n{{name: y, logicalType: date, required: true}}",
    )
    code, shown, told = migrate(project, text, "--to-dialect", "postgres", "--out", "-")
    assert code == 1 and "PW721" in told
    assert "\n-- UPDATE orders_v2 SET y = <value>;\n" in shown


def test_hostile_text_stays_in_its_comment_or_literal(project: Path) -> None:
    text = BEFORE.replace(
        "name: orders\n", 'name: orders\n    description: "a\\n; DROP TABLE x; --\\u2028\\r\\n*/"\n'
    ).replace("version: 1.0.0", 'version: "1.0.1\\n; DROP TABLE y;"')
    (project / "before.odcs.yaml").write_text(BEFORE)
    code, shown, told = migrate(project, text, "--to-dialect", "duckdb", "--out", "-")
    assert (code, told) == (0, "")
    bare = re.sub(r"(?m)^--.*\n?", "", shown)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE orders_v1 (order_id VARCHAR)")
        connection.execute(bare)


@pytest.mark.parametrize("words", [("--to-dialect", "postgre"), ()])
def test_no_engine_is_wrong_use(project: Path, words: tuple[str, ...]) -> None:
    (project / "portwright.yaml").write_text(
        f"version: 1\ncontracts: [{NAME}]\ntargets: [{{target: avro, out: a}}]\n"
    )
    code, said, wrong = migrate(project, ADDED, *words)
    assert (code, said) == (2, "") and "PW723" in wrong
    assert not words or "did you mean `postgres`?" in wrong


def test_tables_that_an_engine_never_had_are_told(project: Path) -> None:
    old = contract(properties='{name: x, logicalType: string, physicalName: "rowid"}')
    (project / "before.odcs.yaml").write_text(old)
    code, said, wrong = migrate(project, ADDED, "--to-dialect", "oracle")
    assert (code, said) == (0, "nothing to do: no table changes\n") and "PW724" in wrong


def test_what_an_engine_cannot_hold_is_an_error(project: Path) -> None:
    text = ADDED.replace("name: y", "name: rowid")
    code, said, wrong = migrate(project, text, "--to-dialect", "oracle", "--format", "json")
    finding = json.loads(said.splitlines()[0])
    assert (code, wrong, finding["severity"]) == (1, "", "error")


def test_a_folder_that_cannot_be_written_is_told(project: Path) -> None:
    (project / "migrations").write_text("in the way")
    code, said, wrong = migrate(project, ADDED)
    assert (code, said) == (1, "") and "PW725" in wrong


def test_steps_that_were_left_out_before_are_told_of(project: Path) -> None:
    migrate(project, REMOVED, "--to-dialect", "duckdb")
    (project / "before.odcs.yaml").write_text(REMOVED)
    again = ADDED.replace("1.1.0", "1.2.0")
    code, said, told = migrate(project, again, "--to-dialect", "duckdb")
    assert code == 1 and "0002_1.1.0_to_1.2.0.sql" in said
    assert "warning[PW726]: 0001_1.0.0_to_1.1.0.sql has steps that are left out" in told


@pytest.mark.parametrize(("status", "shows"), [("draft", False), ("active", True)])
def test_majors_beside_each_other_share_one_view(tmp_path: Path, status: str, shows: bool) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG.replace(f"[{NAME}]", "['*.odcs.yaml']"))
    (tmp_path / NAME).write_text(BEFORE)
    assert portwright(tmp_path, "generate").returncode == 0
    assert portwright(tmp_path, "release").returncode == 0
    (tmp_path / "shop.v1.odcs.yaml").write_text(BEFORE)
    (tmp_path / NAME).write_text(contract(f"version: 2.0.0\nstatus: {status}\n"))
    done = portwright(tmp_path, "migrate", "--to-dialect", "duckdb")
    assert (done.returncode, done.stderr) == (0, "")
    [file] = (tmp_path / "migrations").rglob("*.sql")
    assert file.parent.name == "shop_v2"
    assert ("VIEW orders" in file.read_text()) == shows
    with duckdb.connect() as connection:
        connection.execute((tmp_path / "sql/shop.duckdb.sql").read_text())
        connection.execute(file.read_text())
        columns = connection.execute("SELECT * FROM orders").description or []
        assert [each[0] for each in columns] == ["order_id", "day"] + ["x"] * (not shows)
