"""What templates of the repository add to modules, held to what Python can be there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from textwrap import indent

from portwright import overrides
from portwright.model import Model, Record
from portwright.overrides import views
from portwright.targets.python import naming

_MODELS = "python/models.py.j2"
_RECORD = "python/record.py.j2"


def text(model: Model, template: str, block: str) -> str:
    """The text of a block of a module."""
    made = overrides.block(template, block, lambda: _package(model))
    if made:
        _parsed(made, template, block)
    return made


def imports(model: Model) -> list[str]:
    """What members of records import, each as a dotted path."""
    made = text(model, _MODELS, "imports")
    return list(_paths(_parsed(made, _MODELS, "imports"))) if made else []


def members(model: Model, record: Record, name: str) -> tuple[str, ...]:
    """The lines that a class gets behind its attributes, indented as they stand in it."""
    made = overrides.block(_RECORD, "members", lambda: _record(model, record, name))
    if not made:
        return ()
    found = _parsed(f"class _:\n{indent(made, '    ')}", _RECORD, "members").body[0]
    attributes = {naming.attribute(each) for each in record.fields}
    for each in found.body if isinstance(found, ast.ClassDef) else ():
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            help = "what the record holds is said by the contract alone"
            message = "the block `members` has more than methods and properties"
            raise overrides.fault(_RECORD, message, help)
        if each.name in attributes:
            message = f"the block `members` has `{each.name}`, which `{name}` has as an attribute"
            raise overrides.fault(_RECORD, message, "call it something else")
    return tuple(indent(made, "    ").split("\n"))


def _package(model: Model) -> views.PackageView:
    return views.PackageView(views.contract_view(model), naming.package(model))


def _record(model: Model, record: Record, name: str) -> views.RecordView:
    names: Mapping[str, str] = {each.name: naming.attribute(each) for each in record.fields}
    found = zip(names.values(), views.properties(record), strict=True)
    attributes = tuple(views.AttributeView(each, property_) for each, property_ in found)
    path = views.line(".".join(record.path))
    return views.RecordView(
        views.contract_view(model), naming.package(model), name, path, attributes
    )


def _parsed(made: str, template: str, block: str) -> ast.Module:
    try:
        return ast.parse(made)
    except (SyntaxError, ValueError) as fault:
        shown = getattr(fault, "text", None) or ""
        message = f"the block `{block}` gives what is no Python: {getattr(fault, 'msg', fault)}"
        raise overrides.fault(template, message, f"it is in `{shown.strip()}`") from None


def _paths(module: ast.Module) -> Iterator[str]:
    for each in module.body:
        names = each.names if isinstance(each, ast.ImportFrom) and not each.level else []
        if not isinstance(each, ast.ImportFrom) or not names or any(name.asname for name in names):
            help = "write `from module import name`, with the name that it has there"
            raise overrides.fault(_MODELS, "the block `imports` has more than imports", help)
        yield from (f"{each.module}.{name.name}" for name in names)
