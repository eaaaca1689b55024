# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def voyage(row: Mapping[str, Any]) -> models.Voyage:
    return models.Voyage(
        voyage_id=row["voyage_id"],  # int of 64 bits
        ship=None if row["ship"] is None else voyage_ship(row["ship"]),
        stops=(
            None
            if row["stops"] is None
            else tuple(voyage_stop(item) for item in row["stops"])
        ),
        cargo=None if row["cargo"] is None else voyage_cargo(row["cargo"]),
        rates=row["rates"],  # mapping of str to Decimal(12, 2), or None
        class_=row["class"],  # VoyageClass: "a" | "b", or None
        flags=row["flags"],  # str, or None
        position=row["position"],  # str, or None
        crew=row["crew"],  # int of 64 bits, or None
    )


def voyage_ship(row: Mapping[str, Any]) -> models.VoyageShip:
    return models.VoyageShip(
        name=row["name"],  # str
        call_sign=row["call sign"],  # str, or None
        built=row["built"],  # date, or None
    )


def voyage_stop(row: Mapping[str, Any]) -> models.VoyageStop:
    return models.VoyageStop(
        port=row["port"],  # str, or None
        at=row["at"],  # datetime with a time zone, or None
        cranes=row["cranes"],  # several: int of 64 bits, or None
    )


def voyage_cargo(row: Mapping[str, Any]) -> models.VoyageCargo:
    return models.VoyageCargo(
        tons=row["tons"],  # Decimal(9, 3), or None
        kind=row["kind"],  # VoyageCargoKind: "bulk" | "liquid", or None
    )


def note(row: Mapping[str, Any]) -> models.Note:
    return models.Note(
        voyage_id=row["voyage_id"],  # int of 64 bits
        text=row["text"],  # str, or None
    )
