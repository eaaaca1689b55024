# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def order(row: Mapping[str, Any]) -> models.Order:
    return models.Order(
        class_=row["class"],  # str
        self_=row["self"],  # str
        schema_=row["schema"],  # str, or None
        select=row["select"],  # int of 64 bits, or None
        from_=row["from"],  # datetime with a time zone, or None
        import_=row["import"],  # bool, or None
        None_=row["None"],  # str, or None
        message=row["message"],  # str, or None
        string=row["string"],  # str, or None
        datetime=row["datetime"],  # datetime with a time zone, or None
        date=row["date"],  # date, or None
        Decimal=row["Decimal"],  # Decimal(10, 2), or None
        model_dump_=row["model_dump"],  # str, or None
        model_config_=row["model_config"],  # str, or None
        copy_=row["copy"],  # str, or None
        json_=row["json"],  # str, or None
        out=row["out"],  # str, or None
        record=row["record"],  # str, or None
        value=row["value"],  # str, or None
        validate_=row["validate"],  # str, or None
        str_=row["str"],  # str, or None
        int_=row["int"],  # int of 64 bits, or None
        list_=row["list"],  # several: str, or None
        user=None if row["user"] is None else order_user(row["user"]),
        type=row["type"],  # OrderType: "None" | "True" | "name" | ..., or None
    )


def order_user(row: Mapping[str, Any]) -> models.OrderUser:
    return models.OrderUser(
        group=row["group"],  # str, or None
        index=row["index"],  # int of 64 bits, or None
    )


def event(row: Mapping[str, Any]) -> models.Event:
    return models.Event(
        id=row["id"],  # int of 64 bits
        table=row["table"],  # str, or None
    )


def class_(row: Mapping[str, Any]) -> models.Class:
    return models.Class(
        end=row["end"],  # int of 64 bits
    )
