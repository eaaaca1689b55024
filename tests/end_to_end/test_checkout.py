"""The sample as a service team has it: when its own tables change, only `mapping.py` moves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "samples" / "checkout"

# What the service does at both times: publish, load, consume; and what the others then hold.
PROGRAM = """
import json, sys
from pathlib import Path
import duckdb
from checkout import database
from checkout_port import CheckoutPort, mapping
from checkout_port.handlers import Fulfilment

local = Path(sys.argv[1])
service = database.connect(local / "service.db")
orders = [mapping.order(*basket) for basket in database.paid_baskets(service)]
with CheckoutPort.open(f"sqlite:{local}/stream.db", f"duckdb:{local}/warehouse.duckdb") as port:
    for order in orders:
        port.orders.publish(order)
    port.orders.load(orders, load_id="1")
fulfilment = Fulfilment.open(stream=f"sqlite:{local}/stream.db")
fulfilment.run(until_idle=True)
with duckdb.connect(str(local / "warehouse.duckdb"), read_only=True) as connection:
    rows = connection.execute("SELECT * FROM orders ORDER BY order_id").fetchall()
packed = sorted(order.model_dump_json() for order in fulfilment.packed)
print(json.dumps([str(rows), packed]))
"""


def run(root: Path, *command: str | Path) -> str:
    paths = os.pathsep.join([str(root / "src"), str(root)])
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(root: Path) -> dict[str, bytes]:
    kept = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in kept}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("local", "stamp", "__pycache__")
    shutil.copytree(SAMPLE, tmp_path / "checkout", ignore=ignored)
    return tmp_path / "checkout"


def fill(root: Path, local: Path) -> None:
    local.mkdir()
    program = "import sys; from checkout import database as d; d.fill(d.connect(sys.argv[1]), 40)"
    run(root, sys.executable, "-c", program, local / "service.db")


def test_a_column_of_the_service_moves_and_only_the_mapping_follows(
    sample: Path, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    fill(sample, tmp_path / "before")
    before = run(sample, sys.executable, tmp_path / "program.py", tmp_path / "before")
    unchanged = files(sample)

    # The service renames a column of its own and stores the time in milliseconds.
    fill(sample, tmp_path / "after")
    change = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('ALTER TABLE basket RENAME COLUMN created TO created_ms');"
        "c.execute('UPDATE basket SET created_ms = created_ms * 1000'); c.commit()"
    )
    run(sample, sys.executable, "-c", change, tmp_path / "after" / "service.db")
    mapping = sample / "src/checkout_port/mapping.py"
    text = mapping.read_text()
    assert text.count('basket["created"]') == 1
    mapping.write_text(text.replace('basket["created"]', 'basket["created_ms"] / 1000'))

    after = run(sample, sys.executable, tmp_path / "program.py", tmp_path / "after")
    assert after == before, "stream, table and consumer saw nothing of it"
    run(sample, sys.executable, "-m", "portwright", "generate", "--check")
    changed = {path for path, data in files(sample).items() if unchanged.get(path) != data}
    assert changed == {"src/checkout_port/mapping.py"}


def test_the_demo_tells_what_happened(sample: Path) -> None:
    folder = Path(sys.executable).parent
    tools = (f"PORTWRIGHT={folder}/portwright", f"PYTHON={sys.executable}")
    said = run(sample, "make", "demo", *tools)
    assert "  wrote    src/checkout_port/models.py\n" in said
    assert "hold the same 3,000 orders" in said
    assert "Loading 2026-11-22 again: unchanged" in said
    run(sample, "make", "check", *tools)


def test_a_customer_is_erased_by_the_number_that_the_contract_has(
    sample: Path, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    fill(sample, tmp_path / "held")
    run(sample, sys.executable, tmp_path / "program.py", tmp_path / "held")
    at = ("--stream", f"sqlite:{tmp_path}/held/stream.db")
    at += ("--warehouse", f"duckdb:{tmp_path}/held/warehouse.duckdb")
    runtime = Path(sys.executable).with_name("portwright-runtime")
    erase = (runtime, "erase", "checkout_port:CheckoutPort", *at, "--subject", "1")
    assert "in the table of orders" in run(sample, *erase)
    assert "nothing found" in run(sample, *erase)
