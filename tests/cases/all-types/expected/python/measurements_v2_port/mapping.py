# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def sample(row: Mapping[str, Any]) -> models.Sample:
    return models.Sample(
        id=row["id"],  # UUID
        flag=row["flag"],  # bool
        tiny=row["tiny"],  # int of 8 bits
        short=row["short"],  # int of 16 bits
        medium=row["medium"],  # int of 32 bits
        large=row["large"],  # int of 64 bits
        huge=row["huge"],  # int of 128 bits
        unsigned_tiny=row["unsigned_tiny"],  # int of 8 bits, not negative
        unsigned_short=row["unsigned_short"],  # int of 16 bits, not negative
        unsigned_medium=row["unsigned_medium"],  # int of 32 bits, not negative
        unsigned_large=row["unsigned_large"],  # int of 64 bits, not negative
        unsigned_huge=row["unsigned_huge"],  # int of 128 bits, not negative
        bounded=row["bounded"],  # int of 64 bits
        single=row["single"],  # float
        double_value=row["double_value"],  # float
        temperature=row["temperature"],  # float
        price=row["price"],  # Decimal(12, 2)
        rate=row["rate"],  # Decimal(9, 6)
        title=row["title"],  # str
        code=row["code"],  # str
        contact=row["contact"],  # str (email)
        picture=row["picture"],  # bytes
        day=row["day"],  # date
        clock=row["clock"],  # time
        instant=row["instant"],  # datetime with a time zone
        wall_clock=row["wall_clock"],  # datetime without a time zone
        grade=row["grade"],  # SampleGrade: "GOOD" | "BAD"
        level=row["level"],  # int of 64 bits
        tags=row["tags"],  # several: str
        gaps=row["gaps"],  # several: int of 64 bits or None
        matrix=row["matrix"],  # several: several: float
        labels=row["labels"],  # mapping of str to str
        counts=row["counts"],  # mapping of int of 64 bits to int of 64 bits
        embedding=row["embedding"],  # 3 numbers
        extra=row["extra"],  # what JSON can say
        device=sample_device(row["device"]),
        readings=tuple(sample_reading(item) for item in row["readings"]),
        per_sensor={
            key: sample_per_sensor(item) for key, item in row["per_sensor"].items()
        },
    )


def sample_device(row: Mapping[str, Any]) -> models.SampleDevice:
    return models.SampleDevice(
        serial=row["serial"],  # str
        firmware=row["firmware"],  # str, or None
    )


def sample_reading(row: Mapping[str, Any]) -> models.SampleReading:
    return models.SampleReading(
        at=row["at"],  # datetime with a time zone
        value=row["value"],  # Decimal(20, 6)
    )


def sample_per_sensor(row: Mapping[str, Any]) -> models.SamplePerSensor:
    return models.SamplePerSensor(
        mean=row["mean"],  # float, or None
    )
