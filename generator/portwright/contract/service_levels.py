"""Service levels: what the contract promises of its objects beside what is in them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from portwright import schedules
from portwright.contract import custom, durations, keys, spellings
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import Date, Object, SlaProperty, Timestamp, support
from portwright.model.levels import Kind, kind_of
from portwright.nodes import Node, Scalar, data

_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?")
_SHORTEST_WINDOW: Final = Decimal(86_400)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?")
# Those that are lengths of time.
_AGES: Final = frozenset({Kind.LATENCY, Kind.FRESHNESS})
_TIMES: Final = _AGES | {Kind.FREQUENCY}


def read(reader: Reader, objects: tuple[Object, ...]) -> tuple[SlaProperty, ...]:
    """The service levels that have a name."""
    known = _elements(objects)
    _check_elements(reader, "slaDefaultElement", known)
    return tuple(
        _service_level(each, name, objects, known)
        for each in reader.readers("slaProperties", "the service level", keys.SLA, lenient=True)
        if (name := each.text("property"))
    )


def _service_level(
    reader: Reader, name: str, objects: tuple[Object, ...], known: frozenset[str]
) -> SlaProperty:
    kind = kind_of(name)
    _check_elements(reader, "element", known)
    for one, other in (("schedule", "scheduler"), ("scheduler", "schedule")):
        if reader.has(one) and not reader.has(other):
            message = f"the service level has a `{one}`, and no `{other}`"
            reader.report.warning("PW126", message, reader.span_of(one), f"write `{other}: …`")
    value, unit = _plain(reader, "value"), reader.text("unit")
    if isinstance(value, str) and (found := spellings.figure(value, kind)):
        value, unit = _taken(reader, value, found, unit)
    length, cron = durations.seconds(value, unit), _cron(reader)
    if kind is Kind.FREQUENCY and isinstance(value, str) and schedules.is_cron(value):
        cron = cron or " ".join(value.split())
    elif kind in _TIMES and value is not None and length is None:
        message = f"`{name}` is no length of time"
        help = "write `value: 4` and `unit: h`, or another of ms, s, min, h, d, w, mo and y"
        place = reader.span_of("unit" if reader.has("unit") else "value")
        reader.report.warning("PW130", message, place, help)
    day = _day(reader, name, value) if kind in support.ENDS else None
    if kind in _AGES:
        _check_ages(reader, objects)
    customs = custom.read(reader)
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
        seconds=length,
        day=day,
        cron=cron,
        span=reader.span,
        objective=_objective(reader, customs.get("objective")),
        window=_window(reader, customs.get("window")),
    )


def _taken(
    reader: Reader, written: str, found: tuple[Decimal, str | None], unit: str | None
) -> tuple[Decimal, str | None]:
    """The number and the unit of a value that is more than a number, which is told."""
    number, held = found
    of = unit or held
    message = f"the value `{written}` is taken as {number}{f' {of}' if of else ''}"
    help = f"write `value: {number}`" + (f" and `unit: '{of}'`" if of else "")
    reader.report.warning("PW108", message, reader.span_of("value"), help)
    return number, of


def _objective(reader: Reader, node: Node | None) -> Decimal | None:
    """The share of cases in which the level is kept, in percent."""
    if node is None:
        return None
    text = node.text.strip() if isinstance(node, Scalar) else ""
    number = text.removesuffix("%").strip()
    if _NUMBER.fullmatch(number) and 0 < Decimal(number) < 100:
        return Decimal(number)
    help = "write a share in percent above 0 and below 100, such as 99.5"
    reader.report.error("PW133", "the objective is no share", node.span, help)
    return None


def _window(reader: Reader, node: Node | None) -> Decimal | None:
    """Over how many seconds that share is taken."""
    if node is None:
        return None
    text = node.text.strip() if isinstance(node, Scalar) else ""
    length = durations.seconds(*(spellings.figure(text, Kind.OTHER) or (text, None)))
    if length is not None and length >= _SHORTEST_WINDOW:
        return length
    help = "write a length of time of a day or more, such as 28d"
    reader.report.error("PW133", "the window is no length of time", node.span, help)
    return None


def _day(reader: Reader, name: str, value: object) -> date | None:
    """The day of an end: of a moment, the day that is written."""
    written = str(value).strip()
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written[:10])
    except ValueError:
        pass
    place = reader.span_of("value" if reader.has("value") else "property")
    message = f"the value of `{name}` is no date"
    reader.report.warning("PW752", message, place, "write the last day, like 2027-01-31")
    return None


def _check_ages(reader: Reader, objects: tuple[Object, ...]) -> None:
    """Warns of properties that do not tell how old a row is."""
    written = {each.strip() for each in (reader.text("element") or "").split(",")}
    for object_ in objects:
        for field in object_.record.fields:
            called = {f"{table}.{field.name}" for table in (object_.name, object_.table)}
            if called & written and not isinstance(field.type, Date | Timestamp):
                message = f"`{field.name}` does not tell how old a row is"
                help = "name a timestamp or a date"
                reader.report.warning("PW130", message, reader.span_of("element"), help)


def _cron(reader: Reader) -> str | None:
    """The schedule, where cron is the scheduler."""
    schedule, scheduler = reader.text("schedule"), reader.text("scheduler")
    if not schedule or (scheduler or "cron").strip().lower() != "cron":
        return None
    if schedules.is_cron(schedule):
        return " ".join(schedule.split())
    message = f"`{schedule}` is no schedule of cron"
    help = "write minute, hour, day, month and day of the week: `schedule: '0 20 * * *'`"
    reader.report.warning("PW130", message, reader.span_of("schedule"), help)
    return None


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


def _plain(reader: Reader, key: str) -> object:
    node = reader.get(key)
    return None if node is None else data(node)
