"""What a contract says of an object's stream beyond its topic, in custom properties, as ODCS has
no words for it: `streamKey`, `streamHeaders`, `schemaSubject` and `schemaCompatibility`, which may
also stand at the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portwright.contract.reader import Reader
from portwright.diagnostics import Span, nearest
from portwright.model import (
    Array,
    Compatibility,
    Expression,
    Field,
    Json,
    Map,
    Nullable,
    Record,
    Vector,
)
from portwright.nodes import Mapping, Node, Scalar, Sequence

_PIECE = re.compile(r"\{([^{}]*)\}")
# RFC 9110's tokens: what every client and tool can write.
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_TAKEN = re.compile(r"(ce_|__|dlq_|kafka_).*|content-type|id|traceparent|tracestate|baggage", re.I)
_NO_TEXT = (Array, Json, Map, Nullable, Record, Vector)


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What was found."""

    key: Expression | None = None
    headers: tuple[tuple[str, Expression], ...] = ()
    subject: str | None = None
    compatibility: Compatibility = Compatibility.FULL_TRANSITIVE


def level(reader: Reader, customs: dict[str, Node]) -> Compatibility:
    """What the contract holds all its schemas to, where an object says nothing else."""
    node = customs.get("schemaCompatibility")
    return _Reader(reader, None).compatibility(node, Compatibility.FULL_TRANSITIVE)


def read(
    reader: Reader, customs: dict[str, Node], record: Record, level: Compatibility
) -> StreamFacts:
    """The facts of an object whose records are these; faults are errors at their place."""
    found = _Reader(reader, record)
    return StreamFacts(
        key=found.key(customs.get("streamKey")),
        headers=tuple(found.headers(customs.get("streamHeaders"))),
        subject=found.subject(customs.get("schemaSubject")),
        compatibility=found.compatibility(customs.get("schemaCompatibility"), level),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    reader: Reader
    record: Record | None

    def error(self, message: str, span: Span, help: str) -> None:
        self.reader.report.error("PW128", message, span, help)

    def key(self, node: Node | None) -> Expression | None:
        if node is None:
            return None
        items = node.items if isinstance(node, Sequence) else (node,)
        texts = [(each.text, each.span) for each in items if isinstance(each, Scalar)]
        if not texts or len(texts) != len(items):
            help = (
                "write a path such as customer.customer_id, a list of them, or a text with {path}"
            )
            self.error("`streamKey` names no properties", node.span, help)
            return None
        if len(texts) == 1 and "{" in texts[0][0]:
            expression = self.expression(*texts[0], "`streamKey`")
        else:
            paths = [self.path(text, span, "`streamKey`") for text, span in texts]
            good = tuple(each for each in paths if each is not None)
            expression = Expression(good) if len(good) == len(paths) else None
        for path in expression.fields if expression else ():
            if not path[-1].required:
                name = ".".join(each.name for each in path)
                message = f"`{name}` is in `streamKey` and may be null"
                self.error(message, node.span, "make it `required: true`: a key is always there")
                return None
        return expression

    def headers(self, node: Node | None) -> Iterator[tuple[str, Expression]]:
        if node is None:
            return
        if not isinstance(node, Mapping):
            help = "write `value: {tenant: '{tenant_id}'}`"
            self.error("`streamHeaders` must be a map of texts by header", node.span, help)
            return
        for name, value in node.entries:
            if not _HEADER.fullmatch(name.text) or _TAKEN.fullmatch(name.text):
                message = f"a stream's header cannot be called `{name.text}`"
                help = (
                    "use letters, digits and -; ce_…, dlq_…, id, content-type and traces are taken"
                )
                self.error(message, name.span, help)
            elif not isinstance(value, Scalar):
                help = "write a text, with {path} for a property"
                self.error(f"the header `{name.text}` must be a text", value.span, help)
            elif expression := self.expression(value.text, value.span, f"header `{name.text}`"):
                if expression.public:
                    yield name.text, expression
                else:
                    message = f"the header `{name.text}` would show a classified property"
                    help = "headers are seen by every tool on the way: leave it out"
                    self.error(message, value.span, help)

    def expression(self, text: str, span: Span, what: str) -> Expression | None:
        """A text with `{path}` pieces."""
        paths = [self.path(each, span, what) for each in _PIECE.findall(text)]
        rest = _PIECE.split(text)[::2]
        if any("{" in each or "}" in each for each in rest):
            self.error(f"the braces in {what} do not match", span, "write {path}")
            return None
        if None in paths:
            return None
        good = tuple(each for each in paths if each is not None)
        return Expression(good, "{}".join(rest))

    def path(self, text: str, span: Span, what: str) -> tuple[Field, ...] | None:
        """The fields that a dotted path leads through, of which only the last may be null."""
        found: list[Field] = []
        record = self.record
        is_whole = record is not None and any(each.name == text for each in record.fields)
        for step in [text] if is_whole else text.strip().split("."):  # a name may have dots
            known = {each.name: each for each in record.fields} if record else {}
            if step not in known:
                help = nearest(step, known) or f"one of: {', '.join(list(known)[:10])}"
                self.error(f"there is no property `{text}` for {what}", span, help)
                return None
            found.append(known[step])
            type_ = known[step].type
            record = type_ if isinstance(type_, Record) else None
        if isinstance(found[-1].type, _NO_TEXT):
            help = "name a property that holds one text, number, date or the like"
            self.error(f"`{text}` is no single value, as {what} needs", span, help)
            return None
        for each in found[:-1]:
            if not each.required:
                help = f"make `{each.name}` required, or name another property"
                self.error(f"`{text}` leads through `{each.name}`, which may be null", span, help)
                return None
        return tuple(found)

    def subject(self, node: Node | None) -> str | None:
        if node is None:
            return None
        text = node.text.strip() if isinstance(node, Scalar) else ""
        if not text or not text.isprintable():
            help = "write a text such as orders-value, or leave it out"
            self.error("`schemaSubject` is no name of a subject", node.span, help)
            return None
        return text

    def compatibility(self, node: Node | None, default: Compatibility) -> Compatibility:
        if node is None:
            return default
        text = node.text.upper() if isinstance(node, Scalar) else ""
        if text not in list(Compatibility):
            help = nearest(text, list(Compatibility)) or ", ".join(Compatibility)
            self.error("`schemaCompatibility` is no level of a registry", node.span, help)
            return default
        return Compatibility(text)
