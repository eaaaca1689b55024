"""Any number of contracts, made of a folder of them: copies under ids and names of their own."""

from __future__ import annotations

from pathlib import Path

import yaml

CONFIG = "portwright.yaml"
_TEXT = "tag:yaml.org,2002:str"
_NAMES = frozenset({"id", "name", "dataProduct"})


def write(files: list[Path], count: int, root: Path) -> None:
    """Puts `count` contracts into `root / "contracts"`, taken evenly from `files`."""
    folder = root / "contracts"
    folder.mkdir(parents=True)
    for number in range(count):
        source = files[int((number + 0.5) * len(files) / count)]
        text = renamed(source.read_text("utf-8"), f"c{number:04}")
        (folder / f"{number:04}.odcs.yaml").write_text(text, "utf-8")


def renamed(text: str, name: str) -> str:
    """A contract with `name` for its id and its name."""
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(top, yaml.MappingNode)
    top.value = [(key, value) for key, value in top.value if key.value not in _NAMES]
    top.value += [(_scalar(key), _scalar(name)) for key in ("id", "name")]
    return str(yaml.serialize(top, Dumper=yaml.SafeDumper, allow_unicode=True))


def _scalar(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT, text)
