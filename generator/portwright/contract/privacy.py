"""What a property says of the person in it: the custom properties `anonymise` and `dataSubject`."""

from __future__ import annotations

from portwright.contract import custom
from portwright.contract.reader import Reader, Report
from portwright.diagnostics import nearest
from portwright.model import Anonymise
from portwright.nodes import Mapping, Node, Scalar, Sequence


def anonymise(reader: Reader) -> Anonymise | None:
    """What is to stand for the property's values, None where the contract does not say it."""
    node = _customs(reader).get("anonymise")
    if node is None:
        return Anonymise.NULL if _is_null(reader, "anonymise") else None
    written = node.text.strip().lower() if isinstance(node, Scalar) else ""
    if written in list(Anonymise):
        return Anonymise(written)
    message = f"`{written}` is no way to anonymise a value" if written else "`anonymise` is no word"
    help = nearest(written, list(Anonymise)) or f"write one of {', '.join(Anonymise)}"
    reader.report.error("PW132", message, node.span, help)
    return None


def is_subject(reader: Reader) -> bool:
    """Whether the property names the person that the record is about."""
    node = _customs(reader).get("dataSubject")
    if node is None:
        return False
    written = node.text.strip().lower() if isinstance(node, Scalar) else ""
    if written not in ("true", "false"):
        help = "write true at the property that names the person whom the record is about"
        reader.report.error("PW132", "`dataSubject` is neither true nor false", node.span, help)
    return written == "true"


def _is_null(reader: Reader, name: str) -> bool:
    """Whether the value is `null` without quotes, which elsewhere is as good as none."""
    listed = reader.node.get("customProperties")
    for pair in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(pair, Mapping) and isinstance(key := pair.get("property"), Scalar):
            value = pair.get("value")
            if key.text == name and isinstance(value, Scalar) and value.value is None:
                return bool(value.text.strip())
    return False


def _customs(reader: Reader) -> dict[str, Node]:
    # Whoever reads the type reports what is wrong with custom properties.
    return custom.read(Reader(reader.node, reader.what, Report(), None, lenient=True))
