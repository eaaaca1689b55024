"""Locks of two branches: a conflict is understood, and one lock is made of both."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright import lock
from portwright.cli import main
from portwright.lock import Lock, conflicts, file
from portwright.lock.merging import merge
from support.branches import Contract, branched, contracts, merged, numbers
from support.changes import contract
from support.protobuf import protoc

STYLES = ("", "--diff3", "--zdiff3", "--union")


def held_after(held: Lock, *steps: Contract) -> Lock:
    for step in steps:
        _, held = lock.apply(step.model(), held)
    return held


def by_git(style: str, mine: Lock, base: Lock, upstream: Lock) -> str:
    """What git makes of a lock that two branches changed."""
    words = ("merge-file", "-p", *style.split(), "-L", "HEAD", "-L", "base", "-L", "main")
    with TemporaryDirectory() as folder:
        for name, each in {"mine": mine, "base": base, "upstream": upstream}.items():
            Path(folder, name).write_text(each.text())
        done = subprocess.run(
            ["git", *words, "mine", "base", "upstream"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert 0 <= done.returncode < 128, done.stderr
    return done.stdout


def settled(text: str, upstream: Lock, base: Lock) -> Lock | None:
    """What is made of a file that git left."""
    found = conflicts.read(text, "l")
    if found is None:
        rows, faults = file.rows(text, "l")
        assert faults == []
        return merge(base.entries, upstream, [row.entry for row in rows]).lock
    assert found.faults == ()
    theirs = Lock.of(row.entry for row in found.theirs)
    if lock.parse(theirs.text(), "l")[1]:
        return None  # git merged two lines that clash, and nothing tells whose is which
    return merge(found.base, theirs, [row.entry for row in found.ours]).lock


@settings(max_examples=80, report_multiple_bugs=False)
@given(st.data())
def test_what_was_numbered_stays_whatever_two_branches_do(data: st.DataObject) -> None:
    base = data.draw(contracts())
    ours, theirs = data.draw(branched(base)), data.draw(branched(base))
    before = held_after(Lock(), base)
    mine, upstream = held_after(before, *ours), held_after(before, *theirs)
    both = merged(base, theirs[-1], ours[-1])
    results: dict[str, Lock] = {"lock": merge(before.entries, upstream, mine.entries).lock}
    style = data.draw(st.sampled_from(STYLES))
    found = settled(by_git(style, mine, before, upstream), upstream, before)
    results |= {style: found} if found is not None else {}
    for style, result in results.items():
        assert lock.parse(result.text(), "l") == (result, []), style
        numbered, after = lock.apply(both.model(), result)
        assert lock.parse(after.text(), "l") == (after, [])
        assert lock.apply(both.model(), after) == (numbered, after)
        if style not in ("lock", "--union"):
            continue  # what git merged by itself may be of either side: all is one lock, no more
        now = numbers(both, numbered)
        was, own, above = (
            numbers(step, lock.apply(step.model(), held)[0])
            for step, held in ((base, before), (ours[-1], mine), (theirs[-1], upstream))
        )
        for key, each in now.items():
            # What one of them gave another type has had another number since.
            is_kept = key not in was or was[key] == own.get(key)
            if is_kept and key in above and above[key].kind == each.kind:
                assert each == above[key], f"{style}: the number of {key} moved"
            for known in (was, above):
                owners = {(other.above, other.number): who for who, other in known.items()}
                owner = owners.get((each.above, each.number), key)
                assert owner == key, f"{style}: the number of {owner} is {key}'s now"


# -------------------------------------------------------------- the command

NAME = "contracts/shop.odcs.yaml"
LOCK = "portwright.lock"
CONFIG = """\
version: 1
contracts: [contracts/*.odcs.yaml]
targets: [{target: avro, out: gen}, {target: protobuf, out: gen}]
"""
LANGUAGES = ("sh", "text")
MINE, UPSTREAM = "{name: gift_note, logicalType: string}", "{name: discount, logicalType: string}"


def git(root: Path, *words: str, is_clean: bool = True) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], cwd=root, check=False, capture_output=True)
    assert (done.returncode == 0) == is_clean, done


def run(root: Path, *words: str) -> Result:
    with contextlib.chdir(root):
        return CliRunner().invoke(main, words)


def write(root: Path, *properties: str) -> None:
    (root / NAME).write_text(contract(properties="\n".join(properties)))


def committed(root: Path, *properties: str) -> None:
    """A commit of the contract with these properties more, and of the lock that it has."""
    write(root, *properties)
    done = run(root, "generate")
    assert done.exit_code == 0, done.output
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository in which `main` and `feature` took one number; `feature` is checked out."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / ".gitignore").write_text("/gen/\n/.portwright/\n")
    git(tmp_path, "init", "-q", "-b", "main")
    committed(tmp_path)
    git(tmp_path, "checkout", "-q", "-b", "feature")
    committed(tmp_path, MINE)
    git(tmp_path, "checkout", "-q", "main")
    committed(tmp_path, UPSTREAM)
    git(tmp_path, "checkout", "-q", "feature")
    return tmp_path


def numbered(root: Path) -> dict[str, int]:
    held, faults = lock.parse((root / LOCK).read_text(), LOCK)
    assert faults == []
    return {each.name: each.number for each in held.entries if each.number}


def finished(root: Path) -> None:
    """Generates what both branches have: that changes no number, and it compiles."""
    before = (root / LOCK).read_text()
    write(root, UPSTREAM, MINE)
    done = run(root, "generate")
    assert done.exit_code == 0, done.output
    assert (root / LOCK).read_text() == before
    assert run(root, "generate", "--check").exit_code == 0
    (found,) = (each for each in protoc(root / "gen").file if each.name.startswith("sales"))
    by_name = {each.name: each.number for each in found.message_type[0].field}
    assert by_name == numbered(root)


KEPT = {"order_id": 1, "day": 2, "discount": 3, "gift_note": 4}


def test_a_conflict_is_explained_and_settled(project: Path) -> None:
    git(project, "merge", "main", is_clean=False)
    write(project, UPSTREAM, MINE)
    done = run(project, "generate")
    assert done.exit_code == 1
    (conflict,) = (line for line in done.stderr.splitlines() if "PW609" in line)
    assert conflict.endswith(
        "error[PW609]: a merge conflict of `HEAD` and `main` in orders of shop v1"
    )
    assert "help: `portwright lock rebase` settles it" in done.stderr
    assert "`HEAD` has field `gift_note` 3" in done.stderr
    (clash,) = (line for line in done.stderr.splitlines() if "PW613" in line)
    assert "two branches gave 3 in orders of shop v1: `HEAD` to `gift_note`, `main` to" in clash
    done = run(project, "lock", "rebase")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "orders.gift_note: 3 → 4, because git:main has 3 for `discount`",
        "settled: numbers of git:main stay, 1 of this branch changed; run `portwright generate`",
    ]
    assert numbered(project) == KEPT
    finished(project)


def test_the_guide_shows_what_is_done_and_said(project: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "changes.md").read_text("utf-8")
    guide = page.partition("## Two branches, one number")[2]
    [commands], [shown] = (
        re.findall(rf"```{kind}\n(.*?)```", guide, re.S)[:1] for kind in LANGUAGES
    )
    _, onto = (shlex.split(line, comments=True)[1:] for line in commands.splitlines())
    done = run(project, *onto)
    assert (done.exit_code, done.stdout) == (0, shown)
    finished(project)


def test_generated_files_that_git_merged_are_written_anew(project: Path) -> None:
    for branch, added in (("main", [UPSTREAM]), ("feature", [MINE])):
        git(project, "checkout", "-q", branch)
        git(project, "rm", "-q", "--cached", ".gitignore")
        (project / ".gitignore").unlink()
        committed(project, *added)
    git(project, "merge", "main", is_clean=False)
    assert run(project, "lock", "rebase").exit_code == 0
    git(project, "checkout", "--ours", ".portwright/manifest")
    for each in (project / "gen").rglob("orders.*"):
        each.unlink()
    finished(project)


def test_upstream_is_what_a_branch_is_rebased_onto(project: Path) -> None:
    git(project, "rebase", "main", is_clean=False)
    done = run(project, "lock", "rebase", "--format", "json")
    assert json.loads(done.stdout) == {
        "contract": "shop",
        "major": 1,
        "path": "orders",
        "name": "gift_note",
        "before": 3,
        "after": 4,
        "upstream": "git:main",
        "because": {"name": "discount", "number": 3},
    }
    assert numbered(project) == KEPT
    finished(project)


def test_upstream_is_what_others_build_on_also_where_that_is_checked_out(project: Path) -> None:
    git(project, "checkout", "-q", "main")
    git(project, "merge", "feature", is_clean=False)
    assert run(project, "lock", "rebase").exit_code == 0
    assert numbered(project) == KEPT
    git(project, "merge", "--abort")
    git(project, "merge", "feature", is_clean=False)
    done = run(project, "lock", "rebase", "--onto", "git:feature")
    assert "orders.discount: 3 → 4, because git:feature has 3 for `gift_note`" in done.stdout
    assert numbered(project) == {**KEPT, "discount": 4, "gift_note": 3}


def test_a_branch_is_numbered_onto_another_before_they_meet(project: Path) -> None:
    done = run(project, "lock", "rebase", "--onto", "git:main", "--format", "github")
    assert done.stdout.startswith("::notice file=") and "title=PW615" in done.stdout
    assert numbered(project) == KEPT
    finished(project)
    again = run(project, "lock", "rebase", "--onto", "git:main")
    assert "nothing of this branch had to change" in again.stdout
    assert numbered(project) == KEPT


@pytest.mark.parametrize("onto", [(), ("--onto", "git:main")])
def test_what_git_merged_without_a_word_is_settled(project: Path, onto: tuple[str, ...]) -> None:
    """As with the merge driver `union`, or where the lines stand far apart."""
    (project / ".git" / "info" / "attributes").write_text(f"{LOCK} merge=union\n")
    git(project, "merge", "-X", "ours", "main")
    done = run(project, "generate")
    assert done.exit_code == 1 and "PW608" in done.stderr
    done = run(project, "lock", "rebase", *onto)
    assert (done.exit_code, done.stderr) == (0, "")
    assert numbered(project) == KEPT
    finished(project)


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_without_git_the_markers_are_read(project: Path, style: str) -> None:
    git(project, "-c", f"merge.conflictStyle={style}", "merge", "main", is_clean=False)
    (project / ".git").rename(project / "no-git")
    with_ceiling = {"GIT_CEILING_DIRECTORIES": str(project.parent)}
    with contextlib.chdir(project):
        done = CliRunner().invoke(main, ["lock", "rebase"], env=with_ceiling)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "because main has 3 for `discount`" in done.stdout
    assert numbered(project) == KEPT


@pytest.mark.parametrize(("name", "onto"), [("glad", ()), ("stashed", ("--onto", "git:HEAD"))])
def test_what_is_stashed_is_mine(project: Path, name: str, onto: tuple[str, ...]) -> None:
    """Where git merges the lock without a word, it does not tell whose is which: we ask."""
    git(project, "checkout", "-q", "main")
    git(project, "merge", "-q", "-s", "ours", "feature")
    write(project, UPSTREAM, f"{{name: {name}, logicalType: date}}")
    assert run(project, "generate").exit_code == 0
    git(project, "stash")
    committed(project, UPSTREAM, MINE)
    git(project, "stash", "pop", is_clean=False)
    if onto:
        done = run(project, "lock", "rebase")
        assert done.exit_code == 1 and "PW614" in done.stderr
    assert run(project, "lock", "rebase", *onto).exit_code == 0
    assert numbered(project) == {**KEPT, name: 5}


def test_a_lock_of_one_branch_stays_as_it_is(project: Path) -> None:
    before = (project / LOCK).read_text()
    done = run(project, "lock", "rebase")
    assert (done.exit_code, done.stdout) == (
        0,
        "there is nothing to settle: the lock is of one branch\n",
    )
    assert (project / LOCK).read_text() == before


def test_what_cannot_be_settled_is_told_and_left(project: Path) -> None:
    twice = (project / LOCK).read_text() + "field shop v1 orders more 3 string\n"
    (project / LOCK).write_text(twice)
    done = run(project, "lock", "rebase")
    assert done.exit_code == 1 and "PW614" in done.stderr and "--onto git:main" in done.stderr
    done = run(project, "lock", "rebase", "--onto", "git:nowhere")
    assert done.exit_code == 1 and "git knows no revision `nowhere` here" in done.stderr
    assert (project / LOCK).read_text() == twice
    assert run(project, "lock", "rebase", "--onto", "main").exit_code == 2
    git(project, "commit", "-qam", "x")
    git(project, "checkout", "-q", "main")
    done = run(project, "lock", "rebase", "--onto", "git:feature")
    assert done.exit_code == 1 and "PW608" in done.stderr and "on that branch first" in done.stderr
    git(project, "merge", "feature", is_clean=False)
    done = run(project, "lock", "rebase", "--onto", "git:main~1")
    assert done.exit_code == 1 and "is not one of the two branches" in done.stderr
    (project / LOCK).write_bytes(b"\xff")
    assert run(project, "lock", "rebase").exit_code == 1


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\nobject shop v1 a\n",
        "=======\n",
        "<<<<<<< HEAD\n<<<<<<< HEAD\n=======\n>>>>>>> x\n",
        "<<<<<<< HEAD\n=======\n=======\n>>>>>>> x\n",
        "<<<<<<< HEAD\n>>>>>>> x\n",
    ],
)
def test_markers_that_do_not_fit_are_told(text: str) -> None:
    held, faults = lock.parse(f"portwright-lock 1\n{text}", "l")
    assert held == Lock()
    assert [each.code for each in faults] == ["PW609"] and "do not fit" in faults[0].message
    assert faults[0].help


def test_a_conflict_tells_what_can_be_kept() -> None:
    rows = {
        "a": ["field c v1 o x 2 int", "field c v1 o.p y 1 int", "field c v1 o z 4 int id=k"],
        "b": ["field c v1 o x 3 int", "field c v1 o w 5 int", "field c v1 o z 4 int id=l"],
    }
    text = "\n".join(["<<<<<<< a", *rows["a"], "||||||| base", "=======", *rows["b"], ">>>>>>> b"])
    _, faults = lock.parse(f"portwright-lock 1\n{text}\n", "l")
    block, *clashes = faults
    assert block.message == "a merge conflict of `a` and `b` in o of c v1, o.p of c v1"
    assert "can be kept as it is: field `y` 1, field `w` 5" in (block.help or "")
    assert [(each.code, each.span.line, each.message) for each in clashes] == [
        ("PW613", 3, "`x` of o of c v1 has 2 on `a` and 3 on `b` (line 8)"),
        ("PW613", 5, "`a` and `b` have `z` of o of c v1 in two ways (line 10)"),
    ]
    done = conflicts.read(f"portwright-lock 1\nnonsense\n{text}\n", "l")
    assert done is not None and [each.code for each in done.faults] == ["PW607"]


def test_the_keys_of_a_map_go_with_it_and_what_no_line_leads_to_goes() -> None:
    def held(name: str, *values: str) -> Lock:
        lines = [f"object c v1 o\nfield c v1 o {name} 1 map<enum,string> id=k"]
        lines += [f"enum c v1 o.{name}.$key Key"]
        lines += [f"value c v1 o.{name}.$key {each} {n}" for n, each in enumerate(values, 1)]
        found, faults = lock.parse("\n".join(["portwright-lock 1", *lines]), "l")
        assert faults == []
        return found

    base, mine, upstream = held("m", "A"), held("m", "A", "B"), held("n", "A", "C")
    torn = file.rows("portwright-lock 1\nfield c v1 o.gone x 1 string", "l")[0][0].entry
    found = merge(base.entries, upstream, [*mine.entries, torn])
    assert found.lock == Lock.of(
        [*upstream.entries, replace(mine.entries[-1], path=("o", "n", "$key"), number=3)]
    )
    assert [(move.entry.name, move.number, move.because.name) for move in found.moves] == [
        ("B", 3, "C")
    ]
