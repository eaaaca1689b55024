"""Service levels in two versions: which promise is weaker now, which one stronger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from portwright.evolution.change import Change, Place
from portwright.evolution.facts import documentation
from portwright.evolution.kinds import Kind
from portwright.evolution.promises import numbered
from portwright.model import Model, SlaProperty
from portwright.model.levels import Kind as Level
from portwright.model.levels import kind_of

_MORE_IS_BETTER = frozenset({"availability", "throughput", "retention"})
_LESS_IS_BETTER = frozenset(
    "latency frequency errorrate timetodetect timetonotify timetorepair".split()
)
_ENDS = frozenset({"endofsupport", "endoflife"})
_STARTS = frozenset({"generalavailability"})
_SECONDS: Mapping[str, Decimal] = {
    **dict.fromkeys(("ms", "millisecond"), Decimal("0.001")),
    **dict.fromkeys(("s", "sec", "second"), Decimal(1)),
    **dict.fromkeys(("m", "min", "minute"), Decimal(60)),
    **dict.fromkeys(("h", "hr", "hour"), Decimal(3600)),
    **dict.fromkeys(("d", "day"), Decimal(86400)),
    **dict.fromkeys(("w", "wk", "week"), Decimal(604800)),
    **dict.fromkeys(("mo", "month"), Decimal(2629746)),
    **dict.fromkeys(("y", "yr", "year"), Decimal(31556952)),
}
_MOST_DIGITS = 30
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def service_levels(old: Model, new: Model, place: Place) -> Iterator[Change]:
    """What has become of the service levels, each by its property, element and driver."""
    before, after = _named(old), _named(new)
    for key, level in before.items():
        here = _place(place, level)
        now = after.get(key)
        if now is None:
            span = level.span or place.span
            yield here.gone(_removed(level), _told(level), span)
            continue
        here = replace(here, span=now.span or place.span)
        kind = _compared(level, now)
        if kind is not None:
            yield here.change(kind, _told(level), _told(now))
        schedules = [(each.scheduler, each.schedule) for each in (level, now)]
        if schedules[0] != schedules[1]:
            yield here.change(Kind.SLA_CHANGED, fact="schedule")
        yield from documentation(here, description=(level.description, now.description))
    for key, level in after.items():
        if key not in before:
            kind = Kind.SLA_TIGHTENED
            if _word(level) in _ENDS:
                kind = Kind.SUPPORT_ENDS_EARLIER  # there was no end before
            here = replace(_place(place, level), span=level.span or place.span)
            yield here.change(kind, after=_told(level))


def _named(model: Model) -> dict[tuple[str, int], SlaProperty]:
    return numbered(
        (f"{_word(each)} {each.element or ''} {each.driver or ''}", each) for each in model.sla
    )


def _word(level: SlaProperty) -> str:
    match kind_of(level.property):
        case Level.OTHER:
            return level.property.strip().lower()
        case Level.FRESHNESS:
            return Level.LATENCY.value
        case kind:
            return kind.value.lower()


def _place(place: Place, level: SlaProperty) -> Place:
    return place.inside(f"slaProperties.{level.property}")


def _told(level: SlaProperty) -> str:
    parts = (level.value, level.value_ext, level.unit)
    return " ".join(str(each) for each in parts if each is not None)


def _removed(level: SlaProperty) -> Kind:
    word = _word(level)
    if word in _ENDS:
        return Kind.SLA_TIGHTENED
    return Kind.RETENTION_CUT if word == "retention" else Kind.SLA_LOOSENED


def _compared(old: SlaProperty, new: SlaProperty) -> Kind | None:
    """What the new value is to the old one; None where it is the same."""
    if (old.value, old.value_ext, old.unit) == (new.value, new.value_ext, new.unit):
        return None
    word = _word(old)
    if old.value_ext == new.value_ext:
        if word in _ENDS | _STARTS:
            return _compared_dates(word, str(old.value), str(new.value))
        before, after = _amount(old, new), _amount(new, old)
        if before is not None and after is not None and word in _MORE_IS_BETTER | _LESS_IS_BETTER:
            if before == after:
                return None
            if (after > before) == (word in _MORE_IS_BETTER):
                return Kind.SLA_TIGHTENED
            return Kind.RETENTION_CUT if word == "retention" else Kind.SLA_LOOSENED
    return Kind.SLA_CHANGED


def _compared_dates(word: str, old: str, new: str) -> Kind | None:
    if not _DATE.match(old) or not _DATE.match(new):
        return Kind.SLA_CHANGED
    if old == new:
        return None
    if word in _ENDS:
        return Kind.SLA_TIGHTENED if new > old else Kind.SUPPORT_ENDS_EARLIER
    return Kind.SLA_TIGHTENED if new < old else Kind.SLA_LOOSENED


def _amount(level: SlaProperty, other: SlaProperty) -> Decimal | None:
    """The value as a number that can be compared with the other's; None where there is none."""
    try:
        value = Decimal(str(level.value))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    if (level.unit or "") == (other.unit or ""):
        return value
    seconds = _SECONDS.get(_singular(level.unit))
    if seconds is None or _singular(other.unit) not in _SECONDS or value.adjusted() > _MOST_DIGITS:
        return None
    return value * seconds


def _singular(unit: str | None) -> str:
    word = (unit or "").strip().lower()
    return word.removesuffix("s") if len(word) > 2 else word
