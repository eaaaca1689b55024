"""People: team, roles and support channels, and what they promise: service levels, a price."""

from __future__ import annotations

import re
from decimal import Decimal

from portwright.contract import keys
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import Member, Object, Role, SlaProperty, Support, Team
from portwright.nodes import Sequence, data

# `500ms`, `99.9%`; not `P1Y`, nor `24/7`.
_WITH_UNIT = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*(%|[A-Za-z]+)")


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


def sla(reader: Reader, objects: tuple[Object, ...]) -> tuple[SlaProperty, ...]:
    """The service levels that have a name."""
    known = _elements(objects)
    _check_elements(reader, "slaDefaultElement", known)
    return tuple(
        _service_level(each, name, known)
        for each in reader.readers("slaProperties", "the service level", keys.SLA, lenient=True)
        if (name := each.text("property"))
    )


def _service_level(reader: Reader, name: str, known: frozenset[str]) -> SlaProperty:
    _check_elements(reader, "element", known)
    for one, other in (("schedule", "scheduler"), ("scheduler", "schedule")):
        if reader.has(one) and not reader.has(other):
            message = f"the service level has a `{one}`, and no `{other}`"
            reader.report.warning("PW126", message, reader.span_of(one), f"write `{other}: …`")
    value, unit = _plain(reader, "value"), reader.text("unit")
    if isinstance(value, str) and (match := _WITH_UNIT.fullmatch(value.strip())):
        unit = unit or match[2]
        message = f"the value `{value}` holds its unit, and is taken as {match[1]} {unit}"
        help = f"write `value: {match[1]}` and `unit: '{unit}'`"
        reader.report.warning("PW108", message, reader.span_of("value"), help)
        value = Decimal(match[1])
    return SlaProperty(
        property=name,
        value=value,
        unit=unit,
        value_ext=_plain(reader, "valueExt"),
        element=reader.text("element"),
        driver=reader.text("driver"),
        description=reader.text("description"),
        scheduler=reader.text("scheduler"),
        schedule=reader.text("schedule"),
        span=reader.span,
    )


def _elements(objects: tuple[Object, ...]) -> frozenset[str]:
    """What a service level may be of: objects and their properties, by all their names."""
    found: set[str] = set()
    for each in objects:
        called = [name for name in (each.name, each.table, each.topic, each.id) if name]
        fields = {name for f in each.record.fields for name in (f.name, f.column, f.id) if name}
        found |= {*called, *fields}
        found |= {f"{name}.{field}" for name in called for field in fields}
    return frozenset(found)


def _check_elements(reader: Reader, key: str, known: frozenset[str]) -> None:
    """Warns of elements, between commas, that are in no object of the contract."""
    for element in (reader.text(key) or "").split(","):
        name = element.strip()
        outer = ".".join(name.split(".")[:2])  # what is nested deeper goes with its property
        if name and known and not {name, outer} & known:
            message = f"`{name}` is no object and no property of this contract"
            help = nearest(name, known) or "write `object` or `object.property`"
            reader.report.warning("PW126", message, reader.span_of(key), help)


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


def _plain(reader: Reader, key: str) -> object:
    node = reader.get(key)
    return None if node is None else data(node)
