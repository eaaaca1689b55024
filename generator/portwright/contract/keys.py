"""Keys: what ODCS 3.0, 3.1 and 3.2 know at each place, taken together.

A key of 3.2 in a contract of 3.0 is no fault: it says the same there.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_ALWAYS = words("id tags customProperties authoritativeDefinitions")

CONTRACT = (
    _ALWAYS
    | words(
        "apiVersion kind version status name tenant domain dataProduct description schema servers"
        " team roles support price slaProperties slaDefaultElement slaDefaultColumn context"
        " contractCreatedTs"
    )
    | words("quality")
)  # which the standard has for objects and properties only
DESCRIPTION = words("purpose usage limitations authoritativeDefinitions customProperties")
CUSTOM_PROPERTY = words("property value id description vendor")

_ELEMENT = _ALWAYS | words(
    "name physicalName physicalType logicalType businessName description quality relationships"
    " properties deprecated synonyms context"
)
OBJECT = _ELEMENT | words("dataGranularityDescription")
PROPERTY = _ELEMENT | words(
    "logicalTypeOptions required unique primaryKey primaryKeyPosition partitioned"
    " partitionKeyPosition classification criticalDataElement encryptedName transformSourceObjects"
    " transformLogic transformDescription examples enum semanticType items map"
)
# Not of the standard, and read as a type.
PROPERTY |= {"type"}
# What is said for people: of the wrong kind, it is left out with a warning.
PROSE = words(
    "description businessName tags examples label status tenant purpose usage limitations"
)

MAP = words("key value")
ENUM_VALUE = _ALWAYS | words("value label description")
RELATIONSHIP = words("id from to type customProperties")

QUALITY_OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
METRICS = words("duplicateValues invalidValues missingValues nullValues rowCount")
# What ODCS 3.0 and others call them.
METRICS_MEANT = {
    **dict.fromkeys(("nullCheck", "not_null", "notNull", "nullCount", "isNull"), "nullValues"),
    **dict.fromkeys(
        ("unique", "uniqueCheck", "duplicateCount", "duplicates", "uniqueness"), "duplicateValues"
    ),
    **dict.fromkeys(("validValues", "validPattern", "validFormat"), "invalidValues"),
}
# With the short forms that the text of the standard allows.
QUALITY_DIMENSIONS = words(
    "accuracy completeness conformity consistency coverage timeliness uniqueness"
    " ac cp cf cs cv tm uq"
)
# Arguments that ODCS 3.0 had beside the rule, and the parts of a custom rule.
QUALITY_ARGUMENTS = words(
    "engine implementation validValues missingValues pattern properties column"
)
QUALITY = (
    _ALWAYS
    | QUALITY_ARGUMENTS
    | frozenset(QUALITY_OPERATORS)
    | words(
        "name description type dimension method severity businessImpact unit schedule scheduler"
        " metric rule arguments query"
    )
)

SERVER = words("server type id description environment roles customProperties")
# The settings of all types together: what one of them lacks is no concern of a generator.
SERVER_SETTINGS = words(
    "account catalog catalogUrl database dataset delimiter encoding endpointUrl format host"
    " location namespace path port project region regionName schema serviceName stagingDir"
    " staging_dir stream warehouse workgroup"
)
STREAM_SERVERS = words("kafka kinesis pubsub")
TABLE_SERVERS = words(
    "athena azure bigquery btrieve clickhouse cloudsql databricks db2 denodo dremio duckdb exasol"
    " fastobjects glue hana hive iceberg impala informix ingres local mysql oracle poet postgres"
    " postgresql presto redshift s3 sftp snowflake sqlserver synapse teradata trino vectorwise"
    " versant vertica zen"
)
OTHER_SERVERS = words("api custom")
# What a server of each type cannot do without.
SERVER_NEEDS = {
    type_: needed.split()
    for types, needed in (
        ("api s3 sftp", "location"),
        ("athena", "schema"),
        ("azure", "location format"),
        ("bigquery", "project dataset"),
        ("btrieve hive ingres vectorwise zen", "host database"),
        ("clickhouse db2 impala informix mysql synapse", "host port database"),
        ("cloudsql postgres postgresql vertica", "host port database schema"),
        ("databricks", "catalog schema"),
        ("denodo dremio", "host port"),
        ("duckdb fastobjects poet versant", "database"),
        ("exasol hana kafka presto teradata", "host"),
        ("glue", "account database"),
        ("iceberg", "catalog catalogUrl"),
        ("local", "path format"),
        ("oracle", "host port serviceName"),
        ("pubsub", "project"),
        ("redshift", "database schema"),
        ("snowflake", "account database schema"),
        ("sqlserver", "host database schema"),
        ("trino", "host port catalog schema"),
    )
    for type_ in types.split()
}
# Not in the standard, and met all the same.
MORE_STREAM_SERVERS = words(
    "confluent eventhub eventhubs msk mqtt nats pulsar rabbitmq redpanda servicebus sns sqs"
)

ROLE = _ALWAYS | words("role description access firstLevelApprovers secondLevelApprovers")
TEAM = _ALWAYS | words("name description members")
MEMBER = _ALWAYS | words("username name description role dateIn dateOut replacedByUsername")
SUPPORT = _ALWAYS | words("channel url description tool scope invitationUrl")
PRICE = words("id priceAmount priceCurrency priceUnit")
SLA = _ALWAYS | words("property value valueExt unit element driver description scheduler schedule")

NUMBER_OPTIONS = words("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf format")
TIME_OPTIONS = (NUMBER_OPTIONS - {"multipleOf"}) | words("timezone defaultTimezone")
STRING_OPTIONS = words("minLength maxLength pattern format")
OBJECT_OPTIONS = words("minProperties maxProperties required")
ARRAY_OPTIONS = words("minItems maxItems uniqueItems")
VECTOR_OPTIONS = words(
    "dimensions elementType distanceMetric embeddingModel embeddingModelVersion normalized"
)
# Read although no version of the standard has them; each gets a warning of its own.
TOLERATED_OPTIONS = words("enum precision scale")

# What ODCS 2 and others call it, and what ODCS 3 does.
RENAMED = {
    "isNullable": "write `required: true` where nulls are not allowed",
    "nullable": "write `required: true` where nulls are not allowed",
    "isUnique": "write `unique: true`",
    "isPrimaryKey": "write `primaryKey: true`",
    "columns": "write `properties`",
    "fields": "write `properties`",
    "column": "write `name`",
    "table": "write `name`",
    "dataType": "write `logicalType`",
    "data_type": "write `logicalType`",
    "precision": "write `physicalType: DECIMAL(precision, scale)`",
    "scale": "write `physicalType: DECIMAL(precision, scale)`",
    "type": "write `logicalType`",
    "default": "ODCS has no default values",
    "values": "write `enum:` with a list of `value`s",
    "username": "list every member under `members:`",
    **dict.fromkeys(
        sorted(STRING_OPTIONS | NUMBER_OPTIONS | TIME_OPTIONS | ARRAY_OPTIONS | VECTOR_OPTIONS),
        "write it under `logicalTypeOptions`",
    ),
}

# What people write for a logical type, and how ODCS says it.
TYPES_MEANT = {
    "enum": "write `logicalType: string` and list the values under `enum:`",
    **dict.fromkeys(
        ("decimal", "numeric", "money"),
        'write `logicalType: number` and `physicalType: "DECIMAL(18,2)"`',
    ),
    **dict.fromkeys(
        ("float", "double", "real", "float64"),
        "write `logicalType: number` and `logicalTypeOptions: {format: f64}`",
    ),
    **dict.fromkeys(
        ("int", "long", "bigint", "short", "smallint", "int64", "int32"),
        "write `logicalType: integer`",
    ),
    **dict.fromkeys(("text", "varchar", "char", "str"), "write `logicalType: string`"),
    **dict.fromkeys(("bool", "bit"), "write `logicalType: boolean`"),
    **dict.fromkeys(("datetime", "date-time", "timestamptz"), "write `logicalType: timestamp`"),
    **dict.fromkeys(
        ("binary", "bytes", "blob", "bytea"),
        "write `logicalType: string` and `logicalTypeOptions: {format: binary}`",
    ),
    **dict.fromkeys(
        ("uuid", "guid"), "write `logicalType: string` and `logicalTypeOptions: {format: uuid}`"
    ),
    **dict.fromkeys(("record", "struct", "json", "variant"), "write `logicalType: object`"),
    **dict.fromkeys(("list", "set"), "write `logicalType: array` and its `items`"),
}
