"""People: team, roles and support channels, and their price."""

from __future__ import annotations

from portwright.contract import custom, keys
from portwright.contract.reader import Reader
from portwright.diagnostics import printable
from portwright.model import Member, Role, Support, Team
from portwright.nodes import Sequence


def roles(reader: Reader) -> tuple[Role, ...]:
    """The roles that have a name."""
    found = (
        _role(each, role)
        for each in reader.readers("roles", "the role", keys.ROLE, lenient=True)
        if (role := each.text("role")) and role.strip()
    )
    return tuple(each for each in found if each is not None)


def _role(reader: Reader, name: str) -> Role | None:
    """The role; None where it is said to be of objects, and of none: that is not all of them."""
    customs = custom.read(reader)
    if "objects" in customs and not custom.texts(customs, "objects"):
        message = f"the role `{printable(name)}` is of no objects, and is left out"
        help = "name the contract's objects in `objects`, or leave it out for all of them"
        reader.report.warning("PW411", message, customs["objects"].span, help)
        return None
    return Role(
        name,
        reader.text("access"),
        reader.text("description"),
        reader.text("firstLevelApprovers"),
        reader.text("secondLevelApprovers"),
        objects=custom.texts(customs, "objects"),
        sees=custom.texts(customs, "sees"),
        principals=custom.texts(customs, "principals"),
        groups=custom.texts(customs, "consumerGroups"),
        span=reader.span,
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


def check_price(reader: Reader) -> None:
    """Reports a price that is none."""
    price = reader.reader("price", "the price", keys.PRICE, lenient=True)
    if price is None:
        return
    amount = price.number("priceAmount")
    if amount is not None and amount < 0:
        message = "the price is below zero"
        price.report.warning("PW127", message, price.span_of("priceAmount"), "correct it")
    if price.has("priceAmount") and not price.has("priceCurrency"):
        message = "the price has no currency"
        help = "write `priceCurrency: USD`, or another code of ISO 4217"
        price.report.warning("PW127", message, price.span, help)
