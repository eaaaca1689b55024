"""Manifests of a Parquet table: which files a version of it has, and what load made it.

A version is a file `_portwright/<number>.json` beside the table's folders; the one of the greatest
number is the table. It is written whole and only once.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouses.lake import Overtaken, Told

MANIFESTS: Final = "_portwright"
# Files of loads: those of other tables may be in folders below, whose names have no `=`.
_TOKEN: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OWN: Final = re.compile(
    rf"([^/]+=[^/]*/)*{_TOKEN}-\d+\.parquet(\.{_TOKEN}\.draft)?|{MANIFESTS}/{_TOKEN}\.draft"
)
# No load takes longer than to leave its files alone.
_FORGOTTEN: Final = timedelta(days=1)


@dataclass(frozen=True)
class Manifest:
    """One version of a table.

    `files` are its paths below the table's folder, with their numbers of rows. `loads` are those
    that are in the table, the last one last, with the version that each made. That of the last one
    came from what version `before` had. `columns` is Arrow's schema, in base64.
    """

    number: int
    columns: str
    files: dict[str, int] = field(default_factory=dict)
    before: int | None = None
    loads: list[tuple[int, Told]] = field(default_factory=list)


@dataclass(frozen=True)
class Folder:
    """The folder of a table."""

    system: FileSystem
    path: str

    def numbers(self) -> list[int]:
        """The versions that are kept, the last one last."""
        found = self.system.get_file_info(
            FileSelector(f"{self.path}/{MANIFESTS}", allow_not_found=True)
        )
        names = (each.base_name.removesuffix(".json") for each in found)
        return sorted(int(name) for name in names if name.isdecimal())

    def manifest(self, number: int) -> Manifest:
        with self.system.open_input_stream(self._manifest(number)) as stream:
            text = stream.read()
        try:
            return Manifest(**json.loads(text))
        except (ValueError, TypeError):
            raise WarehouseError(
                f"{self._manifest(number)} is no manifest of a table: restore the file, or take it"
                " away to go back to the version before it"
            ) from None

    def current(self) -> Manifest | None:
        """That of the last version, None where there is no table."""
        numbers = self.numbers()
        while numbers:
            try:
                return self.manifest(numbers[-1])
            except FileNotFoundError:  # other loads came, and cleaned it away
                before, numbers = numbers, self.numbers()
                if before == numbers:
                    raise
        return None

    def publish(self, manifest: Manifest) -> None:
        """Makes this the last version; raises Overtaken if there is one of its number already.

        Stores other than folders are not asked that: there the last of two wins who write the same
        number at once.
        """
        path = self._manifest(manifest.number)
        text = json.dumps(asdict(manifest)).encode()
        self.system.create_dir(f"{self.path}/{MANIFESTS}", recursive=True)
        if not isinstance(self.system, LocalFileSystem):
            if self.system.get_file_info(path).type != FileType.NotFound:
                raise Overtaken
            self._write(path, text)
        else:
            draft = f"{self.path}/{MANIFESTS}/{uuid4()}.draft"
            try:
                self._write(draft, text)
                os.link(draft, path)
            except FileExistsError:
                raise Overtaken from None
            finally:
                with suppress(OSError):
                    os.unlink(draft)
        # A number that was taken before, and cleaned away since, is below others that know no such
        # load.
        now = self.current()
        made = {(number, told["load_id"]) for number, told in manifest.loads[-1:]}
        if now is None or not made <= {(number, told["load_id"]) for number, told in now.loads}:
            raise Overtaken

    def remove(self, path: str) -> None:
        """Removes a file of the table, if it is there."""
        self._remove(f"{self.path}/{path}")

    def clean(self, keep: int) -> None:
        """Removes what no version needs: the last one, and those that `keep` loads can be undone
        to; and files of loads that were killed, once they are a day old."""
        numbers = self.numbers()
        if not numbers:
            return
        kept = {numbers[-1]: self.manifest(numbers[-1])}
        before = kept[numbers[-1]].before
        while len(kept) <= keep and before in numbers:
            kept[before] = self.manifest(before)
            before = kept[before].before
        files = {file for each in kept.values() for file in each.files}
        for number in numbers:
            if number not in kept and number < numbers[-1]:
                gone = self.manifest(number)
                for file in gone.files.keys() - files:
                    self.remove(file)
                self._remove(self._manifest(number))
        old = datetime.now(UTC) - _FORGOTTEN
        for info in self.system.get_file_info(FileSelector(self.path, recursive=True)):
            path = info.path[len(self.path) + 1 :]
            if _OWN.fullmatch(path) and path not in files and info.mtime < old:
                self.remove(path)

    def _remove(self, path: str) -> None:
        with suppress(OSError):
            self.system.delete_file(path)

    def _write(self, path: str, text: bytes) -> None:
        with self.system.open_output_stream(path) as stream:
            stream.write(text)

    def _manifest(self, number: int) -> str:
        return f"{self.path}/{MANIFESTS}/{number:020}.json"
