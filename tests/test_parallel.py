"""Work by several processes: the same outcome as by one, whatever happens to them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portwright import config, parallel, pipeline
from portwright.diagnostics import as_json
from support.commands import portwright

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")

# Two processes, whatever this machine has. It is a program of its own: tests may have threads.
BEGIN = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it in the background
from portwright import parallel
parallel._processes = lambda items, jobs: 2
here = os.getpid()
"""
NONE_LEFT = """
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none left")
"""


def said(program: str) -> list[str]:
    """The lines that a program prints; its error stream must stay empty."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_results_come_in_the_order_of_the_items() -> None:
    program = """
made = parallel.spread(lambda item: (item, "x" * item * 1000, os.getpid()), range(200))
print([(item, len(text)) for item, text, _ in made] == [(n, n * 1000) for n in range(200)])
print(len({pid for *_, pid in made} - {here}), here in {pid for *_, pid in made})
"""
    assert said(program + NONE_LEFT) == ["True", "2 False", "none left"]


def test_a_fault_is_raised_as_if_there_were_one_process() -> None:
    program = """
def work(item):
    if item == 5:
        raise LookupError(f"no {item} in {os.getpid() == here}")
    return item
try:
    parallel.spread(work, range(20))
except LookupError as fault:
    print(fault)
"""
    assert said(program + NONE_LEFT) == ["no 5 in True", "none left"]


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_what_a_process_that_dies_leaves_is_done_here(end: str) -> None:
    program = f"""
def work(item):
    if item == 6 and os.getpid() != here:
        {end}
    return item, os.getpid() == here
made = parallel.spread(work, range(20))
print([item for item, _ in made] == list(range(20)), [item for item, local in made if local][:2])
"""
    assert said(program + NONE_LEFT) == ["True [6, 8]", "none left"]


def test_what_cannot_be_sent_is_made_here() -> None:
    program = "print(len(parallel.spread(lambda item: lambda: item, range(20))))"
    assert said(program + NONE_LEFT) == ["20", "none left"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_first(stop: signal.Signals) -> None:
    program = """
def work(item):
    if item > 1:
        time.sleep(0.2)
    os.write(1, b"%d\\n" % os.getpid())
    return "x" * 1_000_000
parallel.spread(work, range(2000))
"""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        others = {int(process.stdout.readline()) for _ in range(2)}
        process.send_signal(stop)
        # They hold the other end of this pipe, so it ends when they do.
        process.stdout.read()
        assert process.wait(60) != 0
    deadline = time.monotonic() + 60
    while any(_runs(each) for each in others):
        assert time.monotonic() < deadline, "still running"


def _runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_little_work_and_threads_stay_in_one_process() -> None:
    program = """
import importlib, threading
importlib.reload(parallel)
pids = lambda count: {pid for pid in parallel.spread(lambda item: os.getpid(), range(count))}
print(pids(2) == {here})
stop = threading.Event()
threading.Thread(target=stop.wait).start()
print(pids(100) == {here})
stop.set()
"""
    assert said(program) == ["True", "True"]


def test_many_contracts_give_what_one_process_makes_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "version: 1\ncontracts: ['*.odcs.yaml']\ntargets:\n"
    text += "  - {target: ddl, dialect: duckdb, out: sql}\n  - {target: avro, out: avro}\n"
    (tmp_path / "portwright.yaml").write_text(text)
    for number in range(12):
        name = f"shop{number:02}"
        (tmp_path / f"{name}.odcs.yaml").write_text(
            f"apiVersion: v3.1.0\nkind: DataContract\nid: {name}\nversion: 1.0.0\n"
            f"schema:\n  - name: {name}_orders\n    properties:\n"
            "      - name: id\n        logicalType: string\n"
            "        logicalTypeOptions: {pattern: 'a(?=b)'}\n"
        )
    monkeypatch.setattr(parallel, "_processes", lambda items, jobs: 1)
    settings, _ = config.load(tmp_path, "portwright.yaml", {})
    assert settings is not None
    build = pipeline.build(settings, tmp_path, {})
    done = portwright(tmp_path, "generate", "--format", "json")
    assert done.returncode == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        as_json(each) for each in build.diagnostics
    ]
    assert build.diagnostics
    for each in build.files:
        assert (tmp_path / each.path).read_text("utf-8") == each.text
