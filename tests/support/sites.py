"""Sites of the target `docs`, of contracts that a test writes."""

from __future__ import annotations

import json
from pathlib import Path

from portwright import config, pipeline

_CONFIG = "version: 1\ncontracts: ['*.odcs.yaml']\ntargets: [{target: docs, out: site}]\n"


def written(root: Path) -> Path:
    """The folder with the pages of the contracts in `root`."""
    (root / "portwright.yaml").write_text(_CONFIG)
    read, found = config.load(root, "portwright.yaml", {})
    assert read is not None, found
    build = pipeline.build(read, root, {})
    assert not build.failed, build.diagnostics
    for each in build.files:
        (root / each.path).parent.mkdir(parents=True, exist_ok=True)
        (root / each.path).write_text(each.text, "utf-8")
    return root / "site"


def contract(name: str, properties: list[dict[str, object]], **more: object) -> str:
    """The text of a contract with one object."""
    schema = [{"name": f"{name} rows", "properties": properties}]
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": name, "version": "1.0.0"}
    return json.dumps({**head, "status": "active", "name": name, "schema": schema, **more})
