"""Physical names: what the types of all common dialects are called, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping

from portwright.contract.keys import words
from portwright.model import (
    Boolean,
    Date,
    Decimal,
    Float,
    Integer,
    Json,
    Map,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)


def _named(type_: Type, names: str) -> dict[str, Type]:
    return dict.fromkeys(names.split(), type_)


# Names with their spaces as underscores, lower case.
TEXTS = words(
    "string str text varchar varchar2 nvarchar nvarchar2 char nchar character bpchar"
    " character_varying char_varying national_character_varying national_varchar national_char"
    " national_character nchar_varying clob nclob tinytext mediumtext longtext ntext citext"
    " long_varchar character_large_object fixedstring utf8 large_utf8 large_string keyword"
    " xml xmltype sysname rowid urowid inet cidr macaddr macaddr8 ipv4 ipv6 ipaddress ipprefix"
    " longvarchar ltree pg_lsn objectid enum enum8 enum16"
)
# Types that ODCS has no logical type for. Databases write and read their values as text.
AS_TEXT = words(
    "geography geometry interval interval_year_to_month interval_day_to_second point line lseg box"
    " path polygon circle linestring multilinestring multipoint multipolygon geometrycollection"
    " st_geometry sdo_geometry hierarchyid bit_varying varbit bitstring tsvector tsquery"
    " range int4range int8range numrange tsrange tstzrange daterange"
    " int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange"
)
BINARIES = words(
    "binary varbinary bytea blob bytes raw long_raw image tinyblob mediumblob longblob"
    " binary_varying varbyte binary_large_object fixed rowversion large_binary"
    " fixed_size_binary char_for_bit_data varchar_for_bit_data"
)
DECIMALS = words(
    "decimal numeric dec number bignumeric bigdecimal decimal_unsigned numeric_unsigned"
    " decimal32 decimal64 decimal128 decimal256"
)
# The digits of types whose only argument is the scale (ClickHouse).
SCALED: Mapping[str, int] = {"decimal32": 9, "decimal64": 18, "decimal128": 38, "decimal256": 76}
SIMPLE: Mapping[str, Type] = {
    **_named(
        Integer(),
        "tinyint smallint mediumint int integer bigint int1 int2 int4 int8 int16 int32 int64"
        " long short byteint byte year serial bigserial smallserial serial2 serial4 serial8"
        " middleint pls_integer binary_integer"
        " sint32 sint64 sfixed32 sfixed64 int_signed integer_signed bigint_signed signed",
    ),
    **_named(Integer(8, signed=False), "utinyint uint8 tinyint_unsigned"),
    **_named(Integer(16, signed=False), "usmallint uint16 smallint_unsigned"),
    **_named(
        Integer(32, signed=False),
        "uinteger uint uint32 fixed32 oid int_unsigned integer_unsigned mediumint_unsigned",
    ),
    **_named(Integer(64, signed=False), "ubigint uint64 fixed64 bigint_unsigned"),
    **_named(Integer(128), "hugeint int128"),
    **_named(Integer(128, signed=False), "uhugeint uint128"),
    **_named(
        Float(64),
        "float double double_precision float8 float64 binary_double double_unsigned float_unsigned"
        " real_unsigned double_precision_unsigned half_float scaled_float",
    ),
    **_named(Float(32), "real float4 float32 binary_float bfloat16 half float16"),
    **_named(Decimal(77, 0), "int256"),
    **_named(Decimal(78, 0), "uint256"),
    **_named(Decimal(19, 4), "money"),
    **_named(Decimal(10, 4), "smallmoney"),
    **_named(Boolean(), "boolean bool bit logical"),
    **_named(Date(), "date date32 date64"),
    **_named(
        Time(),
        "time time64 time_ns timetz time_with_time_zone time_without_time_zone time_millis"
        " time_micros",
    ),
    **_named(
        Timestamp(zoned=True),
        "timestamp timestamptz timestamp_tz timestamp_ltz timestamptz timestampltz"
        " timestamptz_ns timestamp_millis timestamp_micros timestamp_nanos date_time"
        " timestamp_with_time_zone timestamp_with_local_time_zone datetimeoffset",
    ),
    **_named(
        Timestamp(zoned=False),
        "timestamp_ntz timestampntz timestamp_without_time_zone datetime datetime2 smalldatetime"
        " datetime32 datetime64 timestamp_s timestamp_ms timestamp_us timestamp_ns"
        " local_timestamp_millis local_timestamp_micros local_timestamp_nanos",
    ),
    **_named(Uuid(), "uuid uniqueidentifier guid timeuuid"),
    **_named(
        Json(),
        "json jsonb bson variant sql_variant super object struct record row message dynamic"
        " tuple map dict",
    ),
    **_named(Map(String(), String()), "hstore"),
}
# What is zoned in one dialect and not in another.
OPEN_ZONE = frozenset({"timestamp"})
# An argument may be the time zone (ClickHouse, pandas).
ZONED_BY_TEXT = frozenset({"datetime", "datetime64"})
# Around a type, these change nothing about its values but that they may be null.
WRAPPERS = words("nullable lowcardinality optional frozen")
NULLABLE = words("nullable optional")
ARRAYS = words("array list sequence large_list")
MAPS = words("map dict")
ENUMS = words("enum enum8 enum16")


def is_of_values(name: str) -> bool:
    """Whether the name is that of a type of columns only, and of no record."""
    return is_known(name) and not isinstance(SIMPLE.get(name), Json)


def is_known(name: str) -> bool:
    """Whether the name alone is that of a type."""
    return name in SIMPLE or name in TEXTS | BINARIES | DECIMALS
