"""Any number of contracts, made of a folder of them: copies under ids and names of their own.

Objects get new names too, as files are named after them; relationships follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

CONFIG = "portwright.yaml"
_TEXT = "tag:yaml.org,2002:str"
_NAMES = frozenset({"id", "name", "dataProduct"})
_ENDS = frozenset({"to", "from"})  # of a relationship: `orders.id`, `schema/orders/properties/id`


def write(files: list[Path], count: int, root: Path) -> None:
    """Puts `count` contracts into `root / "contracts"`, taken evenly from `files`."""
    folder = root / "contracts"
    folder.mkdir(parents=True)
    for number in range(count):
        source = files[int((number + 0.5) * len(files) / count)]
        text = renamed(source.read_text("utf-8"), f"c{number:04}")
        (folder / f"{number:04}.odcs.yaml").write_text(text, "utf-8")


def renamed(text: str, prefix: str) -> str:
    """A contract with `prefix` in its id, its name and the names of its objects."""
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(top, yaml.MappingNode)
    top.value = [(key, value) for key, value in top.value if key.value not in _NAMES]
    top.value += [(_scalar("id"), _scalar(prefix)), (_scalar("name"), _scalar(prefix))]
    objects = [name for each in _values(top, "schema") for name in _objects(each)]
    known = {name.value for name in objects}
    for end in _ends(top):
        parts = end.value.removeprefix("schema/").replace("/", ".").split(".")
        if len(parts) > 1 and parts[0] in known:
            end.value = end.value.replace(parts[0], f"{prefix}_{parts[0]}", 1)
    for name in objects:
        name.value = f"{prefix}_{name.value}"
    return str(yaml.serialize(top, Dumper=yaml.SafeDumper, allow_unicode=True))


def _scalar(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT, text)


def _values(node: yaml.Node, key: str) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for name, value in node.value if name.value == key)


def _objects(schema: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """The names of the objects under `schema`."""
    for each in schema.value if isinstance(schema, yaml.SequenceNode) else ():
        yield from _values(each, "name")


def _ends(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """What relationships lead from and to, wherever they stand."""
    match node:
        case yaml.MappingNode():
            for key, value in node.value:
                if key.value in _ENDS:
                    found = value.value if isinstance(value, yaml.SequenceNode) else [value]
                    yield from (each for each in found if isinstance(each, yaml.ScalarNode))
                else:
                    yield from _ends(value)
        case yaml.SequenceNode():
            for each in node.value:
                yield from _ends(each)
