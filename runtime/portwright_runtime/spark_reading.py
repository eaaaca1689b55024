"""Messages of a topic as rows of a table, in Spark: decoded by the schemas that wrote them, typed,
and held to the contract.

All is SQL, so nothing of Python runs where the data is. What `judged` gives has the columns of the
table, null where a message is no record, and `MESSAGE`: the message with its `fault` (null where it
is fine), and for a table with a key the `key` of its row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from portwright_runtime.dead_letters import Reason
from portwright_runtime.schema import Schema
from portwright_runtime.spark_table import SparkRule, SparkTable
from portwright_runtime.wire import SCHEMA_HEADER

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

MESSAGE: Final = "portwright_message"
# What is kept of a message, as the source gives it.
_MESSAGE: Final = "topic partition offset timestamp key value headers".split()
_MAJOR: Final = r"\\.v[0-9]+(?=\\.[^.]+\\z)"

# The schemas of writers by what names them on the wire; None where the registry has none such.
Writers = Mapping[bytes, Schema | None]


def named(messages: DataFrame, table: SparkTable, *, numbered: bool) -> DataFrame:
    """The messages of the table's object, each as `message` with what names its schema (`name`:
    empty where nothing does, null where it is cut off) and its `type`."""
    prefix = "substring(value, 1, 5)" if numbered else "X''"
    columns = messages.selectExpr(
        f"struct({', '.join(_MESSAGE)}) AS message",
        f"{_header(SCHEMA_HEADER)} AS named_by",
        f"coalesce(CAST({_header('ce_type')} AS STRING), '') AS type",
        f"IF(substring(value, 1, 1) = X'00', {prefix}, X'') AS prefix",
    )
    name = """
        CASE WHEN message.value IS NULL THEN X''
             WHEN named_by IS NULL THEN IF(length(prefix) IN (0, 5), prefix, NULL)
             WHEN substring(named_by, 1, 1) = X'00' AND length(named_by) >= 5
             THEN substring(named_by, 1, 5)
             WHEN substring(named_by, 1, 1) = X'01' AND length(named_by) >= 17
             THEN substring(named_by, 1, 17) END"""
    ours = _text(table.event_type)
    mine = f"type IN ('', {ours}) OR {_plain('type')} = {_plain(ours)}"
    return columns.where(mine).selectExpr("message", "type", "named_by", f"{name} AS name")


def judged(messages: DataFrame, table: SparkTable, writers: Writers) -> DataFrame:
    """What becomes of the messages that `named` gave."""
    read = messages.withColumn("record", _records(table, writers))
    whole = read.selectExpr("message", "record", f"{_unread(table, writers)} AS unread")
    key_text = "IF(message.value IS NULL, CAST(message.key AS STRING), NULL) AS key_text"
    fault = f"coalesce(unread, {_first_broken(table.conditions)}) AS fault"
    checked = whole.selectExpr("message", "record", fault, key_text)
    sound = "fault IS NULL AND message.value IS NOT NULL"
    key = _struct((each.value or "NULL" for each in table.key), "key")
    values = (f"IF({sound}, {each.value}, NULL) AS {each.name}" for each in table.columns)
    typed = checked.selectExpr(f"struct(message, fault{key}) AS {MESSAGE}", *values)
    return typed.selectExpr(_whole_message(table), *(each.name for each in table.columns))


def _whole_message(table: SparkTable) -> str:
    """The message of a row, with what its rules and its key say."""
    deleted = f"{MESSAGE}.message.value IS NULL"
    broken = _first_broken(table.rules)
    fault = f"IF({MESSAGE}.fault IS NULL AND NOT {deleted}, {broken}, {MESSAGE}.fault)"
    if not table.key:
        return f"struct({MESSAGE}.message, {fault} AS fault) AS {MESSAGE}"
    known = enumerate(table.key)
    key = _struct((f"IF({deleted}, {MESSAGE}.key.k{n}, {e.name})" for n, e in known), "key")
    absent = " OR ".join(f"{MESSAGE}.key.k{n} IS NULL" for n, _ in enumerate(table.key))
    no_key = _fault(Reason.DESERIALIZATION, "its key is not the primary key of a record")
    no_row = f"{deleted} AND {MESSAGE}.fault IS NULL AND ({absent})"
    whole = f"CASE WHEN {no_row} THEN {no_key} ELSE {fault} END"
    return f"struct({MESSAGE}.message, {whole} AS fault{key}, {deleted} AS deleted) AS {MESSAGE}"


def _struct(values: Iterable[str], name: str) -> str:
    """The values as a struct for the end of a list, `k0` and so on; nothing where there is none."""
    parts = ", ".join(f"{value} AS k{n}" for n, value in enumerate(values))
    return f", struct({parts}) AS {name}" if parts else ""


def _records(table: SparkTable, writers: Writers) -> Column:
    """The Avro records in the values, null where there is none that can be read."""
    from pyspark.sql import functions as f
    from pyspark.sql.avro.functions import from_avro

    reader = _enveloped(table.schema)
    found: Column | None = None
    for name, schema in writers.items():
        if schema is None or schema.kind != "AVRO":
            continue
        value = f"substring(message.value, {len(name) + 1 if len(name) == 5 else 1})"
        unprefixed = f.expr(f"IF(named_by IS NULL, {value}, message.value)")
        options = {"avroSchema": reader, "mode": "PERMISSIVE"}
        record = from_avro(unprefixed, _enveloped(schema.text), options).getField("value")
        when = f.when if found is None else found.when
        found = when(f.expr(f"name = {_bytes(name)}"), record)
    empty = from_avro(f.lit(None).cast("binary"), reader, {"mode": "PERMISSIVE"}).getField("value")
    return empty if found is None else found.otherwise(empty)


def _enveloped(schema: str) -> str:
    """A schema of the same bytes, of whose records Spark tells one that it cannot read from one in
    which all is null."""
    record = {"type": "record", "name": "PortwrightEnvelope"}
    return json.dumps({**record, "fields": [{"name": "value", "type": json.loads(schema)}]})


def _unread(table: SparkTable, writers: Writers) -> str:
    """Why there is no record, as an expression that is null where there is one."""
    cases = " ".join(
        f"WHEN {condition} THEN {_fault(Reason.DESERIALIZATION, error)}"
        for condition, error in _without_record(table, writers)
    )
    return f"CASE {cases} END"


def _without_record(table: SparkTable, writers: Writers) -> Iterator[tuple[str, str]]:
    ours = _text(table.event_type)
    yield f"type NOT IN ('', {ours})", "an event of another major version"
    if not table.deletes:
        told = "its key tells no row" if table.key else "the event has no value"
        yield "message.value IS NULL", told
    yield "message.key IS NULL AND message.value IS NULL", "the event has neither key nor value"
    yield "name IS NULL", "what names its schema is cut off"
    for name, schema in writers.items():
        if schema is None:
            shown = str(int.from_bytes(name[1:], "big")) if len(name) == 5 else name[1:].hex()
            told = f"the registry does not know the schema {shown} that wrote it"
            yield f"name = {_bytes(name)}", told
        elif schema.kind != "AVRO":
            told = f"it was written as {schema.kind}, and AVRO is read here"
            yield f"name = {_bytes(name)}", told
    yield "message.value IS NOT NULL AND record IS NULL", "the event's bytes are no such record"


def _first_broken(rules: Iterable[SparkRule]) -> str:
    """The fault of the first rule that is broken, as an expression that is null where none is."""
    cases = " ".join(
        f"WHEN NOT ({each.predicate}) THEN {_fault(Reason.VALIDATION, f'{each.path}: {each.rule}')}"
        for each in rules
    )
    return f"CASE {cases} END" if cases else f"CAST(NULL AS {_FAULT})"


_FAULT: Final = "STRUCT<reason: STRING, error: STRING>"


def _fault(reason: Reason, error: str) -> str:
    return f"named_struct('reason', {_text(reason)}, 'error', {_text(error)})"


def _header(name: str) -> str:
    """The first header of that name, null where there is none."""
    return f"get(filter(headers, header -> header.key = {_text(name)}), 0).value"


def _plain(type_: str) -> str:
    """An event's type without its major version."""
    return f"regexp_replace({type_}, '{_MAJOR}', '')"


def _bytes(value: bytes) -> str:
    return f"X'{value.hex()}'"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
