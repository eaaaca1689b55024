"""Policies of other packages: functions from a model to findings, under the entry points
`portwright.policies`. The name of the entry point is the name of the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from portwright import others
from portwright.diagnostics import Diagnostic
from portwright.model import Model
from portwright.policies.policy import Policy, Setting

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "portwright.policies"


class PolicyError(Exception):
    """A policy of another package that cannot be used."""


def _found() -> Iterator[EntryPoint]:
    from importlib.metadata import entry_points  # costs, and is needed by few

    yield from sorted(entry_points(group=GROUP), key=lambda each: each.name)


def found() -> dict[str, str]:
    """All policies of other packages by name, each as `module:function`."""
    return {each.name: each.value for each in _found()}


def policy(name: str) -> Policy | None:
    """The policy of that name, None if there is none; PolicyError where its package is at fault."""
    point = next((each for each in _found() if each.name == name), None)
    if point is None:
        return None
    try:
        with others.quiet():
            function: Callable[[Model], Iterable[Diagnostic]] = point.load()
    except (Exception, SystemExit) as fault:  # whatever a package does when it is imported
        message = f"`{point.value}` cannot be imported: {others.described(fault)}"
        raise PolicyError(message) from fault
    if not callable(function):
        raise PolicyError(f"`{point.value}` is no function of a model")
    lines = (function.__doc__ or "").strip().splitlines()
    summary = lines[0].rstrip(".") if lines else f"A policy of {point.value.partition(':')[0]}"

    def rule(model: Model, _: Setting) -> Iterator[Diagnostic]:
        yield from function(model)

    return Policy(name, "", summary, rule)
