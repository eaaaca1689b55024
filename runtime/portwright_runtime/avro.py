"""Records to Avro and back: what every generated codec does around its own functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any, TypeVar

from portwright_runtime.avro_read import Reader
from portwright_runtime.avro_write import OnlyRead, Put
from portwright_runtime.errors import ContractViolation
from portwright_runtime.record import Record, made, validated

R = TypeVar("R", bound=Record)


def encoded(
    record: R, write: Callable[[Put, R], None], type_: type[R], contract: str, object: str
) -> bytes:
    """The bytes of `record`; ContractViolation where it holds what its schema cannot say."""
    data = _written(record, write)
    if isinstance(data, str):
        # The encoder only knows that something did not fit: validation finds out what, or
        # gives the record that should have been.
        data = _written(validated(type_, record, contract, object), write)
    if isinstance(data, str):
        raise ContractViolation(contract, object, "", data)
    return data


def _written(record: R, write: Callable[[Put, R], None]) -> bytes | str:
    """The bytes of the record, or what kept it from having any, without its values."""
    pieces: list[bytes] = []
    try:
        write(pieces.append, record)
    except OnlyRead as error:
        return str(error)
    except Exception as error:
        return f"it cannot be written as Avro ({type(error).__name__})"
    return b"".join(pieces)


def decoded(
    data: bytes, read: Reader[dict[str, Any]], type_: type[R], contract: str, object: str
) -> R:
    """The record in `data`; ContractViolation where there is none, or one that breaks a rule."""
    fault = ""
    try:
        values, end = read(data, 0)
        if end != len(data):
            fault = f"{len(data) - end} bytes too many after the record"
    except Exception as error:
        fault = f"the bytes hold no such record ({type(error).__name__})"
    if fault:
        raise ContractViolation(contract, object, "", fault)
    return made(type_, values, contract, object)


def resolved(data: bytes, writer: str, reader: str) -> bytes:
    """`data`, written by one schema, as another would have written it by Avro's resolution rules.

    Both are schema texts. Whatever fastavro raises is raised where the two do not fit.
    """
    # Imported here: needed only where a record of another version comes in.
    import fastavro

    source = BytesIO(data)
    value = fastavro.schemaless_reader(source, _parsed(writer), _parsed(reader))
    if source.read(1):
        raise ValueError("bytes too many after the record")
    target = BytesIO()
    fastavro.schemaless_writer(target, _parsed(reader), value)
    return target.getvalue()


@lru_cache(maxsize=256)
def _parsed(schema: str) -> Any:
    import json

    import fastavro

    return fastavro.parse_schema(json.loads(schema))
