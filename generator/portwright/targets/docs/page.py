"""The page of a contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright import names
from portwright.model import Model, Object, Port, support
from portwright.oversight import overview
from portwright.targets.docs import consuming, diagram, fields, html


@dataclass(frozen=True, slots=True)
class ObjectView:
    """An object: what it is, where it is, its properties and how they are read. `count` counts
    properties at all depths."""

    id: str
    name: str
    title: str
    description: str
    topic: str
    table: str
    key: str
    deprecated: bool
    until: str
    fields: tuple[fields.FieldView, ...]
    count: int
    snippets: tuple[consuming.Snippet, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """Where people are asked: `link` is None where a browser should not follow it."""

    name: str
    link: str | None
    told: str


@dataclass(frozen=True, slots=True)
class Deprecated:
    """What is deprecated: an object or a property, and until when it is there, if that is said."""

    id: str
    path: str
    until: str


# Who is meant by an audience of changes.
_WHO = {
    "producer": "The producer",
    "stream-readers": "Readers of the stream",
    "replay": "Readers of what was written before",
    "tables": "Tables",
    "sql-readers": "Queries",
    "operators": "Operators",
}


def path(model: Model) -> str:
    """Where the page is, below the folder of the index."""
    return f"contracts/{names.page(model)}.html"


def text(model: Model) -> str:
    """The page as HTML."""
    known, objects = overview(model), [_object(model, each) for each in model.objects]
    return html.page(
        "page.html.j2",
        model=model,
        known=known,
        root="../",
        title=f"{model.name} {model.version}",
        over=support.is_over(model),
        channels=[
            _channel(each.channel, each.url, each.tool, each.scope) for each in model.support
        ],
        drawing=diagram.drawing(model),
        objects=objects,
        deprecated=[each for one in objects for each in _deprecated(one)],
        who=_WHO,
        earlier=model.earlier,
        earlier_page=path(model.earlier).partition("/")[2] if model.earlier else "",
    )


def _channel(name: str, url: str | None, tool: str | None, scope: str | None) -> Channel:
    told = ", ".join(filter(None, (tool, scope)))
    return Channel(name, html.link(url) or html.link(name), told)


def _object(model: Model, object_: Object) -> ObjectView:
    views = fields.tree(model, object_)
    until = support.until(model, object_)
    return ObjectView(
        f"object:{html.anchor(object_.name)}",
        object_.name,
        object_.business_name or "",
        (object_.description or "").strip(),
        object_.topic if Port.STREAM in object_.ports else "",
        (
            ".".join(filter(None, (object_.schema, object_.table)))
            if Port.TABLE in object_.ports
            else ""
        ),
        ", ".join(object_.primary_key),
        object_.deprecated,
        until.isoformat() if object_.deprecated and until else "",
        views,
        _count(views),
        tuple(consuming.snippets(model, object_)),
    )


def _deprecated(of: ObjectView) -> Iterator[Deprecated]:
    """The object, if it is deprecated, and what is so of its properties at all depths."""
    if of.deprecated:
        yield Deprecated(of.id, of.name, of.until)
    yield from _old(of.fields, of.name)


def _old(views: tuple[fields.FieldView, ...], above: str) -> Iterator[Deprecated]:
    for each in views:
        path = f"{above}.{each.name}"
        if "deprecated" in each.marks:
            yield Deprecated(each.id, path, each.until)
        yield from _old(each.children, path)


def _count(views: tuple[fields.FieldView, ...]) -> int:
    return sum(1 + _count(each.children) for each in views)
