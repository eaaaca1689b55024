# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def account(row: Mapping[str, Any]) -> models.Account:
    return models.Account(
        id=row["id"],  # int of 64 bits
        owner=row["owner"],  # str, or None
        balance=row["balance"],  # Decimal(18, 4), or None
        opened=row["opened"],  # datetime with a time zone, or None
        seen=row["seen"],  # datetime without a time zone, or None
        ratio=row["ratio"],  # float, or None
        active=row["active"],  # bool, or None
        age=row["age"],  # int of 64 bits, or None
        state=row["state"],  # AccountState: "open" | "closed", or None
    )
