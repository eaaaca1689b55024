"""The dialects there are: one value each."""

from __future__ import annotations

from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.dialects.bigquery import BIGQUERY
from portwright.targets.ddl.dialects.clickhouse import CLICKHOUSE
from portwright.targets.ddl.dialects.databricks import DATABRICKS
from portwright.targets.ddl.dialects.duckdb import DUCKDB
from portwright.targets.ddl.dialects.fabric import FABRIC
from portwright.targets.ddl.dialects.mysql import MYSQL
from portwright.targets.ddl.dialects.oracle import ORACLE
from portwright.targets.ddl.dialects.postgres import POSTGRES
from portwright.targets.ddl.dialects.redshift import REDSHIFT
from portwright.targets.ddl.dialects.snowflake import SNOWFLAKE
from portwright.targets.ddl.dialects.sqlserver import SQLSERVER
from portwright.targets.ddl.dialects.trino import TRINO

DIALECTS: dict[str, Dialect] = {
    each.name: each
    for each in (
        POSTGRES,
        DUCKDB,
        BIGQUERY,
        DATABRICKS,
        TRINO,
        CLICKHOUSE,
        MYSQL,
        SQLSERVER,
        FABRIC,
        SNOWFLAKE,
        REDSHIFT,
        ORACLE,
    )
}
