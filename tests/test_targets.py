"""Laws that every target keeps, on every case: pure, deterministic, inside its folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from portwright import lock, pipeline
from portwright.model import Model
from portwright.paths import is_inside
from portwright.targets import File, Target, registry
from support import cases


def target(options: dict[str, str]) -> Target:
    others = {key: value for key, value in options.items() if key != "target"}
    return registry.make(options["target"], others)


def model(case: str) -> Model:
    found, diagnostics = pipeline.load(cases.CASES / case / cases.CONTRACT, cases.CONTRACT, {})
    assert found is not None, diagnostics
    return lock.apply(found, lock.Lock())[0]


@pytest.mark.parametrize("case", cases.good())
@pytest.mark.parametrize("options", cases.TARGETS, ids=lambda each: "-".join(each.values()))
def test_a_target_is_a_pure_function(case: str, options: dict[str, str]) -> None:
    before = model(case)
    first = list(target(options).emit(before))
    assert first == list(target(options).emit(before)), "the same model gives the same files"
    assert before == model(case), "the model is left as it was"
    assert len({str(each.path).casefold() for each in first}) == len(first)
    for each in first:
        assert isinstance(each, File)
        assert isinstance(each.path, PurePosixPath)
        assert is_inside(str(each.path)), each.path
        assert "\r" not in each.text and "\0" not in each.text
        assert each.path.suffix == ".avsc" or each.text == "" or each.text.endswith("\n")


def test_every_built_in_target_is_tried_here() -> None:
    assert list(dict.fromkeys(each["target"] for each in cases.TARGETS)) == [*registry.BUILT_IN]


def test_the_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    for seed in ("0", "1"):
        folder = tmp_path / seed
        folder.mkdir()
        (folder / "portwright.yaml").write_text(cases.CONFIG)
        contract = cases.CASES / "several-objects" / cases.CONTRACT
        (folder / cases.CONTRACT).write_bytes(contract.read_bytes())
        subprocess.run(
            [sys.executable, "-m", "portwright", "generate"],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            timeout=120,
        )
    one, two = (
        {
            path.relative_to(tmp_path / seed): path.read_bytes()
            for path in (tmp_path / seed).rglob("*")
            if path.is_file() and path.name != "stamp"
        }
        for seed in ("0", "1")
    )
    assert one == two
