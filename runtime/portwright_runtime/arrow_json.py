"""Arrow schemas as text, in the JSON form of the Arrow project that `target: arrow` writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from portwright_runtime.arrow import ArrowSchema

_FLOATS = {"HALF": "float16", "SINGLE": "float32", "DOUBLE": "float64"}
_UNITS = {"SECOND": "s", "MILLISECOND": "ms", "MICROSECOND": "us", "NANOSECOND": "ns"}
_DATES = {"DAY": "date32", "MILLISECOND": "date64"}

# What makes the type, by the name in its document: of pyarrow, the document and the children.
_TYPES: dict[str, Callable[[Any, dict[str, Any], list[Any]], Any]] = {
    "null": lambda arrow, _, __: arrow.null(),
    "bool": lambda arrow, _, __: arrow.bool_(),
    "utf8": lambda arrow, _, __: arrow.utf8(),
    "largeutf8": lambda arrow, _, __: arrow.large_utf8(),
    "binary": lambda arrow, _, __: arrow.binary(),
    "largebinary": lambda arrow, _, __: arrow.large_binary(),
    "fixedsizebinary": lambda arrow, type_, _: arrow.binary(type_["byteWidth"]),
    "int": lambda arrow, type_, _: getattr(
        arrow, f"{'' if type_['isSigned'] else 'u'}int{type_['bitWidth']}"
    )(),
    "floatingpoint": lambda arrow, type_, _: getattr(arrow, _FLOATS[type_["precision"]])(),
    "decimal": lambda arrow, type_, _: getattr(arrow, f"decimal{type_.get('bitWidth', 128)}")(
        type_["precision"], type_["scale"]
    ),
    "date": lambda arrow, type_, _: getattr(arrow, _DATES[type_["unit"]])(),
    "time": lambda arrow, type_, _: getattr(arrow, f"time{type_['bitWidth']}")(
        _UNITS[type_["unit"]]
    ),
    "timestamp": lambda arrow, type_, _: arrow.timestamp(
        _UNITS[type_["unit"]], type_.get("timezone")
    ),
    "list": lambda arrow, _, children: arrow.list_(*children),
    "largelist": lambda arrow, _, children: arrow.large_list(*children),
    "fixedsizelist": lambda arrow, type_, children: arrow.list_(*children, type_["listSize"]),
    "map": lambda arrow, type_, children: arrow.map_(
        *children[0].type, keys_sorted=type_["keysSorted"]
    ),
    "struct": lambda arrow, _, children: arrow.struct(children),
}


def arrow_schema(text: str) -> ArrowSchema:
    """The pyarrow schema in the text of an `.arrow.json` file; ValueError if it holds none."""
    import pyarrow

    try:
        document = json.loads(text)
        fields = [_field(pyarrow, each) for each in document["fields"]]
        return pyarrow.schema(fields, _metadata(document))
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"this is no Arrow schema in JSON: {error!r}") from error


def _field(pyarrow: Any, document: dict[str, Any]) -> Any:
    children = [_field(pyarrow, each) for each in document.get("children", ())]
    type_ = _TYPES[document["type"]["name"]](pyarrow, document["type"], children)
    return pyarrow.field(document["name"], type_, document["nullable"], _metadata(document))


def _metadata(document: dict[str, Any]) -> dict[str, str] | None:
    return {each["key"]: each["value"] for each in document.get("metadata") or ()} or None
