"""The policies there are, with what a config says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from portwright.diagnostics import printable
from portwright.policies import POLICIES, Option, Policies, Setting, plugged


def as_text(policies: Policies, options: bool) -> str:
    """A line each; what is set stands with its place, and options below if they are asked for."""
    return "\n".join(_lines(policies, options))


def _lines(policies: Policies, options: bool) -> Iterator[str]:
    known = {each.policy.name: each for each in policies.settings}
    for policy in POLICIES:
        setting = known.get(policy.name)
        place = f"  {_place(setting)}" if setting else ""
        state = _state(setting)
        yield f"{policy.name:<25} {policy.code}  {state:<8} {policy.summary}{place}"
        for option in policy.options:
            if setting is not None and option.name in setting.given:
                yield f"{'':<33}{option.name}: {_told(setting.given[option.name])}"
            elif options:
                yield f"{'':<33}{option.name}: {option.summary}{_default(option)}"
    for name, value in plugged.found().items():
        setting = known.get(name)
        place = f"  {_place(setting)}" if setting else ""
        yield f"{printable(name):<25} {'':<5}  {_state(setting):<8} {printable(value)}{place}"


def _state(setting: Setting | None) -> str:
    return "off" if setting is None or setting.severity is None else str(setting.severity)


def _place(setting: Setting) -> str:
    return f"({printable(setting.span.file)}:{setting.span.line})"


def _told(texts: tuple[str, ...]) -> str:
    return printable(", ".join(texts))


def _default(option: Option) -> str:
    return f" (else {', '.join(option.default)})" if option.default else ""


def as_json(policies: Policies) -> str:
    """All that is known of them, as a list."""
    known = {each.policy.name: each for each in policies.settings}
    told: list[dict[str, object]] = []
    for policy in POLICIES:
        setting = known.get(policy.name)
        options = {
            each.name: list(setting.option(each.name) if setting else each.default)
            for each in policy.options
        }
        told.append(
            {"policy": policy.name, "code": policy.code, "summary": policy.summary}
            | _set(setting)
            | {"options": options}
        )
    for name, value in plugged.found().items():
        plug = {"policy": name, "code": None, "summary": value}
        told.append(plug | _set(known.get(name)) | {"options": {}})
    return json.dumps(told, indent=2)


def _set(setting: Setting | None) -> dict[str, object]:
    file = setting.span.file if setting else None
    line = setting.span.line if setting else None
    return {"severity": _state(setting), "file": file, "line": line}
