"""Which targets there are: the built-in ones by name, others by entry point."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING, Any

from portwright import others
from portwright.diagnostics import nearest
from portwright.targets import Dependent, Target, Whole
from portwright.targets.options import Misfit, options, value

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "BUILT_IN",
    "TargetError",
    "every",
    "is_built_in",
    "make",
    "names",
    "options",
    "package",
    "target_class",
]

GROUP = "portwright.targets"

# Name → module:class. Loaded when used: a run pays only for the targets of its config.
BUILT_IN = {
    "avro": "portwright.targets.avro:Avro",
    "json-schema": "portwright.targets.json_schema:JsonSchema",
    "protobuf": "portwright.targets.protobuf:Protobuf",
    "ddl": "portwright.targets.ddl:Ddl",
    "arrow": "portwright.targets.arrow:Arrow",
    "python": "portwright.targets.python:Python",
    "access": "portwright.targets.access:Access",
    "dbt": "portwright.targets.dbt:Dbt",
    "outbox": "portwright.targets.outbox:Outbox",
    "kafka-connect": "portwright.targets.kafka_connect:KafkaConnect",
    "kafka-access": "portwright.targets.kafka_access:KafkaAccess",
    "spark": "portwright.targets.spark:Spark",
    "slo": "portwright.targets.slo:Slo",
    "docs": "portwright.targets.docs:Docs",
    "asyncapi": "portwright.targets.asyncapi:AsyncApi",
    "backstage": "portwright.targets.backstage:Backstage",
    "eventcatalog": "portwright.targets.eventcatalog:EventCatalog",
    "markdown": "portwright.targets.markdown:Markdown",
    "mermaid": "portwright.targets.mermaid:Mermaid",
}
# What makes files by what is not ours.
OF_OTHERS = {"exec": "portwright.targets.exec:Exec"}
_OURS = {**BUILT_IN, **OF_OTHERS}


class TargetError(Exception):
    """A target that cannot be made; `option` names the option at fault, if one is."""

    def __init__(
        self,
        message: str,
        option: str | None = None,
        help: str | None = None,
        code: str = "PW509",
    ) -> None:
        super().__init__(message)
        self.option = option
        self.help = help
        self.code = code


def _others() -> Iterator[EntryPoint]:
    """Targets of other packages. What finds them is imported when somebody asks: it costs as much
    as all of `model`."""
    from importlib.metadata import entry_points

    yield from entry_points(group=GROUP)


def names() -> list[str]:
    """The names of every target, built-in ones first."""
    others = sorted({each.name for each in _others()})
    return [*_OURS, *(name for name in others if name not in _OURS)]


def target_class(name: str) -> type[Target] | type[Whole]:
    """The class behind a name; TargetError if there is none that can be used."""
    if name in _OURS:
        module, _, attribute = _OURS[name].partition(":")
        found: type[Target] = getattr(import_module(module), attribute)
        return found
    point = _entry_point(name)
    try:
        with others.quiet():
            loaded = point.load()
    except (Exception, SystemExit) as fault:
        message = f"the target `{name}` cannot be imported: {others.described(fault)}"
        help = f"it is `{point.value}` of the package {package(name) or 'that has it'}"
        raise TargetError(message, help=help, code="PW520") from fault
    if lack := _lack(loaded):
        message = f"the target `{name}` is none: `{point.value}` {lack}"
        raise TargetError(message, help="tell those who wrote it", code="PW520")
    plugin: type[Target] = loaded
    return plugin


def package(name: str) -> str | None:
    """The distribution that has the target of that name; None for ours, "" where none is known."""
    if name in _OURS:
        return None
    found = _entry_point(name).dist
    return "" if found is None else found.name


def _entry_point(name: str) -> EntryPoint:
    found = list(dict.fromkeys(each for each in _others() if each.name == name))
    if not found:
        raise TargetError(f"there is no target `{name}`", help=_near(name, names()))
    if len(found) > 1:
        packages = ", ".join(sorted(each.dist.name if each.dist else "?" for each in found))
        message = f"several packages have a target `{name}`: {packages}"
        raise TargetError(message, help="uninstall all but one of them", code="PW520")
    return found[0]


def _lack(cls: Any) -> str | None:
    """What is missing in what an entry point gives."""
    if not isinstance(cls, type):
        return "is no class"
    for attribute in ("name", "summary"):
        if not isinstance(getattr(cls, attribute, None), str):
            return f"has no text `{attribute}`"
    if not any(callable(getattr(cls, each, None)) for each in ("emit", "make")):
        return "has neither `check` and `emit` nor `make`"
    if hasattr(cls, "emit") and not callable(getattr(cls, "check", None)):
        return "has no `check`"
    return None


def is_built_in(target: Target | Whole) -> bool:
    """Whether the target is one of ours, which change with the version only."""
    return type(target).__module__.startswith("portwright.targets.")


def version(target: Target | Whole) -> str | None:
    """What, besides its options, a target's files depend on: nothing for ours, which change with
    Portwright; the `version` that another's class declares. None where that is not known, or where
    it depends on files and programs, so that nothing of it is kept for later runs."""
    if is_built_in(target):
        return ""
    if isinstance(target, Dependent) or _asked(type(target), {"folder": ""}):
        return None
    declared = getattr(type(target), "version", None)
    return declared if isinstance(declared, str) else None


def _has(word: str, known: Collection[str]) -> str:
    """The option that was probably meant, else what there is."""
    return nearest(word, known) or f"it has {', '.join(known) or 'none'}"


def _near(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant, else all of them."""
    return nearest(word, known) or ", ".join(known)


def every() -> Iterator[tuple[tuple[str, ...], Target | Whole]]:
    """Every target that can be made, once for each choice that it needs, with its name and what
    was chosen."""
    for name in names():
        try:
            needed = [option for option in options(target_class(name)) if option.required]
            for chosen in product(*(option.choices for option in needed)):
                given = {option.name: value for option, value in zip(needed, chosen, strict=True)}
                yield (name, *chosen), make(name, given)
        except TargetError:
            if name in _OURS:
                raise


def make(
    name: str, given: Mapping[str, object], around: Mapping[str, object] | None = None
) -> Target | Whole:
    """The target of that name with options as plain data; TargetError says what is wrong.

    `around` is what a target may ask for that no option says: the config's `folder`, its `place`.
    """
    cls = target_class(name)
    known = {option.name: option for option in options(cls)}
    made: dict[str, object] = {}
    for key, each in given.items():
        option = known.get(key)
        if option is None:
            message = f"target `{name}` has no option `{key}`"
            raise TargetError(message, key, _has(key, known))
        try:
            made[option.field] = value(option, each, name)
        except Misfit as fault:
            raise TargetError(str(fault), key, fault.help) from None
    for option in known.values():
        if option.required and option.name not in given:
            raise TargetError(
                f"target `{name}` needs the option `{option.name}`",
                help=", ".join(option.choices) or None,
            )
    return _new(cls, name, {**made, **_asked(cls, around or {})})


def _asked(cls: type[Any], around: Mapping[str, object]) -> dict[str, object]:
    """What the class asks for by `given` in the metadata of a field."""
    fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()
    return {
        each.name: around[each.metadata["given"]]
        for each in fields
        if each.metadata.get("given") in around
    }


def _new(cls: type[Any], name: str, fields: Mapping[str, object]) -> Target | Whole:
    """The target; a ValueError of its own says what it does not take."""
    try:
        with others.quiet():
            made: Target = cls(**fields)
    except ValueError as fault:
        raise TargetError(f"target `{name}`: {fault}") from None
    except (Exception, SystemExit) as fault:
        if name in _OURS:
            raise
        message = f"the target `{name}` cannot be made: {others.described(fault)}"
        raise TargetError(message, help="tell those who wrote it", code="PW521") from fault
    return made
