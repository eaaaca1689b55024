"""The JSON Schema of a contract, made of what the reader reads: its keys, types, formats and words.

Where the standard leaves a value open, so does the schema, and completes what is usual. What it
refuses, `portwright lint` reports too, if only as a warning.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portwright.config.keys import VARIABLE, Form, word
from portwright.contract import entries, keys, physical_names, properties, quality, types
from portwright.contract.logical import OPTION_KEYS, Logical
from portwright.editors import DRAFT
from portwright.editors.contract_words import SAYS

_TEXT: Form = {"type": ["string", "number", "boolean", "null"]}
_FLAG: Form = {"anyOf": [{"type": ["boolean", "null"]}, VARIABLE]}
_NUMBER: Form = {"anyOf": [{"type": ["number", "null"]}, VARIABLE]}
_ANY: Form = {}
_STATUSES = ("proposed", "draft", "active", "deprecated", "retired")
_FORMATS = {
    Logical.STRING: types.TEXT_FORMATS,
    Logical.INTEGER: types.INTEGER_FORMATS,
    Logical.NUMBER: types.FLOAT_FORMATS,
}
_FLAGS = keys.words(
    "required unique primaryKey partitioned criticalDataElement deprecated uniqueItems normalized"
)
_NUMBERS = keys.words(
    "primaryKeyPosition partitionKeyPosition minLength maxLength minItems maxItems minProperties"
    " maxProperties multipleOf dimensions priceAmount"
)


def document() -> dict[str, Any]:
    """The schema."""
    return {
        "$schema": DRAFT,
        "title": "A data contract",
        "description": "A contract of the Open Data Contract Standard 3, as Portwright reads it.",
        **_map(keys.CONTRACT, ("apiVersion", "kind", "id", "version", "schema"), _CONTRACT),
        "definitions": {
            "object": _map(keys.OBJECT, ("name", "properties"), _OBJECT),
            "property": {"allOf": [_ref("element")], "required": ["name"]},
            "element": _property(),
            "rule": _map(keys.QUALITY, (), _RULE),
            "relationship": _map(keys.RELATIONSHIP, ("to",), {"from": _ANY, "to": _ANY}),
            "customProperty": _entry("customProperties", keys.CUSTOM_PROPERTY, {"value": _ANY}),
            "server": _server(),
            "purpose": _map(keys.DESCRIPTION, (), {}),
            "map": _map(keys.MAP, keys.MAP, dict.fromkeys(keys.MAP, _ref("element"))),
            "enumValue": _map(keys.ENUM_VALUE, ("value",), {}),
            "team": _map(keys.TEAM, (), {"members": _list_of(_ref("member"))}),
            "price": _map(keys.PRICE, (), {}),
            "member": _entry("members", keys.MEMBER),
            "role": _entry("roles", keys.ROLE),
            "supportChannel": _entry("support", keys.SUPPORT),
            "serviceLevel": _entry("slaProperties", keys.SLA, {"value": _ANY, "valueExt": _ANY}),
        },
    }


def _ref(name: str) -> Form:
    return {"$ref": f"#/definitions/{name}"}


def _list_of(items: Form) -> Form:
    return {"type": ["array", "null"], "items": items}


def _usual(known: Iterable[str]) -> Form:
    """Any text; the words are completed."""
    return {"anyOf": [{"enum": sorted(known)}, _TEXT]}


_SHARED: dict[str, Form] = {
    **dict.fromkeys(_FLAGS, _FLAG),
    **dict.fromkeys(_NUMBERS, _NUMBER),
    "tags": _list_of(_TEXT),
    "examples": _list_of(_ANY),
    "customProperties": _list_of(_ref("customProperty")),
    "authoritativeDefinitions": _list_of({"type": "object"}),
    "quality": _list_of(_ref("rule")),
    "relationships": _list_of(_ref("relationship")),
    "synonyms": _ANY,
    "context": _ANY,
    **dict.fromkeys(keys.words("minimum maximum exclusiveMinimum exclusiveMaximum"), _ANY),
    "roles": _list_of(_ref("role")),
}
_CONTRACT: dict[str, Form] = {
    "apiVersion": {"anyOf": [{"enum": ["v3.2.0", "v3.1.0", "v3.0.2"]}, _TEXT]},
    "kind": word(["DataContract"]),
    "status": _usual(_STATUSES),
    "description": {"anyOf": [{"type": "null"}, _ref("purpose")]},
    "schema": {"type": "array", "minItems": 1, "items": _ref("object")},
    "servers": _list_of(_ref("server")),
    "team": {"anyOf": [_ref("team"), _list_of(_ref("member"))]},
    "support": _list_of(_ref("supportChannel")),
    "slaProperties": _list_of(_ref("serviceLevel")),
    "price": {"anyOf": [{"type": "null"}, _ref("price")]},
}
_OBJECT: dict[str, Form] = {
    "logicalType": word(["object"]),
    "physicalType": _usual(("table", "view", "topic")),
    "properties": {"type": "array", "minItems": 1, "items": _ref("property")},
}
_PROPERTY: dict[str, Form] = {
    "logicalType": word(map(str, Logical)),
    "properties": _list_of(_ref("property")),
    "items": _ref("element"),
    "map": _ref("map"),
    "enum": _list_of(_ref("enumValue")),
    "logicalTypeOptions": {"type": ["object", "null"]},
    "semanticType": _usual(properties.SEMANTIC_TYPES),
    "transformSourceObjects": _ANY,
}
_RULE: dict[str, Form] = {
    **dict.fromkeys(keys.QUALITY_OPERATORS, _ANY),
    **dict.fromkeys(keys.QUALITY_ARGUMENTS, _ANY),
    "arguments": {"type": ["object", "null"]},
    "type": word(quality.TYPES),
    "metric": _usual(keys.METRICS),
    "dimension": word(sorted(keys.QUALITY_DIMENSIONS)),
}


def _map(known: Iterable[str], needed: Iterable[str], forms: dict[str, Form]) -> dict[str, Any]:
    """A map with these keys and no others."""
    own = {**_SHARED, **forms}
    return {
        "type": "object",
        "required": sorted(needed),
        "properties": {each: _told(each, own.get(each, _TEXT)) for each in sorted(known)},
        "additionalProperties": False,
    }


def _told(key: str, form: Form) -> Form:
    return {"description": SAYS[key], **form} if key in SAYS else form


def _entry(key: str, known: Iterable[str], forms: dict[str, Form] | None = None) -> dict[str, Any]:
    """An entry of the list under a key."""
    return _map(known, entries.NEEDED[key][1], forms or {})


def _property() -> dict[str, Any]:
    """A property; which options it may have follows from its type."""
    names = physical_names.SIMPLE.keys() | physical_names.TEXTS | physical_names.DECIMALS
    usual = {"physicalType": _usual(each.replace("_", " ").upper() for each in names)}
    options = [_options(each) for each in Logical if each is not Logical.BOOLEAN]
    # `type` is read, and nobody should be led to write it.
    return {**_map(keys.PROPERTY - {"type"}, (), {**_PROPERTY, **usual}), "allOf": options}


def _options(logical: Logical) -> dict[str, Any]:
    known = OPTION_KEYS[logical]
    forms: dict[str, Form] = {}
    if logical in _FORMATS:
        forms["format"] = _usual(_FORMATS[logical])
    if logical is Logical.OBJECT:
        forms["required"] = _list_of(_TEXT)
    inside = {**_map(known, (), forms), "type": ["object", "null"]}
    return {
        "if": {"properties": {"logicalType": {"const": str(logical)}}, "required": ["logicalType"]},
        "then": {"properties": {"logicalTypeOptions": inside}},
    }


def _server() -> dict[str, Any]:
    """A server; what it needs follows from its type."""
    types_ = keys.STREAM_SERVERS | keys.TABLE_SERVERS | keys.OTHER_SERVERS
    # In capitals it is read as well.
    known = [{"enum": sorted(types_)}, {"type": "string", "pattern": "[A-Z]"}, VARIABLE]
    settings = dict.fromkeys(keys.SERVER_SETTINGS, _ANY)
    needed = entries.NEEDED["servers"][1]
    made = _map(
        keys.SERVER | keys.SERVER_SETTINGS,
        (*needed, "type"),
        {**settings, "type": {"anyOf": known}},
    )
    return {**made, "allOf": [_needs(*each) for each in sorted(keys.SERVER_NEEDS.items())]}


def _needs(type_: str, needed: list[str]) -> dict[str, Any]:
    is_it = {"properties": {"type": {"const": type_}}, "required": ["type"]}
    return {"if": is_it, "then": {"required": needed}}
