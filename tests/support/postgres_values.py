"""What PostgreSQL gives back for values of the model: what is kept as JSON, numbers of 32 bits."""

from __future__ import annotations

import base64
import datetime as dt
import json
import struct
from decimal import Decimal as Number
from typing import Any

from portwright.model import (
    Array,
    Boolean,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    Type,
    Vector,
    VectorElement,
)


def as_json(type_: Type, value: Any) -> Any:
    """The value in the JSON that the json-schema target describes."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return as_json(inner, value)
        case Array(element):
            return [as_json(element, each) for each in value]
        case Map(key, inner):
            return {json_key(as_json(key, k)): as_json(inner, v) for k, v in value.items()}
        case Record(fields=fields):
            return {each.name: as_json(each.type, value[each.name]) for each in fields}
        case Json() | Vector() | Boolean() | Integer() | Float():
            return value
        case _:
            return scalar_as_json(value)


def json_key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def scalar_as_json(value: Any) -> str:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case dt.datetime():
            text = value.replace(tzinfo=None).isoformat(timespec="microseconds")
            return f"{text}Z" if value.tzinfo else text
        case dt.time() if value.microsecond:
            return value.isoformat().rstrip("0")
        case dt.date() | dt.time():
            return value.isoformat()
        case Number():
            return format(value, "f")
        case _:
            return str(value)


def like(value: Any, back: Any) -> Any:
    """What came back, with floats where they were sent: jsonb prints 1e300 as its digits."""
    match value:
        case float() if isinstance(back, int):
            return float(back)
        case list() if isinstance(back, list) and len(back) == len(value):
            return [like(*pair) for pair in zip(value, back, strict=True)]
        case dict() if isinstance(back, dict) and back.keys() == value.keys():
            return {key: like(value[key], back[key]) for key in value}
        case _:
            return back


def singles(type_: Type, value: Any) -> Any:
    """What came back, with the numbers of 32 bits that the shortest text printed for each means."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return singles(inner, value)
        case Array(element=element):
            return [singles(element, each) for each in value]
        case Vector(element=VectorElement.FLOAT64):
            return value
        case Vector():
            return [single(each) for each in value]
        case Float(32):
            return single(value)
        case _:
            return value


def single(number: float) -> float:
    found: float = struct.unpack("<f", struct.pack("<f", number))[0]
    return found
