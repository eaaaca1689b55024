"""Which blocks can be overridden, and the view that each template has for it. What
`portwright templates` prints is made from this."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from portwright.overrides import views

PREFIX = "builtin:"


@dataclass(frozen=True, slots=True)
class Block:
    """A place in what a template prints; `more` are names that it has beside `view`."""

    name: str
    does: str
    more: Mapping[str, type[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """A built-in template. `changes` tells for each version of its view what has changed."""

    name: str
    does: str
    view: type[Any]
    blocks: tuple[Block, ...]
    version: int = 1
    changes: Mapping[int, str] = field(default_factory=dict)

    def block(self, name: str) -> Block | None:
        return next((each for each in self.blocks if each.name == name), None)


_OUTBOX = (
    Block("licence", "lines of comments below the first line, each with its `--`"),
    Block("after", "SQL behind the last statement, such as grants"),
)

TEMPLATES: Mapping[str, Template] = {
    each.name: each
    for each in (
        Template(
            "header.j2",
            "the head of every file that has one and is made from one contract",
            views.HeaderView,
            (Block("licence", "lines below the first one, printed as comments of the file"),),
        ),
        Template(
            "ddl/create.sql.j2",
            "the tables of a contract",
            views.DdlView,
            (
                Block("before", "SQL before the first statement, such as SET ROLE"),
                Block(
                    "after_table", "SQL behind a table, such as grants", {"table": views.TableView}
                ),
                Block("after", "SQL behind the last statement"),
            ),
        ),
        Template(
            "protobuf/object.proto.j2",
            "a file of Protobuf",
            views.ProtobufView,
            (Block("options", "options of the file, such as go_package"),),
        ),
        Template(
            "python/models.py.j2",
            "the module of records",
            views.PackageView,
            (Block("imports", "`from … import …` lines that members of records need"),),
        ),
        Template(
            "python/record.py.j2",
            "the class of a record",
            views.RecordView,
            (Block("members", "methods and properties behind the attributes"),),
        ),
        Template(
            "python/mapping.py.j2",
            "the module that is begun once and then the user's: rows to records",
            views.PackageView,
            (
                Block("imports", "imports behind our own"),
                Block("helpers", "functions behind the last one"),
            ),
        ),
        Template(
            "dbt/staging.sql.j2",
            "a staging model of dbt",
            views.StagingView,
            (
                Block("config", "what stands before the first line of SQL, such as a config call"),
                Block("where", "clauses behind `from source`"),
            ),
        ),
        *(
            Template(f"outbox/{each}.sql.j2", "the tables of an outbox", views.OutboxView, _OUTBOX)
            for each in ("postgres", "mysql", "sqlite")
        ),
    )
}


def begun(template: Template) -> str:
    """A template that overrides nothing yet."""
    head = f'{{# view: {template.version} #}}\n{{% extends "{PREFIX}{template.name}" %}}\n'
    blocks = (
        f"{{% block {each.name} %}}\n{{# {each.does} #}}\n{{% endblock %}}\n"
        for each in template.blocks
    )
    return head + "".join(blocks)


def told(view: type[Any], name: str = "view") -> Iterator[tuple[str, str]]:
    """The fields of a view as a template names them, with what they are."""
    hints = typing.get_type_hints(view)
    for each in fields(view):
        yield from _told(hints[each.name], f"{name}.{each.name}")


def _told(hint: Any, path: str) -> Iterator[tuple[str, str]]:
    if is_dataclass(hint) and isinstance(hint, type):
        yield from told(hint, path)
    elif typing.get_origin(hint) is tuple:
        inner, _ = typing.get_args(hint)
        yield path, "a list" if is_dataclass(inner) else "a list of texts"
        if is_dataclass(inner):
            yield from _told(inner, f"{path}[]")
    else:
        yield path, {bool: "true or false", int: "a number"}.get(hint, "text")
