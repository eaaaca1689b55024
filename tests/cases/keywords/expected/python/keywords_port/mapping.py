# Begun by portwright from contract.odcs.yaml. This file is yours.
"""Records of the contract, made of rows as this service has them."""

from collections.abc import Mapping
from typing import Any

from . import models


def order(row: Mapping[str, Any]) -> models.Order:
    return models.Order(
        class_=row["class"],  # str
        self_=row["self"],  # str
        schema_=row.get("schema"),  # str, or None
        select=row.get("select"),  # int of 64 bits, or None
        from_=row.get("from"),  # datetime with a time zone, or None
        import_=row.get("import"),  # bool, or None
        None_=row.get("None"),  # str, or None
        message=row.get("message"),  # str, or None
        string=row.get("string"),  # str, or None
        datetime=row.get("datetime"),  # datetime with a time zone, or None
        date=row.get("date"),  # date, or None
        Decimal=row.get("Decimal"),  # Decimal(10, 2), or None
        model_dump_=row.get("model_dump"),  # str, or None
        model_config_=row.get("model_config"),  # str, or None
        copy_=row.get("copy"),  # str, or None
        json_=row.get("json"),  # str, or None
        out=row.get("out"),  # str, or None
        record=row.get("record"),  # str, or None
        value=row.get("value"),  # str, or None
        validate_=row.get("validate"),  # str, or None
        str_=row.get("str"),  # str, or None
        int_=row.get("int"),  # int of 64 bits, or None
        list_=row.get("list"),  # several: str, or None
        user=None if row.get("user") is None else order_user(row["user"]),
        type=row.get("type"),  # "None" | "True" | "name" | ..., or None
    )


def order_user(row: Mapping[str, Any]) -> models.OrderUser:
    return models.OrderUser(
        group=row.get("group"),  # str, or None
        index=row.get("index"),  # int of 64 bits, or None
    )


def event(row: Mapping[str, Any]) -> models.Event:
    return models.Event(
        id=row["id"],  # int of 64 bits
        table=row.get("table"),  # str, or None
    )


def class_(row: Mapping[str, Any]) -> models.Class:
    return models.Class(
        end=row["end"],  # int of 64 bits
    )
