# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def customer(row: Mapping[str, Any]) -> models.Customer:
    return models.Customer(
        id=row["id"],  # int of 64 bits
        email=row["email"],  # str
        phone=row["phone"],  # str, or None
        born=row["born"],  # date, or None
        country=row["country"],  # str, or None
        address=None if row["address"] is None else customer_address(row["address"]),
        cards=(
            None
            if row["cards"] is None
            else tuple(customer_card(item) for item in row["cards"])
        ),
    )


def customer_address(row: Mapping[str, Any]) -> models.CustomerAddress:
    return models.CustomerAddress(
        street=row["street"],  # str, or None
        city=row["city"],  # str, or None
    )


def customer_card(row: Mapping[str, Any]) -> models.CustomerCard:
    return models.CustomerCard(
        last4=row["last4"],  # str, or None
    )


def visit(row: Mapping[str, Any]) -> models.Visit:
    return models.Visit(
        id=row["id"],  # int of 64 bits
    )
