"""Which targets there are: the built-in ones by name, others by entry point."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING

from portwright.diagnostics import nearest
from portwright.targets import Target

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "portwright.targets"

# Name → module:class. Loaded when used: a run pays only for the targets of its config.
BUILT_IN = {
    "avro": "portwright.targets.avro:Avro",
    "json-schema": "portwright.targets.json_schema:JsonSchema",
    "protobuf": "portwright.targets.protobuf:Protobuf",
    "ddl": "portwright.targets.ddl:Ddl",
    "arrow": "portwright.targets.arrow:Arrow",
    "python": "portwright.targets.python:Python",
    "dbt": "portwright.targets.dbt:Dbt",
    "outbox": "portwright.targets.outbox:Outbox",
    "kafka-connect": "portwright.targets.kafka_connect:KafkaConnect",
    "spark": "portwright.targets.spark:Spark",
}


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a target: a field of its class. `choices` is empty where any text will do."""

    name: str
    required: bool
    choices: tuple[str, ...] = ()


class TargetError(Exception):
    """A target that cannot be made; `option` names the option at fault, if one is."""

    def __init__(self, message: str, option: str | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.option = option
        self.help = help


def _others() -> Iterator[EntryPoint]:
    """Targets of other packages. What finds them is imported when somebody asks: it costs as much
    as all of `model`."""
    from importlib.metadata import entry_points

    yield from entry_points(group=GROUP)


def names() -> list[str]:
    """The names of every target, built-in ones first."""
    others = sorted(each.name for each in _others())
    return [*BUILT_IN, *(name for name in others if name not in BUILT_IN)]


def target_class(name: str) -> type[Target]:
    """The class behind a name; TargetError if there is none."""
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        found: type[Target] = getattr(import_module(module), attribute)
        return found
    for each in _others():
        if each.name == name:
            found = each.load()
            return found
    raise TargetError(f"there is no target `{name}`", help=_near(name, names()))


def is_built_in(target: Target) -> bool:
    """Whether the target is one of ours, which change with the version only."""
    return type(target).__module__.startswith("portwright.targets.")


def _near(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant, else all of them."""
    return nearest(word, known) or ", ".join(known)


def options(cls: type[Target]) -> list[Option]:
    """The options of a target: the fields its class takes when it is made."""
    if not dataclasses.is_dataclass(cls):
        return []
    return [
        Option(
            each.name.replace("_", "-"),
            each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING,
            tuple(each.metadata.get("choices", ())),
        )
        for each in dataclasses.fields(cls)
        if each.init
    ]


def every() -> Iterator[tuple[tuple[str, ...], Target]]:
    """Every target, once for each choice that it needs, with its name and what was chosen."""
    for name in names():
        needed = [option for option in options(target_class(name)) if option.required]
        for chosen in product(*(option.choices for option in needed)):
            given = {option.name: value for option, value in zip(needed, chosen, strict=True)}
            yield (name, *chosen), make(name, given)


def make(name: str, given: Mapping[str, str]) -> Target:
    """The target of that name with options as text; TargetError says what is wrong."""
    cls = target_class(name)
    known = {option.name: option for option in options(cls)}
    for key, value in given.items():
        option = known.get(key)
        if option is None:
            message = f"target `{name}` has no option `{key}`"
            raise TargetError(message, key, _near(key, known) or "it has none")
        if option.choices and value not in option.choices:
            message = f"`{value}` is no {key} of target `{name}`"
            raise TargetError(message, key, _near(value, option.choices))
    for option in known.values():
        if option.required and option.name not in given:
            raise TargetError(
                f"target `{name}` needs the option `{option.name}`",
                help=", ".join(option.choices) or None,
            )
    return cls(**{key.replace("-", "_"): value for key, value in given.items()})
