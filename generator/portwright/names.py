"""Names: words of a contract's name, and identifiers made of them.

Every function is total and pure: the same text gives the same identifier for ever,
whatever else the contract holds. Two names that meet are a diagnostic (checks/naming.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from portwright.model import Array, Enum, Map, Model, Nullable, Record, Type

# The names of the records and enums of a model, by their paths.
TypeNames = Mapping[tuple[str, ...], str]

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "đ": "d"})
# Signs that tell one value of an enum from another: `A+` and `A`, `<` and `<=`.
_SIGNS = {
    **{"+": "plus", "<": "less", ">": "greater", "=": "equal", "#": "hash", "%": "percent"},
    **{"*": "star", "&": "and", "@": "at", "$": "dollar", "€": "euro", "£": "pound"},
}
# Words that end in -s and are singular.
_SINGULAR = frozenset("""
    address analysis axis basis bonus bus business canvas census class corpus cross gas glass lens
    news process progress series species status success virus
    """.split())


def _letter(character: str) -> str:
    """ASCII for one character: itself, its base letter, a space, or its code point (`u540d`)."""
    if character.isascii():
        return character
    base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if base:
        return base
    return f" u{ord(character):x} " if character.isalnum() else " "


def ascii(text: str) -> str:
    """`text` in ASCII: accents dropped, other scripts by code point."""
    if text.isascii():
        return text
    return "".join(map(_letter, text.translate(_FOLDED)))


def words(text: str) -> list[str]:
    """The words of a name, lower case: `orderID`, `Order-Id` and `order_id` are `order`, `id`."""
    return [word.lower() for word in _WORD.findall(ascii(text))] or ["unnamed"]


def snake(text: str) -> str:
    """`order_id`; a name that starts with a digit gets the prefix `n`."""
    joined = "_".join(words(text))
    return f"n{joined}" if joined[0].isdigit() else joined


def screaming(text: str) -> str:
    """`ORDER_ID`."""
    return snake(text).upper()


@lru_cache(4096)  # every target asks for the types of a model, many times
def pascal(text: str) -> str:
    """`OrderId`."""
    joined = "".join(word.capitalize() for word in words(text))
    return f"N{joined}" if joined[0].isdigit() else joined


def value(text: str) -> str:
    """The name of an enum's value: `IN_PROGRESS`, `A_PLUS` for `A+`, `MINUS_1` for `-1`. A text
    with nothing to say aloud is named by its code points, the empty one `EMPTY`."""
    # A hyphen is a sign at an end and divides words elsewhere.
    signed = re.sub(r"\A-|-\Z", " minus ", text)
    said = "".join(f" {_SIGNS[each]} " if each in _SIGNS else each for each in signed)
    if any(character.isalnum() for character in said):
        return screaming(said)
    return "_".join(f"U{ord(character):X}" for character in text) or "EMPTY"


def kebab(text: str) -> str:
    """`order-id`."""
    return "-".join(words(text))


def identifier(text: str) -> str:
    """`text` as it is where it is an ASCII identifier, else the nearest one: `Gross_Weight_kg`."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        return text
    joined = re.sub(r"[^A-Za-z0-9]+", "_", ascii(text)).strip("_") or "unnamed"
    return f"n{joined}" if joined[0].isdigit() else joined


def singular(text: str) -> str:
    """`text` with its last English plural word made singular: `order_lines` gives `order_line`.

    Few rules on purpose: names are identities, and a library's next release must not
    move them. `recordName` in customProperties says otherwise where the rules are wrong.
    """
    match = re.search(r"[A-Za-z][a-z]*\Z|[A-Z]+\Z", text)
    if match is None:
        return text
    word = match.group()
    lower = word.lower()
    if lower in _SINGULAR or len(word) < 3 or not lower.endswith("s"):
        return text
    if lower.endswith(("ss", "us", "is")):
        return text
    if lower.endswith("ies") and len(word) > 4:
        single = word[:-3] + ("Y" if word.isupper() else "y")
    elif lower.endswith(("sses", "shes", "ches", "xes", "zzes", "statuses", "uses")):
        single = word[:-2] if not lower.endswith("ouses") else word[:-1]
    else:
        single = word[:-1]
    return text[: match.start()] + single


def versioned(name: str, model: Model) -> str:
    """A name made of the contract's for files and packages: with the major version from 2 on, so
    that two majors stand beside each other, and nobody's imports change before there are two."""
    return name if model.major < 2 else f"{name}_v{model.major}"


def page(model: Model) -> str:
    """The contract's name in addresses of pages: `checkout`, its second major's `checkout-v2`."""
    return versioned(snake(model.name), model).replace("_", "-")


def type_names(model: Model) -> TypeNames:
    """The PascalCase name of every record and text enum of the model by its path.

    A nested type's name starts with its parent's: adding a field never renames another.
    """
    found: dict[tuple[str, ...], str] = {}
    for each in model.objects:
        for named, parent in _named(each.record, ""):
            found[named.path] = parent + pascal(named.name)
    return found


def _named(type_: Type, parent: str) -> Iterator[tuple[Record | Enum, str]]:
    match type_:
        case Record(name=name, fields=fields):
            yield type_, parent
            for each in fields:
                yield from _named(each.type, parent + pascal(name))
        case Enum():
            yield type_, parent
        case Nullable(inner):
            yield from _named(inner, parent)
        case Array(element=element):
            yield from _named(element, parent)
        case Map(key, value):
            yield from _named(key, parent)
            yield from _named(value, parent)
        case _:
            return


def namespace(model: Model) -> str:
    """`domain.name.vN` in snake_case, after what the config puts before it: Avro namespace, event
    type, Protobuf package."""
    parts = [model.namespace] if model.namespace else []
    parts += [snake(model.domain)] if model.domain else []
    return ".".join([*parts, snake(model.name), f"v{model.major}"])


def file_of(namespace: str, object_name: str, suffix: str) -> PurePosixPath:
    """`domain/name/vN/object.suffix`: the file of one object, which no other contract and no other
    major version has."""
    return PurePosixPath(*namespace.split("."), f"{snake(object_name)}{suffix}")
