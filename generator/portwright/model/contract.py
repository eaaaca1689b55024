"""The contract as a whole: its objects, servers, promises and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portwright.diagnostics import Span
from portwright.model.history import Version
from portwright.model.objects import Object
from portwright.model.policies import CLASSIFICATIONS, Element, PolicyAllowance


@dataclass(frozen=True, slots=True)
class SlaProperty:
    """A service level. `seconds` is its value where that is a length of time, `day` where it is the
    day of an end, `cron` its schedule where cron understands it. `objective` is in what share of
    cases it is kept, in percent, over `window` seconds, where the contract says so."""

    property: str
    value: object
    unit: str | None = None
    value_ext: object = None
    element: str | None = None
    driver: str | None = None
    description: str | None = None
    scheduler: str | None = None
    schedule: str | None = None
    seconds: Decimal | None = None
    day: date | None = None
    cron: str | None = None
    span: Span | None = None
    objective: Decimal | None = None
    window: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """Who may do what: `role` is what the platform calls it, `access` what it may do, as written.

    It is about the objects named in `objects`, all where there are none, and sees values of the
    classifications in `sees`. In Kafka it is these `principals` (`User:checkout`), whose consumer
    groups begin with one of `groups`.
    """

    role: str
    access: str | None = None
    description: str | None = None
    first_level_approvers: str | None = None
    second_level_approvers: str | None = None
    objects: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where the data lives. `settings` are the remaining keys as written, sorted by key; `roles`
    those that have access to this server."""

    name: str
    type: str
    environment: str | None = None
    description: str | None = None
    settings: tuple[tuple[str, object], ...] = ()
    span: Span | None = None
    roles: tuple[Role, ...] = ()

    def setting(self, key: str) -> str | None:
        """The setting as text, or None."""
        value = dict(self.settings).get(key)
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Member:
    username: str
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    name: str | None = None
    description: str | None = None
    members: tuple[Member, ...] = ()

    @property
    def people(self) -> tuple[Member, ...]:
        """The members, those who own first."""
        by_owning = sorted(self.members, key=lambda each: "owner" not in (each.role or "").lower())
        return tuple(by_owning)

    @property
    def owner(self) -> str:
        """Who answers: the team by its name, else whoever owns; empty where there is nobody."""
        return self.name or next((each.name or each.username for each in self.people), "")


@dataclass(frozen=True, slots=True)
class Support:
    channel: str
    url: str | None = None
    tool: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A whole contract.

    `id` and `version` are as written. `name` is the contract's name (its `name`,
    else `dataProduct`, else `id`), `major` the major version number, `source` the file's path
    relative to the config with forward slashes, `namespace` what the config has all names of
    types start with. Of the major versions that the config has of it one is `current`: the newest
    that is more than a draft; `earlier` is the major version before this one. `elements` and
    `allowances` are for policies; `api_version` is that of the standard, as written.
    `classifications` are the config's words for how much a property is guarded, the least first.
    `history` are this version and those that were released before it, the newest first; it is empty
    where there were none.
    """

    id: str
    version: str
    major: int
    name: str
    span: Span
    source: str
    domain: str | None = None
    status: str | None = None
    tenant: str | None = None
    data_product: str | None = None
    purpose: str | None = None
    usage: str | None = None
    limitations: str | None = None
    tags: tuple[str, ...] = ()
    objects: tuple[Object, ...] = ()
    servers: tuple[Server, ...] = ()
    sla: tuple[SlaProperty, ...] = ()
    roles: tuple[Role, ...] = ()
    team: Team | None = None
    support: tuple[Support, ...] = ()
    namespace: str | None = None
    current: bool = True
    earlier: Model | None = None
    api_version: str | None = None
    elements: tuple[Element, ...] = ()
    allowances: tuple[PolicyAllowance, ...] = ()
    classifications: tuple[str, ...] = CLASSIFICATIONS
    history: tuple[Version, ...] = ()

    @property
    def owner(self) -> str:
        """Whose the contract is; empty where it does not say it."""
        return self.team.owner if self.team else ""

    def object(self, name: str) -> Object:
        """The object of that name; KeyError if there is none."""
        for candidate in self.objects:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
