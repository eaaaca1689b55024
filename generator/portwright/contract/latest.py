"""Which of two records of one key is the later one: the custom property `latestBy` of an object."""

from __future__ import annotations

from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import Date, Decimal, Field, Integer, Record, Timestamp
from portwright.nodes import Node, Scalar

_ORDERED = (Date, Decimal, Integer, Timestamp)


def read(reader: Reader, node: Node | None, record: Record) -> str | None:
    """The name of the property that grows with every version of a record, None where none does."""
    if node is None:
        return None
    text = node.text.strip() if isinstance(node, Scalar) else ""
    field = next((each for each in record.fields if each.name == text), None)
    if field is None:
        help = nearest(text, [each.name for each in record.fields])
        help = help or "name one of the object's own properties"
        reader.report.error("PW129", "`latestBy` names no property", node.span, help)
    elif not _is_ordered(field):
        help = "name a required timestamp, date, integer or decimal, such as updated_at"
        message = f"`{text}` cannot tell which of two records is the later one"
        reader.report.error("PW129", message, node.span, help)
    else:
        return text
    return None


def _is_ordered(field: Field) -> bool:
    return field.required and isinstance(field.type, _ORDERED)
