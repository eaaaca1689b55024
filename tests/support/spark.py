"""A Spark session for a test run: local, small, with tables of Delta Lake, and in a catalog of
their own of Iceberg."""

from __future__ import annotations

import gc
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

Refused = PySparkException
# A literal, a quoted name, a comment, the end of a statement, or what stands between those.
_PART = re.compile(r"""'(?:[^'\\]|\\.)*'|`[^`]*`|--[^\n]*|;|[^'`\-;]+|-""", re.S)


@dataclass(frozen=True)
class Spark:
    """A session and what it can be asked."""

    session: SparkSession

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement's answer; Refused where Spark does not take it."""
        return [tuple(row) for row in self.session.sql(statement).collect()]

    def parse(self, script: str) -> list[str]:
        """The plans of a file's statements; Refused where Spark's grammar does not know one."""
        parser = self.session._jsparkSession.sessionState().sqlParser()
        return [str(parser.parsePlan(each).toString()) for each in statements(script)]

    def empty(self) -> None:
        """Drops what there is."""
        for (schema,) in self.execute("SHOW SCHEMAS"):
            if schema != "default":
                self.session.sql(f"DROP SCHEMA {_quoted(schema)} CASCADE")
        for _, table, _ in self.execute("SHOW TABLES"):
            self.session.sql(f"DROP TABLE {_quoted(table)}")

    def schema(self, table: str) -> StructType:
        """The columns of a table, with their nullability and comments."""
        return self.session.table(table).schema


def statements(script: str) -> list[str]:
    """The statements of a file, without their semicolons."""
    found = [""]
    for part in _PART.findall(script):
        if part == ";":
            found.append("")
        else:
            found[-1] += part
    return found[:-1]


def _quoted(name: str) -> str:
    escaped = name.replace("`", "``")
    return f"`{escaped}`"


# The catalog of tables of Iceberg, where the session has the jars for them.
LAKE = "lake"


@contextmanager
def running(jars: list[Path], folder: Path) -> Iterator[Spark]:
    """A session that keeps its tables in `folder`, and is gone afterwards."""
    catalog = f"spark.sql.catalog.{LAKE}"
    settings = {
        "spark.jars": ",".join(map(str, jars)),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "hadoop",
        # What one session writes, others see at once.
        f"{catalog}.cache-enabled": "false",
        f"{catalog}.warehouse": str(folder / "lake"),
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.sql.session.timeZone": "Asia/Kolkata",
        "spark.sql.shuffle.partitions": "1",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.log.level": "OFF",
    }
    builder = SparkSession.builder.master("local[1]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    try:
        yield Spark(session)
    finally:
        session.stop()
        # Its client leaves connections to the collector: none for the tests that come after.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
