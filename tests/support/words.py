"""What of a generated artefact is more than words: nothing that is written for people alone."""

from __future__ import annotations

import ast
from typing import Any

from google.protobuf import descriptor_pb2

from portwright.evolution.artefacts import Artefact
from support.formats import Version


def words(version: Version, artefact: Artefact) -> object:
    """What of an artefact is more than words: nothing that is written for people."""
    match artefact:
        case Artefact.AVRO:
            return _without(version.avro, {"doc", "aliases", "confluent:tags"}, "odcs.")
        case Artefact.JSON_SCHEMA:
            return _without(
                version.json_schema, {"description", "deprecated", "examples", "confluent:tags"}
            )
        case Artefact.PROTOBUF:
            return _numbers(version.descriptors)
        case Artefact.PYTHON:
            return _annotations(version.code)


def _without(node: Any, keys: set[str], prefix: str = "?") -> Any:
    """The document without some keys; what is in no order in JSON Schema is sorted."""
    match node:
        case dict():
            kept = (each for each in node.items() if each[0] not in keys)
            return {
                key: sorted(value) if key in ("required", "enum") else _without(value, keys, prefix)
                for key, value in kept
                if not key.startswith(prefix)
            }
        case list():
            return [_without(each, keys, prefix) for each in node]
        case _:
            return node


def _numbers(files: descriptor_pb2.FileDescriptorSet) -> object:
    """What each number is, in messages and enums: reserved ones are no more than words."""
    own = next(each for each in files.file if not each.package.startswith(("google.", "confluent")))
    return (
        own.package,
        {message.name: _fields(message) for message in own.message_type},
        {enum.name: {(each.number, each.name) for each in enum.value} for enum in own.enum_type},
    )


def _fields(message: descriptor_pb2.DescriptorProto) -> object:
    fields = {
        (each.number, each.name, each.type, each.type_name, each.label, each.proto3_optional)
        for each in message.field
    }
    return fields, {each.name: _fields(each) for each in message.nested_type}


def _annotations(code: str) -> object:
    """The properties of each class, whatever their order, and no docstrings."""
    return {
        (
            node.name,
            frozenset(ast.unparse(each) for each in node.body if not isinstance(each, ast.Expr)),
        )
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ClassDef)
    }
