"""Freshness: the service level of that name, as dbt checks it."""

from __future__ import annotations

from portwright.model import Model, Object, SlaProperty, Timestamp
from portwright.targets.dbt.jinja import inert
from portwright.targets.ddl import Dialect, quote

_PERIODS = {
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("h", "hr", "hour", "hours"), "hour"),
    **dict.fromkeys(("min", "minute", "minutes"), "minute"),
}


def freshness(model: Model, object_: Object, dialect: Dialect) -> dict[str, object]:
    """The entries of the table's `config`; none where the contract does not name one of its
    timestamps and a whole number of days, hours or minutes."""
    for each in model.sla:
        count, period = _age(each)
        column = _column(each, object_)
        if each.property.strip().lower() == "freshness" and count and period and column:
            return {
                "loaded_at_field": inert(quote(column, dialect)),
                "freshness": {"error_after": {"count": count, "period": period}},
            }
    return {}


def _age(sla: SlaProperty) -> tuple[int | None, str | None]:
    written = str(sla.value).strip()
    count = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else None
    return count, _PERIODS.get((sla.unit or "").strip().lower())


def _column(sla: SlaProperty, object_: Object) -> str | None:
    """The column of the timestamp that one of the elements `object.property` names."""
    elements = {each.strip() for each in (sla.element or "").split(",")}
    for field in object_.record.fields:
        called = {
            f"{table}.{name}"
            for table in (object_.name, object_.table)
            for name in (field.name, field.column)
        }
        if isinstance(field.type, Timestamp) and called & elements:
            return field.column
    return None
