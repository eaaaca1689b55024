"""MySQL 8.0.17 and later, and MariaDB 10.11 and later: what both of them run."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from portwright.targets.ddl.alterations import Alteration, Alterations, way
from portwright.targets.ddl.dialect import (
    TEMPORAL,
    Dialect,
    Functions,
    Identifiers,
    Literals,
    Option,
    Statements,
)
from portwright.targets.ddl.dialects.ansi import ANSI, ANSI_CONSTRAINTS, ANSI_WAYS
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.types import DecimalForm, Types

# The reserved words of MySQL up to 9 and of MariaDB up to 12, and what else MariaDB takes amiss.
_RESERVED = """
accessible add admin all alter analyze and array as asc asensitive before between bigint binary
blob body both by call cascade case change char character check collate column condition
constraint continue convert create cross cube cume_dist current_date current_role current_time
current_timestamp current_user cursor database databases day_hour day_microsecond day_minute
day_second dec decimal declare default delayed delete delete_domain_id dense_rank desc describe
deterministic distinct distinctrow div do_domain_ids double drop dual each else elseif elsif empty
enclosed escaped except exists exit explain false fetch first_value float float4 float8 for force
foreign from fulltext function general generated get get_master_public_key goto grant group
grouping groups having high_priority history hour_microsecond hour_minute hour_second if ignore
ignore_domain_ids ignore_server_ids in index infile inner inout insensitive insert int int1 int2
int3 int4 int8 integer intersect interval into io_after_gtids io_before_gtids is iterate join
json_table key keys kill lag last_value lateral lead leading leave left library like limit linear
lines load localtime localtimestamp lock long longblob longtext loop low_priority manual
master_bind master_demote_to_replica master_demote_to_slave master_heartbeat_period
master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext member middleint
minute_microsecond minute_second mod modifies natural no_write_to_binlog not nth_value ntile null
numeric of offset on optimize optimizer_costs option optionally or order others out outer outfile
over package page_checksum parallel parse_gcol_expr parse_vcol_expr partition percent_rank period
persist persist_only portion position precision primary procedure purge qualify raise range rank
read read_write reads real recursive ref_system_id references regexp release rename repeat replace
require resignal restrict return returning revoke right rlike role row row_number rows rowtype
schema schemas second_microsecond select sensitive separator set show signal slow smallint spatial
specific sql sql_after_gtids sql_before_gtids sql_big_result sql_calc_found_rows sql_small_result
sqlexception sqlstate sqlwarning ssl starting stats_auto_recalc stats_persistent
stats_sample_pages stored straight_join system system_time table tablesample terminated then
tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage
use using utc_date utc_time utc_timestamp value values varbinary varchar varcharacter varying
versioning virtual when where while window with without write xor year_month zerofill
"""

# Characters that the catalogue has no room for.
_LONG = re.compile("[\U00010000-\U0010ffff]")

_INSTANT = "ALGORITHM=INSTANT where the release can: no row is read."
_COPIED = "ALGORITHM=COPY: the table is written anew, and nobody writes it meanwhile (LOCK=SHARED)."
_INPLACE = "ALGORITHM=INPLACE where the release can: the table is written anew, others write on."
_SCANNED = "All rows are read, and nobody writes the table meanwhile (LOCK=SHARED)."
_WRITTEN = "All rows are written, and locked."
_MODIFY = "ALTER TABLE {table} MODIFY COLUMN {definition}"

_ALTERATIONS = Alterations(
    # A column is modified as a whole: with its comment, and NOT NULL or not.
    ways={
        **{kind: replace(each, note=_INSTANT) for kind, each in ANSI_WAYS.items()},
        **{kind: replace(each, note=_SCANNED) for kind, each in ANSI_CONSTRAINTS.items()},
        Alteration.DROP_PRIMARY_KEY: way(
            "ALTER TABLE {table} DROP PRIMARY KEY", note=_COPIED, rewrites=True
        ),
        Alteration.DROP_UNIQUE: way("ALTER TABLE {table} DROP INDEX {name}", note=_INSTANT),
        Alteration.DROP_CHECK: way("ALTER TABLE {table} DROP CONSTRAINT {name}", note=_INSTANT),
        Alteration.DROP_FOREIGN_KEY: way(
            "ALTER TABLE {table} DROP FOREIGN KEY {name}", note=_INSTANT
        ),
        Alteration.CHANGE_TYPE: way(_MODIFY, note=_COPIED, rewrites=True),
        Alteration.WIDEN_TYPE: way(_MODIFY, note=_INPLACE),
        Alteration.SET_NOT_NULL: way(_MODIFY, note=_INPLACE, rewrites=True),
        Alteration.DROP_NOT_NULL: way(_MODIFY, note=_INPLACE, rewrites=True),
        Alteration.COMMENT_COLUMN: way(_MODIFY, note=_INSTANT),
        Alteration.COMMENT_TABLE: way("ALTER TABLE {table} COMMENT = {text}", note=_INSTANT),
        Alteration.RENAME_TABLE: way("RENAME TABLE {table} TO {new_table}", note=_INSTANT),
        Alteration.MOVE_ASIDE: way("RENAME TABLE {table} TO {new_table}", note=_INSTANT),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: replace(ANSI_WAYS[Alteration.FILL_COLUMN], note=_WRITTEN),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    # Up to 255 characters, a length is a byte.
    widenings=frozenset({("VARCHAR", "VARCHAR")}),
    # What is assigned in strict mode is refused where it does not fit; CAST cuts it.
    cast="{value}",
    no_comment="''",
    nameless=frozenset({"pk"}),  # it is always called PRIMARY
    reference_index="ALTER TABLE {table} DROP INDEX {name}",
    shared_names=frozenset({"ck", "fk"}),
)

MYSQL = Dialect(
    name="mysql",
    title="MySQL",
    alterations=_ALTERATIONS,
    default_schema=None,
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:information_schema|mysql|performance_schema|sys)"),
        quoted="`{name}`",
        escapes={"`": "``"},
        max_characters=64,
        forbidden=re.compile("[\\0\U00010000-\U0010ffff]|\\s$"),
    ),
    types=Types(
        leaf={
            **ANSI,
            Kind.INT8: "TINYINT",
            Kind.INT32: "INT",
            Kind.UINT8: "TINYINT UNSIGNED",
            Kind.UINT16: "SMALLINT UNSIGNED",
            Kind.UINT32: "INT UNSIGNED",
            Kind.UINT64: "BIGINT UNSIGNED",
            Kind.FLOAT32: "FLOAT",
            Kind.FLOAT64: "DOUBLE",
            Kind.TEXT: "LONGTEXT",
            Kind.ENUM: "VARCHAR({length})",
            Kind.UUID: "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
            Kind.BYTES: "LONGBLOB",
            Kind.TIME: "TIME(6)",
            # TIMESTAMP ends in 2038.
            Kind.TIMESTAMP: "DATETIME(6)",
            Kind.TIMESTAMP_ZONED: "DATETIME(6)",
            Kind.JSON: "JSON",
            **dict.fromkeys(VECTORS, "JSON"),
        },
        decimals=(DecimalForm(precision=65, scale=30),),
        limits={Kind.VARCHAR: 255},
        wider=frozenset({Kind.INT128, Kind.UINT128, *VECTORS}),
        lossy={
            Kind.TIMESTAMP_ZONED: "MySQL has no zoned type past the year 2038:"
            " the column holds the instant in UTC, and does not say so",
            Kind.JSON: "MySQL keeps no more than a double of a number in JSON",
        },
        unkeyed=frozenset({Kind.JSON}),
        keyed={Kind.TEXT: "VARCHAR({length})", Kind.BYTES: "VARBINARY({length})"},
        key_length=255,
        key_bytes=3072,
        key_columns=16,
        # 65,535 in all; what is no text takes little. Of a page's 8,126, a short text takes 41.
        row_bytes=49_152,
        row_texts=150,
        most_columns=1017,
    ),
    functions=Functions(
        byte_length="LENGTH({value})",
        char_length="CHAR_LENGTH({value})",
        matches="{value} REGEXP {pattern}",
        pattern=partial(portable, end=r"\z"),
        dimensions="JSON_LENGTH({value})",
        json_length="JSON_LENGTH({value})",
        # Collations that both engines have take trailing blanks for nothing.
        one_of="CAST({value} AS BINARY) IN ({options})",
    ),
    literals=Literals(
        escapes={"'": "''", "\\": "\\\\"},
        character="CONVERT(0x{utf8} USING utf8mb4)",
        joined=("CONCAT(", ", ", ")"),
        digits=65,
        temporal={**TEMPORAL, Kind.TIMESTAMP_ZONED: "TIMESTAMP {text}"},
        utc="",
    ),
    statements=Statements(
        create_schema=(
            "CREATE DATABASE IF NOT EXISTS {schema} CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin"
        ),
        options=(
            Option("ENGINE = InnoDB"),
            # Texts are equal where their characters are, in keys and CHECKs as in the contract.
            Option("DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin"),
            Option("COMMENT = {comment}"),
        ),
        comment_clause="COMMENT {text}",
        table_comment=None,
        column_comment=None,
        longest_comment=1024,
        comment_forbidden=_LONG,
    ),
    servers=frozenset({"mysql", "mariadb"}),
    qualifiers=("database",),
)
