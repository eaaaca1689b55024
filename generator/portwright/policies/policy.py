"""A policy: a rule that a platform team switches on, with its options, and what was set of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from portwright.diagnostics import Diagnostic, Severity, Span
from portwright.model import Model
from portwright.model.policies import CLASSIFICATIONS


class Finding(NamedTuple):
    """What a policy has found at the place of the contract, of an object or of a property."""

    message: str
    span: Span
    help: str


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a policy: a list of texts, of which there is only one where it is `single`.
    `choices` is empty where any text will do; one `of_levels` is a word of classifications."""

    name: str
    summary: str
    default: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    single: bool = False
    of_levels: bool = False
    read: Callable[[str], str | None] = lambda _: None  # what is wrong with a text


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. `instead_of` is the code of a check that says less. `needs_option` says that it
    has nothing to look for without one; one that is `dated` asks for the day, and is looked at by
    `portwright lint` only."""

    name: str
    code: str
    summary: str
    rule: Callable[[Model, Setting], Iterable[Finding | Diagnostic]]
    options: tuple[Option, ...] = ()
    instead_of: str | None = None
    needs_option: bool = False
    dated: bool = False

    @property
    def is_plugged(self) -> bool:
        """Whether it is one of another package, whose findings have codes of their own."""
        return not self.code


@dataclass(frozen=True, slots=True)
class Setting:
    """A policy as the config has it: with its severity (None: off), its options, and the place that
    says so. `levels` are the words of classifications; `today` is there for dated policies."""

    policy: Policy
    severity: Severity | None
    span: Span
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: tuple[str, ...] = CLASSIFICATIONS
    today: date | None = None

    def option(self, name: str) -> tuple[str, ...]:
        """What was given for the option, else its default."""
        defaults = {each.name: each.default for each in self.policy.options}
        return self.given.get(name, defaults[name])

    def single(self, name: str) -> str | None:
        """The text of a single option."""
        return next(iter(self.option(name)), None)


@dataclass(frozen=True, slots=True)
class Policies:
    """What a config says of policies, those that are off among it, and its words for how much a
    property is guarded."""

    settings: tuple[Setting, ...] = ()
    classifications: tuple[str, ...] = CLASSIFICATIONS

    @property
    def on(self) -> tuple[Setting, ...]:
        return tuple(each for each in self.settings if each.severity is not None)

    @property
    def are_plugged(self) -> bool:
        """Whether one that is on is of another package, and may look at anything."""
        return any(each.policy.is_plugged for each in self.on)
