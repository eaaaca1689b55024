"""What datacontract-cli writes for contracts: run by the Python that has it, offline.

    python exports.py <dialect>[,<dialect> ...] <contract> <folder> [<contract> <folder> ...]

A folder is laid out as `portwright generate` lays it out. An export that fails leaves the reason
in `<file>.failed` beside where its file would be.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import yaml
from datacontract.data_contract import DataContract

# What it calls otherwise: `local` are files that DuckDB reads.
DIALECTS = {"duckdb": "local"}


def exports(contract: Path, dialects: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The files to write, with the arguments of the export of each."""
    document = yaml.safe_load(contract.read_text("utf-8"))
    for number, each in enumerate(document.get("schema") or ()):
        name = {"schema_name": each["name"]}
        yield f"avro/{number:03}.avsc", {"export_format": "avro", **name}
        yield f"json-schema/{number:03}.json", {"export_format": "jsonschema", **name}
    yield "protobuf/contract.proto", {"export_format": "protobuf"}
    yield "python/models.py", {"export_format": "pydantic-model"}
    for each in dialects:
        its = {"export_format": "sql", "sql_server_type": DIALECTS.get(each, each)}
        yield f"sql/contract.{each}.sql", its


def write(contract: Path, folder: Path, dialects: list[str]) -> None:
    """Writes every export of one contract."""
    for name, arguments in exports(contract, dialects):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            made = DataContract(data_contract_file=str(contract), inline_references=False)
            text = made.export(**arguments)
            path = _in_package(path, text)
            path.write_text(text, "utf-8")
        except Exception as fault:  # whatever it is, there is no file
            path.with_name(f"{path.name}.failed").write_text(f"{type(fault).__name__}: {fault}")


def _in_package(path: Path, text: str) -> Path:
    """Where buf wants a file of Protobuf: in the folder of its package."""
    package = re.search(r"^package ([\w.]+);", text, re.M)
    if path.suffix != ".proto" or package is None:
        return path
    folder = path.parent.joinpath(*package[1].split("."))
    folder.mkdir(parents=True)
    return folder / path.name


def main() -> None:
    """Writes all that is asked for, and prints the version."""
    logging.disable()
    dialects = sys.argv[1].split(",")
    paths = [Path(each).resolve() for each in sys.argv[2:]]
    for contract, folder in zip(paths[::2], paths[1::2], strict=True):
        write(contract, folder, dialects)
    print(version("datacontract-cli"))


if __name__ == "__main__":
    main()
