"""Contracts held to policies: what is found, what of it the contract allows, and what is to be said
of these allowances. Only what is asked for with a day depends on one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from portwright import others
from portwright.diagnostics import Diagnostic, Severity, Span, error, nearest, printable, warning
from portwright.model import Model, PolicyAllowance, walk
from portwright.policies.policy import Policies, Setting
from portwright.policies.table import BY_NAME, POLICIES

SOON = timedelta(days=14)
_CODES = frozenset(each.code for each in POLICIES)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding, and the allowance of the contract that lets it pass."""

    finding: Diagnostic
    allowance: PolicyAllowance

    @property
    def notice(self) -> Diagnostic:
        """The finding as one that asks for nothing."""
        until = f" (until {self.allowance.until})" if self.allowance.until else ""
        reason = f"{printable(self.allowance.reason)}{until}"
        return replace(self.finding, severity=Severity.NOTICE, allowed=reason)


@dataclass(slots=True)
class Judged:
    """What came of it."""

    found: list[Diagnostic] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)


def judge(models: Iterable[Model], policies: Policies, broken: Collection[str] = ()) -> Judged:
    """The contracts beside what is looked at on every day. Of files that are `broken` some of what
    is allowed may not be there."""
    total = Judged()
    settings = tuple(each for each in policies.on if not each.policy.dated)
    for model in models if policies.on else ():
        made = _judged(model, settings)
        total.found += made.found
        total.allowed += made.allowed
        total.found += _of_no_policy(model, policies)
        if model.source not in broken:
            total.found += _needless(model, made, settings)
    return total


def without_replaced(found: Iterable[Diagnostic], policies: Policies) -> list[Diagnostic]:
    """The findings of checks, but for those that a policy that is on says more exactly."""
    replaced = {each.policy.instead_of for each in policies.on}
    return [each for each in found if each.code not in replaced]


def dated(models: Iterable[Model], policies: Policies, today: date) -> Judged:
    """The contracts beside what is looked at with the day, and the allowances that have ended."""
    total = Judged()
    settings = tuple(replace(each, today=today) for each in policies.on if each.policy.dated)
    for model in models if policies.on else ():
        made = _judged(model, settings)
        total.found += made.found
        total.allowed += made.allowed
        total.found += _needless(model, made, settings)
        for each in model.allowances:
            if any(_is_for(each, setting) for setting in policies.on):
                total.found += _ending(each, today)
    return total


def _judged(model: Model, settings: Iterable[Setting]) -> Judged:
    made = Judged()
    places = _places(model) if model.allowances else {}
    for setting in settings:
        for found in _findings(model, setting):
            allowance = next(
                (
                    each
                    for each in model.allowances
                    if _is_for(each, setting, found.code)
                    and any(map(each.holds_at, places.get(found.span, [()])))
                ),
                None,
            )
            if allowance is None:
                made.found.append(found)
            else:
                made.allowed.append(Allowed(found, allowance))
    return made


def _findings(model: Model, setting: Setting) -> Iterator[Diagnostic]:
    policy, severity = setting.policy, setting.severity
    assert severity is not None
    if not policy.is_plugged:
        for each in policy.rule(model, setting):
            assert not isinstance(each, Diagnostic)
            yield Diagnostic(policy.code, severity, each.message, each.span, each.help)
        return
    for found in _of_others(model, setting):
        yield found if found.code == "PW925" else replace(found, severity=severity)


def _of_others(model: Model, setting: Setting) -> list[Diagnostic]:
    """What a policy of another package finds, and what is wrong with it, last."""
    given: list[object] = []
    found: list[Diagnostic] = []
    said, help = "", "it is not part of Portwright: tell those who wrote it, or switch it off"
    try:
        with others.quiet():
            # What it has found before it fails is told, too.
            for each in setting.policy.rule(model, setting):
                given.append(each)
    except (Exception, SystemExit) as fault:
        said = f"failed: {others.described(fault)}"
    try:
        for told in others.findings(given):
            found.append(told)
    except others.Fault as fault:
        said = str(fault)
        help = help if fault.help == others.BUG else fault.help
    if said:
        message = f"the policy `{setting.policy.name}` {said}"
        found.append(error("PW925", message, model.span, help))
    return found


def _is_for(allowance: PolicyAllowance, setting: Setting, code: str = "") -> bool:
    policy = setting.policy
    named = {policy.name, policy.code, code} - {""}
    return allowance.policy in named and code != "PW925"


def _places(model: Model) -> dict[Span, list[tuple[str, ...]]]:
    """Where the places of a contract are in it: two where an alias of YAML repeats one."""
    found: dict[Span, list[tuple[str, ...]]] = {}
    for each in model.objects:
        found.setdefault(each.span, []).append((each.name,))
    for path, field_ in walk.fields(model):
        found.setdefault(field_.span, []).append(path)
    return found


def _of_no_policy(model: Model, policies: Policies) -> Iterator[Diagnostic]:
    """Allowances of policies that there are not."""
    known = {*BY_NAME, *_CODES, *(each.policy.name for each in policies.settings)}
    # What findings of other packages are called is known to them only.
    if any(each.policy.is_plugged for each in policies.settings):
        return
    for each in model.allowances:
        if each.policy not in known:
            message = f"there is no policy `{printable(each.policy)}` to allow something of"
            help = nearest(each.policy, known) or "`portwright policies` lists them"
            yield warning("PW921", message, each.span, help)


def _needless(model: Model, made: Judged, settings: Iterable[Setting]) -> Iterator[Diagnostic]:
    """Allowances of these policies that let nothing pass."""
    # By place: one that an alias of YAML repeats is the same one.
    used = {each.allowance.span for each in made.allowed}
    for each in model.allowances:
        if each.span not in used and any(_is_for(each, setting) for setting in settings):
            message = f"this allowance of `{printable(each.policy)}` lets nothing pass"
            yield warning("PW922", message, each.span, "remove it")


def _ending(allowance: PolicyAllowance, today: date) -> Iterator[Diagnostic]:
    if allowance.until is None:
        return
    of = f"the allowance of `{printable(allowance.policy)}` ({printable(allowance.reason)})"
    help = "do what the policy asks for, or agree on another `until`"
    if allowance.until < today:
        yield error("PW923", f"{of} ended on {allowance.until}", allowance.span, help)
    elif allowance.until - today <= SOON:
        yield warning("PW924", f"{of} ends on {allowance.until}", allowance.span, help)
