# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def parcel(row: Mapping[str, Any]) -> models.Parcel:
    return models.Parcel(
        parcel_id=row["parcel_id"],  # int of 64 bits
        zip=row["zip"],  # str, or None
        price=row["price"],  # Decimal(6, 2), or None
        state=row["state"],  # ParcelState: "SENT" | "LOST", or None
        sent_at=row["sent_at"],  # datetime with a time zone, or None
        tags=row["tags"],  # several: str, or None
        size=None if row["size"] is None else parcel_size(row["size"]),
    )


def parcel_size(row: Mapping[str, Any]) -> models.ParcelSize:
    return models.ParcelSize(
        width=row["width"],  # int of 64 bits
        unit=row["unit"],  # str, or None
    )
