# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def account(row: Mapping[str, Any]) -> models.Account:
    return models.Account(
        id=row["id"],  # int of 64 bits
        owner=row.get("owner"),  # str, or None
        balance=row.get("balance"),  # Decimal(18, 4), or None
        opened=row.get("opened"),  # datetime with a time zone, or None
        seen=row.get("seen"),  # datetime without a time zone, or None
        ratio=row.get("ratio"),  # float, or None
        active=row.get("active"),  # bool, or None
        age=row.get("age"),  # int of 64 bits, or None
        state=row.get("state"),  # "open" | "closed", or None
    )
