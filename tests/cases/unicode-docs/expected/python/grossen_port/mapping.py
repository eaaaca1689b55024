# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def masse(row: Mapping[str, Any]) -> models.Masse:
    return models.Masse(
        grosse=row["größe"],  # float, or None
        u540d_u524d=row["名前"],  # str
        Gross_Weight_kg=row["Gross Weight (kg)"],  # Decimal(9, 3), or None
        n10u_10v=row["10u / 10v"],  # float, or None
        farbe=row["farbe"],  # MasseFarbe: "weiß" | "rot-grün" | "" | ..., or None
    )
