# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def user(row: Mapping[str, Any]) -> models.User:
    return models.User(
        born=row["born"],  # date, or None
        email=row["email"],  # str, or None
        address=None if row["address"] is None else user_address(row["address"]),
        id=row["id"],  # int of 64 bits
        state=row["state"],  # UserState: "PAUSED" | "ACTIVE", or None
    )


def user_address(row: Mapping[str, Any]) -> models.UserAddress:
    return models.UserAddress(
        country=row["country"],  # str, or None
        city=row["city"],  # str, or None
        street=row["street"],  # str, or None
    )


def team(row: Mapping[str, Any]) -> models.Team:
    return models.Team(
        id=row["id"],  # int of 64 bits
    )
