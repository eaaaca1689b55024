"""Generated Protobuf at work: compiled by protoc, and filled from and read back as plain values.

Messages are walked by their descriptors, so nothing here knows how the target names what it adds.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from decimal import Decimal as Number
from pathlib import Path
from typing import Any
from uuid import UUID

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from portwright.model import (
    Array,
    Date,
    Decimal,
    Enum,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets import File
from portwright.targets.protobuf.types import field_name

# What tags add to a file: an import, and an option of fields.
TAGS = re.compile(r'import "confluent/meta.proto";\n|\s*\[\(confluent\.field_meta\)[^;]*\](?=;)')


def write(files: Iterable[File], root: Path) -> Path:
    """`root` with the files in it."""
    for each in files:
        path = root / each.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(each.text, "utf-8")
    return root


def protoc(root: Path) -> descriptor_pb2.FileDescriptorSet:
    """Everything below `root` as protoc understands it; it must have nothing to complain of."""
    sources = sorted(str(path.relative_to(root)) for path in root.rglob("*.proto"))
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", "--include_imports"]
    target = root / "descriptors.bin"
    done = subprocess.run(
        [*command, f"--descriptor_set_out={target}", *sources],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    found = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())
    target.unlink()
    return found


def buf(root: Path, *arguments: str) -> str:
    """What `buf` says in `root`, which is nothing if all is well."""
    program = shutil.which("buf", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    assert program is not None, "buf-bin is a development dependency"
    done = subprocess.run(
        [program, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        # No registry: what is not in the folder is not there.
        env={**os.environ, "BUF_CACHE_DIR": str(root / ".buf"), "HTTPS_PROXY": "127.0.0.1:9"},
    )
    said = done.stdout + done.stderr
    assert bool(done.returncode) == bool(said), f"exit {done.returncode} with: {said}"
    return said


def message_type(files: descriptor_pb2.FileDescriptorSet, name: str) -> type[Message]:
    """The class of the message of that full name."""
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


# ------------------------------------------------------------------- writing


def fill(message: Any, type_: Type, value: Any) -> None:
    """Makes a message say `value`."""
    message.SetInParent()
    match type_:
        case Record():
            for field in type_.fields:
                put(message, field_name(field.name), field.type, value[field.name])
        case Nullable(inner):
            put(message, "value", inner, value)
        case Map():
            put(message, "entries", type_, value)
        case Array() | Vector():
            put(message, "items", type_, value)
        case Decimal() | Integer():
            message.value = str(value)
        case Date():
            message.year, message.month, message.day = value.year, value.month, value.day
        case Time():
            _clock(message, value)
        case Timestamp(zoned=True):
            message.FromDatetime(value)
        case Timestamp():
            message.year, message.month, message.day = value.year, value.month, value.day
            _clock(message, value)
        case Json():
            json_format.ParseDict(value, message)
        case _:
            raise AssertionError(f"{type_} is no message")


def put(message: Any, name: str, type_: Type, value: Any) -> None:
    """Sets a field; nothing is done for None."""
    if value is None:
        return
    if isinstance(type_, Nullable):
        type_ = type_.inner
    field: FieldDescriptor = message.DESCRIPTOR.fields_by_name[name]
    if not field.is_repeated:
        if field.message_type is not None:
            fill(getattr(message, name), type_, value)
        else:
            setattr(message, name, _scalar(type_, value))
        return
    held = getattr(message, name)
    match type_:
        case Map(key, inner) if _is_map(field):
            is_message = field.message_type.fields_by_name["value"].message_type is not None
            for each, content in value.items():
                if is_message:
                    fill(held[_scalar(key, each)], inner, content)
                else:
                    held[_scalar(key, each)] = _scalar(inner, content)
        case Map(key, inner):
            for each, content in value.items():
                entry = held.add()
                put(entry, "key", key, each)
                put(entry, "value", inner, content)
        case Array(element=element):
            for each in value:
                if field.message_type is not None:
                    fill(held.add(), element, each)
                else:
                    held.append(_scalar(element, each))
        case Vector():
            held.extend(value)
        case _:
            raise AssertionError(f"{type_} is no list")


def _scalar(type_: Type, value: Any) -> Any:
    match type_:
        case Enum(values=values):
            return next(each.number for each in values if each.value == value)
        case Uuid():
            return str(value)
        case _:
            return value


def _clock(message: Any, value: dt.time | dt.datetime) -> None:
    message.hours, message.minutes, message.seconds = value.hour, value.minute, value.second
    message.nanos = value.microsecond * 1000


# ------------------------------------------------------------------- reading


def read(message: Any, type_: Type) -> Any:
    """What a message says."""
    match type_:
        case Record():
            return {f.name: get(message, field_name(f.name), f.type) for f in type_.fields}
        case Nullable(inner):
            return get(message, "value", inner) if message.HasField("value") else None
        case Map():
            return get(message, "entries", type_)
        case Array() | Vector():
            return get(message, "items", type_)
        case Decimal():
            return Number(message.value)
        case Integer():
            return int(message.value)
        case Date():
            return dt.date(message.year, message.month, message.day)
        case Time():
            return dt.time(*_read_clock(message))
        case Timestamp(zoned=True):
            return message.ToDatetime(dt.UTC)
        case Timestamp():
            assert message.WhichOneof("time_offset") is None
            return dt.datetime(message.year, message.month, message.day, *_read_clock(message))
        case Json():
            return json_format.MessageToDict(message)
        case _:
            raise AssertionError(f"{type_} is no message")


def get(message: Any, name: str, type_: Type) -> Any:
    """The value of a field; None where its presence is known and it is not there."""
    if isinstance(type_, Nullable):
        type_ = type_.inner
    field: FieldDescriptor = message.DESCRIPTOR.fields_by_name[name]
    held = getattr(message, name)
    if not field.is_repeated:
        if field.has_presence and not message.HasField(name):
            return None
        return _one(field, type_, held)
    match type_:
        case Map(key, inner) if _is_map(field):
            content = field.message_type.fields_by_name["value"]
            return {_read_scalar(key, k): _one(content, inner, held[k]) for k in held}
        case Map(key, inner):
            return {get(entry, "key", key): get(entry, "value", inner) for entry in held}
        case Array(element=element):
            return [_one(field, element, each) for each in held]
        case Vector():
            return list(held)
        case _:
            raise AssertionError(f"{type_} is no list")


def _one(field: FieldDescriptor, type_: Type, value: Any) -> Any:
    return read(value, type_) if field.message_type is not None else _read_scalar(type_, value)


def _read_scalar(type_: Type, value: Any) -> Any:
    match type_:
        case Enum(values=values):
            return next(each.value for each in values if each.number == value)
        case Uuid():
            return UUID(value)
        case _:
            return value


def _is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _read_clock(message: Any) -> tuple[int, int, int, int]:
    return message.hours, message.minutes, message.seconds, message.nanos // 1000


def as_read(type_: Type, value: Any) -> Any:
    """The value, with the lists and maps empty that are missing (PW335)."""
    match type_:
        case Record(fields=fields):
            return {each.name: _field(each.type, value[each.name]) for each in fields}
        case Nullable(inner):
            return None if value is None else as_read(inner, value)
        case Array(element=element):
            return [as_read(element, each) for each in value]
        case Map(key, inner):
            return {as_read(key, name): as_read(inner, each) for name, each in value.items()}
        case _:
            return value


def _field(type_: Type, value: Any) -> Any:
    if value is not None:
        return as_read(type_, value)
    return {} if isinstance(type_, Map) else [] if isinstance(type_, Array | Vector) else None
