"""Objects: the contract's `schema`, each a record with its keys, its topic and its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portwright import names
from portwright.contract import (
    custom,
    keys,
    latest,
    properties,
    quality,
    relationships,
    servers,
    shapes,
    streams,
    topics,
    volume,
)
from portwright.contract.reader import Reader
from portwright.contract.relationships import Reference
from portwright.model import Compatibility, Object, Port, Record, Server
from portwright.nodes import Mapping, Scalar, Sequence

_NAME_WAY_OUT = "give the object a name: `- name: orders`"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an object takes from its contract. `stem` starts the names of topics; `level` is what
    a registry holds its schemas to."""

    stem: tuple[str, ...]
    major: int
    servers: tuple[Server, ...]
    level: Compatibility = Compatibility.FULL_TRANSITIVE


def read(reader: Reader, around: Surroundings) -> tuple[Object, ...]:
    """The objects without those that are at fault, with their foreign keys."""
    if not reader.has("schema"):
        place = reader.node.key("schema") or reader.node
        message = "the contract has no `schema`: there is nothing to generate"
        reader.report.error("PW117", message, place.span, "list its objects under `schema:`")
        return ()
    node = reader.get("schema")
    found: list[Object] = []
    references: list[Reference] = []
    for each in reader.readers("schema", "the object", None):
        object_ = _object(each, around)
        made = list(_references(each, object_.name if object_ else ""))
        if object_ is not None:
            found.append(object_)
            references += made
    if isinstance(node, Sequence) and not node.items:
        message = "the `schema` is empty: there is nothing to generate"
        reader.report.error("PW117", message, reader.span_of("schema"), "list an object")
    resolved = relationships.resolve(references, tuple(found), reader.report)
    return tuple(replace(o, relationships=tuple(resolved.get(o.name, ()))) for o in found)


def _object(reader: Reader, around: Surroundings) -> Object | None:
    name = reader.needed_text("name", _NAME_WAY_OUT)
    if name is not None:
        reader.what = f"the object `{name}`"
    if shapes.is_column(reader.node):
        message = f"{reader.what} is written like a column"
        help = "an object has `properties`: put the column into those of an object"
        reader.report.error("PW118", message, reader.span, help)
        return None
    reader.warn_of_unknown(keys.OBJECT)
    _check_logical_type(reader)
    called = name or "unnamed"
    customs = custom.read(reader)
    singular = custom.text(customs, "recordName") or names.singular(called)
    before = reader.report.errors
    record = properties.record(reader, singular, (called,))
    rules = quality.read(reader)
    if not record.fields and reader.report.errors == before:
        what = "nothing but measures" if reader.items("properties") else "no properties"
        help = "list its fields under `properties:`, each with a `name` and a `logicalType`"
        place = reader.span_of("properties")
        reader.report.error("PW118", f"{reader.what} has {what}", place, help)
    if name is None or not record.fields:
        return None
    key = _key(reader, "primaryKey", "primaryKeyPosition")
    made = _made(reader, name, _required(record, key), key, around)
    stream = streams.read(reader, customs, made.record, around.level)
    topic = topics.read(reader, customs)
    return replace(
        made,
        quality=rules,
        stream_key=stream.key,
        stream_headers=stream.headers,
        subject=stream.subject,
        compatibility=stream.compatibility,
        latest_by=latest.read(reader, customs.get("latestBy"), made.record),
        volume_change=volume.read(reader, customs.get("volumeChange")),
        partitions=topic.partitions,
        replicas=topic.replicas,
        topic_config=topic.config,
    )


def _made(
    reader: Reader, name: str, record: Record, key: tuple[str, ...], around: Surroundings
) -> Object:
    """The object with its record, its topic and its table."""
    physical_type = reader.text("physicalType")
    qualifier, table = _table(reader, name, around.major)
    node = reader.node.get("name")
    return Object(
        name=name,
        record=record,
        span=node.span if isinstance(node, Scalar) else reader.span,
        id=reader.text("id"),
        business_name=reader.text("businessName"),
        physical_type=physical_type,
        tags=reader.texts("tags"),
        topic=_topic(reader, name, around),
        schema=qualifier[-1] if qualifier else servers.schema(around.servers),
        table=table,
        qualifier=qualifier,
        primary_key=_of(record, key),
        partition_key=_of(record, _key(reader, "partitioned", "partitionKeyPosition")),
        ports=servers.ports(around.servers, physical_type),
        deprecated=bool(reader.flag("deprecated")),
        aliases=custom.previous_names(reader),
    )


def _check_logical_type(reader: Reader) -> None:
    written = reader.text("logicalType")
    if written is not None and written != "object":
        message = f"the logical type of an object is `object`: `{written}` is not used"
        help = "write `logicalType: object`, or leave it out"
        reader.report.warning("PW108", message, reader.span_of("logicalType"), help)


def _properties(reader: Reader) -> Iterator[Reader]:
    """Silent readers of the properties that are maps and have names."""
    for item in reader.items("properties"):
        if isinstance(item, Mapping) and isinstance(item.get("name"), Scalar):
            yield reader.over(item, "the property", None)


def _references(reader: Reader, name: str) -> Iterator[Reference]:
    for each in _properties(reader):
        key = each.get("name")
        if isinstance(key, Scalar):
            yield from relationships.of_property(each, name, key)
    yield from relationships.of_object(reader, name)


def _key(reader: Reader, flag: str, position: str) -> tuple[str, ...]:
    """The names of the properties with that flag by position, then in the contract's order."""
    marked: list[tuple[int, str]] = []
    for each in _properties(reader):
        node = each.get("name")
        written = each.whole(position, -1)
        is_placed = written is not None and written >= 0
        place = written if written is not None and is_placed else 1 << 31
        if isinstance(node, Scalar) and each.flag(flag):
            if is_placed and (first := dict(reversed(marked)).get(place)):
                message = f"`{first}` has the same {position}, and comes first"
                help = "number them 1, 2 …"
                reader.report.warning("PW112", message, each.span_of(position), help)
            marked.append((place, node.text))
        elif is_placed and not each.has(flag):
            message = f"`{position}` says nothing without `{flag}: true`"
            reader.report.warning("PW112", message, each.span_of(position), f"write `{flag}: true`")
    return tuple(name for _, name in sorted(marked, key=lambda pair: pair[0]))


def _of(record: Record, key: tuple[str, ...]) -> tuple[str, ...]:
    known = {field.name for field in record.fields}
    return tuple(dict.fromkeys(name for name in key if name in known))


def _required(record: Record, key: tuple[str, ...]) -> Record:
    """The record with the fields of its primary key required."""
    fields = (replace(each, required=each.required or each.name in key) for each in record.fields)
    return replace(record, fields=tuple(fields))


def _topic(reader: Reader, name: str, around: Surroundings) -> str:
    """The physical name, if it is a topic's; else `domain.contract.object.vMAJOR`."""
    physical = reader.text("physicalName")
    only_streams = servers.ports(around.servers, None) == (Port.STREAM,)
    if physical and (only_streams or _is_topic(reader)):
        return physical
    return ".".join([*map(names.kebab, (*around.stem, name)), f"v{around.major}"])


def _table(reader: Reader, name: str, major: int) -> tuple[tuple[str, ...], str]:
    """The table and what qualifies it: the physical name, if it is not a topic's, else that of
    the object with the major version."""
    physical = reader.text("physicalName")
    if not physical or _is_topic(reader):
        return (), f"{name}_v{major}"
    *before, table = physical.split(".")
    if not table or not all(before):
        return (), physical
    return tuple(before), table


def _is_topic(reader: Reader) -> bool:
    return (reader.text("physicalType") or "").lower() == "topic"
