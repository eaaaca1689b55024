"""The table of types: what each target makes of each logical type, and what is lost on the way.

Nothing is written down here but samples, in the words of a contract. They are read as any contract
is, and every target is asked what it would write, so that the table cannot differ from the files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from portwright import contract, lock, plugins, source
from portwright.contract.logical import Logical
from portwright.model import Model
from portwright.targets import Target, Typed, registry

_STRING = "{logicalType: string}"
SAMPLES: Mapping[Logical, tuple[str, ...]] = {
    Logical.STRING: (
        _STRING,
        "{logicalType: string, logicalTypeOptions: {maxLength: 20}}",
        "{logicalType: string, logicalTypeOptions: {format: uuid}}",
        "{logicalType: string, logicalTypeOptions: {format: binary}}",
        "{logicalType: string, enum: [{value: NEW}, {value: PAID}]}",
    ),
    Logical.INTEGER: (
        "{logicalType: integer}",
        *(
            f"{{logicalType: integer, logicalTypeOptions: {{format: {sign}{bits}}}}}"
            for sign in "iu"
            for bits in (8, 16, 32, 64, 128)
        ),
    ),
    Logical.NUMBER: (
        "{logicalType: number}",
        "{logicalType: number, logicalTypeOptions: {format: f32}}",
        '{logicalType: number, physicalType: "DECIMAL(12, 2)"}',
        '{logicalType: number, physicalType: "DECIMAL(38, 9)"}',
        '{logicalType: number, physicalType: "DECIMAL(60, 20)"}',
    ),
    Logical.BOOLEAN: ("{logicalType: boolean}",),
    Logical.DATE: ("{logicalType: date}",),
    Logical.TIME: ("{logicalType: time}",),
    Logical.TIMESTAMP: (
        "{logicalType: timestamp}",
        "{logicalType: timestamp, logicalTypeOptions: {timezone: false}}",
    ),
    Logical.OBJECT: (
        "{logicalType: object, properties:"
        " [{name: city, logicalType: string, required: true}, {name: since, logicalType: date}]}",
        "{logicalType: object}",
    ),
    Logical.ARRAY: (
        f"{{logicalType: array, items: {_STRING}}}",
        "{logicalType: array, items: {logicalType: string, required: false}}",
        f"{{logicalType: array, items: {{logicalType: array, items: {_STRING}}}}}",
        "{logicalType: array, items:"
        " {logicalType: object, properties: [{name: sku, logicalType: string, required: true}]}}",
    ),
    Logical.MAP: (
        f"{{logicalType: map, map: {{key: {_STRING}, value: {{logicalType: integer}}}}}}",
        f"{{logicalType: map, map: {{key: {{logicalType: integer}}, value: {_STRING}}}}}",
        f"{{logicalType: map, map: {{key: {_STRING}, value:"
        f" {{logicalType: array, items: {_STRING}}}}}}}",
    ),
    Logical.VECTOR: (
        "{logicalType: vector, logicalTypeOptions: {dimensions: 3}}",
        *(
            f"{{logicalType: vector, logicalTypeOptions: {{dimensions: 3, elementType: {each}}}}}"
            for each in ("bfloat16", "binary", "float16", "float64", "int8", "uint8")
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What the property `sample` becomes in a target, called as in the config: `ddl postgres`."""

    logical: str
    sample: str
    target: str
    type: str
    losses: tuple[str, ...]


def targets(words: Collection[str] = ()) -> dict[str, Typed]:
    """The targets that tell their types, once for each choice they need; those that one of the
    words names, or all."""
    return {
        " ".join(name): target
        for name, target in registry.every()
        if isinstance(target, Typed) and (not words or not set(words).isdisjoint(name))
    }


def cells(words: Collection[str] = ()) -> Iterator[Cell]:
    """The table, by logical type, sample and target."""
    asked = targets(words)
    for logical, samples in SAMPLES.items():
        for sample in samples:
            model = read(sample)
            for name, target in asked.items():
                type_ = plugins.type_of(target, model)
                yield Cell(logical, sample, name, type_, _losses(target, model))


def read(sample: str) -> Model:
    """A contract whose only property is the sample, which is always there."""
    text = (
        "apiVersion: v3.2.0\nkind: DataContract\nid: types\nversion: 1.0.0\n"
        "schema:\n  - name: samples\n    properties:\n"
        f"      - {{name: value, required: true, {sample[1:]}\n"
    )
    node, found = source.parse(text, "types.odcs.yaml")
    model, said = contract.load(node, "types.odcs.yaml") if node else (None, [])
    if model is None or found or said:
        raise ValueError(f"{sample}: {found + said}")
    return lock.apply(model, lock.Lock())[0]


def _losses(target: Target, model: Model) -> tuple[str, ...]:
    """What the target says of the property, without the property's name."""
    return tuple(map(_sentence, plugins.messages(target, model)))


def _sentence(message: str) -> str:
    """The message after the property's name."""
    before, colon, sentence = message.partition("`: ")
    return sentence if colon and before.startswith("`") else message


def as_text(words: Collection[str] = ()) -> str:
    """The table for a terminal: a block for each sample."""
    width = max(map(len, targets(words)), default=0)
    blocks = []
    for sample, made in groupby(cells(words), key=lambda each: each.sample):
        lines = [sample]
        for each in made:
            lines.append(f"  {each.target:<{width}}  {each.type}")
            lines += (f"  {'':<{width}}  ! {loss}" for loss in each.losses)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def as_json(words: Collection[str] = ()) -> list[dict[str, object]]:
    """The table for machines: a document for each cell."""
    return [
        {
            "logicalType": str(each.logical),
            "property": each.sample,
            "target": each.target,
            "type": each.type,
            "losses": list(each.losses),
        }
        for each in cells(words)
    ]


def as_markdown() -> str:
    """The table for the docs: a section for each logical type, with a table for each sample."""
    lines = [_INTRODUCTION.rstrip()]
    for logical, of_logical in groupby(cells(), key=lambda each: each.logical):
        lines += ["", f"## {logical}"]
        for sample, made in groupby(of_logical, key=lambda each: each.sample):
            lines += ["", f"`{sample}`", "", "| target | type | what is lost |", "|---|---|---|"]
            lines += (
                f"| {each.target} | {_code(each.type)} | {_cell('; '.join(each.losses))} |"
                for each in made
            )
    return "\n".join(lines) + "\n"


_INTRODUCTION = """\
# Types

What every target makes of every logical type. `portwright targets --types` prints the same, and
`make golden` writes this page: both ask the targets themselves. Each property is `required`; what
is lost is also a warning when such a contract is generated. The target `dbt` has the types of its
dialect.
"""


def _code(text: str) -> str:
    """Text as code in a cell."""
    return f"`` {_cell(text)} ``" if "`" in text else f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
