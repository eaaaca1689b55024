"""The samples' committed output is what the generator makes of their contracts today."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright import config, output, pipeline
from portwright.manifest import read_manifest
from portwright.paths import CONFIG as CONFIG_FILE
from portwright.plan import compare

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in SAMPLES.glob("*/portwright.yaml"))
)
def test_committed_output_is_current(name: str, update: bool) -> None:
    root = SAMPLES / name
    settings, found = config.load(root, CONFIG_FILE, {})
    assert settings is not None, found
    build = pipeline.build(settings, root, {})
    assert not build.failed, build.diagnostics
    manifest, found = read_manifest(root)
    plan = compare(root, build.files, manifest, build.state)
    if update:
        assert output.apply(plan) == []
        return
    assert not found and not plan.diagnostics
    assert "".join(line for write in plan.writes for line in write.diff()) == ""
    assert not plan.removals
