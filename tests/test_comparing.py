"""`portwright diff` and `portwright breaking` as a user meets them, beside git and files."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from portwright.comparing.commands import AUDIENCES
from portwright.evolution.effects import Audience
from portwright.paths import find, matches
from support.changes import ONLY_TABLE, OPTIONAL, contract
from support.commands import in_process as portwright
from support.repository import AFTER, BEFORE, CONFIG, NAME, begun, commit, git


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return begun(tmp_path)


def test_the_audiences_of_the_command_line_are_those_of_the_matrix() -> None:
    assert tuple(Audience) == AUDIENCES


def test_nothing_has_changed(project: Path) -> None:
    done = portwright(project, "diff")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (f"{NAME}: shop 1.0.0 → 1.0.0, against git:HEAD\n  nothing has changed\n")
    judged = portwright(project, "breaking")
    assert (judged.returncode, judged.stderr) == (0, "") and "nothing breaks" in judged.stdout


def test_diff_tells_people_what_has_changed_and_for_whom(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    done = portwright(project, "diff", "--audience", "producer", "--audience", "sql-readers")
    assert done.returncode == 0
    assert done.stdout == f"""\
{NAME}: shop 1.0.0 → 1.0.0, against git:HEAD

  change    producer  sql-readers
  orders.x  breaking  breaking

  orders.x: an optional property is gone (string)
    git:HEAD:{NAME}:12:16
    producer: breaking, code that sets it is refused
    sql-readers: breaking, queries that name the column fail
    artefacts: avro ok, protobuf ok, json-schema ok, python breaking
    next: deprecate it, and remove it with a new major version

  needs 2.0.0 (major), and is 1.0.0
"""


def test_breaking_is_an_error_until_the_version_tells_it(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    done = portwright(project, "breaking")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{NAME}:4:7: error[PW701]: `orders.x`: an optional property is gone" in done.stderr
    assert "or write `version: 2.0.0`: it is 1.0.0" in done.stderr
    assert f"it was at git:HEAD:{NAME}:12:16" in done.stderr
    done = portwright(project, "breaking", "--audience", "operators")
    assert (done.returncode, "PW701" in done.stderr) == (1, False)  # the version is too low
    (project / NAME).write_text(AFTER.replace("version: 1.0.0", "version: 1.1.0"))
    assert portwright(project, "breaking").returncode == 1
    (project / NAME).write_text(AFTER.replace("version: 1.0.0", "version: 2.0.0"))
    raised = portwright(project, "breaking")
    assert raised.returncode == 0 and raised.stderr.count("[PW") == 1
    assert "warning[PW707]: version 1.0.0 is not handed out any more" in raised.stderr
    assert "2.0.0 is a new major version" in portwright(project, "diff").stdout


def test_two_majors_of_one_table_are_told_of(project: Path) -> None:
    (project / NAME).write_text(contract(of_object="physicalName: orders", properties=OPTIONAL))
    commit(project)
    (project / NAME).write_text(contract("version: 2.0.0\n", "physicalName: orders"))
    raised = portwright(project, "breaking")
    assert raised.returncode == 0
    assert "warning[PW706]: the new major version has the table orders" in raised.stderr


def test_a_version_that_was_not_raised_is_an_error(project: Path) -> None:
    (project / NAME).write_text(BEFORE + "      - {name: y, logicalType: date}\n")
    done = portwright(project, "breaking")
    assert done.returncode == 1 and "error[PW702]" in done.stderr
    assert "needs version 1.1.0, and `version` is 1.0.0" in done.stderr
    (project / NAME).write_text(BEFORE.replace("version: 1.0.0", "version: 1.2.0"))
    commit(project)
    (project / NAME).write_text(BEFORE.replace("version: 1.0.0", "version: 1.1.9"))
    done = portwright(project, "breaking")
    assert done.returncode == 1 and "`version` went back from 1.2.0 to 1.1.9" in done.stderr


def test_words_may_change_in_any_version(project: Path) -> None:
    (project / NAME).write_text(BEFORE.replace(OPTIONAL, OPTIONAL[:-1] + ", description: X.}"))
    done = portwright(project, "breaking")
    assert (done.returncode, done.stderr) == (0, "")


def test_values_of_examples_are_not_shown(project: Path) -> None:
    (project / NAME).write_text(BEFORE.replace(OPTIONAL, OPTIONAL[:-1] + ", examples: [hidden]}"))
    for style in ("text", "json", "github"):
        done = portwright(project, "diff", "--format", style)
        assert "examples" in done.stdout and "hidden" not in done.stdout


def test_machines_get_a_document_a_contract(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    done = portwright(project, "diff", "--format", "json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (document["status"], document["bump"], document["nextVersion"]) == (
        "changed",
        "major",
        "2.0.0",
    )
    [change] = document["changes"]
    assert (change["kind"], change["path"]) == ("property-removed-optional", "orders.x")
    assert list(change["verdicts"]) == list(Audience)
    assert change["verdicts"]["sql-readers"]["level"] == "breaking"
    assert change["artefacts"]["python"] == {
        "level": "breaking",
        "oldReaders": "refuses",
        "newReaders": "refuses",
        "why": "code that sets it or asks for it finds no such attribute",
    }
    finding = json.loads(portwright(project, "breaking", "--format", "json").stdout)
    assert (finding["code"], finding["file"], finding["line"]) == ("PW701", NAME, 4)


def test_pull_requests_get_annotations_at_files_that_are_there(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    told = portwright(project, "diff", "--format", "github").stdout
    judged = portwright(project, "breaking", "--format", "github").stdout
    assert told.startswith(f"::notice file={NAME},line=4,col=7,title=PW700::")
    assert judged.startswith(f"::error file={NAME},line=4,col=7,title=PW701::")


def test_a_contract_may_be_new_gone_or_in_another_file(project: Path) -> None:
    (project / NAME).rename(project / "contracts/store.odcs.yaml")
    (project / "contracts/new.odcs.yaml").write_text(contract("id: new\nname: new\n"))
    done = portwright(project, "diff")
    assert "contracts/store.odcs.yaml: shop 1.0.0 → 1.0.0" in done.stdout
    assert "contracts/new.odcs.yaml: new 1.0.0 is new, against git:HEAD\n" in done.stdout
    (project / "contracts/store.odcs.yaml").unlink()
    assert "shop 1.0.0 is gone, against git:HEAD\n" in portwright(project, "diff").stdout
    gone = portwright(project, "breaking")
    assert gone.returncode == 1 and "error[PW705]: the contract `shop` 1.0.0" in gone.stderr


def test_a_retired_contract_may_go(project: Path) -> None:
    (project / "contracts/b.odcs.yaml").write_text(contract("id: b\nstatus: retired\n"))
    commit(project)
    (project / "contracts/b.odcs.yaml").unlink()
    assert portwright(project, "breaking").returncode == 0


def test_majors_side_by_side_are_each_compared_with_their_own(project: Path) -> None:
    second = contract("version: 2.0.0\n", "physicalName: orders_v2")
    (project / "contracts/a.odcs.yaml").write_text(second)
    done = portwright(project, "breaking")
    assert (done.returncode, done.stderr) == (0, "")
    assert "contracts/a.odcs.yaml: shop 2.0.0 is new" in portwright(project, "diff").stdout


def test_any_revision_and_any_folder(project: Path) -> None:
    git(project, "tag", "v1")
    (project / NAME).write_text(AFTER)
    commit(project)
    assert portwright(project, "breaking").returncode == 0
    assert portwright(project, "breaking", "--against", "git:v1").returncode == 1
    assert portwright(project, "breaking", "--against", "git:main~1", NAME).returncode == 1
    inner = portwright(project / "contracts", "breaking", "-c", "../portwright.yaml")
    assert inner.returncode == 0
    before = (project / ".git/index").read_bytes()
    inner = portwright(
        project / "contracts", "breaking", "--against", "git:v1", "-c", "../portwright.yaml"
    )
    assert inner.returncode == 1 and f"../{NAME}:4:7: error[PW701]" in inner.stderr
    assert (
        f"../{NAME}: shop"
        in portwright(project / "contracts", "diff", "-c", "../portwright.yaml").stdout
    )
    assert (project / ".git/index").read_bytes() == before


def test_a_file_is_what_one_contract_was(project: Path, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(BEFORE)
    (project / NAME).write_text(AFTER)
    (project / "contracts/other.odcs.yaml").write_text(contract("id: other\nname: other\n"))
    done = portwright(project, "breaking", "--against", "old.yaml")
    assert done.returncode == 1 and done.stderr.count("error[") == 1
    assert portwright(project, "breaking", "--against", "old.yaml", NAME).returncode == 1
    (tmp_path / "old.yaml").write_text(contract("id: third\n"))
    unknown = portwright(project, "breaking", "--against", "old.yaml")
    assert unknown.returncode == 2 and "PW703" in unknown.stderr


def test_wrong_use_is_told(project: Path, tmp_path: Path) -> None:
    for against in ("git:nowhere", "git:--all", "git:", "nowhere.yaml", "contracts"):
        done = portwright(project, "diff", "--against", against)
        assert done.returncode == 2 and "error[PW703]" in done.stderr, against
    assert portwright(project, "diff", "--audience", "nobody").returncode == 2
    (project / "portwright.yaml").unlink()
    assert portwright(project, "diff").returncode == 2


def test_outside_of_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BEFORE)
    done = portwright(tmp_path, "breaking", "a.yaml", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert done.returncode == 2 and "there is no git repository here" in done.stderr
    done = portwright(tmp_path, "breaking", "a.yaml", PATH="")
    assert done.returncode == 2 and "git cannot be run" in done.stderr


def test_a_contract_with_errors_is_not_compared(project: Path) -> None:
    (project / NAME).write_text(BEFORE.replace("logicalType: date", "logicalType: dat"))
    now = portwright(project, "breaking")
    assert now.returncode == 1 and "PW101" in now.stderr
    commit(project)
    (project / NAME).write_text(AFTER)
    before = portwright(project, "breaking")
    assert before.returncode == 0 and "warning[PW704]" in before.stderr


def test_the_ports_of_the_config_count(project: Path) -> None:
    (project / "portwright.yaml").write_text(CONFIG + "ports: {shop: {orders: [table]}}\n")
    looser = BEFORE.replace(
        "logicalType: date,", "logicalType: date, logicalTypeOptions: {maximum: '2030-01-01'},"
    )
    (project / NAME).write_text(looser)
    commit(project)
    (project / NAME).write_text(BEFORE.replace("version: 1.0.0", "version: 1.1.0"))
    assert portwright(project, "breaking").returncode == 0
    (project / "portwright.yaml").write_text(CONFIG)
    assert portwright(project, "breaking").returncode == 1


def test_hostile_text_stays_text(project: Path) -> None:
    name = '"a\\e[31m::error::\\n{x}"'
    (project / NAME).write_text(
        BEFORE + f"      - {{name: b, logicalType: string, description: {name}}}\n"
    )
    for style in ("text", "json", "github"):
        done = portwright(project, "diff", "--format", style)
        assert done.returncode == 0 and "\x1b" not in done.stdout
        assert not [line for line in done.stdout.splitlines() if line.startswith("::error")]


def test_a_hostile_path_stays_on_its_line(project: Path) -> None:
    name = 'contracts/a\n::error::"é.odcs.yaml'
    (project / NAME).rename(project / name)
    commit(project)
    (project / name).write_text(AFTER)
    done = portwright(project, "breaking")
    assert done.returncode == 1 and "it was at git:HEAD:contracts/a\\n::error::" in done.stderr
    told = portwright(project, "diff", name).stdout
    assert not [line for line in told.splitlines() if line.startswith("::")]


def test_settings_of_servers_are_named_and_not_shown(project: Path) -> None:
    secret = ONLY_TABLE.replace("host: h", "host: hidden")
    (project / NAME).write_text(contract(secret))
    commit(project)
    (project / NAME).write_text(contract(secret.replace("hidden", "hidden2")))
    for style in ("text", "json", "github"):
        done = portwright(project, "diff", "--format", style)
        assert "host" in done.stdout and "hidden" not in done.stdout


def test_colour_is_for_terminals(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    command = [sys.executable, "-m", "portwright", "diff"]

    def shown(**environ: str) -> bytes:
        ours, theirs = pty.openpty()
        kept = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        subprocess.run(command, cwd=project, stdout=theirs, env={**kept, **environ}, check=True)
        os.close(theirs)
        found = os.read(ours, 100_000)
        os.close(ours)
        return found

    assert b"\x1b[31mbreaking" in shown()
    assert b"\x1b" not in shown(NO_COLOR="1")


@pytest.mark.parametrize(
    "pattern",
    ["*.yaml", "a/*.yaml", "**/*.yaml", "a/**", "**", "./a/?.yaml", "a/[xy].yaml", "*/.h/*.yaml"],
)
def test_git_and_the_folder_agree_on_what_a_pattern_finds(pattern: str, tmp_path: Path) -> None:
    paths = ["b.yaml", "a/x.yaml", "a/z.yml", "a/b/y.yaml", ".h/x.yaml", "a/.x.yaml", "a/.h/x.yaml"]
    for each in paths:
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).touch()
    assert {each for each in paths if matches([pattern], each)} == set(find([pattern], tmp_path))


def test_a_contract_of_another_repository_is_compared_with_its_own(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (project / NAME).write_text(AFTER)
    done = portwright(outside, "breaking", "--against", "git:main", str(project / NAME))
    assert done.returncode == 1 and "error[PW701]: `orders.x`" in done.stderr
