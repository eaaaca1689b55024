"""By how much the rows of a load may differ from those of loads before: the custom property
`volumeChange` of an object, in percent."""

from __future__ import annotations

from decimal import Decimal

from portwright import scalars
from portwright.contract.reader import Reader
from portwright.nodes import Node, Scalar


def read(reader: Reader, node: Node | None) -> Decimal | None:
    """The percent, None where the contract sets no bound."""
    if node is None:
        return None
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        value = scalars.plain(value.strip().removesuffix("%").strip() or "~")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        percent = Decimal(value)
        if percent.is_finite() and 0 < percent < 1_000_000:
            return percent
    message = "`volumeChange` is no percentage"
    help = "write by how many percent the rows of loads may differ, such as `value: 50`"
    reader.report.error("PW131", message, node.span, help)
    return None
