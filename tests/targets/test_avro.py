"""Avro schemas: what both libraries accept, what records survive, and the mistakes of others."""

from __future__ import annotations

import copy
import io
import json
from typing import Any, cast, get_args

import avro.compatibility
import avro.errors
import avro.io
import avro.schema
import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright import lock
from portwright.codes import EXPLANATIONS
from portwright.model import (
    Array,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Integer,
    Map,
    Model,
    Nullable,
    String,
    Timestamp,
    Type,
    Uuid,
    VectorElement,
)
from portwright.targets import Target
from portwright.targets.avro import Avro, schema
from portwright.targets.avro_types import (
    FLOATS,
    INTEGERS,
    LOSSY,
    PLAIN,
    TIMESTAMPS,
    VECTORS,
    is_enum,
)
from support.avro import apache, assert_both_read_alike, for_fastavro, written_by_fastavro
from support.models import (
    MODELS,
    a_model,
    all_types_model,
    an_object,
    enum,
    field,
    nested_model,
    record,
)
from support.records import records


def only_field(type_: Type, **facts: Any) -> dict[str, Any]:
    """The Avro field of an object with one property, `x`."""
    found = an_object("orders", "order", field("x", type_, **facts))
    fields = cast("list[dict[str, Any]]", schema(a_model(found), found)["fields"])
    return fields[0]


def codes(model: Model) -> list[str]:
    return [each.code for each in Avro().check(model)]


# ---------------------------------------------------------------------- laws


def test_it_is_a_target() -> None:
    target: Target = Avro()
    assert target.name == "avro"


def test_tables_are_total() -> None:
    assert set(INTEGERS) == {
        (bits, sign) for bits in (8, 16, 32, 64, 128) for sign in (True, False)
    }
    assert set(FLOATS) == {32, 64}
    assert set(TIMESTAMPS) == {True, False}
    assert set(VECTORS) == set(VectorElement)
    assert set(PLAIN) < set(get_args(Type))


def test_every_integer_fits_its_avro_type() -> None:
    for (bits, signed), held in INTEGERS.items():
        widest = max(-Integer(bits, signed).lowest - 1, Integer(bits, signed).highest)
        if isinstance(held, Decimal):
            assert widest < 10**held.precision
        else:
            assert widest < 2 ** {"int": 31, "long": 63}[held]


def test_every_loss_is_explained() -> None:
    assert {each.code for each in LOSSY} <= set(EXPLANATIONS)
    assert {"PW310", "PW311", "PW312"} <= set(EXPLANATIONS)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_output_is_the_same_each_time(make: Any) -> None:
    assert list(Avro().emit(make())) == list(Avro().emit(make()))


def test_documents_share_nothing_with_the_tables() -> None:
    model = all_types_model()
    before = copy.deepcopy(schema(model, model.objects[0]))
    _spoil(schema(model, model.objects[0]))
    assert schema(model, model.objects[0]) == before


def _spoil(node: object) -> None:
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        _spoil(child)
    if isinstance(node, dict | list):
        node.clear()


# ---------------------------------------------------------------- acceptance


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_both_libraries_accept_every_file(make: Any) -> None:
    model = make()
    files = list(Avro().emit(model))
    assert len(files) == len(model.objects)
    for file in files:
        document = json.loads(file.text)
        fastavro.parse_schema(document)
        assert apache(document).type == "record"


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@settings(max_examples=25, derandomize=True)
@given(data=st.data())
def test_records_survive(make: Any, data: st.DataObject) -> None:
    model = make()
    for each in model.objects:
        document = fastavro.parse_schema(schema(model, each))
        value = for_fastavro(each.record, data.draw(records(each.record)))
        written = written_by_fastavro(document, value)
        buffer = io.BytesIO(written)
        assert fastavro.schemaless_reader(buffer, document, None) == value
        assert buffer.read() == b""
        assert_both_read_alike(schema(model, each), written)


# ----------------------------------------------- what others get wrong, and we


def test_an_optional_property_is_a_union_with_null_first_and_a_default() -> None:
    assert only_field(String(), required=False) == {
        "name": "x",
        "type": ["null", "string"],
        "default": None,
    }
    assert only_field(String()) == {"name": "x", "type": "string"}


def test_readers_before_and_after_an_added_optional_property_read_each_other() -> None:
    before = an_object("orders", "order", field("x", Integer()))
    after = an_object("orders", "order", field("note", String(), False), field("x", Integer()))
    old, new = (fastavro.parse_schema(schema(a_model(each), each)) for each in (before, after))
    written = {"note": "a", "x": 1}
    for writer, reader, read in ((new, old, {"x": 1}), (old, new, {"note": None, "x": 1})):
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, writer, written)
        buffer.seek(0)
        assert fastavro.schemaless_reader(buffer, writer, reader) == read


def test_logical_types_stand_inside_the_type() -> None:
    assert only_field(Date())["type"] == {"type": "int", "logicalType": "date"}
    assert only_field(Timestamp(), required=False)["type"] == [
        "null",
        {"type": "long", "logicalType": "timestamp-micros"},
    ]
    assert only_field(Decimal(12, 2))["type"] == {
        "type": "bytes",
        "logicalType": "decimal",
        "precision": 12,
        "scale": 2,
    }


def test_a_scale_above_the_precision_is_still_a_decimal() -> None:
    written = only_field(Decimal(2, 4))["type"]
    assert (written["precision"], written["scale"]) == (4, 4)
    assert fastavro.parse_schema(written) == written


def test_integers_are_as_wide_as_the_contract_says() -> None:
    assert only_field(Integer())["type"] == "long"
    assert only_field(Integer(32))["type"] == "int"
    assert only_field(Integer(64, signed=False))["type"]["precision"] == 20


def test_one_nested_name_used_twice_is_two_types() -> None:
    model = nested_model()
    text = json.dumps(schema(model, model.objects[0]))
    assert '"OrderAddress"' in text and '"OrderLineAddress"' in text
    assert "null" not in [each["name"] for each in json.loads(text)["fields"]]


def test_items_and_values_have_types_with_names() -> None:
    line = record("line", "orders", "lines", fields=(field("sku", String()),))
    assert only_field(Array(line))["type"]["items"]["name"] == "OrderLine"
    assert only_field(Map(String(), line))["type"]["values"]["name"] == "OrderLine"


def test_elements_may_be_null_only_where_the_contract_says_so() -> None:
    assert only_field(Array(String()))["type"]["items"] == "string"
    assert only_field(Array(Nullable(String())))["type"]["items"] == ["null", "string"]


def test_an_enum_with_an_illegal_symbol_travels_as_a_string() -> None:
    status = enum("orders", "status", values=("new", "in-progress"))
    assert not is_enum(status)
    assert only_field(status)["type"] == {"type": "string", "odcs.values": ["new", "in-progress"]}
    assert codes(a_model(an_object("orders", "order", field("status", status)))) == ["PW314"]


def test_an_enum_tells_what_its_values_mean() -> None:
    values = (EnumValue("NEW", description="placed"), EnumValue("PAID", label="Paid up"))
    written = only_field(Enum("status", ("orders", "status"), values))["type"]
    assert written == {
        "type": "enum",
        "name": "OrderStatus",
        "doc": "NEW: placed\nPAID: Paid up",
        "symbols": ["NEW", "PAID", "UNKNOWN"],
        "default": "UNKNOWN",
    }


@pytest.mark.parametrize(
    ("values", "default", "symbols"),
    [
        (("B", "A"), "UNKNOWN", ["B", "A", "UNKNOWN"]),
        (("UNKNOWN", "A"), "UNKNOWN", ["UNKNOWN", "A"]),
        (("a", "unknown", "b"), "unknown", ["a", "unknown", "b"]),
        (("Unknown_", "UNKNOWN"), "UNKNOWN", ["Unknown_", "UNKNOWN"]),
        (("UNKNOWN_COUNTRY",), "UNKNOWN", ["UNKNOWN_COUNTRY", "UNKNOWN"]),
    ],
)
def test_a_value_that_says_unknown_is_the_default_else_a_symbol_more(
    values: tuple[str, ...], default: str, symbols: list[str]
) -> None:
    written = only_field(enum("orders", "status", values=values))["type"]
    assert (written["default"], written["symbols"]) == (default, symbols)


@pytest.mark.parametrize("required", [True, False])
def test_a_value_of_a_newer_writer_is_unknown_to_an_older_reader(required: bool) -> None:
    def document(*values: str) -> dict[str, Any]:
        status = field("status", enum("orders", "status", values=values), required)
        found = an_object("orders", "order", status)
        return schema(a_model(found), found)

    old, new = document("OPEN", "DONE"), document("LOST", "OPEN", "DONE")
    assert read_by_fastavro({"status": "LOST"}, new, old) == {"status": "UNKNOWN"}
    assert read_by_fastavro({"status": "DONE"}, new, old) == {"status": "DONE"}
    # Apache's library for Python resolves by name, and does not know the default yet.
    assert read_by_apache({"status": "DONE"}, new, old) == {"status": "DONE"}


def read_by_fastavro(value: Any, writer: Any, reader: Any) -> Any:
    """What a reader with one schema makes of what was written by another."""
    data = io.BytesIO(written_by_fastavro(fastavro.parse_schema(writer), value))
    schemas = fastavro.parse_schema(writer), fastavro.parse_schema(reader)
    return fastavro.schemaless_reader(data, *schemas)


def read_by_apache(value: Any, writer: Any, reader: Any) -> Any:
    """The same by Apache's library."""
    data = io.BytesIO(written_by_fastavro(fastavro.parse_schema(writer), value))
    datum_reader = avro.io.DatumReader(apache(writer), apache(reader))
    return datum_reader.read(avro.io.BinaryDecoder(data))


def test_keys_that_are_text_make_a_map_and_others_an_array_of_entries() -> None:
    assert only_field(Map(Uuid(), Integer()))["type"] == {"type": "map", "values": "long"}
    assert only_field(Map(Integer(), Map(Date(), String())))["type"] == {
        "type": "array",
        "items": {
            "type": "record",
            "name": "OrderXEntry",
            "fields": [
                {"name": "key", "type": "long"},
                {
                    "name": "value",
                    "type": {
                        "type": "array",
                        "items": {
                            "type": "record",
                            "name": "OrderXValueEntry",
                            "fields": [
                                {"name": "key", "type": {"type": "int", "logicalType": "date"}},
                                {"name": "value", "type": "string"},
                            ],
                        },
                    },
                },
            ],
        },
    }


def test_facts_of_a_property_travel_beside_its_type() -> None:
    written = only_field(
        String(), description=" who \n", classification="restricted", tags=("pii",), deprecated=True
    )
    assert written == {
        "name": "x",
        "type": "string",
        "doc": "who",
        "odcs.classification": "restricted",
        "confluent:tags": ["RESTRICTED", "pii"],
        "odcs.tags": ["pii"],
        "odcs.deprecated": True,
    }


def test_a_name_that_avro_refuses_is_kept_beside_the_one_it_gets() -> None:
    found = an_object("orders", "order", field("2nd line", String()))
    fields = cast("list[object]", schema(a_model(found), found)["fields"])
    assert fields == [{"name": "n2nd_line", "type": "string", "odcs.name": "2nd line"}]


def test_the_namespace_is_domain_name_and_major() -> None:
    found = an_object("orders", "order")
    assert schema(a_model(found), found)["namespace"] == "retail.checkout.v1"
    assert schema(a_model(found, domain=None, major=0), found)["namespace"] == "checkout.v0"


def test_a_file_ends_without_a_newline() -> None:
    assert [file.text[-1] for file in Avro().emit(nested_model())] == ["}", "}"]


# -------------------------------------------------------------------- renames


def history(*steps: tuple[str, str]) -> list[dict[str, Any]]:
    """The schemas of a contract whose object and whose fields change their names at every step."""
    held, found = lock.Lock(), []
    for name, word in steps:
        part = record(word, f"{name}s", word, fields=(field("n", Integer()),))
        of_name = an_object(
            f"{name}s",
            name,
            field(f"{word} of", String(), id="p1"),
            field(word, Array(part), id="p2"),
            field(f"{word}_kind", enum(f"{name}s", f"{word}_kind", values=("A", "B")), id="p3"),
            field(f"{word}_map", Map(Integer(), Integer()), id="p4"),
            id="o",
        )
        model, held = lock.apply(a_model(of_name), held)
        found.append(schema(model, model.objects[0]))
    return found


def test_renamed_fields_and_types_have_aliases() -> None:
    *_, last = history(("order", "line"), ("sale", "item"))
    assert last["name"] == "Sale" and last["aliases"] == ["retail.checkout.v1.Order"]
    text, parts, kind, map_ = last["fields"]
    assert (text["name"], text["aliases"]) == ("item_of", ["line_of"])
    assert (parts["name"], parts["aliases"]) == ("item", ["line"])
    assert parts["type"]["items"]["aliases"] == ["retail.checkout.v1.OrderLine"]
    assert kind["type"]["aliases"] == ["retail.checkout.v1.OrderLineKind"]
    entry = map_["type"]["items"]
    assert entry["name"] == "SaleItemMapEntry"
    assert "retail.checkout.v1.OrderLineMapEntry" in entry["aliases"]


def test_what_was_written_before_renames_is_read() -> None:
    first, second, last = history(("order", "line"), ("order", "part"), ("sale", "item"))
    for writer, word in ((first, "line"), (second, "part")):
        values = ("x", [{"n": 1}], "B", [{"key": 1, "value": 2}])
        names = (f"{word}_of", word, f"{word}_kind", f"{word}_map")
        read = read_by_fastavro(dict(zip(names, values, strict=True)), writer, last)
        assert read == dict(zip(("item_of", "item", "item_kind", "item_map"), values, strict=True))
        # Apache's library for Python knows aliases when it compares schemas, not when it reads.
        checker = avro.compatibility.ReaderWriterCompatibilityChecker()
        found = checker.get_compatibility(apache(last), apache(writer))
        assert found.compatibility.name == "compatible", found.messages


def test_names_of_before_that_meet_in_avro_are_no_aliases() -> None:
    told = field("b", String(), aliases=("a-1", "a_1", "c")), field("c", String())
    found = an_object("orders", "order", *told)
    fields = cast("list[dict[str, Any]]", schema(a_model(found), found)["fields"])
    assert [each.get("aliases") for each in fields] == [["a_1"], None]


# ---------------------------------------------------------------- diagnostics


def test_a_model_without_hazards_has_no_findings() -> None:
    assert codes(nested_model()) == []


def test_properties_that_meet_are_an_error_at_each_depth() -> None:
    line = record("l", "o", "l", fields=(field("b c", String()), field("b_c", String())))
    found = an_object("o", "o", field("a-b", String()), field("a_b", String()), field("l", line))
    findings = list(Avro().check(a_model(found)))
    assert [(each.code, each.is_error) for each in findings] == [("PW310", True)] * 2
    assert "`a-b` and `a_b` are both `a_b`" in findings[0].message


def test_objects_that_meet_in_a_file_are_an_error() -> None:
    model = a_model(an_object("OrderLines", "OrderLine"), an_object("order_lines", "line"))
    assert codes(model) == ["PW312"]


def test_what_is_wrong_with_the_contract_itself_is_not_said_again() -> None:
    twice = an_object("orders", "order", field("x", String()), field("x", String()))
    assert codes(a_model(twice, twice)) == []


def test_an_entry_record_that_meets_a_type_is_an_error() -> None:
    other = record("rates entry", "orders", "other", fields=(field("a", String()),))
    rates = field("rates", Map(Integer(), String()))
    assert codes(a_model(an_object("orders", "order", rates, field("other", other)))) == [
        "PW311",
        "PW315",
    ]


def test_every_lossy_type_is_a_warning_that_names_the_property() -> None:
    findings = {each.code: each for each in Avro().check(all_types_model())}
    assert set(findings) == {each.code for each in LOSSY}
    assert not any(each.is_error for each in findings.values())
    assert findings["PW314"].message.startswith("`samples.priority`: ")
