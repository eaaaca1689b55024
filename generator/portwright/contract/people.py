"""People: team, roles and support channels, and what they promise (service levels)."""

from __future__ import annotations

from portwright.contract import keys
from portwright.contract.reader import Reader
from portwright.model import Member, Role, SlaProperty, Support, Team
from portwright.nodes import Sequence, data


def roles(reader: Reader) -> tuple[Role, ...]:
    """The roles that have a name."""
    return tuple(
        Role(
            role,
            each.text("access"),
            each.text("description"),
            each.text("firstLevelApprovers"),
            each.text("secondLevelApprovers"),
        )
        for each in reader.readers("roles", "the role", keys.ROLE, lenient=True)
        if (role := each.text("role"))
    )


def team(reader: Reader) -> Team | None:
    """The team: an object since ODCS 3.1, a list of its members before."""
    if isinstance(reader.get("team"), Sequence):
        return Team(members=_members(reader, "team"))
    found = reader.reader("team", "the team", keys.TEAM, lenient=True)
    if found is None:
        return None
    return Team(found.text("name"), found.text("description"), _members(found, "members"))


def _members(reader: Reader, key: str) -> tuple[Member, ...]:
    return tuple(
        Member(username, each.text("name"), each.text("role"))
        for each in reader.readers(key, "the team member", keys.MEMBER, lenient=True)
        if (username := each.text("username"))
    )


def support(reader: Reader) -> tuple[Support, ...]:
    """The support channels that have a name."""
    return tuple(
        Support(channel, each.text("url"), each.text("tool"), each.text("scope"))
        for each in reader.readers("support", "the support channel", keys.SUPPORT, lenient=True)
        if (channel := each.text("channel"))
    )


def sla(reader: Reader) -> tuple[SlaProperty, ...]:
    """The service levels that have a name."""
    return tuple(
        SlaProperty(
            property=name,
            value=_plain(each, "value"),
            unit=each.text("unit"),
            value_ext=_plain(each, "valueExt"),
            element=each.text("element"),
            driver=each.text("driver"),
            description=each.text("description"),
            scheduler=each.text("scheduler"),
            schedule=each.text("schedule"),
            span=each.span,
        )
        for each in reader.readers("slaProperties", "the service level", keys.SLA, lenient=True)
        if (name := each.text("property"))
    )


def _plain(reader: Reader, key: str) -> object:
    node = reader.get(key)
    return None if node is None else data(node)
