"""Policies about what is promised beside the data: who answers for it, how well, and how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from portwright.diagnostics import printable
from portwright.model import Model, levels, support
from portwright.policies.policy import Finding, Setting

_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}([-+][0-9A-Za-z.+-]+)?", re.ASCII)


def owner(model: Model, setting: Setting) -> Iterator[Finding]:
    """A contract that no team answers for."""
    team = model.team
    if team is None or not (team.name or team.members):
        help = "write `team: {name: checkout}`, with its `members`"
        yield Finding("the contract has no owner", model.span, help)
        return
    known = {(each.role or "").strip().lower() for each in team.members}
    for role in setting.option("roles"):
        if role.strip().lower() not in known:
            message = f"nobody of the team has the role `{printable(role)}`"
            help = f"write it at one of its `members`: `role: {printable(role)}`"
            yield Finding(message, model.span, help)


def contact(model: Model, setting: Setting) -> Iterator[Finding]:
    """A contract whose users do not know where to ask."""
    if not model.support:
        help = "write `support: [{channel: data-checkout, url: …}]`"
        yield Finding("the contract tells no channel of support", model.span, help)


def slas(model: Model, setting: Setting) -> Iterator[Finding]:
    """Service levels that are not promised."""
    told = {_level(each.property) for each in model.sla}
    wanted = setting.option("properties")
    help = "write `slaProperties: [{property: latency, value: 4, unit: h}]`"
    if not wanted and not told:
        yield Finding("the contract promises no service level", model.span, help)
    for each in wanted:
        if _level(each) not in told:
            message = f"the contract does not promise the service level `{printable(each)}`"
            help = f"write it below `slaProperties`: `- {{property: {printable(each)}, value: …}}`"
            yield Finding(message, model.span, help)


def _level(name: str) -> str:
    kind = levels.kind_of(name)
    return name.strip().lower() if kind is levels.Kind.OTHER else kind.value


def end_of_support(model: Model, setting: Setting) -> Iterator[Finding]:
    """What is supported for some days more only."""
    if support.is_retired(model) or setting.today is None:
        return
    days = timedelta(days=int(setting.single("days") or 0))
    for each in support.ends(model):
        if setting.today <= each.until <= setting.today + days:
            what = ", ".join(f"`{printable(name)}`" for name in each.elements or (model.name,))
            left = (each.until - setting.today).days
            message = f"{each.word} of {what} ends on {each.until}, in {left} days"
            help = "tell those who read it what comes next, or agree on a later day"
            yield Finding(message, each.span, help)


def api_versions(model: Model, setting: Setting) -> Iterator[Finding]:
    """Contracts in a version of the standard that is not wanted."""
    written = (model.api_version or "").strip().lower().removeprefix("v")
    allowed = setting.option("allowed")
    for each in allowed:
        wanted = each.strip().lower().removeprefix("v")
        if written == wanted or written.startswith(f"{wanted}."):
            return
    message = f"the contract is of `apiVersion: {printable(model.api_version or '')}`"
    help = f"write it in {printable(' or '.join(allowed))}"
    yield Finding(message, model.span, help)


def semantic_version(model: Model, setting: Setting) -> Iterator[Finding]:
    """Versions that do not tell a major change from a minor one."""
    if _VERSION.fullmatch(model.version) is None:
        message = f"the version `{printable(model.version)}` is not MAJOR.MINOR.PATCH"
        yield Finding(message, model.span, "write it like `version: 1.0.0` (semver.org)")
