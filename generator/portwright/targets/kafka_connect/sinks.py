"""Sinks: everything that is particular to one connector, as one value each.

Properties are those of the connectors' own references: Apache Iceberg 1.12 ("Kafka Connect"),
Debezium 3.6 ("JDBC connector"), the BigQuery sink that WePay began (2.x, "BigQuerySinkConfig"),
and Snowflake's connector for Kafka 4.x. What is secret or differs by environment is asked of the
worker's config provider `env`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portwright.model import Model, Object
from portwright.targets.ddl import DIALECTS, namespace

Config = dict[str, str]


@dataclass(frozen=True, slots=True)
class Destination:
    """The table that an object's rows go to, by the names of the contract: the table with what
    qualifies it, outermost first, and the columns of its key."""

    model: Model
    object: Object

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(each.column for each in self.object.fields(self.object.primary_key))

    def qualifiers(self, dialect: str) -> tuple[str, ...]:
        """What qualifies the table in an engine."""
        return namespace(self.model, self.object, DIALECTS[dialect])

    @property
    def schema(self) -> tuple[str, ...]:
        """The schema that the contract has for the table, whatever the engine."""
        schema = self.object.qualifier[-1:] or (self.object.schema,)
        return tuple(each for each in schema if each)


@dataclass(frozen=True, slots=True)
class Sink:
    """One connector. `settings` are what it needs to know of a table; `upserts`, given a table
    whose rows messages are keyed by, what makes it find them again, None where it only appends.
    Where it `hoists_keys`, it wants keys that are records; `key_column` is one that it adds to a
    table to find rows by. `nested` says whether it has columns for lists, maps and records."""

    name: str
    title: str
    connector: str
    settings: Callable[[Destination], Config]
    upserts: Callable[[Destination], Config] | None = None
    hoists_keys: bool = False
    key_column: str | None = None
    nested: bool = True


def env(name: str) -> str:
    """What the worker takes from its environment."""
    return f"${{env:{name}}}"


def _iceberg(table: Destination) -> Config:
    return {
        "iceberg.tables": ".".join((*(table.schema or ("default",)), table.object.table)),
        "iceberg.tables.auto-create-enabled": "false",
        "iceberg.tables.evolve-schema-enabled": "false",
        "iceberg.tables.schema-case-insensitive": "true",
        "iceberg.control.topic": "control-iceberg",
        "iceberg.catalog.type": "rest",
        "iceberg.catalog.uri": env("ICEBERG_CATALOG_URI"),
        "iceberg.catalog.credential": env("ICEBERG_CATALOG_CREDENTIAL"),
        "iceberg.catalog.warehouse": env("ICEBERG_CATALOG_WAREHOUSE"),
    }


def _jdbc(table: Destination) -> Config:
    return {
        "connection.url": env("JDBC_URL"),
        "connection.username": env("JDBC_USERNAME"),
        "connection.password": env("JDBC_PASSWORD"),
        "collection.name.format": ".".join((*table.schema, table.object.table)),
        "quote.identifiers": "true",
        "schema.evolution": "none",
        "insert.mode": "insert",
        "primary.key.mode": "none",
        "delete.enabled": "false",
    }


def _jdbc_upserts(table: Destination) -> Config:
    return {
        "insert.mode": "upsert",
        "primary.key.mode": "record_key",
        "primary.key.fields": ",".join(table.key),
        "delete.enabled": "true",
    }


def _bigquery(table: Destination) -> Config:
    place = table.qualifiers("bigquery")
    project, dataset = ("", *place)[-2:] if place else ("", "")
    return {
        "project": project or env("BIGQUERY_PROJECT"),
        "defaultDataset": dataset or env("BIGQUERY_DATASET"),
        "topic2TableMap": f"{table.object.topic}:{table.object.table}",
        "keySource": "JSON",
        "keyfile": env("BIGQUERY_KEYFILE_JSON"),
        "sanitizeTopics": "false",
        "sanitizeFieldNames": "false",
        "autoCreateTables": "false",
        "useStorageWriteApi": "true",
    }


def _bigquery_upserts(table: Destination) -> Config:
    return {
        "upsertEnabled": "true",
        "deleteEnabled": "true",
        "kafkaKeyFieldName": _KEY_COLUMN,
        "allowNewBigQueryFields": "true",
        "useStorageWriteApi": "false",  # it has no upserts
    }


def _snowflake(table: Destination) -> Config:
    place = table.qualifiers("snowflake")
    database, schema = ("", *place)[-2:] if place else ("", "")
    return {
        "snowflake.url.name": env("SNOWFLAKE_URL"),
        "snowflake.user.name": env("SNOWFLAKE_USER"),
        "snowflake.role.name": env("SNOWFLAKE_ROLE"),
        "snowflake.private.key": env("SNOWFLAKE_PRIVATE_KEY"),
        "snowflake.database.name": database or env("SNOWFLAKE_DATABASE"),
        "snowflake.schema.name": schema or env("SNOWFLAKE_SCHEMA"),
        "snowflake.topic2table.map": f"{table.object.topic}:{table.object.table}",
        # The other mode sends nothing to the dead letters.
        "snowflake.validation": "client_side",
    }


# The column that BigQuery's connector finds rows by.
_KEY_COLUMN = "message_key"

SINKS: Mapping[str, Sink] = {
    each.name: each
    for each in (
        Sink(
            name="iceberg",
            title="Iceberg",
            connector="org.apache.iceberg.connect.IcebergSinkConnector",
            settings=_iceberg,
        ),
        Sink(
            name="jdbc",
            title="JDBC",
            connector="io.debezium.connector.jdbc.JdbcSinkConnector",
            settings=_jdbc,
            upserts=_jdbc_upserts,
            hoists_keys=True,
            nested=False,
        ),
        Sink(
            name="bigquery",
            title="BigQuery",
            connector="com.wepay.kafka.connect.bigquery.BigQuerySinkConnector",
            settings=_bigquery,
            upserts=_bigquery_upserts,
            hoists_keys=True,
            key_column=_KEY_COLUMN,
        ),
        Sink(
            name="snowflake",
            title="Snowflake",
            connector="com.snowflake.kafka.connector.SnowflakeStreamingSinkConnector",
            settings=_snowflake,
        ),
    )
}
