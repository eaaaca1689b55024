"""A DuckDB file written anew: blocks that are free keep what was in them, and a copy has none."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import duckdb

from portwright_runtime.loading.naming import literal, quoted

_COPY: Final = "_portwright_copy"


def rewritten(path: Path) -> tuple[str, ...]:
    """Puts a copy of the file in its place, in one step; what remains where others have it open."""
    draft = path.with_name(f"{path.name}.erasing")
    _remove(draft)
    try:
        # Read only: nobody can write to the file until the copy has its name.
        with closing(duckdb.connect(path, read_only=True)) as connection:
            [(name,)] = connection.execute("SELECT current_database()").fetchall()
            connection.execute(f"ATTACH {literal(str(draft))} AS {_COPY} (READ_WRITE)")
            connection.execute(f"COPY FROM DATABASE {quoted(name)} TO {_COPY}")
            connection.execute(f"DETACH {_COPY}")
            os.chmod(draft, path.stat().st_mode)
            os.replace(draft, path)
    except (duckdb.Error, OSError) as error:
        return (
            f"free blocks of {path.name} keep what was in them, as it could not be written anew"
            f" ({type(error).__name__}): erase again while nobody has it open",
        )
    finally:
        _remove(draft)
    return ()


def _remove(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}.wal")):
        with suppress(OSError):
            each.unlink()
