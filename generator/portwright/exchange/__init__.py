"""The model as a JSON document of a version: for programs that are not ours, and back again.

Every fact that a target of ours can see is in it. Its form follows from the dataclasses of `model`,
so nothing of them can be left out.
"""

from portwright.exchange.forms import (
    VERSION,
    DocumentError,
    as_document,
    read,
    read_document,
    written,
)
from portwright.exchange.schema import schema

__all__ = ["VERSION", "DocumentError", "as_document", "read", "read_document", "schema", "written"]
