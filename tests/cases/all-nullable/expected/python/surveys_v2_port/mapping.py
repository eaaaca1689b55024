# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def sample(row: Mapping[str, Any]) -> models.Sample:
    return models.Sample(
        id=row["id"],  # UUID
        flag=row["flag"],  # bool, or None
        tiny=row["tiny"],  # int of 8 bits, or None
        short=row["short"],  # int of 16 bits, or None
        medium=row["medium"],  # int of 32 bits, or None
        large=row["large"],  # int of 64 bits, or None
        huge=row["huge"],  # int of 128 bits, or None
        unsigned_tiny=row["unsigned_tiny"],  # int of 8 bits, not negative, or None
        unsigned_short=row["unsigned_short"],  # int of 16 bits, not negative, or None
        unsigned_medium=row["unsigned_medium"],  # int of 32 bits, not negative, or None
        unsigned_large=row["unsigned_large"],  # int of 64 bits, not negative, or None
        unsigned_huge=row["unsigned_huge"],  # int of 128 bits, not negative, or None
        bounded=row["bounded"],  # int of 64 bits, or None
        single=row["single"],  # float, or None
        double_value=row["double_value"],  # float, or None
        temperature=row["temperature"],  # float, or None
        price=row["price"],  # Decimal(12, 2), or None
        rate=row["rate"],  # Decimal(9, 6), or None
        title=row["title"],  # str, or None
        code=row["code"],  # str, or None
        contact=row["contact"],  # str (email), or None
        picture=row["picture"],  # bytes, or None
        day=row["day"],  # date, or None
        clock=row["clock"],  # time, or None
        instant=row["instant"],  # datetime with a time zone, or None
        wall_clock=row["wall_clock"],  # datetime without a time zone, or None
        grade=row["grade"],  # SampleGrade: "GOOD" | "BAD", or None
        level=row["level"],  # int of 64 bits, or None
        tags=row["tags"],  # several: str, or None
        gaps=row["gaps"],  # several: int of 64 bits or None, or None
        matrix=row["matrix"],  # several: several: float, or None
        labels=row["labels"],  # mapping of str to str, or None
        counts=row["counts"],  # mapping of int of 64 bits to int of 64 bits, or None
        embedding=row["embedding"],  # 3 numbers, or None
        extra=row["extra"],  # what JSON can say, or None
        device=None if row["device"] is None else sample_device(row["device"]),
        readings=(
            None
            if row["readings"] is None
            else tuple(sample_reading(item) for item in row["readings"])
        ),
        per_sensor=(
            None
            if row["per_sensor"] is None
            else {
                key: sample_per_sensor(item) for key, item in row["per_sensor"].items()
            }
        ),
    )


def sample_device(row: Mapping[str, Any]) -> models.SampleDevice:
    return models.SampleDevice(
        serial=row["serial"],  # str, or None
        firmware=row["firmware"],  # str, or None
    )


def sample_reading(row: Mapping[str, Any]) -> models.SampleReading:
    return models.SampleReading(
        at=row["at"],  # datetime with a time zone, or None
        value=row["value"],  # Decimal(20, 6), or None
    )


def sample_per_sensor(row: Mapping[str, Any]) -> models.SamplePerSensor:
    return models.SamplePerSensor(
        mean=row["mean"],  # float, or None
    )
