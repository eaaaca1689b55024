"""The reference of the runtime's API: signatures and docstrings of what services and generated code
use."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass

import black

import portwright_runtime
from portwright_runtime import generated
from website.text import code, prose

# What generated packages inherit, and services call.
PORTS = ("Port", "Dataset", "AsyncPort", "AsyncDataset", "BothPorts", "BothDataset")
CONSUMERS = ("Consumer", "BatchConsumer")
_TITLE = """\
# Runtime API

A generated package has a port whose objects are attributes, such as `port.orders`, and consumers.
What these inherit, and what `portwright_runtime` itself offers, is here.
"""


def page() -> str:
    """The page of the API."""
    parts = [_TITLE]
    for title, names, module in (
        ("Ports", PORTS, generated),
        ("Consumers", CONSUMERS, generated),
        ("portwright_runtime", exported(), portwright_runtime),
    ):
        parts.append(f"## {title}\n")
        parts += [_entry(name, getattr(module, name)) for name in names]
    return "\n".join(parts)


def exported() -> list[str]:
    """What the runtime offers by name, without what tells its version."""
    return [name for name in portwright_runtime.__all__ if not name.startswith("_")]


def _entry(name: str, value: object) -> str:
    if inspect.isclass(value):
        methods = [_function(f"{name}.{key}", each) for key, each in _methods(value)]
        made = [_made(name, value)] if is_dataclass(value) else []
        return "\n".join([f"### {name}\n", *made, _said(value), *methods])
    if inspect.isfunction(value):
        return _function(name, value, "###")
    # An alias of a type.
    text = str(value).replace("typing.", "")
    return f"### {name}\n\n{code(f'{name} = {text}', 'python')}"


def _methods(cls: type) -> Iterator[tuple[str, object]]:
    """What a class offers that the runtime says something of."""
    for name, each in inspect.getmembers(cls):
        if name.startswith("_") or not _of_ours(each) or not inspect.getdoc(each):
            continue
        yield name, each


def _of_ours(value: object) -> bool:
    function = value.fget if isinstance(value, property) else value
    module = getattr(function, "__module__", None) or ""
    return callable(function) and module.startswith("portwright_runtime")


def _function(name: str, value: object, level: str = "####") -> str:
    title = f"{level} {name}\n"
    if isinstance(value, property):
        return f"{title}\n{_said(value)}"
    kind = "async def" if inspect.iscoroutinefunction(value) else "def"
    line = f"{kind} {name.rpartition('.')[2]}{_signature(value)}"
    return f"{title}\n{_formatted(line)}\n{_said(value)}"


def _made(name: str, cls: type) -> str:
    """How a record is made."""
    head = _formatted(f"def {name}{_signature(cls)}")
    return head.replace("def ", "", 1).replace(" -> None\n```", "\n```")


def _formatted(head: str) -> str:
    """The head of a function as black writes it."""
    text = black.format_str(f"{head}: ...", mode=black.Mode(line_length=92))
    return code(text.rstrip().removesuffix(": ..."), "python")


def _signature(value: object) -> str:
    assert callable(value)
    try:
        text = str(inspect.signature(value))
    except ValueError:
        return "(…)"
    text = re.sub(r"\(self(, )?", "(", text.replace("'", "")).replace("~", "")
    # What stands for a default has no other text.
    return re.sub(r"<[^<>]*>", "...", text)


def _said(value: object) -> str:
    return prose(inspect.getdoc(value) or "") + "\n"
