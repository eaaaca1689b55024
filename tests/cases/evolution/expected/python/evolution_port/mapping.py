# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def user(row: Mapping[str, Any]) -> models.User:
    return models.User(
        id=row["id"],  # int of 64 bits
        nickname=row.get("nickname"),  # str, or None
        mail=row.get("mail"),  # str, or None
        state=row.get("state"),  # "ACTIVE" | "GONE", or None
        address=None if row.get("address") is None else user_address(row["address"]),
    )


def user_address(row: Mapping[str, Any]) -> models.UserAddress:
    return models.UserAddress(
        street=row.get("street"),  # str, or None
        city=row.get("city"),  # str, or None
    )
