"""A map of the contract, read key by key: a wrong value is a finding, never an exception."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from portwright import diagnostics, scalars
from portwright.contract.keys import PROSE, RENAMED
from portwright.diagnostics import Diagnostic, Span, nearest
from portwright.nodes import Mapping, Node, Scalar, Sequence

# What YAML 1.1 took for a truth value and YAML 1.2 takes for text.
_OLD_FLAGS = {
    **dict.fromkeys(("yes", "on", "true", "y", "1"), True),
    **dict.fromkeys(("no", "off", "false", "n", "0"), False),
}


class Report:
    """The findings of one reading, in the order they were made. `minor` is that of the contract's
    ODCS 3, for what a later version says in other words."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.minor = 0

    @property
    def errors(self) -> int:
        """How many of them are errors."""
        return sum(each.is_error for each in self.diagnostics)

    def error(self, code: str, message: str, span: Span, help: str | None = None) -> None:
        self.diagnostics.append(diagnostics.error(code, message, span, help))

    def warning(self, code: str, message: str, span: Span, help: str | None = None) -> None:
        self.diagnostics.append(diagnostics.warning(code, message, span, help))


class Reader:
    """One map. `what` names it in messages (`the property`); a wrong value in a `lenient`
    one, which nothing is generated from, is a warning."""

    def __init__(
        self, node: Mapping, what: str, report: Report, known: Iterable[str] | None, lenient: bool
    ) -> None:
        self.node, self.what, self.report, self.lenient = node, what, report, lenient
        if known is not None:
            self.warn_of_unknown(frozenset(known))

    @property
    def span(self) -> Span:
        return self.node.span

    def span_of(self, key: str) -> Span:
        """The place of the key's value; the map's own where the key is missing."""
        value = self.node.get(key)
        return self.node.span if value is None else value.span

    def get(self, key: str) -> Node | None:
        """The value of the key; null is as good as absent."""
        node = self.node.get(key)
        return None if isinstance(node, Scalar) and node.value is None else node

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def text(self, key: str) -> str | None:
        """The text of the key. A number is taken as it is written, with a warning."""
        node = self.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self._wrong(key, node, "text")
            return None
        if not isinstance(node.value, str):
            message = f"`{key}` is {_kind(node)} in YAML, and is taken as the text `{node.text}`"
            self.report.warning("PW108", message, node.span, f'write `{key}: "{node.text}"`')
        return node.text

    def needed_text(self, key: str, way_out: str) -> str | None:
        """The text of a key that must be there and not be empty."""
        if not self.has(key):
            message = f"{self.what} has no `{key}`"
            place = self.node.get(key) or self.node
            self.report.error("PW103", message, place.span, way_out)
            return None
        node = self.node.get(key)
        if node is not None and not isinstance(node, Scalar):
            self._wrong(key, node, "text", fatal=True)
            return None
        found = self.text(key)
        if not found or not found.strip():
            message = f"the `{key}` of {self.what} is empty"
            self.report.error("PW103", message, self.span_of(key), way_out)
            return None
        return found

    def flag(self, key: str) -> bool | None:
        """True or false; None where the key is absent."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        if isinstance(node, Scalar) and node.text.lower() in _OLD_FLAGS:
            value = _OLD_FLAGS[node.text.lower()]
            message = f"`{key}` is `{node.text}`, and is taken as {str(value).lower()}"
            self.report.warning("PW108", message, node.span, f"write `{str(value).lower()}`")
            return value
        self._wrong(key, node, "true or false")
        return None

    def number(self, key: str) -> Decimal | None:
        """A finite number."""
        node = self.get(key)
        if node is None:
            return None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, str) and isinstance(scalars.plain(value or "~"), (int, Decimal)):
            message = f"`{key}` is text, and is taken as the number {value}"
            self.report.warning("PW108", message, node.span, "write it without quotes")
            value = scalars.plain(value)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite():
                return number
        self._wrong(key, node, "a number")
        return None

    def whole(self, key: str, least: int) -> int | None:
        """A whole number of at least `least`."""
        number = self.number(key)
        if number is None:
            return None
        if number != number.to_integral_value() or not least <= number < 1 << 63:
            message = f"`{key}` must be a whole number of at least {least}"
            self._add("PW107", message, self.span_of(key), "correct it, or leave it out")
            return None
        return int(number)

    def items(self, key: str) -> tuple[Node, ...]:
        """The nodes of a list; nothing where the key is absent."""
        node = self.get(key)
        if node is None:
            return ()
        if isinstance(node, Sequence):
            return node.items
        self._wrong(key, node, "a list")
        return ()

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list. A single text is taken as a list of one."""
        node = self.get(key)
        if isinstance(node, Scalar):
            message = f"`{key}` must be a list, and is taken as a list of one"
            self.report.warning("PW108", message, node.span, f"write `{key}: [{node.text}]`")
            return (node.text,)
        return tuple(each.text for each in self.items(key) if isinstance(each, Scalar))

    def reader(
        self, key: str, what: str, known: Iterable[str] | None, lenient: bool = False
    ) -> Reader | None:
        """A reader of the map under the key."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Mapping):
            return self.over(node, what, known, lenient)
        self._wrong(key, node, "a map", fatal=not lenient and not self.lenient)
        return None

    def readers(
        self, key: str, what: str, known: Iterable[str] | None, lenient: bool = False
    ) -> Iterator[Reader]:
        """Readers of the maps in the list under the key."""
        node = self.get(key)
        if node is None:
            return
        lenient = lenient or self.lenient
        if not isinstance(node, Sequence):
            self._wrong(key, node, "a list", fatal=not lenient)
            return
        known = None if known is None else frozenset(known)
        for item in node.items:
            if isinstance(item, Mapping):
                yield self.over(item, what, known, lenient)
            else:
                message = f"{what} must be a map, found {_kind(item)}"
                self._add("PW102", message, item.span, _WAYS_OUT["a map"], fatal=not lenient)

    def over(
        self, node: Mapping, what: str, known: Iterable[str] | None, lenient: bool = False
    ) -> Reader:
        """A reader of another map with the same report."""
        return Reader(node, what, self.report, known, lenient or self.lenient)

    def warn_of_unknown(self, known: frozenset[str]) -> None:
        """A warning for every other key of the map."""
        for key, _ in self.node.entries:
            if key.text not in known:
                message = f"unknown key `{key.text}` in {self.what}"
                help = RENAMED.get(key.text) or nearest(key.text, known)
                help = help or "what is your own belongs into `customProperties`"
                if key.text.endswith((")", ">")):
                    help = "a comma ends a value inside `{…}`: write the value in quotes"
                self.report.warning("PW104", message, key.span, help)

    def _wrong(self, key: str, node: Node, expected: str, fatal: bool | None = None) -> None:
        if key in PROSE:
            fatal = False
        message = f"`{key}` must be {expected}, found {_kind(node)}"
        help = _WAYS_OUT.get(expected)
        if key in ("items", "key", "value") and expected == "a map" and isinstance(node, Scalar):
            help = f"write `{key}: {{logicalType: {node.text}}}`"
        self._add("PW102", message, node.span, help, fatal)

    def _add(
        self, code: str, message: str, span: Span, help: str | None, fatal: bool | None = None
    ) -> None:
        fatal = not self.lenient if fatal is None else fatal
        (self.report.error if fatal else self.report.warning)(code, message, span, help)


_WAYS_OUT = {
    "a list": "start every entry with `- `",
    "a map": "write `key: value` lines",
    "a number": "write a number, without quotes and units",
    "true or false": "write `true` or `false`",
    "text": "write one text, in quotes where it holds special characters",
}


def _kind(node: Node) -> str:
    """What the node is, in words."""
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a map"
        case Scalar(value=bool()):
            return "true or false"
        case Scalar(value=int() | Decimal()):
            return "a number"
        case Scalar(value=None):
            return "nothing"
        case Scalar():
            return "text"
