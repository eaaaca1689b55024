# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def sample(row: Mapping[str, Any]) -> models.Sample:
    return models.Sample(
        id=row["id"],  # UUID
        flag=row.get("flag"),  # bool, or None
        tiny=row.get("tiny"),  # int of 8 bits, or None
        short=row.get("short"),  # int of 16 bits, or None
        medium=row.get("medium"),  # int of 32 bits, or None
        large=row.get("large"),  # int of 64 bits, or None
        huge=row.get("huge"),  # int of 128 bits, or None
        unsigned_tiny=row.get("unsigned_tiny"),  # int of 8 bits, not negative, or None
        # int of 16 bits, not negative, or None
        unsigned_short=row.get("unsigned_short"),
        # int of 32 bits, not negative, or None
        unsigned_medium=row.get("unsigned_medium"),
        # int of 64 bits, not negative, or None
        unsigned_large=row.get("unsigned_large"),
        # int of 128 bits, not negative, or None
        unsigned_huge=row.get("unsigned_huge"),
        bounded=row.get("bounded"),  # int of 64 bits, or None
        single=row.get("single"),  # float, or None
        double_value=row.get("double_value"),  # float, or None
        temperature=row.get("temperature"),  # float, or None
        price=row.get("price"),  # Decimal(12, 2), or None
        rate=row.get("rate"),  # Decimal(9, 6), or None
        title=row.get("title"),  # str, or None
        code=row.get("code"),  # str, or None
        contact=row.get("contact"),  # str (email), or None
        picture=row.get("picture"),  # bytes, or None
        day=row.get("day"),  # date, or None
        clock=row.get("clock"),  # time, or None
        instant=row.get("instant"),  # datetime with a time zone, or None
        wall_clock=row.get("wall_clock"),  # datetime without a time zone, or None
        grade=row.get("grade"),  # "GOOD" | "BAD", or None
        level=row.get("level"),  # int of 64 bits, or None
        tags=row.get("tags"),  # several: str, or None
        gaps=row.get("gaps"),  # several: int of 64 bits or None, or None
        matrix=row.get("matrix"),  # several: several: float, or None
        labels=row.get("labels"),  # mapping of str to str, or None
        # mapping of int of 64 bits to int of 64 bits, or None
        counts=row.get("counts"),
        embedding=row.get("embedding"),  # 3 numbers, or None
        extra=row.get("extra"),  # what JSON can say, or None
        device=None if row.get("device") is None else sample_device(row["device"]),
        readings=(
            None
            if row.get("readings") is None
            else tuple(sample_reading(item) for item in row["readings"])
        ),
        per_sensor=(
            None
            if row.get("per_sensor") is None
            else {
                key: sample_per_sensor(item) for key, item in row["per_sensor"].items()
            }
        ),
    )


def sample_device(row: Mapping[str, Any]) -> models.SampleDevice:
    return models.SampleDevice(
        serial=row.get("serial"),  # str, or None
        firmware=row.get("firmware"),  # str, or None
    )


def sample_reading(row: Mapping[str, Any]) -> models.SampleReading:
    return models.SampleReading(
        at=row.get("at"),  # datetime with a time zone, or None
        value=row.get("value"),  # Decimal(20, 6), or None
    )


def sample_per_sensor(row: Mapping[str, Any]) -> models.SamplePerSensor:
    return models.SamplePerSensor(
        mean=row.get("mean"),  # float, or None
    )
