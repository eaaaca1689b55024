# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def purchase(row: Mapping[str, Any]) -> models.Purchase:
    return models.Purchase(
        id=row["id"],  # int of 64 bits
        contact=row["contact"],  # str, or None
        remark=row["remark"],  # str, or None
        items=(
            None
            if row["items"] is None
            else tuple(purchase_item(item) for item in row["items"])
        ),
        prices=row["prices"],  # mapping of int of 64 bits to float, or None
        state=row["state"],  # str, or None
    )


def purchase_item(row: Mapping[str, Any]) -> models.PurchaseItem:
    return models.PurchaseItem(
        sku=row["sku"],  # str
        status=row["status"],  # PurchaseItemStatus: "GONE" | "NEW", or None
    )
