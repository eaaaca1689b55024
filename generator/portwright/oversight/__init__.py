"""Oversight: what there is to know of a contract's ports for those who answer for them, as data."""

from portwright.oversight.overview import Guarded, Handed, Overview, Unclassified, overview
from portwright.oversight.promised import Ending, Promised, endings, promised
from portwright.oversight.readers import Reader, readers

__all__ = [
    "Ending",
    "Guarded",
    "Handed",
    "Overview",
    "Promised",
    "Reader",
    "Unclassified",
    "endings",
    "overview",
    "promised",
    "readers",
]
