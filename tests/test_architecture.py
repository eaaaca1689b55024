"""The house's laws that a reader would otherwise have to trust: imports, budgets, templates."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GENERATOR = ROOT / "generator" / "portwright"
RUNTIME = ROOT / "runtime" / "portwright_runtime"
TEMPLATES = ROOT / "templates"

# Who may import whom: a module may import rooms that stand before its own.
ORDER = [
    ["diagnostics", "paths", "progress", "installed", "terminal"],
    ["parallel", "others"],
    ["scalars", "codes", "regex", "__init__"],
    ["model", "nodes"],
    ["overrides"],
    ["names", "render", "markdown_text", "composer", "exchange", "schedules"],
    ["source", "personal", "privacy", "promises", "access"],
    ["oversight"],
    ["contract", "checks", "policies", "lock", "targets"],
    ["manifest", "evolution", "plugins", "merging"],
    ["begun", "joined", "released"],
    ["history"],
    ["plan", "stamp", "config", "type_table", "migrations", "cache"],
    ["output", "documents", "pieces"],
    ["pipeline", "reporting", "completion"],
    ["testing"],
    ["options", "monorepo"],
    ["run", "editors"],
    ["register", "comparing", "generating", "reference", "cleaning", "doctor"],
    ["locking", "migrating", "dry_run", "customising", "upgrading", "platform"],
    ["registering"],
    ["importing"],
    ["overseeing"],
    ["starting", "granting"],
    ["cli"],
    ["__main__"],
]
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}


def room(path: Path) -> str:
    return path.relative_to(GENERATOR).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def generator_modules() -> list[Path]:
    return sorted(GENERATOR.rglob("*.py"))


@pytest.mark.parametrize("path", generator_modules(), ids=lambda p: str(p.relative_to(GENERATOR)))
def test_imports_flow_one_way(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "portwright" or len(parts) < 2:
            continue
        there = parts[1] if parts[1] in RANK else "__init__"
        if there == here:
            continue
        assert RANK[there] < RANK[here], f"{here} imports {name}"


def test_the_plan_of_the_house_shows_the_way_imports_flow() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    rows = {name: row for row, cell in enumerate(cells) for name in re.findall(r"`(\w+)/?`", cell)}
    assert set(rows) == set(RANK) - {"__init__", "__main__"}
    for path in generator_modules():
        for name in imports(path):
            package, _, rest = name.partition(".")
            there = rest.partition(".")[0]
            if package == "portwright" and room(path) in rows and there in rows:
                assert rows[there] <= rows[room(path)], f"{room(path)} imports {name}"


def test_the_runtime_never_imports_the_generator() -> None:
    for path in RUNTIME.rglob("*.py"):
        assert not {name for name in imports(path) if name.split(".")[0] == "portwright"}, path


def loaded(*words: str, root: Path = ROOT) -> set[str]:
    """The modules in memory after `portwright` has done in a folder what the words say."""
    program = f"""if True:
        import atexit, sys
        from portwright.cli import main
        atexit.register(lambda: print(*sys.modules, file=sys.stderr))
        main({list(words)!r})"""
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["--help", "explain"]])
def test_help_imports_no_command(words: list[str]) -> None:
    ours = {each for each in loaded(*words) if each.startswith("portwright.")}
    assert ours == {"portwright.cli", "portwright.terminal"}


# What a run with nothing to do needs. More here is a millisecond each in everybody's build.
NOTHING_TO_DO = """
    cli completion diagnostics documents generating generating.commands generating.once
    generating.telling installed joined manifest merging merging.markers options output paths plan
    progress reporting run stamp targets terminal
"""


def test_nothing_to_do_imports_little(tmp_path: Path) -> None:
    case = ROOT / "tests" / "cases" / "minimal" / "contract.odcs.yaml"
    (tmp_path / "a.odcs.yaml").write_bytes(case.read_bytes())
    config = "version: 1\ncontracts: [a.odcs.yaml]\ntargets: [{target: avro, out: avro}]\n"
    (tmp_path / "portwright.yaml").write_text(config)
    assert len(loaded("generate", root=tmp_path)) > 200
    after = loaded("generate", root=tmp_path)
    ours = {each.removeprefix("portwright.") for each in after if each.startswith("portwright.")}
    assert ours == set(NOTHING_TO_DO.split())
    assert len(after - loaded("--version")) < 60


def test_a_command_is_alone_in_memory() -> None:
    ours = {each for each in loaded("explain", "PW101") if each.startswith("portwright.")}
    names = "reference reference.commands codes completion".split()
    rooms = {f"portwright.{name}" for name in names}
    assert ours == {"portwright.cli", "portwright.terminal", *rooms}


HEAVY = {"black", "datamodel_code_generator", "duckdb", "pyarrow", "fastavro", "jinja2", "yaml"}


@pytest.mark.parametrize("name", ["portwright.cli", "portwright_runtime.generated"])
def test_heavy_packages_are_imported_when_they_are_used(name: str) -> None:
    program = f"import sys, {name}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("root", [GENERATOR, RUNTIME], ids=["generator", "runtime"])
def test_modules_are_small_and_say_what_they_are(root: Path) -> None:
    for path in root.rglob("*.py"):
        text = path.read_text("utf-8")
        if path.name != "__init__.py" or text.strip():
            assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"
        if path.name != "codes.py":  # stories, not code
            assert text.count("\n") <= 300, f"{path} has {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                assert node.end_lineno - node.lineno < 50, f"{path}: {node.name} is long"


def tags(template: str) -> str:
    """What a template asks, without what it prints."""
    return "\n".join(re.findall(r"\{%(.*?)%\}", template, re.S))


def test_templates_only_print() -> None:
    for path in TEMPLATES.rglob("*.j2"):
        text = path.read_text("utf-8")
        outside = re.sub(r"\{%-? *macro.*?endmacro *-?%\}", "", text, flags=re.S)
        assert not re.search(r"\{%-? *set ", outside), f"{path} sets a variable"
        assert not re.search(r"\.append\(|namespace\(|\{%-? *do ", text), f"{path} has logic"
        assert not re.search(r"postgres|duckdb", text, re.I), f"{path} knows a dialect"
        assert not re.search(r" [=!]= |[<>]|\| *length|\bis\b", tags(text)), f"{path} compares"
        assert text.count("\n") <= 60, f"{path} has {text.count(chr(10))} lines"


def test_no_path_or_tool_of_one_machine() -> None:
    for path in [*GENERATOR.rglob("*.py"), *RUNTIME.rglob("*.py"), *TEMPLATES.rglob("*.j2")]:
        assert not re.search(r"/home/|/root/|/Users/", path.read_text("utf-8")), path
