"""The machine: versions, the runtime, the tools that targets are used with, the terminal."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import locale
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from portwright import __version__
from portwright.config import Config
from portwright.doctor.facts import Fact, bad, ok, warn

_RUNTIME = "portwright-runtime"
_WITH_RUNTIME = ("python", "spark")
_LEVEL = re.compile(r"(?m)^API_LEVEL = (\d+)$")
# What who uses a target's files needs, one of each; Portwright writes them without.
_PROGRAMS = {
    "protobuf": (("buf", "protoc"), "compile the schemas"),
    "dbt": (("dbt",), "run the models"),
    "spark": (("spark-submit",), "run the jobs"),
}


def facts() -> Iterator[Fact]:
    """What every run stands on."""
    yield ok("portwright", f"{__version__}, in {Path(__file__).parents[1]}")
    yield ok("python", f"{platform.python_version()}, {sys.executable}")
    for name in ("black", "datamodel-code-generator"):
        yield _package(name)
    if shutil.which("git"):
        yield ok("git", str(shutil.which("git")))
    else:
        help = "install it: files of yours are merged by it, and `--against git:` compares with it"
        yield warn("git", "it is not installed", help)


def _package(name: str) -> Fact:
    """A package whose output is part of ours."""
    wanted = ""
    for each in importlib.metadata.requires("portwright") or ():
        if found := re.match(rf"{name}((?:[<>=,]+[\d.]+)+)$", each):
            wanted = found[1]
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return bad(name, "it is not installed", "install portwright again")
    if all(_fits(version, each) for each in wanted.split(",")):
        return ok(name, f"{version}, of {wanted}")
    help = f"pip install '{name}{wanted}'"
    return bad(name, f"{version} makes other files than {wanted}", help)


def _fits(version: str, wanted: str) -> bool:
    """Whether a version is what `<26.11` or `>=26.10` asks for."""
    have, limit = (
        [int(number) for number in re.findall(r"\d+", text)][:3] for text in (version, wanted)
    )
    return have < limit if wanted.startswith("<") else have >= limit


def needs(config: Config) -> Iterator[Fact]:
    """What the targets of the config are used with."""
    targets = dict.fromkeys(each.target.name for each in config.outputs)
    if any(each in _WITH_RUNTIME for each in targets):
        yield _runtime()
    for name in targets:
        programs, purpose = _PROGRAMS.get(name, ((), ""))
        found = [where for each in programs if (where := shutil.which(each))]
        if found:
            yield ok(f"target {name}", found[0])
        elif programs:
            said = f"{' or '.join(programs)} is not on the PATH"
            yield warn(f"target {name}", said, f"who is to {purpose} needs it, `generate` does not")
    if "python" in targets and importlib.util.find_spec("confluent_kafka") is None:
        help = "where you deploy from: pip install 'portwright[register]'"
        yield warn("register", "`portwright register` needs what is not installed", help)


def level() -> int | None:
    """The level that the runtime offers here, None where it is not installed."""
    spec = importlib.util.find_spec("portwright_runtime")
    if spec is None or spec.origin is None:
        return None
    try:
        text = Path(spec.origin).with_name("generated.py").read_text("utf-8")
    except OSError:
        return None
    found = _LEVEL.search(text)
    return int(found[1]) if found else None


def _runtime() -> Fact:
    # The level that templates are written for; its module takes long to import.
    from portwright.targets.python import RUNTIME_LEVEL

    offered = level()
    try:
        version = importlib.metadata.version(_RUNTIME)
    except importlib.metadata.PackageNotFoundError:
        version = "without a version"
    if offered is None:
        help = f"where generated code runs: pip install {_RUNTIME}"
        return warn(_RUNTIME, "it is not installed here", help)
    if offered == RUNTIME_LEVEL:
        return ok(_RUNTIME, f"{version}, level {offered}, which generated code is of")
    older = _RUNTIME if offered < RUNTIME_LEVEL else "portwright"
    said = f"{version} offers level {offered}; generated code is of level {RUNTIME_LEVEL}"
    return bad(_RUNTIME, said, f"upgrade {older}, and generate again")


def of_terminal() -> Fact:
    """What is printed, and how names of files are spelt."""
    printed = getattr(sys.stdout, "encoding", None) or "none"  # it may be closed
    said = f"{printed}, files in {sys.getfilesystemencoding()}"
    names = {printed, sys.getfilesystemencoding()}
    if all(each.replace("-", "").lower().startswith("utf8") for each in names):
        return ok("encoding", said)
    help = "set LANG=C.UTF-8 or PYTHONUTF8=1: what it lacks is printed as escapes until then"
    return warn("encoding", f"{said} ({locale.getlocale()[0] or 'no locale'})", help)
