"""Composer: the events of libyaml made into nodes.

There is no recursion, so neither the depth nor the aliases of a hostile file cost more
than the limits below. Nothing is ever constructed from a tag.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Mapping as Environ
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from portwright import scalars
from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.nodes import Mapping, Node, Scalar, Sequence

MAX_DEPTH = 100
# How many nodes aliases may stand for, beyond those that are written.
MAX_ALIASED = 100_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_MARKERS = [
    re.compile(rf"^{sign * 7}{label}(?=\r?$)", re.M)
    for sign, label in (("<", " (.*?)"), ("=", ""), (">", " (.*?)"))
]
# Values whose `${…}` belongs to the SQL or code that they hold.
_VERBATIM_KEYS = frozenset({"query", "implementation"})
_CORE_TAG = "tag:yaml.org,2002:"
_CORE_TAGS = frozenset(
    _CORE_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq")
)


class Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Places:
    """Spans in a text. Lines end at a line feed only: U+2028 and the like do not shift them."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        """From character `start` to `end`, or to the end of the first line."""
        line = bisect_right(self._starts, start)
        begin = self._starts[line - 1]
        stop = self._starts[line] - 1 if line < len(self._starts) else len(self._text)
        return Span(self._file, line, start - begin + 1, max(1, min(end, stop) - start))


@dataclass(slots=True)
class _Frame:
    """A collection that is still open."""

    start: int
    is_mapping: bool
    verbatim: bool
    anchor: str | None
    nodes: list[Node] = field(default_factory=list)
    height: int = 1
    weight: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A finished node that aliases may name, its height and the number of nodes in it."""

    node: Node
    height: int
    weight: int


class Builder:
    """One document's events, made into nodes on a stack of open collections."""

    def __init__(self, text: str, file: str, environ: Environ[str, str]) -> None:
        self._text, self._environ = text, environ
        self._places = _Places(text, file)
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._aliased = 0
        self._root: Node | None = None
        self.diagnostics: list[Diagnostic] = []

    def document(self) -> Node:
        """The root node; Stop where there is none."""
        if odd := _FORBIDDEN.search(self._text):
            message = f"the character U+{ord(odd[0]):04X} may not stand in YAML"
            self._stop("PW002", message, odd.start(), odd.end(), "remove it")
        for event in self._events():
            match event:
                case yaml.DocumentStartEvent() if self._root is not None:
                    help = "keep one document in a file"
                    self._stop("PW005", "a second document starts here", *_marks(event), help)
                case yaml.ScalarEvent():
                    self._add(self._scalar(event), event.anchor)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.CollectionStartEvent():
                    self._open(event)
                case yaml.CollectionEndEvent():
                    self._close(_marks(event)[1])
                case _:
                    pass
        if self._root is None or (isinstance(self._root, Scalar) and self._root.text == ""):
            self._stop("PW003", "the file is empty", 0, 0, "a contract starts with `apiVersion:`")
        return self._root

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self._text, Loader=_LOADER)
        except yaml.MarkedYAMLError as wrong:
            self._refuse_conflict()
            told = ", ".join(part for part in (wrong.problem, wrong.context) if part)
            mark: Any = wrong.problem_mark or wrong.context_mark
            if mark is None or mark.index >= len(self._text.rstrip()):
                mark = wrong.context_mark or mark  # what never ends is shown where it starts
            index = mark.index if mark else 0
            self._stop("PW001", f"not valid YAML: {told}", index, index + 1, _way_out(told))
        except yaml.YAMLError as wrong:
            self._stop("PW001", f"not valid YAML: {wrong}", 0, 1, None)

    def _refuse_conflict(self) -> None:
        """Stops at the markers that a merge has left, which are no YAML wherever they stand."""
        place, found = 0, []
        for marker in _MARKERS:  # one after the other, so that no text is read twice
            if (match := marker.search(self._text, place)) is None:
                return
            place = match.end()
            found.append(match)
        message = f"a merge conflict of `{found[0][1]}` and `{found[2][1]}` is not resolved"
        help = "keep what is right of both sides and remove the markers"
        self._stop("PW640", message, found[0].start(), found[0].end(), help)

    def _stop(self, code: str, message: str, start: int, end: int, help: str | None) -> NoReturn:
        raise Stop(error(code, message, self._places.span(start, end), help))

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end = _marks(event)
        text, tag = event.value, event.tag
        span = self._places.span(start, end)
        quoted = bool(event.style) or tag in ("!", _CORE_TAG + "str")
        self._check_tag(tag, span)
        if quoted and (odd := _NOT_TEXT.search(text)):
            message = f"the character U+{ord(odd[0]):04X} may not stand in a text"
            self.diagnostics.append(error("PW002", message, span, "remove it"))
            text = _NOT_TEXT.sub("\ufffd", text)
        if "${" in text and not self._is_key():
            text = self._resolved(text, span)
            return Scalar(text, text, span, quoted)
        return Scalar(text, text if quoted else scalars.plain(text), span, quoted)

    def _resolved(self, text: str, span: Span) -> str:
        frame = self._stack[-1] if self._stack else None
        if frame and (frame.verbatim or _is_verbatim(frame)):
            return text
        text, missing = scalars.resolved(text, self._environ)
        for name in dict.fromkeys(missing):
            way_out = (
                f"set it, give a default (`${{{name}:-…}}`), or write `$${{{name}}}` for the text"
            )
            message = f"the variable `{name}` is not set, or is empty"
            self.diagnostics.append(error("PW010", message, span, way_out))
        return text

    def _check_tag(self, tag: str | None, span: Span) -> None:
        if tag and tag != "!" and tag not in _CORE_TAGS:
            message = f"the tag `{tag}` is not read"
            self.diagnostics.append(warning("PW009", message, span, "remove it"))

    def _is_key(self) -> bool:
        if not self._stack:
            return False
        return self._stack[-1].is_mapping and len(self._stack[-1].nodes) % 2 == 0

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        start, end = _marks(event)
        self._check_depth(1, start)
        self._check_tag(event.tag, self._places.span(start, end))
        parent = self._stack[-1] if self._stack else None
        verbatim = parent is not None and (parent.verbatim or _is_verbatim(parent))
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if event.anchor:
            # An alias inside its own collection finds nothing, never an older node.
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Frame(start, is_mapping, verbatim, event.anchor))

    def _close(self, end: int) -> None:
        frame = self._stack.pop()
        span = self._places.span(frame.start, end)
        node: Node
        if frame.is_mapping:
            node = Mapping(tuple(self._entries(frame.nodes)), span)
        else:
            node = Sequence(tuple(frame.nodes), span)
        self._add(node, frame.anchor, frame.height, frame.weight)

    def _check_depth(self, height: int, index: int) -> None:
        if len(self._stack) + height > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} deep"
            self._stop("PW004", message, index, index + 1, "no contract needs this depth")

    def _alias(self, event: yaml.AliasEvent) -> None:
        start, end = _marks(event)
        name = str(event.anchor)
        known = self._anchors.get(name)
        if known is None:
            inside = any(frame.anchor == name for frame in self._stack)
            message = f"`*{name}` " + ("contains itself" if inside else "has no anchor")
            self._stop("PW006", message, start, end, "write the value out")
        self._check_depth(known.height, start)
        self._aliased += known.weight
        if self._aliased > MAX_ALIASED:
            message = f"aliases stand for more than {MAX_ALIASED} values"
            self._stop("PW004", message, start, end, "write the values out")
        self._add(known.node, None, known.height, known.weight)

    def _add(self, node: Node, anchor: str | None, height: int = 0, weight: int = 1) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(node, height, weight)
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.nodes.append(node)
        parent.height = max(parent.height, height + 1)
        parent.weight += weight

    def _entries(self, nodes: list[Node]) -> Iterator[tuple[Scalar, Node]]:
        """The mapping's entries: its own first, then those that `<<` brings and it lacks."""
        seen: dict[str, Span] = {}
        merged: list[Node] = []
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                help = 'quote the text, as in `"{{ … }}"`'
                self.diagnostics.append(error("PW008", "a key must be text", key.span, help))
            elif key.text in seen:
                first = seen[key.text]
                message = f"the key `{key.text}` stands here again, after line {first.line}"
                self.diagnostics.append(error("PW007", message, key.span, "keep one of the two"))
            else:
                seen[key.text] = key.span
                if key.text == "<<" and not key.quoted:
                    merged.append(value)
                else:
                    yield key, value
        for source in merged:
            for each in source.items if isinstance(source, Sequence) else (source,):
                if not isinstance(each, Mapping):
                    message = "`<<` can only take maps"
                    self.diagnostics.append(error("PW008", message, each.span, "name a map"))
                    continue
                for key, value in each.entries:
                    if key.text not in seen:
                        seen[key.text] = key.span
                        yield key, value


def _marks(event: Any) -> tuple[int, int]:
    """Where the event starts and ends, in characters."""
    return event.start_mark.index, event.end_mark.index


def _is_verbatim(frame: _Frame) -> bool:
    """True where the value to come belongs to a key whose text is not ours to change."""
    if not frame.is_mapping or len(frame.nodes) % 2 == 0:
        return False
    key = frame.nodes[-1]
    return isinstance(key, Scalar) and key.text in _VERBATIM_KEYS


def _way_out(told: str) -> str:
    """Advice for the commonest messages of libyaml."""
    if "cannot start any token" in told:
        return "indent with spaces, and quote a text that starts with a special character"
    if "Unicode character escape" in told:
        return "write the character itself: YAML knows no halves of one, as JSON does"
    if "expected ',' or" in told:
        return "quote a text that holds brackets, braces or `, `, or look for one that is missing"
    if "scanning an alias" in told:
        return "quote a text that starts with `*`"
    if "mapping values are not allowed" in told:
        return "quote a text that holds `: `, or look for wrong indentation above"
    return "look for wrong indentation or a missing quote here or just above"
