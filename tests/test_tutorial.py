"""The tutorial, as somebody types it: every file is written, every command run, what it shows seen.

The installed commands of this environment stand for the line of pip.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "docs" / "tutorial.md").read_text("utf-8")
BLOCK = re.compile(
    r"(?:^`(?P<file>[\w./]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.M | re.S
)


def test_the_tutorial_leads_to_a_record_that_is_read(tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PORTWRIGHT")}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    exported = ""
    said = ""
    blocks = [*BLOCK.finditer(TEXT)]
    for block in blocks:
        file, kind, body = block["file"], block["kind"], block["body"]
        if file is not None:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(body, "utf-8")
        elif kind == "sh":
            typed = re.sub(r"(?m)^pip install .*$", "", body)
            done = subprocess.run(
                ["bash", "-euc", exported + typed],
                cwd=tmp_path,
                env=environ,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, (body, done.stdout, done.stderr)
            exported += "".join(re.findall(r"(?m)^export .*\n", typed))
            said = done.stdout
        elif kind == "text":
            assert set(body.splitlines()) <= set(said.splitlines()), said
        else:  # a part of a file, as it was written
            whole = (tmp_path / "contracts" / "orders.odcs.yaml").read_text("utf-8")
            assert kind == "yaml" and body in whole
    assert {block["kind"] for block in blocks} == {"toml", "python", "sh", "text", "yaml"}
    assert not (tmp_path / "contracts" / "shop.odcs.yaml").exists()
