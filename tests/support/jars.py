"""Jars of the engines that run in a Java of their own, fetched once and kept in `.cache`."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tarfile
from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent
_CACHE = Path(__file__).parents[2] / ".cache" / "jars"


def fetch(group: str) -> list[Path] | None:
    """The jars that `ivy.xml` has in a group; None where there is no Java to fetch them with."""
    folder = _folder(group)
    return sorted(folder.glob("*.jar")) if folder else None


def unpacked(group: str) -> Path | None:
    """The folder of a group that is one archive, unpacked; None as of `fetch`."""
    return _folder(group)


def _folder(group: str) -> Path | None:
    """Where the group is, fetched by the first process that asks for it."""
    digest = hashlib.sha256((_HERE / "ivy.xml").read_bytes()).hexdigest()[:12]
    folder = _CACHE / f"{group}-{digest}"
    if folder.is_dir():
        return folder
    java = shutil.which("java")
    if java is None:
        return None
    _CACHE.mkdir(parents=True, exist_ok=True)
    with open(_CACHE / f"{group}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _retrieve(java, group, folder)
    return folder


def _retrieve(java: str, group: str, folder: Path) -> None:
    made = folder.with_suffix(".part")
    shutil.rmtree(made, ignore_errors=True)
    arguments = {
        "settings": _HERE / "ivysettings.xml",
        "ivy": _HERE / "ivy.xml",
        "cache": _CACHE / "ivy" / group,
        "confs": group,
        "retrieve": made / "[organisation].[artifact]-[revision].[ext]",
    }
    done = subprocess.run(
        [
            *(java, "-cp", str(_ivy()), "org.apache.ivy.Main", "-warn"),
            *(word for key, value in arguments.items() for word in (f"-{key}", str(value))),
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the jars of {group} cannot be fetched:\n{done.stdout[-2000:]}")
    for archive in made.glob("*.tar.gz"):
        with tarfile.open(archive) as opened:
            opened.extractall(made, filter="data")
        archive.unlink()
    made.rename(folder)
    shutil.rmtree(arguments["cache"])


def _ivy() -> Path:
    """Ivy's own jar, which Spark uses for the same end."""
    spark = find_spec("pyspark")
    assert spark is not None and spark.submodule_search_locations is not None
    (found,) = Path(spark.submodule_search_locations[0]).glob("jars/ivy-*.jar")
    return found
