"""Contracts begun from schemas and samples: JSON Schema, Avro, Protobuf, JSON."""

from __future__ import annotations

import json
from decimal import Decimal as Number
from pathlib import Path

import pytest

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Timestamp,
    Type,
    Uuid,
)
from support.importing import begun, object_of, refused, said_of


def types_of(text: str) -> dict[str, Type]:
    return {each.name: each.type for each in object_of(text).record.fields}


def required_of(text: str) -> set[str]:
    return {each.name for each in object_of(text).record.fields if each.required}


def schema(properties: dict[str, object], **more: object) -> str:
    return json.dumps({"type": "object", "properties": properties, **more}, indent=2)


def test_a_json_schema_with_references_compositions_and_nulls(tmp_path: Path) -> None:
    text = schema(
        {
            "id": {"$ref": "#/$defs/key"},
            "state": {"enum": ["OPEN", "PAID", None]},
            "total": {"allOf": [{"type": "number"}, {"minimum": 0}], "description": "Of all."},
            "note": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]},
            "flag": {"type": ["boolean", "null"]},
            "tags": {"type": "array", "items": {"type": ["string", "null"]}, "minItems": 1},
            "labels": {"type": "object", "additionalProperties": {"type": "integer"}},
            "born": {"type": "string", "format": "date"},
            "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        },
        required=["id", "state", "total", "note"],
        **{"$defs": {"key": {"type": "string", "format": "uuid"}}},
    )
    (tmp_path / "x.schema.json").write_text(text)
    made, said = begun(tmp_path, "x.schema.json")
    found = types_of(made)
    assert found["id"] == Uuid() and isinstance(found["state"], Enum)
    assert [each.value for each in found["state"].values] == ["OPEN", "PAID"]
    assert found["total"] == Float(64, Bounds(minimum=Number(0)))
    assert found["note"] == String(max_length=9) and found["flag"] == Boolean()
    assert found["tags"] == Array(Nullable(String()), min_items=1)
    assert found["labels"] == Map(String(), Integer())
    assert found["born"] == Date() and found["either"] == Json()
    assert required_of(made) == {"id", "total"}
    assert "x.schema.json:" in said and "warning[PW806]: `shop.either`: one of several" in said
    assert said_of(made, "either")[0].startswith("# not in the contract: one of several types")


def test_a_schema_that_holds_itself_ends(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#"}}}
    (tmp_path / "x.json").write_text(json.dumps(node))
    made, said = begun(tmp_path, "x.json")
    assert types_of(made)["next"] == Json() and "PW806" in said and "holds itself" in said


def test_definitions_alone_are_objects(tmp_path: Path) -> None:
    line = {"type": "object", "properties": {"sku": {"type": "string"}}}
    order = {"type": "object", "properties": {"line": {"$ref": "#/definitions/Line"}}}
    text = json.dumps({"definitions": {"Order": order, "Line": line, "Refund": line}})
    (tmp_path / "x.json").write_text(text)
    made, _ = begun(tmp_path, "x.json")
    assert isinstance(object_of(made, "order").record.fields[0].type, Record)
    assert object_of(made, "refund").record.fields[0].type == String()
    chosen, _ = begun(tmp_path, "x.json", "--table", "refund")
    assert object_of(chosen).name == "refund"


def test_what_is_no_json_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": 1,\n "b": 2,}')
    assert "x.json:2:9: error[PW805]: no JSON: a key in quotes" in refused(tmp_path, "x.json")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    assert "nested deeper" in refused(tmp_path, "deep.json")


@pytest.mark.parametrize(
    "text", ["", "[]", "1", '["a"]', "{}", "nul", '"', "[1", '{"a"', "1e99999999"]
)
def test_what_is_no_sample_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    refused(tmp_path, "x.json")


def test_tabs_escapes_and_a_byte_order_mark_are_json(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes('\ufeff{\r\n\t"n\\u00e4me":\t"\\ud83d\\ude00 \\/"}'.encode())
    made, _ = begun(tmp_path, "x.json")
    assert [*types_of(made)] == ["näme"]


def test_samples_say_types_nulls_and_a_key(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "at": "2026-01-02T03:04:05Z", "price": 1, "state": "OPEN", "lines": [{"n": 1}]},
        {"id": 2, "at": "2026-01-02T03:04:05Z", "price": 2.5, "state": "PAID", "lines": []},
    ]
    rows += [{**rows[0], "id": number, "extra": None} for number in range(3, 13)]
    (tmp_path / "x.ndjson").write_text("\n".join(map(json.dumps, rows)))
    made, said = begun(tmp_path, "x.ndjson")
    assert said == ""
    found = types_of(made)
    assert (found["id"], found["at"], found["price"]) == (Integer(), Timestamp(), Float())
    assert found["extra"] == String() and isinstance(found["lines"], Array)
    assert object_of(made).primary_key == ("id",)
    assert required_of(made) == {"id", "at", "price", "state", "lines"}
    assert "# decide: an `enum`? the samples have only OPEN, PAID" in said_of(made, "state")
    assert any("money as a floating point number" in each for each in said_of(made, "price"))


def test_no_value_of_a_sample_that_names_a_person_is_in_the_contract(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"first_name": "Zebulon", "email": "z@example.org"}]')
    made, _ = begun(tmp_path, "x.json")
    assert "Zebulon" not in made and "example.org" not in made
    assert made.count("classification: confidential") == 2


AVRO = {
    "type": "record",
    "name": "Order",
    "namespace": "com.acme",
    "doc": "An order.",
    "fields": [
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "money", "type": {"type": "record", "name": "Money", "fields": []}},
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9}},
        {"name": "hash", "type": ["null", {"type": "fixed", "name": "H", "size": 16}]},
        {"name": "again", "type": ["null", "com.acme.H"], "default": None},
        {"name": "many", "type": ["null", "string", "long"]},
        {"name": "parent", "type": ["null", "Order"]},
        {"name": "count", "type": "int", "default": 3},
        {"name": "strange", "type": "com.other.Thing"},
    ],
}


def test_an_avro_schema_with_names_unions_and_itself(tmp_path: Path) -> None:
    (tmp_path / "x.avsc").write_text(json.dumps(AVRO, indent=1))
    made, said = begun(tmp_path, "x.avsc")
    found = types_of(made)
    assert (found["id"], found["total"], found["again"]) == (Uuid(), Decimal(9, 0), found["hash"])
    assert found["many"] == found["parent"] == found["money"] == Json()
    assert found["strange"] == String() and "warning[PW808]" in said
    assert said.count("warning[PW806]") == 3
    assert required_of(made) == {"id", "money", "total", "count", "strange"}
    assert "# default in the schema: 3" in said_of(made, "count")
    assert object_of(made).description == "An order."


def test_avro_without_a_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.avsc").write_text('"string"')
    assert "PW804" in refused(tmp_path, "x.avsc")


def test_types_that_multiply_are_counted(tmp_path: Path) -> None:
    layers = {"l0": {"type": "object", "properties": {"x": {"type": "string"}}}}
    for number in range(1, 30):
        inner = {"$ref": f"#/$defs/l{number - 1}"}
        layers[f"l{number}"] = {"type": "object", "properties": {"a": inner, "b": inner}}
    top = {"$ref": "#/$defs/l29"}
    (tmp_path / "x.json").write_text(json.dumps({"$schema": "s", "$defs": layers, **top}))
    assert "more than 10,000 properties" in refused(tmp_path, "x.json")


PROTO = """\
syntax = "proto3";
package shop.v1;

// One order.
message Order {
  // Who ordered.
  string customer_email = 1 [deprecated = true];
  optional int32 pieces = 2;
  repeated Line lines = 3;
  map<string, double> weights = 4;
  Status status = 5;
  oneof paid { string card = 6; bool cash = 7; }
  Order parent = 8;
  other.Thing thing = 9;
  string needed = 10 [(buf.validate.field).required = true];
  message Line { uint64 n = 1; google.protobuf.Timestamp at = 2; }
}
enum Status {
  STATUS_UNSPECIFIED = 0;
  STATUS_OPEN = 1; // Waiting.
  STATUS_PAID = 2;
}
message Refund { bytes raw = 1; }
service Orders { rpc Get(Order) returns (Refund); }
"""


def test_a_proto_file_with_all_that_messages_have(tmp_path: Path) -> None:
    (tmp_path / "x.proto").write_text(PROTO)
    made, said = begun(tmp_path, "x.proto", "--table", "order")
    found = types_of(made)
    assert found["pieces"] == Integer(32) and found["weights"] == Map(String(), Float())
    assert isinstance(found["status"], Enum)
    assert [(each.value, each.meaning) for each in found["status"].values] == [
        ("OPEN", "Waiting."),
        ("PAID", ""),
    ]
    assert found["parent"] == found["thing"] == Json() and said.count("PW806") == 2
    assert "x.proto:13:" in said and "x.proto:14:" in said
    assert required_of(made) == {"customer_email", "lines", "weights", "status", "needed"}
    assert "# decide: one of `paid`: only one of these has a value" in said_of(made, "cash")
    email = object_of(made).record.fields[0]
    assert (email.description, email.deprecated, email.public) == ("Who ordered.", True, False)
    whole, _ = begun(tmp_path, "x.proto")
    assert object_of(whole, "refund") is not None


@pytest.mark.parametrize(
    "text", ["", "syntax = 'proto3'; message X {", "message X { string a = ; }"]
)
def test_what_is_no_proto_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.proto").write_text(text)
    refused(tmp_path, "x.proto")
