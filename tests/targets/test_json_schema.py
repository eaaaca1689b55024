"""JSON Schemas: what the metaschema accepts, which records they let through, and which not."""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal as Number
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from portwright.codes import EXPLANATIONS
from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.targets import Target
from portwright.targets.json_schema import JsonSchema, schema
from portwright.targets.json_schema_types import LOSSY, TIMESTAMPS, VECTORS
from support.models import (
    HOSTILE,
    MODELS,
    a_model,
    an_object,
    enum,
    field,
    hostile_model,
    nested_model,
    record,
)
from support.records import records


def validator(document: dict[str, object]) -> Draft202012Validator:
    return Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER)


def only_property(type_: Type, **facts: Any) -> dict[str, Any]:
    """The schema of the one property, `x`, of an object."""
    found = an_object("orders", "order", field("x", type_, **facts))
    properties = cast("dict[str, Any]", schema(a_model(found), found)["properties"])
    return cast("dict[str, Any]", properties["x"])


def accepts(type_: Type, value: object, required: bool = True) -> bool:
    """Whether a record with that value as its one property is valid."""
    found = an_object("orders", "order", field("x", type_, required))
    return validator(schema(a_model(found), found)).is_valid({"x": value})


# ---------------------------------------------------------------------- laws


def test_it_is_a_target() -> None:
    target: Target = JsonSchema()
    assert target.name == "json-schema"


def test_tables_are_total() -> None:
    assert set(VECTORS) == set(VectorElement)
    assert set(TIMESTAMPS) == {True, False}


def test_every_code_is_explained() -> None:
    assert {"PW320", *(each.code for each in LOSSY)} <= set(EXPLANATIONS)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_output_is_the_same_each_time(make: Any) -> None:
    assert list(JsonSchema().emit(make())) == list(JsonSchema().emit(make()))


# ---------------------------------------------------------------- acceptance


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_the_metaschema_accepts_every_file(make: Any) -> None:
    model = make()
    files = list(JsonSchema().emit(model))
    assert len(files) == len(model.objects)
    for file in files:
        Draft202012Validator.check_schema(json.loads(file.text))


def to_json(type_: Type, value: Any) -> Any:
    """A value as JSON holds it."""
    match type_:
        case Nullable(inner):
            return None if value is None else to_json(inner, value)
        case Decimal():
            return format(value, "f")
        case Uuid():
            return str(value)
        case Bytes():
            return base64.b64encode(value).decode()
        case Date() | Time() | Timestamp():
            return value.isoformat()
        case Array(element):
            return [to_json(element, each) for each in value]
        case Map(key, inner):
            return {_key(to_json(key, k)): to_json(inner, v) for k, v in value.items()}
        case Record(fields=fields):
            return {
                each.name: to_json(each.type, value[each.name])
                for each in fields
                if value[each.name] is not None
            }
        case _:
            return value


def _key(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@settings(max_examples=25, derandomize=True)
@given(data=st.data())
def test_every_record_of_the_model_is_valid(make: Any, data: st.DataObject) -> None:
    model = make()
    for each in model.objects:
        value = json.loads(json.dumps(to_json(each.record, data.draw(records(each.record)))))
        validator(schema(model, each)).validate(value)
        nulls = {one.name: None for one in each.record.fields if not one.required}
        validator(schema(model, each)).validate({**nulls, **value})


REFUSED: tuple[tuple[Type, object], ...] = (
    (Boolean(), "true"),
    (Integer(8), 128),
    (Integer(8), -129),
    (Integer(16, signed=False), -1),
    (Integer(), 2**63),
    (Integer(64, signed=False), 2**64),
    (Integer(), 1.5),
    (Integer(), "1"),
    (Integer(bounds=Bounds(minimum=Number(3))), 2),
    (Integer(bounds=Bounds(exclusive_minimum=Number(3))), 3),
    (Integer(bounds=Bounds(maximum=Number(3))), 4),
    (Integer(bounds=Bounds(exclusive_maximum=Number(3))), 3),
    (Integer(bounds=Bounds(multiple_of=Number(3))), 4),
    (Integer(bounds=Bounds(allowed=(Number(1), Number(2)))), 3),
    (Float(bounds=Bounds(maximum=Number("0.5"))), 0.6),
    (Decimal(4, 2), 1.5),
    (Decimal(4, 2), "123"),
    (Decimal(4, 2), "1.234"),
    (Decimal(4, 2), "1e2"),
    (Decimal(4, 2), "01"),
    (Decimal(2, 2), "1"),
    (Decimal(4, 0), "1.0"),
    (Decimal(4, 2, Bounds(minimum=Number(0))), "-1"),
    (String(min_length=2), "a"),
    (String(max_length=2), "abc"),
    (String(pattern="^a+$"), "b"),
    (Uuid(), "not-a-uuid"),
    (Bytes(max_length=3), "AAAAAAAA"),
    (Bytes(min_length=4), "AAAA"),
    (Date(), "2026-02-30"),
    (Date(Bounds(allowed=("2026-01-01",))), "2026-01-02"),
    (Time(), "25:00:00"),
    (Time(), "12:30:45Z"),
    (Timestamp(zoned=False), "2026-01-01T00:00:00Z"),
    (Timestamp(zoned=False), "2026-13-01T00:00:00"),
    (enum("orders", "status", values=("NEW",)), "OLD"),
    (enum("orders", "status", values=("NEW",)), None),
    (Array(Integer(), min_items=1), []),
    (Array(Integer(), max_items=1), [1, 2]),
    (Array(Integer(), unique_items=True), [1, 1]),
    (Array(Integer()), [None]),
    (Map(String(pattern="^a"), Integer()), {"b": 1}),
    (Map(Integer(), Integer()), {"one": 1}),
    (Map(Integer(signed=False), Integer()), {"-1": 1}),
    (Map(Boolean(), Integer()), {"yes": 1}),
    (Map(Float(), Integer()), {"1,5": 1}),
    (Map(enum("orders", "status", values=("NEW",)), Integer()), {"OLD": 1}),
    (Map(String(), Integer()), {"a": None}),
    (Vector(2, VectorElement.FLOAT32), [1.0]),
    (Vector(2, VectorElement.INT8), [1, 128]),
    (Vector(1, VectorElement.BINARY), [2]),
)


@pytest.mark.parametrize(("type_", "value"), REFUSED, ids=lambda each: repr(each)[:60])
def test_what_the_contract_forbids_is_invalid(type_: Type, value: object) -> None:
    assert not accepts(type_, value)
    assert not accepts(type_, value, required=False) or value is None


TAKEN: tuple[tuple[Type, object], ...] = (
    (Integer(), -(2**63)),
    (Integer(64, signed=False), 2**64 - 1),
    (Decimal(4, 2), "-99.99"),
    (Decimal(2, 2), "0.25"),
    (Decimal(2, 0), "42"),
    (Decimal(4, 2, Bounds(minimum=Number(0))), "0"),
    (String(pattern="b"), "abc"),
    (String(format="password"), "x"),
    (Time(), "12:30:45.123456"),
    (Timestamp(), "2026-11-22T10:00:00.123456Z"),
    (Timestamp(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC).isoformat()),
    (Map(Integer(), Integer()), {"-1": 1, "0": 2}),
    (Map(Float(), Integer()), {"-1.5e3": 1}),
    (Map(Record("k", ("k",), ()), Integer()), [{"key": {}, "value": 1}]),
    (Json(), None),
    (Json(), {"any": ["thing"]}),
)


@pytest.mark.parametrize(("type_", "value"), TAKEN, ids=lambda each: repr(each)[:60])
def test_what_the_contract_allows_is_valid(type_: Type, value: object) -> None:
    assert accepts(type_, value)


# ------------------------------------------------------------------ decisions


def test_an_omitted_required_is_optional_and_admits_null() -> None:
    found = an_object("orders", "order", field("x", Integer(8)), field("y", String(), False))
    document = schema(a_model(found), found)
    assert document["required"] == ["x"]
    for valid in ({"x": 1}, {"x": 1, "y": None}, {"x": 1, "y": "a", "unknown": True}):
        validator(document).validate(valid)
    assert not validator(document).is_valid({"y": "a"})
    assert not validator(document).is_valid({"x": None})


def test_identity_is_the_same_within_a_major() -> None:
    found = an_object("orders", "order")
    document = schema(a_model(found), found)
    assert document["$id"] == "urn:portwright:retail.checkout.v1:Order"
    assert document["title"] == "Order"
    assert schema(a_model(found, version="1.9.0"), found) == document


def test_nested_types_are_defined_once_by_name() -> None:
    model = nested_model()
    assert list(cast("dict[str, object]", schema(model, model.objects[0])["$defs"])) == [
        "OrderAddress",
        "OrderAddressCountry",
        "OrderLine",
        "OrderLineAddress",
        "OrderLineAddressCountry",
    ]


def test_an_optional_nested_type_is_a_reference_or_null() -> None:
    part = record("part", "orders", "part", fields=(field("a", String()),))
    assert only_property(part, required=False, description="spare") == {
        "anyOf": [{"$ref": "#/$defs/OrderPart"}, {"type": "null"}],
        "description": "spare",
    }


def test_an_optional_number_with_listed_values_admits_null() -> None:
    assert accepts(Integer(bounds=Bounds(allowed=(Number(1),))), None, required=False)


def test_an_enum_tells_what_its_values_mean() -> None:
    values = (EnumValue("NEW", description="placed"), EnumValue("in-progress"))
    found = an_object("orders", "order", field("x", Enum("x", ("orders", "x"), values)))
    assert schema(a_model(found), found)["$defs"] == {
        "OrderX": {"description": "NEW: placed", "type": "string", "enum": ["NEW", "in-progress"]}
    }


def test_exclusive_limits_take_the_place_of_the_width() -> None:
    assert only_property(Integer(8, bounds=Bounds(exclusive_minimum=Number(0)))) == {
        "type": "integer",
        "exclusiveMinimum": 0,
        "maximum": 127,
    }
    assert only_property(Integer(8, bounds=Bounds(exclusive_maximum=Number(1000)))) == {
        "type": "integer",
        "minimum": -128,
        "maximum": 127,
    }


def test_limits_beyond_every_double_stay_json() -> None:
    huge = Bounds(minimum=Number("-1e999999"), maximum=Number("1e999999"))
    text = json.dumps(only_property(Float(bounds=huge)), allow_nan=False)
    assert len(text) < 200


def test_examples_are_shown() -> None:
    assert only_property(Decimal(9, 2), examples=("1.00", "2"))["examples"] == ["1.00", "2"]
    assert "examples" not in only_property(Float())


def test_deprecation_is_said() -> None:
    assert only_property(String(), deprecated=True) == {"type": "string", "deprecated": True}
    found = an_object("orders", "order", deprecated=True)
    assert schema(a_model(found), found)["deprecated"] is True


def test_hostile_text_stays_text() -> None:
    (file,) = JsonSchema().emit(hostile_model())
    assert str(file.path) == "unnamed/x/v1/etc.schema.json"
    assert file.text.replace("\n", "").isprintable()
    assert set(HOSTILE) <= set(json.loads(file.text)["properties"])


# ---------------------------------------------------------------- diagnostics


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_model_without_hazards_has_no_findings(make: Any) -> None:
    assert list(JsonSchema().check(make())) == []


def test_objects_that_meet_in_a_file_are_an_error() -> None:
    model = a_model(an_object("OrderLines", "OrderLine"), an_object("order_lines", "line"))
    assert [(each.code, each.is_error) for each in JsonSchema().check(model)] == [("PW320", True)]


@pytest.mark.parametrize(
    ("type_", "codes"),
    [
        (Decimal(9, 2, Bounds(minimum=Number(0))), []),
        (Decimal(9, 2, Bounds(minimum=Number(1))), ["PW321"]),
        (Array(Decimal(9, 2, Bounds(maximum=Number(1)))), ["PW321"]),
        (Date(Bounds(allowed=("2026-01-01",))), []),
        (Date(Bounds(minimum="2026-01-01")), ["PW322"]),
        (Time(Bounds(maximum="12:00:00")), ["PW322"]),
        (Timestamp(bounds=Bounds(allowed=("2026-01-01T00:00:00Z",))), ["PW322"]),
        (Float(64, Bounds(multiple_of=Number("0.25"))), []),
        (Float(64, Bounds(multiple_of=Number("0.1"))), ["PW324"]),
    ],
)
def test_limits_that_a_schema_cannot_say_are_a_warning(type_: Type, codes: list[str]) -> None:
    findings = list(JsonSchema().check(a_model(an_object("orders", "order", field("x", type_)))))
    assert [each.code for each in findings] == codes
    assert not any(each.is_error for each in findings)


def test_right_multiples_are_valid() -> None:
    quarters, tenths = (Float(64, Bounds(multiple_of=Number(each))) for each in ("0.25", "0.1"))
    assert only_property(quarters) == {"type": "number", "multipleOf": 0.25}
    assert only_property(tenths) == {"type": "number"}


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("^[A-Z]{3}$", True),
        (r"\\A(?:a|b)(?=c)", True),
        (r"\A[a-z]+\Z", False),
        ("(?i)^abc$", False),
        ("(?P<year>[0-9]{4})", False),
        ("a{,3}", False),
        ("a++b", False),
        ("(?>a)b", False),
        (r"[*+]+\++x", True),
    ],
)
def test_patterns_are_those_of_ecma_262(pattern: str, kept: bool) -> None:
    type_ = String(pattern=pattern)
    assert only_property(type_).get("pattern") == (pattern if kept else None)
    findings = JsonSchema().check(a_model(an_object("orders", "order", field("x", type_))))
    assert [each.code for each in findings] == ([] if kept else ["PW323"])


def test_needless_escapes_are_left_out() -> None:
    def written(pattern: str) -> object:
        return only_property(String(pattern=pattern))["pattern"]

    assert written(r"^[0-9]{3}\-[0-9]{4}\@x\.y$") == r"^[0-9]{3}-[0-9]{4}@x\.y$"
    assert written(r"[\w\-\_\\\-]\\-") == r"[\w\-_\\\-]\\-"
