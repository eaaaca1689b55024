"""What changes of values, rules and keys mean."""

from __future__ import annotations

from collections.abc import Mapping

from portwright.evolution.effects import Bump, Row, breaks, fine, risky, row
from portwright.evolution.kinds import Kind

_MAJOR = "release it as a new major version"
_AGREE = "agree on it with those who read it, or release it as a new major version"

ROWS: Mapping[Kind, Row] = {
    Kind.VALUE_ADDED: row(
        "an enum has a new value",
        "tell readers before it is sent first",
        producer=fine("it is there to be used"),
        stream=risky(
            "old readers see UNKNOWN; those that ignore Avro's default, or validate by the"
            " old JSON Schema, refuse it"
        ),
        replay=fine("old data does not have it"),
        tables=fine("the check, or the engine's enum, gets one value more"),
        sql=risky("a CASE without ELSE misses it"),
    ),
    Kind.VALUE_REMOVED: row(
        "an enum has lost a value",
        "keep the value, and stop sending it; remove it with a new major version",
        producer=breaks("code that sends it is refused"),
        stream=fine("it does not come any more"),
        replay=breaks("old data has it, and new readers see UNKNOWN"),
        tables=risky("rows that have it break the new check"),
        sql=risky("rows that have it stay, or are rewritten"),
    ),
    Kind.ENUM_SPELLING_CHANGED: row(
        "not all values of an enum are names now, or all are",
        "spell the new values as names: letters, digits and `_`",
        stream=breaks("an enum in Avro is text now, or the reverse"),
        replay=breaks("an enum in Avro is text now, or the reverse"),
    ),
    Kind.RULE_TIGHTENED: row(
        "a rule is tighter",
        "look whether what you send keeps it already",
        producer=breaks("records that break it are refused"),
        stream=fine("what keeps the new rule keeps the old one"),
        replay=risky("old data may break it, and new consumers put that aside"),
        tables=risky("the check fails while a row breaks it; a shorter text needs a new table"),
        sql=fine("what keeps the new rule keeps the old one"),
    ),
    Kind.RULE_LOOSENED: row(
        "a rule is looser, or gone",
        _MAJOR + " where somebody reads the stream",
        producer=fine("what kept the old rule keeps the new one"),
        stream=breaks("generated consumers check the old rule, and put aside what breaks it"),
        replay=fine("old data keeps it"),
        tables=risky("the check is replaced, the column widened"),
        sql=risky("values no longer fit what was built for the old rule"),
    ),
    Kind.RULE_CHANGED: row(
        "a rule is another one",
        _MAJOR,
        producer=breaks("records that break it are refused"),
        stream=breaks("generated consumers check the old rule, and put aside what breaks it"),
        replay=risky("old data may break it, and new consumers put that aside"),
        tables=risky("the check fails while a row breaks it"),
        sql=risky("values no longer fit what was built for the old rule"),
    ),
    Kind.UNIQUE_ADDED: row(
        "values are unique now",
        "look for duplicates first",
        producer=breaks("loads with duplicates are refused"),
        replay=risky("old data may have duplicates"),
        tables=risky("the constraint fails while there are duplicates"),
    ),
    Kind.UNIQUE_REMOVED: row(
        "values need not be unique any more",
        _MAJOR,
        stream=breaks("whoever keys by it overwrites one record with another"),
        tables=fine("the constraint is dropped"),
        sql=breaks("joins over it double their rows"),
    ),
    Kind.QUALITY_ADDED: row(
        "a rule of quality is new",
        "run it over the table first",
        producer=risky("loads that break it are kept back"),
        operators=risky("there is one more thing to watch"),
    ),
    Kind.QUALITY_REMOVED: row(
        "a rule of quality is gone",
        "tell those who rely on it",
        sql=risky("what it kept out may come in"),
        operators=risky("nobody watches it any more"),
    ),
    Kind.PRIMARY_KEY_CHANGED: row(
        "the primary key is another one",
        _MAJOR,
        producer=risky("messages and rows are keyed otherwise"),
        stream=breaks(
            "messages of one record go to another partition: order, compaction and"
            " deduplication break"
        ),
        replay=breaks("old and new versions of one record have different keys"),
        tables=breaks("a new table, and loads merge by the new key"),
        sql=breaks("joins by the old key double or lose rows"),
    ),
    Kind.PARTITION_KEY_CHANGED: row(
        "the table is partitioned otherwise",
        "plan the new table with whoever runs the warehouse",
        tables=breaks("a new table; only Iceberg changes it in place"),
        sql=risky("queries by the old partition read more, and cost more"),
        operators=risky("the table has to be written anew"),
    ),
    Kind.STREAM_KEY_CHANGED: row(
        "messages have another key",
        _MAJOR,
        producer=fine("keys are made by generated code"),
        stream=breaks("messages of one record go to another partition: order and compaction break"),
        replay=risky("old and new messages of one record have different keys"),
    ),
    Kind.HEADER_ADDED: row(
        "messages have a new header",
        "raise the minor version",
        stream=fine("headers that nobody knows are not read"),
    ),
    Kind.HEADER_CHANGED: row(
        "a header has another content",
        _AGREE,
        stream=breaks("filters and routes read another value, and nothing says so"),
        replay=risky("old messages have the old content"),
    ),
    Kind.HEADER_REMOVED: row(
        "a header is gone",
        _AGREE,
        stream=breaks("filters and routes that read it find nothing"),
    ),
    Kind.LATEST_BY_CHANGED: row(
        "another property says which version of a record is the latest",
        "load the table anew with the first load of this version",
        producer=risky("upserts compare another property"),
        stream=risky("whoever keeps the latest version compares the old property"),
        tables=risky("rows were chosen by the old property"),
        sql=risky("other versions of records stay"),
    ),
    Kind.REFERENCE_ADDED: row(
        "a foreign key is new",
        "look for rows without a counterpart first",
        tables=risky("the constraint fails while a row has no counterpart"),
    ),
    Kind.REFERENCE_REMOVED: row(
        "a foreign key is gone",
        "tell those who join by it",
        tables=fine("the constraint is dropped"),
        sql=risky("joins may lose rows"),
    ),
    Kind.ORDER_CHANGED: row(
        "the order is another one",
        "nothing: names and numbers stay what they were",
        stream=fine("Avro reads by name, Protobuf by the numbers of the lock"),
        tables=fine("columns that are there stay where they are"),
        least=Bump.PATCH,
    ),
    Kind.DOCUMENTATION_CHANGED: row(
        "its documentation has changed",
        "nothing: it changes no data",
        tables=fine("comments are replaced"),
        least=Bump.PATCH,
    ),
}
