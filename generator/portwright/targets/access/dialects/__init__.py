"""The engines whose rights are known: one value each, by the name of its dialect of `ddl`."""

from __future__ import annotations

from portwright.targets.access.dialects.cloud import BIGQUERY, DATABRICKS, REDSHIFT, SNOWFLAKE
from portwright.targets.access.dialects.engines import CLICKHOUSE, DUCKDB, TRINO
from portwright.targets.access.dialects.servers import FABRIC, MYSQL, ORACLE, POSTGRES, SQLSERVER
from portwright.targets.access.forms import Forms

FORMS: dict[str, Forms] = {
    "postgres": POSTGRES,
    "duckdb": DUCKDB,
    "bigquery": BIGQUERY,
    "databricks": DATABRICKS,
    "trino": TRINO,
    "clickhouse": CLICKHOUSE,
    "mysql": MYSQL,
    "sqlserver": SQLSERVER,
    "fabric": FABRIC,
    "snowflake": SNOWFLAKE,
    "redshift": REDSHIFT,
    "oracle": ORACLE,
}
