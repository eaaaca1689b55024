"""The test kit: our own targets keep its laws, and it tells of targets that do not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from portwright import testing
from portwright.diagnostics import Diagnostic, error
from portwright.model import Model
from portwright.targets import File, registry
from support import cases
from support.plugins import MINIMAL

# Each target once, and `ddl` for engines that have little in common.
TRIED = [*{each["target"]: each for each in cases.TARGETS}.values()]
TRIED += [{"target": "ddl", "dialect": each} for each in ("bigquery", "clickhouse")]


@pytest.mark.parametrize("options", TRIED, ids=lambda each: "-".join(each.values()))
def test_our_own_targets_keep_the_laws(options: dict[str, str]) -> None:
    others = {key: value for key, value in options.items() if key != "target"}
    testing.check(registry.make(options["target"], others))


class Good:
    name = "good"
    summary = "…"

    def check(self, model: Model) -> list[Diagnostic]:
        return []

    def emit(self, model: Model) -> Iterator[File]:
        yield File(PurePosixPath("a.txt"), f"{len(model.objects)}\n")


class Seeded(Good):
    def emit(self, model: Model) -> Iterator[File]:
        yield File(PurePosixPath("a.txt"), f"{hash('a')}\n")


class Placed(Good):
    def emit(self, model: Model) -> Iterator[File]:
        yield File(PurePosixPath("a.txt"), f"{Path.cwd()}\n")


class Counting(Good):
    count = 0

    def emit(self, model: Model) -> Iterator[File]:
        self.count += 1
        yield File(PurePosixPath("a.txt"), f"{self.count}\n")


class Raising(Good):
    def emit(self, model: Model) -> Iterator[File]:
        yield File(PurePosixPath("a.txt"), model.objects[9].name)


class Returning(Good):
    def emit(self, model: Model) -> Iterator[File]:
        yield File(PurePosixPath("a.txt"), "a\r\n")


class Changing(Good):
    def emit(self, model: Model) -> Iterator[File]:
        object.__setattr__(model, "name", model.name + "!")
        yield File(PurePosixPath("a.txt"), "a\n")


class Outside(Good):
    def emit(self, model: Model) -> Iterator[File]:
        yield File(PurePosixPath("../a.txt"), "a\n")


class Refusing(Good):
    def check(self, model: Model) -> list[Diagnostic]:
        return [error("GOOD-1", "no", model.span)]

    def emit(self, model: Model) -> Iterator[File]:
        raise NotImplementedError


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """This module under a name that another process finds it by."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    for cls in (Good, Seeded, Placed, Counting, Raising, Returning, Changing, Outside, Refusing):
        monkeypatch.setattr(cls, "__module__", Path(__file__).stem)
    monkeypatch.setitem(sys.modules, Path(__file__).stem, sys.modules[__name__])


def told(target: Good) -> str:
    return "\n".join(testing.broken(target, {"minimal": testing.hazards()["small"]}))


@pytest.mark.usefixtures("importable")
def test_the_kit_finds_what_is_broken() -> None:
    assert told(Good()) == told(Refusing()) == ""
    assert "minimal: in a process with another hash seed" in told(Seeded())
    assert "minimal: in a process with another hash seed" in told(Placed())
    assert "minimal: asked again, it gives other files: a.txt" in told(Counting())
    assert "minimal: the target `good` raised IndexError" in told(Raising())
    assert "minimal: `a.txt` has CR in it" in told(Returning())
    assert "it changes the models it is given" in told(Changing())
    assert "which is not in its folder" in told(Outside())
    with pytest.raises(AssertionError, match=r"(?s)breaks laws of targets:\nall types: .*CR in it"):
        testing.check(Returning())


def test_a_class_that_is_in_no_module_is_told() -> None:
    class Local(Good):
        pass

    assert "cannot be handed to another process" in told(Local())


def test_a_contract_is_tried_by_hand(tmp_path: Path) -> None:
    (tmp_path / "contract.yaml").write_text(MINIMAL)
    model = testing.load(tmp_path / "contract.yaml")
    assert model.objects[0].record.fields[0].number == 1
    assert testing.files(Good(), model) == {"a.txt": "1\n"}
    with pytest.raises(AssertionError, match=r"error\[GOOD-1\]: no"):
        testing.files(Refusing(), model)
    (tmp_path / "contract.yaml").write_text(MINIMAL.replace(": string", ": strin"))
    with pytest.raises(AssertionError, match=r"error\[PW101\]"):
        testing.load(tmp_path / "contract.yaml")


def test_a_program_is_tried_like_a_target(tmp_path: Path) -> None:
    program = "import json, sys\nasked = json.load(sys.stdin)\n{}\n"
    answer = 'print(json.dumps({"protocol": 1, "files": [{"path": "n", "text": %s}]}))'
    (tmp_path / "good.py").write_text(program.format(answer % "f'{len(asked[\"models\"])}'"))
    (tmp_path / "seeded.py").write_text(program.format(answer % "str(hash('a'))"))
    good = testing.command(sys.executable, "good.py", folder=tmp_path)
    models = {"small": testing.hazards()["small"]}
    assert list(testing.broken(good, models)) == []
    assert testing.files(good, *models.values()) == {"n": "1"}
    talking = "import sys, time; print(time.perf_counter(), file=sys.stderr)\n"
    (tmp_path / "talking.py").write_text(talking + (tmp_path / "good.py").read_text())
    also_good = testing.command(sys.executable, "talking.py", folder=tmp_path)
    assert list(testing.broken(also_good, models)) == []
    seeded = testing.command(sys.executable, "seeded.py", folder=tmp_path)
    assert any("gives other files: n" in each for each in testing.broken(seeded, models))


def test_hazards_are_nobodys_to_spoil() -> None:
    first, second = testing.hazards(), testing.hazards()
    assert first == second and all(first[each] is not second[each] for each in first)
