"""Source: from a file's bytes to typed nodes, with every fault of its YAML."""

from __future__ import annotations

import codecs
from collections.abc import Mapping as Environ

from portwright.composer import Builder, Stop
from portwright.diagnostics import Diagnostic, Span, error
from portwright.nodes import Node

MAX_BYTES = 8 * 1024 * 1024


def decode(content: bytes, file: str) -> tuple[str | None, list[Diagnostic]]:
    """The file's text without a byte order mark, or what is wrong with its bytes."""
    start = Span(file)
    if len(content) > MAX_BYTES:
        size = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return None, [error("PW004", size, start, "split it into several contracts")]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None, [error("PW002", "the file is UTF-16", start, "save it as UTF-8")]
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(), []
    except UnicodeDecodeError as wrong:
        before = content[: wrong.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        byte = f"byte 0x{content[wrong.start]:02x} is not UTF-8"
        return None, [error("PW002", byte, Span(file, line, column), "save the file as UTF-8")]


def parse(
    text: str, file: str, environ: Environ[str, str] | None = None
) -> tuple[Node | None, list[Diagnostic]]:
    """The document's node with variables of `environ` in it, and every fault found.

    The node is None where the text has no readable structure. Faults that leave one
    (a repeated key, an unresolved variable) come with the node, so that more can be found.
    """
    builder = Builder(text, file, environ or {})
    try:
        node = builder.document()
    except Stop as stop:
        return None, [*builder.diagnostics, stop.diagnostic]
    return node, builder.diagnostics
