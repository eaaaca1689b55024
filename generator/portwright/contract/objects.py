"""Objects: the contract's `schema`, each a record with its keys, its topic and its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portwright import names
from portwright.contract import custom, keys, properties, quality, relationships, servers
from portwright.contract.reader import Reader
from portwright.contract.relationships import Reference
from portwright.model import Object, Port, Record, Server
from portwright.nodes import Mapping, Scalar, Sequence

_NAME_WAY_OUT = "give the object a name: `- name: orders`"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an object takes from its contract. `stem` starts the names of topics."""

    stem: tuple[str, ...]
    major: int
    servers: tuple[Server, ...]


def read(reader: Reader, around: Surroundings) -> tuple[Object, ...]:
    """The objects without those that are at fault, with their foreign keys."""
    if not reader.has("schema"):
        place = reader.node.key("schema") or reader.node
        message = "the contract has no `schema`: there is nothing to generate"
        reader.report.error("PW117", message, place.span, "list its objects under `schema:`")
        return ()
    node = reader.get("schema")
    if isinstance(node, Mapping):
        message = "`schema` must be a list of objects, found a map"
        help = "start every object with `- name: …`"
        reader.report.error("PW102", message, node.span, help)
        return ()
    found: list[Object] = []
    references: list[Reference] = []
    for each in reader.readers("schema", "the object", None):
        object_ = _object(each, around)
        if object_ is not None:
            found.append(object_)
            references += _references(each, object_.name)
    if isinstance(node, Sequence) and not node.items:
        message = "the `schema` is empty: there is nothing to generate"
        reader.report.error("PW117", message, reader.span_of("schema"), "list an object")
    resolved = relationships.resolve(references, tuple(found), reader.report)
    return tuple(replace(o, relationships=tuple(resolved.get(o.name, ()))) for o in found)


def _object(reader: Reader, around: Surroundings) -> Object | None:
    name = reader.needed_text("name", _NAME_WAY_OUT)
    if name is not None:
        reader.what = f"the object `{name}`"
    if _is_column(reader):
        message = f"{reader.what} is written like a column"
        help = "an object has `properties`: put the column into those of an object"
        reader.report.error("PW118", message, reader.span, help)
        return None
    reader.warn_of_unknown(keys.OBJECT)
    called = name or "unnamed"
    customs = custom.read(reader)
    singular = custom.text(customs, "recordName") or names.singular(called)
    record = properties.record(reader, singular, (called,))
    if not reader.items("properties"):
        if isinstance(reader.get("properties"), Sequence | None):
            message = f"{reader.what} has no properties"
            help = "list its fields under `properties:`, each with a `name` and a `logicalType`"
            reader.report.error("PW118", message, reader.span_of("properties"), help)
        return None
    if name is None:
        return None
    physical_type = reader.text("physicalType")
    qualifier, table = _table(reader, name)
    key = _key(reader, "primaryKey", "primaryKeyPosition")
    node = reader.node.get("name")
    return Object(
        name=name,
        record=_required(record, key),
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
        quality=quality.read(reader),
        ports=servers.ports(around.servers, physical_type),
        deprecated=bool(reader.flag("deprecated")),
        aliases=custom.previous_names(reader),
    )


def _is_column(reader: Reader) -> bool:
    logical = reader.get("logicalType")
    if not isinstance(logical, Scalar) or reader.has("properties"):
        return False
    return logical.text.lower() != "object"


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
        if isinstance(node, Scalar) and each.flag(flag):
            place = each.whole(position, -1)
            marked.append((place if place is not None and place >= 0 else 1 << 31, node.text))
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


def _table(reader: Reader, name: str) -> tuple[tuple[str, ...], str]:
    """The table and what qualifies it: the physical name, if it is not a topic's, else the
    object's."""
    physical = reader.text("physicalName")
    if not physical or _is_topic(reader):
        return (), name
    *before, table = physical.split(".")
    if not table or not all(before):
        return (), physical
    return tuple(before), table


def _is_topic(reader: Reader) -> bool:
    return (reader.text("physicalType") or "").lower() == "topic"
