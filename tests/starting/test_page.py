"""The page about starting: its commands run, and what it shows is what is written."""

from __future__ import annotations

import contextlib
import re
import shlex
import sqlite3
from pathlib import Path

from support.commands import in_process

TEXT = (Path(__file__).parents[2] / "docs" / "starting.md").read_text("utf-8")
SOURCES = {
    "schema.sql": """\
CREATE TABLE public.customers (id bigserial PRIMARY KEY);
CREATE TABLE public.orders (id bigserial PRIMARY KEY, status int NOT NULL DEFAULT 'open');
""",
    "order.avsc": '{"type": "record", "name": "O", "fields": [{"name": "a", "type": "long"}]}',
    "payments.proto": 'syntax = "proto3";\nmessage Payment { string iban = 1; }\n',
    "visits.ndjson": '{"id": 1}\n{"id": 2}\n',
}


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text)
    with contextlib.closing(sqlite3.connect(tmp_path / "service.db")) as database:
        database.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY)")
    commands = [
        line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S) for line in block.splitlines()
    ]
    assert len(commands) == 7
    for command in commands:
        done = in_process(tmp_path, *shlex.split(command)[1:])
        assert (done.returncode, done.stderr) == (0, ""), command
    [shown] = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
    assert shown in (tmp_path / "contracts" / "shop.odcs.yaml").read_text("utf-8")
    assert in_process(tmp_path, "generate").returncode == 0
