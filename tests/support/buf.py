"""`buf breaking` over many pairs of models at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from portwright import lock
from portwright.model import Model
from portwright.targets.protobuf import Protobuf
from support import protobuf


class Folders:
    """Two folders of Protobuf files, before and after; each pair of models is a package there, so
    that buf looks at all of them at once."""

    def __init__(self, root: Path) -> None:
        self.before, self.after = root / "before", root / "after"
        self.names: dict[str, str] = {}

    def add(self, what: str, chain: Iterable[Model]) -> None:
        """The first and the last of a chain, numbered by one lock all the way."""
        name, held = f"case_{len(self.names)}", lock.Lock()
        self.names[name] = what
        numbered = []
        for each in chain:
            one, held = lock.apply(replace(each, id=name, name=name), held)
            numbered.append(one)
        for folder, each in ((self.before, numbered[0]), (self.after, numbered[-1])):
            protobuf.write(Protobuf().emit(each), folder)

    def breaking(self, category: str = "FILE") -> list[tuple[str, str, str]]:
        """What buf finds: in which pair, by which rule of the category, and what it says."""
        rules = {"use": [category], "ignore": ["confluent", "google/type"]}
        config = json.dumps({"version": "v2", "breaking": rules})
        words = ("breaking", "--against", str(self.before), "--error-format", "json")
        said = protobuf.buf(self.after, *words, "--config", config)
        found = map(json.loads, said.splitlines())
        return [(self._named(each["path"]), each["type"], each["message"]) for each in found]

    def _named(self, path: str) -> str:
        return next(self.names[part] for part in Path(path).parts if part in self.names)
