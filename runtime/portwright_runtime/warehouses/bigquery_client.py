"""Google's client of BigQuery, as loads use it."""

from __future__ import annotations

from typing import Final

from google.api_core.exceptions import GoogleAPIError
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from requests.exceptions import RequestException

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouses.bigquery_url import Address

# What it raises.
FAILED: Final = (GoogleAPIError, GoogleAuthError, RequestException)
# For what need not be done.
BRIEFLY: Final = bigquery.DEFAULT_RETRY.with_timeout(10.0)
# Adds the rows of a file to a table that is there.
LOAD: Final = bigquery.LoadJobConfig(
    parquet_options=bigquery.ParquetOptions.from_api_repr({"enableListInference": True}),
    source_format=bigquery.SourceFormat.PARQUET,
    write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
    create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
)
_NAMES: Final = {"BOOLEAN": "BOOL", "INTEGER": "INT64", "FLOAT": "FLOAT64", "RECORD": "STRUCT"}


def connected(address: Address) -> bigquery.Client:
    """A client with Google's application default credentials, or none for a double."""
    usual = bigquery.QueryJobConfig(use_query_cache=False)
    if address.dataset:
        usual.default_dataset = f"{address.project}.{address.dataset}"
    endpoint = {"api_endpoint": address.api_endpoint} if address.api_endpoint else None
    anonymous = AnonymousCredentials() if address.is_loopback else None  # type: ignore[no-untyped-call]
    try:
        return bigquery.Client(
            address.project,
            anonymous,
            location=address.location,
            default_query_job_config=usual,
            client_options=endpoint,
        )
    except GoogleAuthError as error:
        raise WarehouseError(f"cannot open the warehouse: {error}") from None


def type_of(field: bigquery.SchemaField) -> str:
    """The type of a column as the DDL has it."""
    base = _NAMES.get(field.field_type, field.field_type)
    if base == "STRUCT":
        required = {each.name for each in field.fields if each.mode == "REQUIRED"}
        parts = (
            f"{each.name} {type_of(each)}{' NOT NULL' * (each.name in required)}"
            for each in field.fields
        )
        base = f"STRUCT<{', '.join(parts)}>"
    elif field.precision is not None:
        base = f"{base}({field.precision}, {field.scale or 0})"
    elif field.max_length is not None:
        base = f"{base}({field.max_length})"
    return f"ARRAY<{base}>" if field.mode == "REPEATED" else base
