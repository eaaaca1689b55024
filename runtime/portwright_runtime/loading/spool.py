"""A staging beside the warehouse: in memory, and in a folder of temporary files beyond that.

A process that is killed leaves its folder; the next one that stages on this machine removes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import Table

# Beyond this DuckDB spills into the folder: what a load takes does not grow with its rows.
MEMORY_LIMIT: Final = "512MB"

_PREFIX: Final = "portwright-load-"


def private_staging(table: Table[Any]) -> Staging:
    """A staging on a connection of its own, whose folder goes with it."""
    import duckdb

    _sweep()
    folder = new_folder()
    connection = duckdb.connect(":memory:", config={"temp_directory": str(folder)})
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    return _Spooled(connection, table, folder)


def new_folder() -> Path:
    """A folder of temporary files; whoever makes it removes it."""
    try:
        return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    except OSError as error:
        raise WarehouseError(f"cannot make a folder to stage in: {error.strerror}") from error


class _Spooled(Staging):
    def __init__(self, connection: Any, table: Table[Any], folder: Path) -> None:
        self._folder = folder
        super().__init__(connection, table)

    def close(self) -> None:
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _sweep() -> None:
    """Removes the folders of processes that are no more."""
    for each in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        number = each.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and not _is_alive(int(number)):
            shutil.rmtree(each, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
