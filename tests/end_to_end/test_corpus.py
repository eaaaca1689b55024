"""Contracts that no one here wrote: generated for all targets, and accepted by the real tools.

PORTWRIGHT_CORPUS names their folder. Every example of the standard's own repository is
here, and ten of others, chosen for their size and their odd ways.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portwright.paths import CONFIG as CONFIG_FILE
from support import acceptance, cases, corpus

pytestmark = corpus.needed

EMPTY = corpus.NO_SCHEMA | corpus.NO_PROPERTIES  # nothing can be generated of these
OTHERS = {
    "datacontract+datacontract-cli__tests~fixtures~import~json~product_detail.datacontract.yaml",
    "datacontract+datacontract-cli__tests~fixtures~api~weather-service.odcs.yaml",
    "datacontract+datacontract-cli__tests~fixtures~export~datacontract.large.odcs.yaml",
    "datacontract+datacontract-cli__tests~fixtures~pydantic-model~expected~models.odcs.yaml",
    "datacontract+datacontract-cli__tests~fixtures~bigquery~import~datacontract.yaml",
    "datacontract+datacontract-cli__tests~fixtures~dbml~datacontract.odcs.yaml",
    "datacontract+datacontract-cli__tests~fixtures~mysql~odcs.yaml",
    "MickaelBZH+data-contract-x__examples~customers_contract.yaml",
    "MickaelBZH+data-contract-x__examples~iot_events_contract.yaml",
    "dataengy+ogip__spec~contracts~github~github__repos.odcs.yaml",
}

EXAMPLES = [path for path in corpus.examples() if corpus.example(path) not in EMPTY]
CHOSEN = [path for path in corpus.FILES if path.name in OTHERS]
ALL = [*EXAMPLES, *CHOSEN]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The output of every example, each in a folder of its own."""
    root = tmp_path_factory.mktemp("corpus")
    found = {}
    for number, path in enumerate(ALL):
        folder = root / f"c{number}"
        folder.mkdir()
        (folder / CONFIG_FILE).write_text(cases.configuration(path.name))
        shutil.copy(path, folder / cases.CONTRACT)
        said = "\n".join(cases.generate(folder))
        assert (folder / "python").is_dir(), f"{path.name}: {said}"
        found[path.name] = folder
    return found


def test_the_others_are_ten() -> None:
    assert len(CHOSEN) == len(OTHERS) == 10


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_the_real_tools_accept_it(
    path: Path, generated: dict[str, Path], postgres: psycopg.Connection[Any]
) -> None:
    root = generated[path.name]
    acceptance.avro_schemas(root)
    acceptance.json_schemas(root)
    acceptance.protobuf_files(root)
    acceptance.postgres_tables(root, postgres)
    acceptance.duckdb_tables(root)
    acceptance.snowflake_tables(root)
    acceptance.read_tables(root, "redshift", "oracle")
    acceptance.python_packages(root)


def test_mypy_black_and_ruff_accept_them(generated: dict[str, Path]) -> None:
    acceptance.python_style(generated.values())
    acceptance.python_types(generated.values())
