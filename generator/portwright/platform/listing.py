"""The policies there are, with what a config says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from portwright.diagnostics import printable
from portwright.policies import POLICIES, Option, Policies, Setting, plugged

_BELOW = " " * 42


def as_text(policies: Policies, options: bool) -> str:
    """A line each, with what is set of it below, and all options if they are asked for."""
    return "\n".join(_lines(policies, options))


def _lines(policies: Policies, options: bool) -> Iterator[str]:
    known = {each.policy.name: each for each in policies.settings}
    for policy in POLICIES:
        setting = known.get(policy.name)
        yield _line(policy.name, policy.code, setting, policy.summary)
        yield from _place(setting)
        for option in policy.options:
            if setting is not None and option.name in setting.given:
                yield f"{_BELOW}{option.name}: {_told(setting.given[option.name])}"
            elif options:
                yield f"{_BELOW}{option.name}: {option.summary}{_default(option)}"
    for name, value in plugged.found().items():
        yield _line(printable(name), "", known.get(name), printable(value))
        yield from _place(known.get(name))


def _line(name: str, code: str, setting: Setting | None, summary: str) -> str:
    return f"{name:<25} {code:<6} {_state(setting):<8} {summary}"


def _state(setting: Setting | None) -> str:
    return "off" if setting is None or setting.severity is None else str(setting.severity)


def _place(setting: Setting | None) -> Iterator[str]:
    if setting is not None:
        yield f"{_BELOW}set in {printable(setting.span.file)}:{setting.span.line}"


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
