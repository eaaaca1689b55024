"""`portwright init` in repositories of all kinds: what it writes works, what was there stays."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.commands import in_process

HOOKS = """\
# our hooks
repos:
- repo: https://example.org/x
  rev: v1  # pinned
  hooks:
  - id: black
# the end

ci: {skip: [black]}
"""
MAKEFILE = "all: test\ntest:\n\techo hi\n"


def written(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def everything(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def works(root: Path, *words: str) -> str:
    """What init said; what it wrote is linted, generated from and up to date, and a second run
    changes nothing."""
    done = in_process(root, "init", *words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    for command in (["lint"], ["generate"], ["generate", "--check"]):
        ran = in_process(root, *command)
        assert (ran.returncode, "error" in ran.stderr) == (0, False), (command, ran.stderr)
    before = everything(root)
    again = in_process(root, "init", *words)
    assert again.returncode == 0 and "nothing to do" in again.stdout
    assert everything(root) == before
    return done.stdout


POM = "<parent><artifactId>p</artifactId></parent><artifactId>crm</artifactId>"
NODE = '{"name": "@acme/pay", "dependencies": {"mysql2": "1"}}'
# Files of a project, where its packages of Python go, and what its contract is called.
PROJECTS: dict[str, tuple[dict[str, str], str | None, str | None]] = {
    "src": ({"pyproject.toml": "[project]\nname='a_b'\n", "src/a/b.py": ""}, "src", "a-b"),
    "flat": ({"setup.cfg": "[metadata]\nname = Shop\n", "shop/__init__.py": ""}, ".", "shop"),
    "scripts": ({"app.py": "", "Dockerfile": ""}, "src", None),
    "scripts of others": ({"app.py": "", "go.mod": "module crm"}, None, "crm"),
    "empty": ({"requirements.txt": "psycopg\n"}, "src", None),
    "node": ({"package.json": NODE}, None, "pay"),
    "go": ({"go.mod": "module example.org/x/stock/v2\n\ngo 1.22\n"}, None, "stock"),
    "java": ({"pom.xml": f"<project>{POM}</project>"}, None, "crm"),
    "rust": ({"Cargo.toml": "[package]\nname = '1st'\n"}, None, "service-1st"),
    "broken": ({"pyproject.toml": "[[[", "package.json": "{"}, "src", None),
    "nothing": ({}, None, None),
}


@pytest.mark.parametrize("project", PROJECTS)
def test_what_is_written_works_in_every_project(tmp_path: Path, project: str) -> None:
    files, out, name = PROJECTS[project]
    root = tmp_path / "my shop é"
    root.mkdir()
    for path, text in files.items():
        written(root, **{path: text})
    works(root)
    config = yaml.safe_load((root / "portwright.yaml").read_text("utf-8"))
    python = [each["out"] for each in config["targets"] if each["target"] == "python"]
    assert python == ([out] if out else [])
    [contract] = (root / "contracts").iterdir()
    assert contract.name == f"{name or 'my-shop'}.odcs.yaml"


def test_databases_of_the_dependencies_get_tables(tmp_path: Path) -> None:
    written(tmp_path, **{"requirements-dev.txt": "snowflake-connector-python\nasyncpg\n"})
    written(tmp_path, **{"requirements.txt": ""})
    assert works(tmp_path).startswith("found    Python, snowflake, postgres\n")
    assert (tmp_path / "gen/sql").is_dir()


def test_goals_are_appended_and_make_runs_them(tmp_path: Path) -> None:
    written(tmp_path, Makefile=MAKEFILE.rstrip())
    works(tmp_path)
    text = (tmp_path / "Makefile").read_text()
    assert text.startswith(MAKEFILE) and text.count("check-contracts:") == 1
    words = [f"PORTWRIGHT={sys.executable} -m portwright", "generate", "check-contracts"]
    # These tests may be run by make themselves, which says so to those below.
    make = ["make", "--no-print-directory", "MAKEFLAGS="]
    done = subprocess.run(
        [*make, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert subprocess.check_output(make, cwd=tmp_path, text=True).endswith("hi\n")


def test_goals_that_are_there_are_kept(tmp_path: Path) -> None:
    own = "include m*.mk nothing.mk\n.PHONY: generate \\\n  x\ncheck-contracts lint:\n\techo mine\n"
    written(tmp_path, Makefile=own, **{"more.mk": "generate:: a\n\techo too\n"})
    said = works(tmp_path)
    assert (tmp_path / "Makefile").read_text() == own
    assert "goal `generate` of its own" in said and "goal `check-contracts` of its own" in said


def test_the_makefile_that_make_takes_is_edited_with_its_line_ends(tmp_path: Path) -> None:
    (tmp_path / "GNUmakefile").write_bytes(b"# \xe9\r\nall: ;\r\n")
    written(tmp_path, Makefile=MAKEFILE)
    works(tmp_path)
    assert (tmp_path / "Makefile").read_text() == MAKEFILE
    data = (tmp_path / "GNUmakefile").read_bytes()
    assert data.startswith(b"# \xe9\r\nall: ;\r\n") and b"\ngenerate:\r\n" in data


def test_a_project_with_another_runner_gets_no_makefile(tmp_path: Path) -> None:
    written(tmp_path, justfile="x:\n", **{"uv.lock": ""})
    assert "justfile: add `portwright generate`" in works(tmp_path)
    assert not (tmp_path / "Makefile").exists()


def test_the_commands_of_a_project_with_a_lock_are_run_by_its_tool(tmp_path: Path) -> None:
    written(tmp_path, **{"uv.lock": "", ".pre-commit-config.yaml": HOOKS, "pyproject.toml": ""})
    works(tmp_path)
    assert "PORTWRIGHT ?= uv run portwright\n" in (tmp_path / "Makefile").read_text()
    assert "entry: uv run portwright generate" in (tmp_path / ".pre-commit-config.yaml").read_text()


@pytest.mark.parametrize(
    "text", [HOOKS, HOOKS.replace("\n", "\r\n"), "repos: []\n", HOOKS.split("# the")[0].rstrip()]
)
def test_a_hook_is_added_and_all_else_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_bytes(text.encode())
    works(tmp_path)
    after = path.read_bytes().decode()
    before, data = yaml.safe_load(text), yaml.safe_load(after)
    assert data["repos"][:-1] == before["repos"] and data.get("ci") == before.get("ci")
    assert data["repos"][-1]["hooks"][0]["id"] == "portwright"
    assert all(line in after for line in text.split("\n") if line.strip() != "repos: []")
    assert after.count("\r\n") in (0, after.count("\n"))


@pytest.mark.parametrize(
    "text",
    ["{repos: [{repo: local, hooks: []}]}\n", "repos: [\n]\n", "repos:\n  - {repo: x\n", "- x\n"],
)
def test_a_hook_that_cannot_be_added_for_certain_is_shown(tmp_path: Path, text: str) -> None:
    written(tmp_path, **{".pre-commit-config.yaml": text})
    done = in_process(tmp_path, "init")
    assert done.returncode == 0 and "under `repos:` add\n      - repo: local" in done.stdout
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == text


def test_a_service_of_a_monorepo(tmp_path: Path) -> None:
    written(tmp_path, **{".git/HEAD": "", ".pre-commit-config.yaml": HOOKS})
    written(tmp_path, **{"services/pay/pyproject.toml": "", "services/crm/go.mod": "module crm"})
    said = in_process(tmp_path, "init", "services/pay").stdout
    assert "wrote    services/pay/portwright.yaml" in said
    assert "entry: portwright generate --check --config services/pay/portwright.yaml" in said
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == HOOKS
    above = in_process(tmp_path, "init", "--dry-run", "--name", "x")
    assert above.returncode == 0
    assert "services/crm, services/pay" in in_process(tmp_path, "init").stdout


def test_a_hook_runs_where_the_project_of_a_service_is(tmp_path: Path) -> None:
    written(tmp_path, **{".git/HEAD": "", ".pre-commit-config.yaml": HOOKS})
    written(
        tmp_path, **{"my pay/uv.lock": "", "crm it/go.mod": "module crm", "all/crm it/go.mod": ""}
    )
    entries = {}
    for folder in ("my pay", "all/crm it", "crm it"):
        said = in_process(tmp_path, "init", folder).stdout.partition("under `repos:` add\n")[2]
        added = yaml.safe_load(said.partition("next\n")[0])
        entries[folder] = shlex.split(added[0]["hooks"][0]["entry"])
        # The hook of one service is none of another.
        path = tmp_path / ".pre-commit-config.yaml"
        path.write_text(
            yaml.safe_dump({"repos": [*yaml.safe_load(path.read_text())["repos"], *added]})
        )
        assert "by hand" not in in_process(tmp_path, "init", folder).stdout
    check = ["portwright", "generate", "--check"]
    assert entries["my pay"] == ["sh", "-c", f"cd 'my pay' && uv run {' '.join(check)}"]
    assert entries["crm it"] == [*check, "--config", "crm it/portwright.yaml"]
    assert entries["all/crm it"] == [*check, "--config", "all/crm it/portwright.yaml"]


@pytest.mark.parametrize("hooks", ["5", "[5]", "{a: b}", ""])
def test_hooks_that_are_none_stop_nobody(tmp_path: Path, hooks: str) -> None:
    written(tmp_path, **{".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks: {hooks}\n"})
    works(tmp_path)
    assert "id: portwright" in (tmp_path / ".pre-commit-config.yaml").read_text()


@pytest.mark.parametrize("text", ["test:\n\techo x \\\n", ".RECIPEPREFIX = >\n", None])
def test_goals_that_cannot_be_added_are_shown(tmp_path: Path, text: str | None) -> None:
    if text is None:
        written(tmp_path, **{"real.mk": MAKEFILE})
        (tmp_path / "Makefile").symlink_to("real.mk")
    else:
        written(tmp_path, Makefile=text)
    before = (tmp_path / "Makefile").read_text()
    for words in (["--dry-run"], []):
        said = in_process(tmp_path, "init", *words).stdout
        assert "add\n      PORTWRIGHT ?= portwright\n" in said
        assert "\n      check-contracts:\n      \t$(PORTWRIGHT) lint\n" in said
    assert (tmp_path / "Makefile").read_text() == before


def test_goals_that_variables_name_are_kept(tmp_path: Path) -> None:
    own = "GOALS := generate lint\n${GOALS} $(nothing):\n\techo mine\ncheck-contracts := 1\n"
    written(tmp_path, Makefile=own)
    works(tmp_path)
    assert (tmp_path / "Makefile").read_text().startswith(f"{own}\n# portwright")
    assert ".PHONY: check-contracts\n" in (tmp_path / "Makefile").read_text()


def test_what_comes_next_works_where_it_is_typed(tmp_path: Path) -> None:
    written(tmp_path, **{"my shop/go.mod": ""})
    said = in_process(tmp_path, "init", "my shop").stdout.partition("next\n")[2].splitlines()
    assert said[0] == "  cd 'my shop'" and said[1].startswith("  edit contracts/my-shop.odcs.yaml")


def test_contracts_in_a_folder_whose_name_is_a_pattern(tmp_path: Path) -> None:
    assert in_process(tmp_path, "new", "port", "orders").returncode == 0
    (tmp_path / "contracts").rename(tmp_path / "a[1]*")
    works(tmp_path)


def test_contracts_that_are_there_are_found(tmp_path: Path) -> None:
    assert in_process(tmp_path, "new", "port", "orders").returncode == 0
    (tmp_path / "contracts").rename(tmp_path / "data")
    works(tmp_path)
    assert 'contracts: ["data/*.odcs.yaml"]' in (tmp_path / "portwright.yaml").read_text()
    assert not (tmp_path / "contracts").exists()


def test_a_config_that_is_there_is_kept(tmp_path: Path) -> None:
    own = "version: 1\ncontracts: [api/*.yaml]\ntargets: [{target: avro, out: x}]\n"
    written(tmp_path, **{"portwright.yaml": own})
    works(tmp_path, "--name", "pay")
    assert (tmp_path / "portwright.yaml").read_text() == own
    assert (tmp_path / "api" / "pay.odcs.yaml").exists()


def test_a_dry_run_prints_and_writes_nothing(tmp_path: Path) -> None:
    written(tmp_path, Makefile=MAKEFILE)
    before = everything(tmp_path)
    done = in_process(tmp_path, "init", "--dry-run")
    assert done.returncode == 0 and everything(tmp_path) == before
    assert "+++ b/portwright.yaml" in done.stdout and "+generate:" in done.stdout


def test_nothing_is_written_where_something_cannot_be(tmp_path: Path) -> None:
    written(tmp_path, contracts="a file", Makefile=MAKEFILE)
    before = everything(tmp_path)
    done = in_process(tmp_path, "init")
    assert done.returncode == 1 and "error[PW605]" in done.stderr
    assert everything(tmp_path) == before
    (tmp_path / "portwright.yaml").mkdir()
    refused = in_process(tmp_path, "init")
    assert refused.returncode == 1 and "error[PW820]" in refused.stderr
    assert "Is a directory" in refused.stderr


def test_wrong_use(tmp_path: Path) -> None:
    assert in_process(tmp_path, "init", "nowhere").returncode == 2
    assert in_process(tmp_path, "init", "--name", "a b").returncode == 2


def test_a_person_is_asked_what_cannot_be_found_out(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "portwright", "init"]
    with subprocess.Popen(words, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.write(ours, b"not a name\nsales\nmysql\n")
        assert child.wait(60) == 0
    os.close(theirs)
    said = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "What is the first contract called" in said and "Tables for which database" in said
    assert (tmp_path / "contracts" / "sales.odcs.yaml").exists()
    assert "dialect: mysql" in (tmp_path / "portwright.yaml").read_text()


def test_a_disk_that_fills_up_in_the_middle_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, Makefile=MAKEFILE, **{".pre-commit-config.yaml": HOOKS})
    before = everything(tmp_path)
    real, calls = os.replace, []

    def replace(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr("portwright.output.os.replace", replace)
    done = in_process(tmp_path, "init")
    assert done.returncode == 1 and "No space left on device" in done.stderr
    assert len(calls) == 3 and everything(tmp_path) == before
    assert not (tmp_path / "contracts").exists()
