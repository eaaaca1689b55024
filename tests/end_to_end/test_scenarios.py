"""The repository of a service through its life, with the installed command and git."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from support import terminal

INSTALLED = Path(sys.executable).with_name("portwright")
WHO = ("-c", "user.name=Zoë", "-c", "user.email=z@example.org", "-c", "commit.gpgsign=false")
CONTRACT = "contracts/bücher.odcs.yaml"
SCHEMA = "gen/avro/books/v1/orders.avsc"
MAPPING = "src/books_port/mapping.py"
MODELS = "src/books_port/models.py"
MANIFEST = ".portwright/manifest"
BEGINNING = """\
apiVersion: v3.1.0
kind: DataContract
id: books
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
      - {name: total, logicalType: integer}
"""
COUPON = "      - {name: coupon, logicalType: string}\n"
NOTE = "      - {name: note, logicalType: string}\n"
MINE = '        total=sum(basket["prices"]),  # cents\n'


class Done:
    """How a command ended, and what it said."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        assert "Traceback" not in self.err, self.err

    @property
    def well(self) -> bool:
        return (self.code, self.err) == (0, "")


class Repository:
    """The folder of a service."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, limit: Callable[[], object] | None = None) -> Done:
        """`portwright`, with a limit of the system if need be."""
        command = [INSTALLED, *words]
        options = {"capture_output": True, "encoding": "utf-8", "timeout": 120, "check": False}
        return Done(subprocess.run(command, cwd=self.root, preexec_fn=limit, **options))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`portwright`, still running, in a shell's foreground: it hears Ctrl-C."""
        heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
        return subprocess.Popen([INSTALLED, *words], cwd=self.root, preexec_fn=heard, **pipes)

    def git(self, *words: str) -> Done:
        command = ["git", *WHO, *words]
        options = {"capture_output": True, "encoding": "utf-8", "check": False}
        return Done(subprocess.run(command, cwd=self.root, **options))

    def commit(self) -> None:
        assert self.git("add", "-A").code == 0
        assert self.git("commit", "-q", "-m", "x").code == 0

    def text(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def edit(self, path: str, before: str, after: str) -> None:
        text = self.text(path)
        assert before in text
        (self.root / path).write_text(text.replace(before, after), "utf-8")

    def add(self, properties: str) -> None:
        self.edit(CONTRACT, "logicalType: integer}\n", "logicalType: integer}\n" + properties)

    def tree(self) -> dict[str, bytes]:
        """All that there is but what git and Portwright keep for themselves alone."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        named = {path.relative_to(self.root).as_posix(): path for path in files}
        own = (".git/", ".portwright/stamp")
        return {name: path.read_bytes() for name, path in named.items() if not name.startswith(own)}

    def settled(self) -> None:
        assert self.run("generate", "--check").well
        for path in (self.root / "src").rglob("*.py"):
            compile(path.read_bytes(), path, "exec")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """init → edit → generate → fill in → commit, in a folder of a name that is no word of ASCII."""
    shop = Repository(tmp_path_factory.mktemp("begun") / "Łódź, our shop")
    shop.root.mkdir()
    (shop.root / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    assert shop.git("init", "-q", "-b", "main").code == 0
    assert shop.run("init", "--yes").well
    shutil.rmtree(shop.root / "contracts")
    (shop.root / "contracts").mkdir()
    (shop.root / CONTRACT).write_text(BEGINNING, "utf-8")
    done = shop.run("generate")
    assert done.well and f"wrote    {MAPPING}\n" in done.out
    shop.edit(MAPPING, '        total=row["total"],  # int of 64 bits, or None\n', MINE)
    shop.edit(MAPPING, "row:", "basket:")
    shop.edit(MAPPING, "row[", "basket[")
    assert shop.run("generate").out.endswith("files up to date\n"), "a file of ours is no drift"
    shop.commit()
    assert shop.git("status", "--porcelain").out == ""
    return shop.root


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> Repository:
    return Repository(Path(shutil.copytree(begun, tmp_path / begun.name)))


def test_a_contract_grows_breaks_and_has_a_new_major_version(shop: Repository) -> None:
    shop.add(COUPON)
    checked = shop.run("generate", "--check")
    assert checked.code == 1 and '+      "name": "coupon"' in checked.out
    assert shop.run("breaking", "--against", "git:HEAD").code == 1, "the version is too low"
    assert shop.run("bump").out == f"{CONTRACT}: 1.0.0 → 1.1.0\n"
    assert shop.run("breaking", "--against", "git:HEAD").code == 0
    done = shop.run("generate")
    assert done.code == 0 and f"merged   {MAPPING}\n" in done.out
    assert f"{MAPPING}:14: new: coupon=basket[" in done.err
    assert shop.text(MAPPING).count(MINE) == 1
    shop.settled()
    shop.commit()
    shop.edit(CONTRACT, "      - {name: total, logicalType: integer}\n", "")
    assert shop.run("breaking", "--against", "git:HEAD").code == 1
    assert "1.1.0 → 2.0.0" in shop.run("bump").out
    done = shop.run("generate")
    path = "src/books_v2_port/mapping.py"
    assert done.code == 1 and f"{path}:13: error[PW616]" in done.err
    text = shop.text(path)
    assert (
        text.count(MINE) == 1 and 'coupon=basket["coupon"]' in text and "||||||| as begun" in text
    )
    assert shop.text(MAPPING).count(MINE) == 1, "the old one is kept: it was edited"
    marked = re.compile(r"(?ms)^<<<<<<< .*?^=======\n(.*?)^>>>>>>> .*?\n")
    (shop.root / path).write_text(marked.sub(r"\1", text), "utf-8")
    assert shop.run("generate").code == 0
    shutil.rmtree(shop.root / "src/books_port")
    assert shop.run("generate").well
    shop.settled()


def test_two_branches_of_one_contract_meet(shop: Repository) -> None:
    for branch, added in (("coupons", COUPON), ("notes", NOTE)):
        assert shop.git("checkout", "-q", "-b", branch, "main").code == 0
        shop.add(added)
        assert shop.run("bump").well
        assert shop.run("generate").code == 0
        shop.commit()
    assert shop.git("merge", "coupons").code == 1
    conflicts = shop.git("diff", "--name-only", "--diff-filter=U").out
    assert all(each in conflicts for each in ("portwright.lock", MODELS, MAPPING, MANIFEST))
    told = shop.run("generate").err
    assert "error[PW640]: a merge conflict of `HEAD` and `coupons`" in told
    assert "`portwright lock rebase` settles it" in told
    resolved(shop, CONTRACT)
    assert shop.run("lock", "rebase").code == 0
    done = shop.run("generate")
    assert done.code == 1 and done.err.count("error[") == 1, "what we wrote by hand is left to us"
    assert f"{MAPPING}:14: error[PW616]" in done.err
    resolved(shop, MAPPING)
    assert shop.run("generate").code == 0
    assert "=======" not in "".join(each.decode("utf-8") for each in shop.tree().values())
    shop.settled()
    shop.commit()
    assert shop.run("breaking", "--against", "git:main").code == 0


def resolved(shop: Repository, path: str) -> None:
    """Keeps what both sides have."""
    lines = shop.text(path).splitlines(keepends=True)
    (shop.root / path).write_text("".join(each for each in lines if each[0] not in "<=>"), "utf-8")


def test_a_generated_file_that_somebody_edits_or_deletes(shop: Repository) -> None:
    before = shop.tree()
    shop.edit(MODELS, "class Order", "# mine\nclass Order")
    shop.add(COUPON)
    edited = shop.tree()
    done = shop.run("generate")
    assert done.code == 1 and f"{MODELS}:1:1: error[PW601]" in done.err and done.out == ""
    assert shop.tree() == edited
    assert f"edited by hand: {MODELS}" in shop.run("doctor").out
    assert shop.git("checkout", "-q", ".").code == 0
    (shop.root / MODELS).unlink()
    (shop.root / MAPPING).unlink()
    done = shop.run("generate")
    assert done.well and f"wrote    {MODELS}\n" in done.out and MAPPING not in done.out
    assert shop.git("checkout", "-q", MAPPING).code == 0
    assert shop.tree() == before
    assert shop.run("clean").well and not (shop.root / MODELS).exists()
    assert MINE in shop.text(MAPPING)
    assert shop.run("generate").code == 0
    assert shop.tree() == before


def held_to_rights() -> None:
    """Holds root, too, to the rights of folders (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)."""
    if os.geteuid() == 0:
        ctypes.CDLL(None, use_errno=True).prctl(24, 1, 0, 0, 0)


@pytest.fixture
def read_only(shop: Repository) -> Iterator[Repository]:
    folders = [shop.root, *(each for each in shop.root.rglob("*") if each.is_dir())]
    for each in folders:
        each.chmod(0o555)
    yield shop
    for each in folders:
        each.chmod(0o755)


def test_a_checkout_that_nobody_may_write(read_only: Repository) -> None:
    run = partial(read_only.run, limit=held_to_rights)
    for words in (["generate", "--check"], ["generate"], ["lint"], ["generate", "--diff"]):
        assert run(*words).well, words
    read_only.add(COUPON)
    before = read_only.tree()
    assert "coupon" in run("generate", "--check").out
    for words in (["generate"], ["bump"]):
        done = run(*words)
        assert done.code == 1 and "error[PW605]" in done.err, words
        assert read_only.tree() == before


def test_a_disk_without_room(shop: Repository) -> None:
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    shop.add(COUPON)
    (shop.root / "new").mkdir()
    before = shop.tree()
    for words in (["generate"], ["bump"], ["init", "--yes", "new"], ["new", "port", "returns"]):
        done = shop.run(*words, limit=full)
        assert done.code == 1 and "error[PW605]" in done.err, words
        assert shop.tree() == before, words
    with open("/dev/full", "w") as nowhere:
        done = Done(
            subprocess.run(
                [INSTALLED, "generate"], cwd=shop.root, stdout=nowhere, stderr=-1, encoding="utf-8"
            )
        )
    assert (done.code, "No space left on device" in done.err) == (1, True)
    shop.settled()


def test_ctrl_c_at_any_moment(shop: Repository) -> None:
    shop.add(COUPON)
    before = shop.tree()
    start = time.monotonic()
    assert shop.run("generate").code == 0
    took = time.monotonic() - start
    after = shop.tree()
    moments = 4
    for moment in range(1, moments + 1):
        for path in set(shop.tree()) - set(before):
            (shop.root / path).unlink()
        for path, data in before.items():
            (shop.root / path).write_bytes(data)
        process = shop.start("generate")
        time.sleep(took * moment / moments)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert shop.tree() in (before, after), moment
        assert process.returncode in (0, 1, -signal.SIGINT)
        assert shop.run("generate").code == 0
        assert shop.tree() == after, "the next run makes what was to be, once"


def test_several_runs_at_once(shop: Repository) -> None:
    shop.add(COUPON)
    running = [shop.start("generate") for _ in range(3)]
    said = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(f"merged   {MAPPING}" in out for out, _ in said) == [False, False, True]
    assert shop.text(MAPPING).count("coupon=") == shop.text(MAPPING).count(MINE) == 1
    shop.settled()


def test_a_checkout_with_the_line_ends_of_windows(shop: Repository, tmp_path: Path) -> None:
    clone = Repository(tmp_path / "C Users")
    assert shop.git("clone", "-q", "-c", "core.autocrlf=true", ".", str(clone.root)).code == 0
    assert all(b"\r\n" in (clone.root / each).read_bytes() for each in (MODELS, MAPPING, MANIFEST))
    assert clone.run("generate", "--check").well
    clone.add(COUPON)
    assert clone.run("generate").code == 0
    mapping = (clone.root / MAPPING).read_bytes()
    assert b'coupon=basket["coupon"],  # str, or None\r\n' in mapping
    assert mapping.count(b"\n") == mapping.count(b"\r\n")
    clone.settled()
    changed = clone.git("diff", "--numstat", "--", MAPPING).out
    assert changed.split()[:2] == ["1", "0"]
    clone.commit()
    assert shop.git("pull", "-q", str(clone.root), "main").code == 0
    assert shop.run("generate", "--check").well, "and back"


def test_three_hundred_contracts(tmp_path: Path) -> None:
    many = Repository(tmp_path)
    config = "version: 1\ncontracts: [c/*.odcs.yaml]\ntargets: [{target: avro, out: gen}]\n"
    (tmp_path / "portwright.yaml").write_text(config)
    (tmp_path / "c").mkdir()
    for number in range(300):
        text = BEGINNING.replace("id: books", f"id: books-{number}")
        (tmp_path / f"c/{number}.odcs.yaml").write_text(text)
    assert many.run("generate").out.endswith("303 files changed, 0 up to date\n")
    assert many.run("generate").out == "303 files up to date\n"
    path = tmp_path / "c/7.odcs.yaml"
    path.write_text(path.read_text() + COUPON)
    said = many.run("generate").out.splitlines()
    assert said[0] == "updated  gen/books_7/v1/orders.avsc"
    assert said[-1] == "3 files changed, 300 up to date"


@pytest.mark.parametrize(("columns", "colour"), [(40, True), (80, False)])
def test_what_is_seen_in_a_terminal(shop: Repository, columns: int, colour: bool) -> None:
    shop.edit(CONTRACT, "      - {name: total, logicalType: integer}\n", COUPON)
    environ = {} if colour else {"NO_COLOR": "1"}
    code, said = terminal.portwright(shop.root, "generate", columns=columns, **environ)
    said = re.sub(r"\r\x1b\[2K[^\r\n]*(?=\r)|\r\x1b\[2K", "", said)  # progress, which goes
    assert code == 1 and ("\x1b[" in said) is colour
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()
    assert lines[0] == f"updated  {SCHEMA}" and f"merged   {MAPPING}" in lines
    at = lines.index("to do:")
    assert lines[at - 1].endswith("up to date")
    assert lines[at + 1].startswith(f"  {MAPPING}:13: error[PW616]: you and the contract")
    assert lines[at + 2].startswith("  help: keep what is right")
