"""The rest of a contract in two versions: its names, its servers, its promises, its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from portwright import names
from portwright.contract.servers import ports as ports_of
from portwright.evolution.change import Change, Place
from portwright.evolution.facts import documentation
from portwright.evolution.kinds import Kind
from portwright.model import Model, Role, Server, support

Thing = TypeVar("Thing")


def promises(old: Model, new: Model, place: Place) -> Iterator[Change]:
    """What has become of all that is of no object."""
    if old.id != new.id:
        yield place.change(Kind.CONTRACT_ID_CHANGED, old.id, new.id)
    before, after = names.namespace(old), names.namespace(replace(new, major=old.major))
    if before != after:
        yield place.change(Kind.CONTRACT_RENAMED, before, after)
    yield from _status(old.status, new.status, place)
    yield from _servers(old.servers, new.servers, place)
    yield from _roles(old.roles, new.roles, place)
    yield from documentation(
        place,
        tenant=(old.tenant, new.tenant),
        dataProduct=(old.data_product, new.data_product),
        purpose=(old.purpose, new.purpose),
        usage=(old.usage, new.usage),
        limitations=(old.limitations, new.limitations),
        tags=(old.tags, new.tags),
    )
    if old.team != new.team:
        yield place.change(Kind.DOCUMENTATION_CHANGED, fact="team")
    if old.support != new.support:
        yield place.change(Kind.DOCUMENTATION_CHANGED, fact="support")


def _status(old: str | None, new: str | None, place: Place) -> Iterator[Change]:
    before, after = support.word(old), support.word(new)
    if before == after:
        return
    if after == "retired":
        yield place.change(Kind.SUPPORT_ENDS_EARLIER, old, new, "status")
    elif before and after in support.PLANS and before not in support.PLANS:
        yield place.change(Kind.SLA_LOOSENED, old, new, "status")
    elif (before in support.OVER) == (after in support.OVER):
        yield place.change(Kind.DOCUMENTATION_CHANGED, old, new, "status")
    else:
        kind = Kind.DEPRECATED if after in support.OVER else Kind.RESTORED
        yield place.change(kind, old, new, "status")


def _servers(old: tuple[Server, ...], new: tuple[Server, ...], place: Place) -> Iterator[Change]:
    """Servers by name. What is set may hold what is nobody's business: it is named, not shown."""
    before, after = _named(old), _named(new)
    for key, server in before.items():
        here = place.inside(f"servers.{server.name}").only(*ports_of((server,), None))
        now = after.get(key)
        if now is None:
            span = server.span or place.span
            yield here.gone(Kind.SERVER_REMOVED, server.type, span)
            continue
        here = replace(here, span=now.span or place.span)
        if facts := _settings(server, now):
            yield here.change(Kind.SERVER_CHANGED, fact=", ".join(facts))
        yield from documentation(here, description=(server.description, now.description))
    for key, server in after.items():
        if key not in before:
            here = place.inside(f"servers.{server.name}", server.span)
            yield here.change(Kind.SERVER_ADDED, after=server.type)


def _named(servers: Iterable[Server]) -> dict[tuple[str, int], Server]:
    return numbered((each.name, each) for each in servers)


def numbered(things: Iterable[tuple[str, Thing]]) -> dict[tuple[str, int], Thing]:
    """The things by name, those of one name in their order."""
    found: dict[tuple[str, int], Thing] = {}
    seen: Counter[str] = Counter()
    for name, thing in things:
        found[name, seen[name]] = thing
        seen[name] += 1
    return found


def _settings(old: Server, new: Server) -> list[str]:
    """The names of what is set otherwise."""
    before, after = dict(old.settings), dict(new.settings)
    keys = sorted(before.keys() | after.keys())
    found = [key for key in keys if before.get(key) != after.get(key)]
    found += ["type"] if old.type != new.type else []
    return found + (["environment"] if old.environment != new.environment else [])


def _roles(old: tuple[Role, ...], new: tuple[Role, ...], place: Place) -> Iterator[Change]:
    before = numbered((each.role, each) for each in old)
    after = numbered((each.role, each) for each in new)
    for key, role in before.items():
        here = place.inside(f"roles.{role.role}")
        if key not in after:
            yield here.change(Kind.ROLE_REMOVED, before=role.access)
            continue
        now = after[key]
        if role.access != now.access:
            yield here.change(Kind.ROLE_CHANGED, role.access, now.access)
        yield from _approvers(role, now, here)
        yield from documentation(here, description=(role.description, now.description))
    for key, role in after.items():
        if key not in before:
            yield place.inside(f"roles.{role.role}").change(Kind.ROLE_ADDED, after=role.access)


def _approvers(old: Role, new: Role, place: Place) -> Iterator[Change]:
    for fact, before, after in (
        ("firstLevelApprovers", old.first_level_approvers, new.first_level_approvers),
        ("secondLevelApprovers", old.second_level_approvers, new.second_level_approvers),
    ):
        if before != after:
            kind = Kind.APPROVER_REMOVED if not after else Kind.APPROVER_CHANGED
            yield place.change(kind, before, after, fact)
