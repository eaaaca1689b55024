"""Fuzzing: contracts changed at random, in their structure and in their text, by a seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from portwright import source
from portwright.contract import keys
from portwright.nodes import data

WORDS = sorted(keys.CONTRACT | keys.OBJECT | keys.PROPERTY | keys.QUALITY | keys.STRING_OPTIONS)
HOSTILE = [
    "../../x",
    "/etc/passwd",
    "..",
    ".",
    "",
    " ",
    "CON",
    'a"""b',
    "a*/b",
    "a--b",
    "{{ x }}",
    "{% raw %}",
    "${x}",
    "$$",
    "a\nb",
    "a\r\nb",
    "\u0000",
    "\u202eabc",
    "\ud83d\ude00",
    "a\\",
    "'",
    "`",
    "]]>",
    "%s",
    "class",
    "None",
    "select",
    "é" * 300,
    "x" * 5000,
    "1" * 400,
    "_",
    "__init__",
    "constructor",
]
ODD: list[object] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**63,
    10**400,
    -(10**40),
    Decimal("1e-400"),
    Decimal("0.1"),
    [],
    {},
    [[]],
    {"a": None},
    [None],
    "2026-01-31",
    "NaN",
    "STRUCT<a INT64, b ARRAY<STRUCT<c STRING>>>",
    "ENUM('a', '')",
    "DECIMAL(99999, 5)",
    "VECTOR(FLOAT, 99999999)",
    "map",
    "array",
    "object",
    "integer",
    "timestamp",
]
CHANGES = ["drop", "odd", "hostile", "graft", "swap", "double", "rename", "deep"]
TELLING = ("name", "physicalName", "physicalType", "logicalType", "description", "value", "pattern")
CHARACTERS = "\0\t\r\n\x1b\x7f\u0085\u2028\ufeff\U0001f600:-?{}[]&*!|>'\"%@`#,<= "


def contracts(seeds: list[str], rounds: int, seed: int) -> Iterator[str]:
    """That many contracts made of the seeds; the same ones for the same number."""
    random = Random(seed)
    for _ in range(rounds):
        text = random.choice(seeds)
        changes = random.choice([1, 1, 2, 3, 8])
        if random.random() < 0.7:
            node = source.parse(text, "seed", {})[0]
            document = _plain(data(node)) if node is not None else {}
            for _ in range(changes):
                document = _changed(document, random)
            yield written(document)
        else:
            for _ in range(changes):
                text = _garbled(text, random)
            yield text


def written(document: object) -> str:
    """The document as JSON, which YAML is a superset of, numbers with all their digits."""
    match document:
        case dict():
            pairs = (f"{json.dumps(str(key))}: {written(each)}" for key, each in document.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(map(written, document)) + "]"
        case Decimal():
            return str(document)
        case _:
            return json.dumps(document)


def _plain(value: object) -> object:
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case _:
            return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys, at every depth."""
    if isinstance(value, dict | list):
        for key, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(each)


def _changed(document: Any, random: Random) -> Any:
    """The document with one change somewhere, often at a place where a name or a type stands."""
    places = list(_places(document))
    if not places:
        return random.choice(ODD)
    telling = [each for each in places if each[1] in TELLING]
    holder, key = random.choice(telling if telling and random.random() < 0.5 else places)
    other, other_key = random.choice(places)
    match random.choice(CHANGES):
        case "drop":
            del holder[key]
        case "odd":
            holder[key] = random.choice(ODD)
        case "hostile":
            holder[key] = random.choice(HOSTILE)
        case "graft":
            holder[key] = _plain(other[other_key])
        case "swap":
            one, two = _plain(holder[key]), _plain(other[other_key])
            holder[key], other[other_key] = two, one
        case "double" if isinstance(holder, list):
            holder.insert(random.randrange(len(holder)), _plain(holder[key]))
        case "deep":
            inner = holder[key]
            for _ in range(random.choice([5, 40, 120])):
                inner = random.choice([[inner], {"properties": [inner]}, {"items": inner}])
            holder[key] = inner
        case _ if isinstance(holder, dict):
            name = random.choice([*WORDS, *HOSTILE])
            holder[name] = holder.pop(key) if random.random() < 0.5 else random.choice(ODD)
        case _:
            holder[key] = random.choice(WORDS)
    return document


def _garbled(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = random.randrange(len(lines))
    match random.choice(["drop", "double", "move", "indent", "insert", "cut", "value"]):
        case "drop":
            del lines[at]
        case "double":
            lines.insert(at, lines[at])
        case "move":
            lines.insert(random.randrange(len(lines)), lines.pop(at))
        case "indent":
            lines[at] = " " * random.randrange(12) + lines[at].lstrip()
        case "insert":
            place = random.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + random.choice(CHARACTERS) + lines[at][place:]
        case "cut":
            return text[: random.randrange(len(text) + 1)]
        case _:
            before, colon, _ = lines[at].partition(":")
            value = written(random.choice([*ODD, *HOSTILE]))
            lines[at] = f"{before}{colon} {value}\n"
    return "".join(lines)
