"""Enums: the closed list of a property's values, wherever the contract's author wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright.contract import keys
from portwright.contract.logical import Property
from portwright.contract.reader import Reader
from portwright.model import Enum, EnumValue
from portwright.nodes import Mapping, Node, Scalar, Sequence

_NAMES = frozenset({"invalidValues", "validValues"})
_CUSTOM_NAMES = ("enum", "enumValues", "avroSymbols")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One allowed value with its place."""

    scalar: Scalar
    label: str | None = None
    description: str | None = None


def find(given: Property) -> list[Allowed] | None:
    """The values of the first enum there is: `enum`, the options' `enum`, a quality rule
    that allows no other values, a custom property, the physical type. None where the values
    are not closed."""
    reader, options = given.reader, given.options
    if reader.has("enum"):
        return _standard(reader) or None
    if options is not None and options.has("enum"):
        message = "`enum` is no logical type option"
        help = "move it beside `logicalType`: `enum:` with a list of `- value: …`"
        options.report.warning("PW108", message, options.span_of("enum"), help)
        return _distinct(reader, _scalars(options.get("enum")))
    for node in (_of_rules(reader), *map(given.customs.get, _CUSTOM_NAMES)):
        if found := _scalars(node):
            return _distinct(reader, found)
    if isinstance(given.hint, Enum):
        place = given.said.place
        texts = [each.value for each in given.hint.values]
        return [Allowed(Scalar(text, text, place, True)) for text in texts] or None
    return None


def values(allowed: list[Allowed]) -> tuple[EnumValue, ...]:
    """The values of an enum of texts."""
    return tuple(EnumValue(each.scalar.text, each.label, each.description) for each in allowed)


def _standard(reader: Reader) -> list[Allowed]:
    """The values under the key `enum`; a list of none is an error."""
    node = reader.get("enum")
    match node:
        case Scalar(text=text):
            message = "`enum` is text, and is taken as a list of values between commas"
            reader.report.warning(
                "PW108", message, node.span, f"write `enum:` and `- value: {text}`"
            )
            written = _scalars(node)
        case Mapping(entries=entries):
            message = "`enum` is a map, and its keys are taken as the values"
            help = "write a list of `- value: …`, each with a `description`"
            reader.report.warning("PW108", message, node.span, help)
            written = [Allowed(key, description=_text(value)) for key, value in entries]
        case _:
            written = list(_items(reader))
    found = _distinct(reader, written)
    if not found and isinstance(node, Sequence) and len(written) == len(node.items):
        message = "the `enum` has no values"
        reader.report.error("PW113", message, node.span, "list its values, or remove it")
    return found


def _items(reader: Reader) -> Iterator[Allowed]:
    plain: list[Scalar] = []
    for item in reader.items("enum"):
        if isinstance(item, Scalar):
            plain.append(item)
            yield Allowed(item)
        elif isinstance(item, Mapping):
            each = reader.over(item, "the enum value", keys.ENUM_VALUE)
            value = item.get("value")
            if isinstance(value, Scalar):
                yield Allowed(value, each.text("label"), each.text("description"))
            else:
                message = "the enum value has no `value`"
                reader.report.error("PW103", message, item.span, "write `- value: …`")
        else:
            message = "an enum value must be a map with a `value`"
            reader.report.error("PW102", message, item.span, "write `- value: …`")
    if plain:
        message = "the values of `enum` must be maps, and are taken as if they were"
        reader.report.warning("PW108", message, plain[0].span, f"write `- value: {plain[0].text}`")


def _text(node: Node) -> str | None:
    """The node's text, where it is one."""
    return node.text if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _of_rules(reader: Reader) -> Node | None:
    """The `validValues` of a quality rule that allows no others."""
    rules = reader.get("quality")
    for rule in rules.items if isinstance(rules, Sequence) else ():
        if not isinstance(rule, Mapping):
            continue
        metric = rule.get("metric") or rule.get("rule")
        if not isinstance(metric, Scalar) or metric.text not in _NAMES:
            continue
        operators = [(key.text, node) for key, node in rule.entries if key.text.startswith("must")]
        if any(key != "mustBe" or not _is_zero(node) for key, node in operators):
            continue
        arguments = rule.get("arguments")
        holder = arguments if isinstance(arguments, Mapping) else rule
        if (node := holder.get("validValues")) is not None:
            return node
    return None


def _is_zero(node: Node) -> bool:
    return isinstance(node, Scalar) and not isinstance(node.value, bool) and node.value == 0


def _scalars(node: Node | None) -> list[Allowed]:
    match node:
        case Sequence(items=items):
            return [Allowed(item) for item in items if isinstance(item, Scalar)]
        case Scalar(value=str(), text=text, span=span):
            parts = [part.strip() for part in text.split(",")]
            return [Allowed(Scalar(part, part, span, True)) for part in parts if part]
        case _:
            return []


def _distinct(reader: Reader, found: list[Allowed]) -> list[Allowed]:
    """The values without null, which a property may be anyway, and without repetitions."""
    kept: dict[str, Allowed] = {}
    for each in found:
        if each.scalar.value is None:
            continue
        if each.scalar.text in kept:
            message = f"the enum value `{each.scalar.text}` stands here again"
            reader.report.warning("PW114", message, each.scalar.span, "remove one of the two")
        else:
            kept[each.scalar.text] = each
    return list(kept.values())
