"""A table made by hand, as generated packages have them: what the tests of loading start from."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from portwright_runtime import arrow
from portwright_runtime.loading import loader
from portwright_runtime.record import Record
from portwright_runtime.types import ExactDecimal, StrictText
from portwright_runtime.warehouse import (
    Check,
    Column,
    Dialect,
    Load,
    Table,
    Terms,
    Warehouse,
)


class Order(Record):
    order_id: StrictText
    total: ExactDecimal
    card: StrictText | None = None


def order(number: int, total: int = 1, card: str | None = None) -> Order:
    return Order(order_id=f"o{number}", total=Decimal(total), card=card)


CREATE = """\
CREATE TABLE IF NOT EXISTS sales.orders (
    order_id VARCHAR NOT NULL,
    total DECIMAL(12, 2) NOT NULL,
    card VARCHAR
)"""

CREATE_POSTGRES = """\
CREATE TABLE IF NOT EXISTS sales.orders (
    order_id text NOT NULL,
    total numeric(12, 2) NOT NULL,
    card varchar(500),
    PRIMARY KEY (order_id)
)"""

CREATE_SNOWFLAKE = """\
CREATE TABLE IF NOT EXISTS SALES.ORDERS (
    ORDER_ID VARCHAR NOT NULL,
    TOTAL NUMBER(12, 2) NOT NULL,
    CARD VARCHAR(500),
    PRIMARY KEY (ORDER_ID)
)"""

CREATE_CLICKHOUSE = """\
CREATE TABLE IF NOT EXISTS sales.orders (
    order_id String,
    total Decimal(12, 2),
    card Nullable(String)
)
ENGINE = MergeTree
ORDER BY (order_id)"""


CREATE_BIGQUERY = """\
CREATE TABLE IF NOT EXISTS sales.orders (
    order_id STRING NOT NULL,
    total NUMERIC(12, 2) NOT NULL,
    card STRING(500),
    PRIMARY KEY (order_id) NOT ENFORCED
)"""


def orders_table(**facts: Any) -> Table[Order]:
    """The table of the object `orders`, or what `facts` make of it."""
    defaults: dict[str, Any] = {
        "contract": "checkout",
        "version": "1.2.0",
        "object": "orders",
        "schema": "sales",
        "name": "orders",
        "record": Order,
        "columns": (
            Column("order_id", arrow.STRING, "order_id", required=True),
            Column("total", arrow.decimal(12, 2), "total", required=True),
            Column("card", arrow.STRING, "card", classified=True),
        ),
        "primary_key": ("order_id",),
        "unique": (("card",),),
        "checks": (Check("total", "must be ≥ 0", "total >= 0"),),
        "dialects": {
            "bigquery": Dialect(
                place=("sales", "orders"),
                columns=(
                    ("order_id", "STRING"),
                    ("total", "NUMERIC(12, 2)"),
                    ("card", "STRING(500)"),
                ),
                create_schema=("CREATE SCHEMA IF NOT EXISTS sales",),
                create=(CREATE_BIGQUERY,),
            ),
            "duckdb": Dialect(
                place=("sales", "orders"),
                columns=(
                    ("order_id", "VARCHAR"),
                    ("total", "DECIMAL(12, 2)"),
                    ("card", "VARCHAR"),
                ),
                create_schema=("CREATE SCHEMA IF NOT EXISTS sales",),
                create=(CREATE,),
            ),
            "postgres": Dialect(
                place=("sales", "orders"),
                columns=(
                    ("order_id", "text"),
                    ("total", "numeric(12, 2)"),
                    ("card", "varchar(500)"),
                ),
                create_schema=("CREATE SCHEMA IF NOT EXISTS sales",),
                create=(CREATE_POSTGRES,),
            ),
            "snowflake": Dialect(
                place=("SALES", "ORDERS"),
                columns=(
                    ("ORDER_ID", "VARCHAR"),
                    ("TOTAL", "NUMBER(12, 2)"),
                    ("CARD", "VARCHAR(500)"),
                ),
                create_schema=("CREATE SCHEMA IF NOT EXISTS SALES",),
                create=(CREATE_SNOWFLAKE,),
            ),
            "clickhouse": Dialect(
                place=("sales", "orders"),
                columns=(
                    ("order_id", "String"),
                    ("total", "Decimal(12, 2)"),
                    ("card", "Nullable(String)"),
                ),
                create_schema=("CREATE DATABASE IF NOT EXISTS sales",),
                create=(CREATE_CLICKHOUSE,),
            ),
        },
    }
    return Table(**{**defaults, **facts})


class Sensor(Record):
    sensor_id: uuid.UUID
    day: dt.date
    level: float


# What makes a table of sensors of that of orders.
SENSORS: dict[str, Any] = {
    "record": Sensor,
    "columns": (
        Column("sensor_id", arrow.UUID, "sensor_id", required=True),
        Column("day", arrow.DATE, "day", required=True),
        Column("level", arrow.FLOAT64, "level", required=True),
    ),
    "primary_key": ("sensor_id",),
    "unique": (),
    "checks": (),
    "partition_key": ("day",),
    "dialects": {
        "duckdb": Dialect(
            ("sales", "orders"),
            (("sensor_id", "UUID"), ("day", "DATE"), ("level", "DOUBLE")),
            (
                "CREATE TABLE IF NOT EXISTS sales.orders"
                " (sensor_id UUID NOT NULL, day DATE NOT NULL, level DOUBLE NOT NULL)",
            ),
            ("CREATE SCHEMA IF NOT EXISTS sales",),
        )
    },
}


class Loader:
    """The table port of a table, on a warehouse that a test has at hand."""

    def __init__(self, warehouse: Warehouse, table: Table[Any]) -> None:
        self._warehouse = warehouse
        self._table = table

    def load(self, records: Any, **terms: Any) -> Load:
        return loader.load(self._warehouse, self._table, records, Terms(**terms))

    def roll_back(self, load_id: str | None = None) -> str:
        return self._warehouse.roll_back(self._table, load_id)

    def watermark(self) -> str | None:
        return self._warehouse.watermark(self._table)

    def loads(self, most: int = 10) -> list[Load]:
        return [*self._warehouse.loads(self._table, most)]
