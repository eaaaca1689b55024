"""Reads a folder of templates, and finds what is wrong in them before anything is printed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta, nodes

from portwright.diagnostics import Diagnostic, Span, error, nearest
from portwright.overrides.builtin import PREFIX, TEMPLATES, Template
from portwright.overrides.templates import Templates, environment

_VERSION = re.compile(r"\{#-?\s*view:\s*([0-9]{1,9})\s*-?#\}")
# What may stand outside of blocks.
_SILENT = (nodes.Extends, nodes.Block, nodes.Import, nodes.FromImport, nodes.Macro, nodes.Assign)
_ALWAYS = {"view", "range", "dict"}
_LIST = "`portwright templates` lists what can be overridden"


def read(root: Path, folder: str) -> tuple[Templates | None, list[Diagnostic]]:
    """The templates in `root / folder`, or what is wrong with them."""
    found: list[Diagnostic] = []
    sources: dict[str, str] = {}
    for name in _names(root / folder):
        file = f"{folder}/{name}"
        if name not in TEMPLATES and not Path(name).name.startswith("_"):
            message = f"there is no built-in template `{name}` to override"
            found.append(error("PW540", message, Span(file), nearest(name, TEMPLATES) or _LIST))
            continue
        try:
            sources[name] = (root / folder / name).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as fault:
            found.append(error("PW547", f"cannot read the template: {fault}", Span(file)))
    if not found:
        for name, source in sources.items():
            found += _Check(folder, name, sources).findings(source)
    return (None if found else Templates(folder, sources)), found


def _names(top: Path) -> Iterator[str]:
    """Files below a folder, but what is hidden or is there for readers."""
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for each in sorted(files):
            if not each.startswith(".") and not each.upper().startswith("README"):
                yield (Path(folder) / each).relative_to(top).as_posix()


class _Check:
    """What can be said of one template without printing it."""

    def __init__(self, folder: str, name: str, sources: dict[str, str]) -> None:
        self._file = f"{folder}/{name}"
        self._name = name
        self._sources = sources
        self._environment = environment(folder, sources)

    def findings(self, source: str) -> list[Diagnostic]:
        try:
            tree = self._environment.parse(source, self._name, self._file)
            self._environment.compile(source, self._name, self._file)
        except TemplateSyntaxError as fault:
            return [self._error("PW544", fault.message or "no template", fault.lineno)]
        except RecursionError:
            return [self._error("PW544", "it is nested too deep")]
        except (ArithmeticError, MemoryError, ValueError) as fault:  # of numbers it works out
            return [self._error("PW544", f"it cannot be read: {fault}")]
        known = TEMPLATES.get(self._name)
        if known is None:
            return []
        return [
            *self._versions(known, source),
            *self._parents(known, tree),
            *self._blocks(known, tree),
            *self._undeclared(known, tree),
            *self._missing(tree),
        ]

    def _error(self, code: str, message: str, line: int = 1, help: str | None = None) -> Diagnostic:
        return error(code, message, Span(self._file, line), help)

    def _versions(self, known: Template, source: str) -> Iterator[Diagnostic]:
        written = _VERSION.search(source)
        line = f"{{# view: {known.version} #}}"
        if written is None:
            message = "it does not say which version of the view it is written for"
            yield self._error("PW543", message, 1, f"begin it with {line}")
        elif (version := int(written[1])) != known.version:
            at = source.count("\n", 0, written.start()) + 1
            message = (
                f"it is written for version {version} of the view, which is {known.version} now"
            )
            changed = [
                f"version {each}: {text}" for each, text in known.changes.items() if each > version
            ]
            way_out = "upgrade Portwright" if version > known.version else f"then write {line}"
            yield self._error("PW543", message, at, "\n".join((*changed, way_out)))

    def _parents(self, known: Template, tree: nodes.Template) -> Iterator[Diagnostic]:
        wanted = f'{{% extends "{PREFIX}{known.name}" %}}'
        parents = list(tree.find_all(nodes.Extends))
        if not parents:
            message = "it extends no built-in template: templates override blocks, never a whole"
            yield self._error("PW541", message, 1, f"write {wanted} first")
        for each in parents:
            named = each.template
            if not isinstance(named, nodes.Const) or named.value != f"{PREFIX}{known.name}":
                message = f"at this path it overrides `{known.name}`, and has to extend it"
                yield self._error("PW541", message, each.lineno, f"write {wanted}")
        for part in tree.body:
            if not isinstance(part, _SILENT) and not _is_empty(part):
                message = "what is outside of blocks is not printed"
                blocks = ", ".join(each.name for each in known.blocks)
                yield self._error("PW541", message, part.lineno, f"put it into one of {blocks}")

    def _blocks(self, known: Template, tree: nodes.Template) -> Iterator[Diagnostic]:
        names = [each.name for each in known.blocks]
        for each in tree.find_all(nodes.Block):
            if each.name not in names:
                message = f"`{known.name}` has no block `{each.name}`"
                way_out = nearest(each.name, names) or f"it has {', '.join(names)}"
                yield self._error("PW542", message, each.lineno, way_out)

    def _undeclared(self, known: Template, tree: nodes.Template) -> Iterator[Diagnostic]:
        more = {name for each in known.blocks for name in each.more}
        names = {*_ALWAYS, *more}
        unknown = meta.find_undeclared_variables(tree) - names - set(_exported(tree))
        for each in tree.find_all(nodes.Name):
            if each.name in unknown and each.ctx == "load":
                unknown.discard(each.name)
                way_out = (
                    nearest(each.name, names) or f"there is {', '.join(sorted({'view', *more}))}"
                )
                yield self._error("PW545", f"there is no `{each.name}`", each.lineno, way_out)
        fields_ = [each.name for each in fields(known.view)]
        for part in tree.find_all(nodes.Getattr):
            is_view = isinstance(part.node, nodes.Name) and part.node.name == "view"
            if is_view and part.attr not in fields_:
                way_out = nearest(part.attr, fields_) or f"it has {', '.join(fields_)}"
                yield self._error("PW545", f"the view has no `{part.attr}`", part.lineno, way_out)

    def _missing(self, tree: nodes.Template) -> Iterator[Diagnostic]:
        """What is included or imported and is not there."""
        for each in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport)):
            assert isinstance(each, nodes.Include | nodes.Import | nodes.FromImport)
            name = each.template.value if isinstance(each.template, nodes.Const) else None
            if isinstance(name, str) and name not in self._sources:
                way_out = nearest(name, self._sources) or "paths begin at the folder of templates"
                yield self._error("PW545", f"there is no template `{name}`", each.lineno, way_out)


def _exported(tree: nodes.Template) -> Iterator[str]:
    """What the top of a template makes known to all blocks."""
    for each in tree.body:
        match each:
            case nodes.Import(target=name) | nodes.Macro(name=name):
                yield name
            case nodes.FromImport(names=names):
                yield from (name if isinstance(name, str) else name[1] for name in names)
            case nodes.Assign(target=nodes.Name(name=name)):
                yield name


def _is_empty(part: nodes.Node) -> bool:
    """Whether it is the space between blocks."""
    inner = part.nodes if isinstance(part, nodes.Output) else [part]
    return all(isinstance(each, nodes.TemplateData) and not each.data.strip() for each in inner)
