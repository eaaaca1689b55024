"""The schemas of all contracts that others wrote, as the tools of their languages see them.

PORTWRIGHT_CORPUS names the folder of the contracts. Their Protobuf files share folders, as those of
one config do, so that buf is asked a few times and not hundreds of times.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portwright import lock, pipeline
from portwright.model import Model
from portwright.targets import Target
from portwright.targets.avro import Avro
from portwright.targets.json_schema import JsonSchema
from portwright.targets.protobuf import Protobuf
from portwright.targets.protobuf.types import package
from support import acceptance, corpus, protobuf

pytestmark = corpus.needed


@pytest.fixture(scope="module")
def models() -> list[Model]:
    """The contracts that can be read, numbered."""
    found = []
    for path in corpus.FILES:
        model, diagnostics = pipeline.load(path, path.name, {})
        if model is not None and not any(each.is_error for each in diagnostics):
            found.append(lock.apply(model, lock.Lock())[0])
    return found


def generated(models: list[Model], target: Target, root: Path) -> list[Path]:
    """The folders with what the target makes of the models. No two contracts of one package are
    in the same folder."""
    packages: list[set[str]] = []
    for model in models:
        if any(each.is_error for each in target.check(model)):
            continue
        free = (n for n, taken in enumerate(packages) if package(model) not in taken)
        number = next(free, len(packages))
        if number == len(packages):
            packages.append(set())
        packages[number].add(package(model))
        protobuf.write(target.emit(model), root / str(number) / target.name)
    return [root / str(number) for number in range(len(packages))]


def test_most_contracts_are_there(models: list[Model]) -> None:
    assert len(models) > len(corpus.FILES) * 3 // 4


def test_no_target_has_an_error(models: list[Model]) -> None:
    def errors() -> Iterator[tuple[str, str, str]]:
        for target in (Avro(), JsonSchema(), Protobuf()):
            for model in models:
                for each in target.check(model):
                    if each.is_error:
                        yield target.name, model.source, each.message

    assert list(errors()) == []


def test_avro_is_read_by_both_libraries(models: list[Model], tmp_path: Path) -> None:
    for folder in generated(models, Avro(), tmp_path):
        acceptance.avro_schemas(folder)


def test_json_schemas_are_valid_and_hold_their_examples(
    models: list[Model], tmp_path: Path
) -> None:
    for folder in generated(models, JsonSchema(), tmp_path):
        acceptance.json_schemas(folder)


def test_protobuf_is_built_and_linted_by_buf(models: list[Model], tmp_path: Path) -> None:
    folders = generated(models, Protobuf(), tmp_path)
    for folder in folders:
        assert protobuf.buf(folder / "protobuf", "build") == ""
        assert protobuf.buf(folder / "protobuf", "lint") == ""
