"""Objects in two versions: where they are, what identifies their records, who reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from portwright.diagnostics import Span
from portwright.evolution.change import Change, Place, told
from portwright.evolution.facts import deprecation, documentation, quality
from portwright.evolution.kinds import Kind
from portwright.evolution.types import fields
from portwright.model import Expression, Model, Object, Port
from portwright.model.matching import match

# What properties were called before, and are called now.
Names = Mapping[str, str]


def objects(old: Model, new: Model) -> Iterator[Change]:
    """What has become of the objects of a contract."""
    top = Place("", new.span, ())
    matched = match(old.objects, new.objects)
    for object_ in matched.removed:
        place = replace(top.inside(object_.name), ports=object_.ports)
        yield place.gone(Kind.OBJECT_REMOVED, None, object_.span)
    for object_ in matched.added:
        yield top.inside(object_.name, object_.span).change(Kind.OBJECT_ADDED)
    for before, after in matched.pairs:
        place = Place(after.name, after.span, before.ports)
        yield from _object(before, after, place)
    if not matched.in_order:
        yield top.change(Kind.ORDER_CHANGED, fact="objects")


def _object(old: Object, new: Object, place: Place) -> Iterator[Change]:
    renamed = old.name != new.name
    if renamed:
        yield place.change(Kind.OBJECT_RENAMED, old.name, new.name)
    elif old.record.name != new.record.name:
        yield place.change(Kind.TYPE_RENAMED, old.record.name, new.record.name)
    yield from _places(old, new, place)
    yield from _keys(old, new, place)
    yield from quality(old.quality, new.quality, place)
    yield from deprecation(old.deprecated, new.deprecated, place)
    yield from documentation(
        place,
        description=(old.description, new.description),
        tags=(old.tags, new.tags),
        businessName=(old.business_name, new.business_name),
    )
    yield from fields(old.record, new.record, place)


def _places(old: Object, new: Object, place: Place) -> Iterator[Change]:
    """Its ports, and what each is called by those who read it."""
    for port in Port:
        if port in old.ports and port not in new.ports:
            yield place.only(port).change(Kind.PORT_REMOVED, before=port)
        elif port in new.ports and port not in old.ports:
            yield place.change(Kind.PORT_ADDED, after=port)
    stream, table = place.only(Port.STREAM), place.only(Port.TABLE)
    if Port.STREAM in old.ports and Port.STREAM in new.ports:
        if old.topic != new.topic:
            yield stream.change(Kind.TOPIC_CHANGED, old.topic, new.topic)
        elif old.schema_subject != new.schema_subject:
            yield stream.change(Kind.SUBJECT_CHANGED, old.schema_subject, new.schema_subject)
        if old.compatibility != new.compatibility:
            levels = (old.compatibility, new.compatibility)
            yield stream.change(Kind.COMPATIBILITY_CHANGED, *levels)
    if Port.TABLE in old.ports and Port.TABLE in new.ports:
        before, after = table_of(old), table_of(new)
        if before != after:
            yield table.change(Kind.TABLE_CHANGED, before, after)


def table_of(object_: Object) -> str:
    """The table as the contract names it, with what qualifies it."""
    qualifier = object_.qualifier or ((object_.schema,) if object_.schema else ())
    return ".".join((*qualifier, object_.table))


def _keys(old: Object, new: Object, place: Place) -> Iterator[Change]:
    pairs = match(old.record.fields, new.record.fields).pairs
    now = {before.name: after.name for before, after in pairs}
    stream, table = place.only(Port.STREAM), place.only(Port.TABLE)
    if _renamed(old.primary_key, now) != new.primary_key:
        yield place.change(Kind.PRIMARY_KEY_CHANGED, old.primary_key, new.primary_key)
    elif _parts(old.key, now) != _parts(new.key, {}):
        yield stream.change(Kind.STREAM_KEY_CHANGED, _shown(old.key), _shown(new.key))
    if _renamed(old.partition_key, now) != new.partition_key:
        yield table.change(Kind.PARTITION_KEY_CHANGED, old.partition_key, new.partition_key)
    latest = now.get(old.latest_by, old.latest_by) if old.latest_by else None
    if latest != new.latest_by:
        yield place.change(Kind.LATEST_BY_CHANGED, old.latest_by, new.latest_by)
    yield from _headers(old, new, stream, now)
    before, after = _references(old, now), _references(new, {})
    for reference in before:
        if reference not in after:
            yield table.change(Kind.REFERENCE_REMOVED, before=reference)
    for reference, span in after.items():
        if reference not in before:
            yield replace(table, span=span).change(Kind.REFERENCE_ADDED, after=reference)


def _headers(old: Object, new: Object, place: Place, now: Names) -> Iterator[Change]:
    before, after = dict(old.stream_headers), dict(new.stream_headers)
    for header, value in before.items():
        here = place.inside(f"headers.{header}")
        if header not in after:
            yield here.change(Kind.HEADER_REMOVED, _shown(value))
        elif _parts(value, now) != _parts(after[header], {}):
            yield here.change(Kind.HEADER_CHANGED, _shown(value), _shown(after[header]))
    for header, value in after.items():
        if header not in before:
            yield place.inside(f"headers.{header}").change(Kind.HEADER_ADDED, after=_shown(value))


def _renamed(key: tuple[str, ...], now: Names) -> tuple[str, ...]:
    """The properties of a key as they are called now."""
    return tuple(now.get(each, each) for each in key)


def _parts(key: Expression | None, now: Names) -> object:
    """What a key's text is made of, its properties as they are called now."""
    if key is None:
        return None
    paths = [[each.name for each in path] for path in key.fields]
    return key.template, tuple((now.get(first, first), *rest) for first, *rest in paths)


def _shown(key: Expression | None) -> str | None:
    if key is None or key.template is None:
        return told(key.paths) if key else None
    return key.template.format(*(f"{{{path}}}" for path in key.paths))


def _references(object_: Object, now: Names) -> dict[str, Span]:
    """Its foreign keys as text, with their places."""
    return {
        f"{', '.join(_renamed(each.columns, now))} → "
        f"{each.target}({', '.join(each.target_columns)})": each.span
        for each in object_.relationships
    }
