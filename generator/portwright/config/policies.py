"""`policies` and `classifications`: what contracts are held to, and how strictly."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.config.nodes import NodeReader
from portwright.diagnostics import Severity, nearest
from portwright.nodes import Mapping, Node, Scalar, Sequence
from portwright.policies import BY_NAME, CLASSIFICATIONS, Option, Policies, Policy, Setting, plugged

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "off": None}
_EXAMPLE = "write `error`, `warning` or `off`"


def read(top: Mapping, reader: NodeReader) -> Policies:
    """The policies of a config, as far as they can be read."""
    levels = _levels(top, reader)
    node = top.get("policies")
    found = None if node is None else reader.mapping(node, (), "`policies`")
    settings: list[Setting] = []
    for key, value in found.entries if found else ():
        policy = _policy(key, reader)
        if policy is not None and (setting := _setting(policy, key, value, levels, reader)):
            settings.append(setting)
    return Policies(tuple(settings), levels)


def _levels(top: Mapping, reader: NodeReader) -> tuple[str, ...]:
    node = top.get("classifications")
    if node is None:
        return CLASSIFICATIONS
    texts = _texts(node)
    if not texts or len({each.strip().lower() for each in texts}) != len(texts):
        message = "`classifications` must be a list of different words"
        help = f"write them from the least to the most guarded: [{', '.join(CLASSIFICATIONS)}]"
        reader.wrong("PW563", message, node.span, help)
        return CLASSIFICATIONS
    return texts


def _texts(node: Node) -> tuple[str, ...] | None:
    """The texts of a list, None where it is none of texts."""
    items = node.items if isinstance(node, Sequence) else ()
    texts = tuple(each.text for each in items if isinstance(each, Scalar) and each.text.strip())
    return texts if isinstance(node, Sequence) and len(texts) == len(items) else None


def _policy(key: Scalar, reader: NodeReader) -> Policy | None:
    if key.text in BY_NAME:
        return BY_NAME[key.text]
    try:
        found = plugged.policy(key.text)
    except plugged.PolicyError as fault:
        reader.wrong("PW564", f"the policy `{key.text}` cannot be used: {fault}", key.span)
        return None
    if found is None:
        known = [*BY_NAME, *plugged.found()]
        named = {each.code: f"write its name: `{each.name}`" for each in BY_NAME.values()}
        help = named.get(key.text) or nearest(key.text, known) or "`portwright policies` lists them"
        reader.wrong("PW560", f"there is no policy `{key.text}`", key.span, help)
    return found


def _setting(
    policy: Policy, key: Scalar, value: Node, levels: tuple[str, ...], reader: NodeReader
) -> Setting | None:
    before = len(reader.found)
    known = {each.name: each for each in policy.options}
    given: dict[str, tuple[str, ...]] = {}
    written: Node | None = value
    if isinstance(value, Mapping):
        written = value.get("severity")
        what = f"the policy `{policy.name}`"
        for option, node in (reader.mapping(value, ("severity", *known), what) or value).entries:
            if option.text in known:
                given[option.text] = _given(known[option.text], node, levels, reader)
    severity = Severity.ERROR
    if written is not None:
        text = written.text if isinstance(written, Scalar) else ""
        if text not in _SEVERITIES:
            message = f"`{text}` is no severity of the policy `{policy.name}`"
            help = nearest(text, _SEVERITIES) or _EXAMPLE
            if isinstance(written, Scalar) and written.value is None:
                help += "; null takes away what a preset says, and none says anything of it"
            reader.wrong("PW561", message, written.span, help)
            return None
        chosen = _SEVERITIES[text]
        if chosen is None:
            return Setting(policy, None, written.span, given, levels)
        severity = chosen
    if policy.needs_option and not any(given.values()) and len(reader.found) == before:
        message = f"the policy `{policy.name}` needs to be told what to look for"
        help = f"write `{policy.name}: {{severity: error, {policy.options[0].name}: …}}`"
        reader.wrong("PW562", message, value.span, help)
    place = value.span if written is None else written.span
    return Setting(policy, severity, place, given, levels) if len(reader.found) == before else None


def _given(
    option: Option, node: Node, levels: tuple[str, ...], reader: NodeReader
) -> tuple[str, ...]:
    """The texts of an option, without those that will not do."""
    texts: tuple[str, ...] | None
    if option.single:
        is_text = isinstance(node, Scalar) and node.value is not None and node.text.strip()
        texts = (node.text,) if isinstance(node, Scalar) and is_text else None
    else:
        texts = (node.text,) if isinstance(node, Scalar) and node.value else _texts(node)
    if texts is None:
        what = "a text" if option.single else "a list of texts"
        reader.wrong("PW562", f"`{option.name}` must be {what}", node.span, option.summary)
        return ()
    return tuple(_good(option, texts, node, levels, reader))


def _good(
    option: Option, texts: tuple[str, ...], node: Node, levels: tuple[str, ...], reader: NodeReader
) -> Iterator[str]:
    choices = levels if option.of_levels else option.choices
    for text in texts:
        fault = option.read(text)
        if fault is not None:
            reader.wrong("PW562", f"`{option.name}: {text}`: {fault}", node.span, option.summary)
        elif choices and text not in choices:
            message = f"`{text}` is none of what `{option.name}` can be"
            help = nearest(text, choices) or f"one of {', '.join(choices)}"
            reader.wrong("PW562", message, node.span, help)
        else:
            yield text
