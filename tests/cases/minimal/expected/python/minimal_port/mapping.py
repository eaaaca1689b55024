# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def visit(row: Mapping[str, Any]) -> models.Visit:
    return models.Visit(
        visit_id=row["visit_id"],  # str
        visited_at=row["visited_at"],  # datetime with a time zone, or None
        pages=row["pages"],  # int of 64 bits, or None
    )
