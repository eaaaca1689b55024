"""Detecting: what a repository says of itself before anybody is asked."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

# By language, the files that only its projects have.
_MANIFESTS: Mapping[str, tuple[str, ...]] = {
    "Python": ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements.txt"),
    "TypeScript": ("tsconfig.json",),
    "JavaScript": ("package.json",),
    "Go": ("go.mod",),
    "Java": ("pom.xml", "build.gradle"),
    "Kotlin": ("build.gradle.kts",),
    "Rust": ("Cargo.toml",),
    "Ruby": ("Gemfile",),
    "PHP": ("composer.json",),
    "Elixir": ("mix.exs",),
    "Scala": ("build.sbt",),
}
_SUFFIXES = {".csproj": "C#", ".fsproj": "F#", ".sln": "C#"}
# By dialect of `ddl`, what dependencies on it are called. Warehouses come first.
_DEPENDENCIES: Mapping[str, str] = {
    "snowflake": r"snowflake[-_](connector|sqlalchemy|snowpark|sdk|jdbc)|gosnowflake",
    "bigquery": r"google-cloud[-/]bigquery|cloud\.google\.com/go/bigquery|sqlalchemy-bigquery",
    "databricks": r"databricks-(sql|connect|sdk|jdbc)|delta-spark|databricks-sql-go",
    "redshift": r"redshift[-_]connector|sqlalchemy-redshift|redshift-jdbc",
    "clickhouse": r"clickhouse",
    "trino": r"\btrino\b|trino-jdbc",
    "duckdb": r"\bduckdb\b",
    "postgres": r"psycopg|asyncpg|postgres|pgx\b|lib/pq\b|\"pg\"|\bpg8000\b",
    "mysql": r"pymysql|mysqlclient|aiomysql|asyncmy|mysql|mariadb",
    "sqlserver": r"pymssql|mssql|tedious",
    "oracle": r"oracledb|cx[-_]oracle|ojdbc|godror",
}
_RUNNERS = {"uv.lock": "uv run", "poetry.lock": "poetry run", "pdm.lock": "pdm run"}
_NOT_PACKAGES = frozenset("tests test docs doc examples scripts migrations gen build dist".split())
_SKIPPED = frozenset("node_modules target build dist venv env __pycache__ vendor".split())
_MOST_FOLDERS = 3000


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. `name` is what a first contract can be called, `python_root` the folder
    that packages of Python are in; `databases` are dialects, `runner` is what starts commands of
    the project, and `contracts` are those that are there. `repository` is the folder of git."""

    languages: tuple[str, ...]
    name: str
    python_root: str
    databases: tuple[str, ...]
    runner: str
    contracts: tuple[PurePosixPath, ...]
    repository: Path | None
    services: tuple[str, ...]


def facts(root: Path) -> Facts:
    """What is found in the folder."""
    present = {each.name for each in _listed(root)}
    languages = tuple(
        dict.fromkeys(
            [
                *(lang for lang, names in _MANIFESTS.items() if present & {*names}),
                *(lang for suffix, lang in _SUFFIXES.items() if _ends(present, suffix)),
            ]
        )
    )
    if not languages and _ends(present, ".py"):
        languages = ("Python",)  # scripts, and nothing that says how they are built
    if "TypeScript" in languages:
        languages = tuple(each for each in languages if each != "JavaScript")
    text = _dependencies(root, present)
    found = tuple(name for name, mark in _DEPENDENCIES.items() if re.search(mark, text, re.I))
    return Facts(
        languages,
        fit(_name(root, present)),
        _python_root(root),
        found,
        next((each for lock, each in _RUNNERS.items() if lock in present), ""),
        tuple(_contracts(root)),
        _repository(root),
        tuple(_services(root)) if not languages else (),
    )


def fit(name: str) -> str:
    """A contract's name made of a project's: `@acme/Order Service` gives `order-service`."""
    words = re.sub(r"[^a-z0-9]+", "-", name.rpartition("/")[2].lower()).strip("-")
    whole = words if words and words[0].isalpha() else f"service-{words}"
    return whole[:60].rstrip("-")


def _listed(root: Path) -> list[Path]:
    try:
        return sorted(root.iterdir())
    except OSError:
        return []


def _ends(present: set[str], suffix: str) -> bool:
    return any(each.endswith(suffix) for each in present)


def _text(path: Path) -> str:
    """The file's text, empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(1 << 20).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _dependencies(root: Path, present: set[str]) -> str:
    names = {each for files in _MANIFESTS.values() for each in files}
    wanted = [
        each
        for each in sorted(present)
        if each in names or (each.startswith("requirements") and each.endswith((".txt", ".in")))
    ]
    return "\n".join(_text(root / each) for each in wanted)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _name(root: Path, present: set[str]) -> str:
    """What the project calls itself, else its folder's name."""
    found: object = None
    if "pyproject.toml" in present:
        project = _toml(root / "pyproject.toml")
        found = _inner(project, "project", "name") or _inner(project, "tool", "poetry", "name")
    if not found and "package.json" in present:
        with contextlib.suppress(ValueError, RecursionError):
            found = _inner(json.loads(_text(root / "package.json")), "name")
    if not found and "Cargo.toml" in present:
        found = _inner(_toml(root / "Cargo.toml"), "package", "name")
    for file, pattern in (
        ("setup.cfg", r"^name\s*=\s*(\S+)"),
        ("go.mod", r"^module\s+(\S+?)(?:/v\d+)?\s*$"),
        ("settings.gradle", r"rootProject\.name\s*=\s*['\"]([^'\"]+)"),
        ("settings.gradle.kts", r"rootProject\.name\s*=\s*\"([^\"]+)"),
        ("pom.xml", r"<artifactId>\s*([\w.-]+)\s*</artifactId>"),
    ):
        if not found and file in present:
            text = re.sub(r"<parent>.*?</parent>", "", _text(root / file), flags=re.S)
            match = re.search(pattern, text, re.M)
            found = match[1] if match else None
    return found if isinstance(found, str) and found.strip() else root.resolve().name


def _inner(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _python_root(root: Path) -> str:
    """The folder, relative to the root, that packages of Python are in."""
    if (root / "src").is_dir():
        return "src"
    packages = [each for each in _listed(root) if (each / "__init__.py").is_file()]
    if any(each.name not in _NOT_PACKAGES for each in packages):
        return "."
    for folder in ("lib", "python", "app"):
        if any((each / "__init__.py").is_file() for each in _listed(root / folder)):
            return folder
    return "src"


def _contracts(root: Path) -> Iterator[PurePosixPath]:
    """The contracts below the folder, wherever they are."""
    for seen, (folder, folders, files) in enumerate(os.walk(root)):
        folders[:] = sorted(
            each for each in folders if each not in _SKIPPED and not each.startswith(".")
        )
        if seen > _MOST_FOLDERS:
            return
        for each in sorted(files):
            if each.endswith((".odcs.yaml", ".odcs.yml")):
                yield PurePosixPath(Path(folder, each).relative_to(root).as_posix())


def _repository(root: Path) -> Path | None:
    """The folder of the repository of git that the root is in."""
    here = root.resolve()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), None)


def _services(root: Path) -> Iterator[str]:
    """Folders up to two levels down that are projects of their own."""
    names = {each for files in _MANIFESTS.values() for each in files}
    for each in _listed(root):
        if not each.is_dir() or each.name.startswith(".") or each.name in _SKIPPED:
            continue
        below = [each, *(inner for inner in _listed(each) if inner.is_dir())]
        for folder in below:
            if any((folder / name).is_file() for name in names):
                yield folder.relative_to(root).as_posix()
