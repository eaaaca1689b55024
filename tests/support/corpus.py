"""Contracts that others wrote: those of the folder that PORTWRIGHT_CORPUS names, if any."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from portwright import lock, pipeline
from portwright.model import Model

_FOLDER = os.environ.get("PORTWRIGHT_CORPUS")
FILES = sorted(Path(_FOLDER).glob("*.y*ml")) if _FOLDER else []
needed = pytest.mark.skipif(not FILES, reason="PORTWRIGHT_CORPUS names no folder of contracts")

# Examples of the standard that show one section only: there is no `schema`.
NO_SCHEMA = frozenset(
    {
        "azure-server",
        "basic-four-dpo",
        "database-table-sla",
        "service-and-operational-roles",
        "support-channels",
    }
)
# Examples whose object has a schema registry's address in place of properties.
NO_PROPERTIES = frozenset({"kafka-schemaregistry", "kafka-server"})


# There is no `schema`, or an object in it has no properties: nothing could be generated.
NOTHING_THERE = frozenset({"PW117", "PW118"})
# A column has the name of one of the engine's own; a contract has no name but a UUID, and names of
# dbt models made of it are too long; a map is in a primary key, and Spark compares none.
OF_ONE_TARGET = frozenset({"PW341", "PW372", "PW391"})
# Meant to be faulty, and right by the text of the standard, where `url` is optional since 3.1.
GOOD_ALL_THE_SAME = frozenset(
    {"eddiethedean+odcs__tests~fixtures~invalid-support-missing-url.yaml"}
)


def is_negative(path: Path) -> bool:
    """Whether the contract is meant to be faulty: by the folder's list, if it has one."""
    listed = path.with_name("MANIFEST.tsv")
    if not listed.is_file():
        return "negative" in path.name or "invalid" in path.name
    lines = [line.split("\t") for line in listed.read_text("utf-8").splitlines()]
    category = lines[0].index("category")
    return {line[0]: line[category] for line in lines[1:]}.get(path.name) == "negative-test"


def example(path: Path) -> str:
    """The name of an example of the standard: `kafka-server`."""
    return path.name.split("~")[-1].split(".")[0]


def examples() -> list[Path]:
    """The examples of the standard's own repository that are meant to be good."""
    return [
        path
        for path in FILES
        if path.name.startswith("bitol-io") and "negative-tests" not in path.name
    ]


def models() -> Iterator[tuple[str, Model]]:
    """The contracts that are read without an error, by the names of their files."""
    for path in FILES:
        model, found = pipeline.load(path, path.name, {})
        if model is not None and not any(each.is_error for each in found):
            yield path.name, lock.apply(model, lock.Lock())[0]
