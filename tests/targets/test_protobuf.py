"""Protobuf: what protoc and buf accept, what values survive, and numbers that never move."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portwright import lock
from portwright.codes import EXPLANATIONS
from portwright.lock import Lock
from portwright.model import (
    Anonymise,
    Array,
    Boolean,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Object,
    Record,
    String,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.targets import Target
from portwright.targets.protobuf import Protobuf
from portwright.targets.protobuf.types import (
    FLOATS,
    IMPORTS,
    INTEGERS,
    PLAIN,
    TIMESTAMPS,
    VECTORS,
    field_name,
    value_name,
)
from support import protobuf
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


def numbered(model: Model) -> Model:
    return lock.apply(model, Lock())[0]


def texts(model: Model) -> dict[str, str]:
    """The files by name, without what is the same for all contracts."""
    return {
        each.path.name: each.text
        for each in Protobuf().emit(numbered(model))
        if not str(each.path).startswith(("confluent/meta", "google/", "buf"))
    }


def one(*fields: Field, **facts: Any) -> str:
    """The file of an object `orders` with these fields."""
    return texts(a_model(an_object("orders", "order", *fields, **facts)))["orders.proto"]


def codes(model: Model) -> list[str]:
    found = list(Protobuf().check(model))
    assert {each.code for each in found} <= EXPLANATIONS.keys()
    return [each.code for each in found if each.is_error]


def warnings(model: Model) -> list[str]:
    return [each.code for each in Protobuf().check(model) if not each.is_error]


# ------------------------------------------------------- what real tools say


def accepted(model: Model, root: Path) -> Path:
    """The folder of a model, which compiles and lints without a word and without a network."""
    model = numbered(model)
    assert codes(model) == []
    protobuf.write(Protobuf().emit(model), root)
    protobuf.protoc(root)
    assert protobuf.buf(root, "lint") == ""
    assert protobuf.buf(root, "build", "-o", "/dev/null") == ""
    return root


@pytest.mark.parametrize("name", MODELS)
def test_protoc_and_buf_accept_what_is_generated(name: str, tmp_path: Path) -> None:
    accepted(MODELS[name](), tmp_path)


def test_contracts_and_major_versions_share_a_folder(tmp_path: Path) -> None:
    other = replace(nested_model(), name="other", domain=None)
    for model in (all_types_model(), replace(all_types_model(), major=2), other):
        protobuf.write(Protobuf().emit(numbered(model)), tmp_path)
    protobuf.protoc(tmp_path)
    assert protobuf.buf(tmp_path, "lint") == ""


# Words that mean something to a parser, to Python, to buf, or in one of our own messages.
WORDS = """
option message reserved oneof map enum repeated optional extend extensions group true false inf nan
to max stream rpc returns import package syntax google string int32 bool class def self None
DESCRIPTOR descriptor HasField value items entries key _ __ _x x_ x__y a1b ABTest v2 2nd i8 x1y2
camelCase Ünï orderID
"""


@pytest.mark.parametrize(
    ("namespace", "domain"),
    [
        (None, "google"),
        (None, "message"),
        ("com.google.type", "option.type"),
        ("package.v1", "v1"),
        (None, None),
    ],
)
def test_no_word_is_too_special(namespace: str | None, domain: str | None, tmp_path: Path) -> None:
    fields = [field(f"{word} {n}", String(), n % 2 == 0) for n, word in enumerate(WORDS.split())]
    plain = [
        field(word, Date(), False) for word in WORDS.split() if word.isalpha() and word.islower()
    ]
    nested = record("google", "orders", "deep", fields=(field("google", Date()),))
    accepted(
        a_model(
            an_object("orders", "order", *fields, *plain, field("deep", nested)),
            an_object("message", "message", field("when", Timestamp())),
            domain=domain,
            name="google",
            namespace=namespace,
        ),
        tmp_path,
    )


@pytest.mark.parametrize("major", [0, 1, 2, 14])
def test_every_major_version_is_a_package_that_buf_accepts(major: int, tmp_path: Path) -> None:
    model = a_model(an_object("orders", "order", field("id", Uuid())), major=major)
    root = accepted(model, tmp_path)
    version = "v1alpha1" if major == 0 else f"v{major}"
    assert (root / "retail" / "checkout" / version / "orders.proto").is_file()


NAMES = st.text(st.sampled_from("abcXYZ012_- é名"), min_size=1, max_size=6)


@settings(max_examples=8, derandomize=True)
@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=25))
def test_whatever_check_lets_through_compiles_and_lints(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, str, str]]
) -> None:
    model = a_model(
        *(
            an_object(
                f"o{index}{name}",
                f"o{index}{name}",
                field(first, enum(f"o{index}{name}", first, values=(second, first + second))),
                field(f"{second}s{index}", Map(Date(), Array(Nullable(String()))), False),
            )
            for index, (name, first, second) in enumerate(drawn)
        )
    )
    good = tuple(
        each for each in model.objects if not codes(numbered(replace(model, objects=(each,))))
    )
    model = replace(model, objects=good)
    if good and not codes(numbered(model)):
        accepted(model, tmp_path_factory.mktemp("drawn"))


# ----------------------------------------------------------- values survive


SAMPLES = numbered(all_types_model())
SAMPLE = SAMPLES.objects[0].record

# A list or map that is not required is read as empty where it was missing (PW335).
EMPTY: dict[str, Any] = {"vector_int8": [], "labels": {}, "by_flag": {}}


@pytest.fixture(scope="module")
def message_class(tmp_path_factory: pytest.TempPathFactory) -> type[Message]:
    """What protoc makes of the record of every type."""
    root = protobuf.write(Protobuf().emit(SAMPLES), tmp_path_factory.mktemp("sample"))
    return protobuf.message_type(protobuf.protoc(root), "retail.checkout.v1.Sample")


def came_back(value: dict[str, Any]) -> dict[str, Any]:
    return value | {name: value[name] or empty for name, empty in EMPTY.items()}


@settings(max_examples=30)
@given(value=records(SAMPLE))
def test_every_value_comes_back_from_bytes(
    message_class: type[Message], value: dict[str, Any]
) -> None:
    message = message_class()
    protobuf.fill(message, SAMPLE, value)
    back = message_class.FromString(message.SerializeToString())
    assert protobuf.read(back, SAMPLE) == came_back(value)


@settings(max_examples=15)
@given(value=records(SAMPLE))
def test_every_value_comes_back_from_json(
    message_class: type[Message], value: dict[str, Any]
) -> None:
    # Google's Python parser refuses the largest 32-bit floats that its own printer writes.
    singles = [value["f32"], value["maybe_f32"] or 0.0, *(value["by_flag"] or {}).values()]
    assume(all(abs(each) < 3.4e38 for each in [*singles, *value["vector_float32"]]))
    message = message_class()
    protobuf.fill(message, SAMPLE, value)
    back = json_format.Parse(json_format.MessageToJson(message), message_class())
    assert protobuf.read(back, SAMPLE) == came_back(value)


def test_json_shows_the_names_of_the_contract(tmp_path: Path) -> None:
    names = ["orderId", "order_no", "OrderDate", "Gross Weight (kg)", 'say "no"\\', "ßé名"]
    model = numbered(a_model(an_object("orders", "order", *(field(n, String()) for n in names))))
    root = protobuf.write(Protobuf().emit(model), tmp_path)
    class_ = protobuf.message_type(protobuf.protoc(root), "retail.checkout.v1.Order")
    message = json_format.ParseDict(dict.fromkeys(names, "x"), class_())
    assert json_format.MessageToDict(message).keys() == {
        "orderId",
        "orderNo",
        "OrderDate",
        "Gross Weight (kg)",
        'say "no"\\',
        "ßé名",
    }


# --------------------------------------------------------------- how it reads


def test_a_file_reads_as_if_written_by_hand() -> None:
    line = record(
        "line",
        "orders",
        "lines",
        fields=(
            field("sku", String(), description="What was bought."),
            field("price", Decimal(12, 2)),
        ),
    )
    status = Enum(
        "status",
        ("orders", "status"),
        (EnumValue("open"), EnumValue("in-transit", description="Left the warehouse.")),
    )
    orders = an_object(
        "orders",
        "order",
        field("order_id", Uuid(), id="f-id"),
        field("placed_at", Timestamp(), description="When the customer\npaid.  "),
        field("status", status),
        field("coupon", String(), False, deprecated=True),
        field("Lines", Array(line)),
        field("tags", Map(String(), Nullable(String()))),
        description="One order.",
    )
    first = a_model(orders)
    _, held = lock.apply(first, Lock())
    fields = tuple(f for f in orders.record.fields if f.name not in ("coupon", "order_id"))
    fields = (replace(fields[0], name="paid_at"), *fields[1:])
    status = replace(status, values=status.values[1:])
    fields = (fields[0], replace(fields[1], type=status), *fields[2:])
    model, _ = lock.apply(
        a_model(replace(orders, record=replace(orders.record, fields=fields), deprecated=True)),
        held,
    )
    text = next(iter(Protobuf().emit(model))).text
    assert text == ("""\
// Generated by portwright from contracts/checkout.odcs.yaml (checkout 1.2.0). Do not edit.

syntax = "proto3";

package retail.checkout.v1;

import "google/protobuf/timestamp.proto";
import "google/type/decimal.proto";

// One order.
message Order {
  option deprecated = true;

  reserved 1 to 2, 4;
  reserved "coupon", "order_id", "placed_at";

  message TagsValue {
    optional string value = 1;
  }

  // When the customer
  // paid.
  google.protobuf.Timestamp paid_at = 7;
  OrderStatus status = 3;
  repeated OrderLine lines = 5 [json_name = "Lines"];
  map<string, TagsValue> tags = 6;
}

message OrderLine {
  // What was bought.
  string sku = 1;
  google.type.Decimal price = 2;
}

enum OrderStatus {
  reserved 1;
  reserved "ORDER_STATUS_OPEN";

  ORDER_STATUS_UNSPECIFIED = 0;
  // Left the warehouse.
  ORDER_STATUS_IN_TRANSIT = 2;
}
""")


def test_reserved_numbers_are_written_as_ranges() -> None:
    many = a_model(an_object("orders", "order", *(field(f"f{n}", String()) for n in range(1, 9))))
    _, held = lock.apply(many, Lock())
    left = a_model(an_object("orders", "order", field("f2", String()), field("f7", String())))
    model, _ = lock.apply(left, held)
    assert "  reserved 1, 3 to 6, 8;\n" in next(iter(Protobuf().emit(model))).text


@pytest.mark.parametrize(
    ("type_", "required", "line"),
    [
        (Boolean(), True, "bool x = 1;"),
        (Boolean(), False, "optional bool x = 1;"),
        (Integer(), False, "optional int64 x = 1;"),
        (Integer(128, False), False, "google.type.Decimal x = 1;"),
        (Decimal(9, 2), True, "google.type.Decimal x = 1;"),
        (Timestamp(zoned=False), True, "google.type.DateTime x = 1;"),
        (Json(), False, "google.protobuf.Value x = 1;"),
        (Array(String()), False, "repeated string x = 1;"),
        (Vector(3, VectorElement.FLOAT32), True, "repeated float x = 1;"),
        (Array(Array(Float(32))), True, "repeated XItem x = 1;"),
        (Map(String(), Float()), False, "map<string, double> x = 1;"),
        (Map(Date(), String()), True, "repeated XEntry x = 1;"),
        (Map(Integer(128), String()), True, "repeated XEntry x = 1;"),
    ],
)
def test_labels_and_types(type_: Type, required: bool, line: str) -> None:
    assert f"  {line}\n" in one(field("x", type_, required))


def test_the_tables_are_total() -> None:
    by_parameter = {Integer, Float, Timestamp, Enum, Array, Map, Vector, Record, Nullable}
    assert PLAIN.keys() | by_parameter == set(get_args(Type)) - PLAIN.keys() | PLAIN.keys()
    assert PLAIN.keys() | by_parameter >= set(get_args(Type)) and not PLAIN.keys() & by_parameter
    assert INTEGERS.keys() == {(b, s) for b in (8, 16, 32, 64, 128) for s in (True, False)}
    assert FLOATS.keys() == {32, 64} and TIMESTAMPS.keys() == {True, False}
    assert VECTORS.keys() == set(VectorElement)
    named = {*PLAIN.values(), *INTEGERS.values(), *TIMESTAMPS.values()}
    assert {each for each in named if "." in each} == IMPORTS.keys()


def test_only_needed_files_of_google_are_copied_and_unchanged() -> None:
    files = {str(e.path): e.text for e in Protobuf().emit(numbered(all_types_model()))}
    found = find_spec("google.type.date_pb2")
    assert found is not None and found.origin is not None
    upstream = Path(found.origin).parent
    copies = {path for path in files if path.startswith("google/")}
    assert copies == {
        f"google/type/{each}.proto" for each in ("date", "datetime", "decimal", "timeofday")
    }
    for path in copies:
        ours, theirs = files[path], (upstream / Path(path).name).read_text("utf-8")
        assert "Apache License" in ours
        # The year of the licence is all that releases change.
        assert ours.splitlines()[1:] == theirs.splitlines()[1:]
    assert not [p for p in map(str, files) if p.startswith("google/protobuf")]
    few = Protobuf().emit(numbered(nested_model()))
    assert not [each for each in few if str(each.path).startswith("google/")]


def test_it_is_a_target() -> None:
    target: Target = Protobuf()
    assert target.name == "protobuf" and target.summary


# -------------------------------------------------------------------- checks


@pytest.mark.parametrize(
    "pair", [("orderId", "order_id"), ("a_1_2", "a_12"), ("a b", "a-b"), ("x y", "xY")]
)
def test_fields_that_meet_are_errors(pair: tuple[str, str]) -> None:
    model = a_model(an_object("orders", "order", *(field(name, String()) for name in pair)))
    assert codes(model) == ["PW330"]


@pytest.mark.parametrize(
    "values", [("A*", "a_star"), ("in transit", "in-transit"), ("A_1_2", "A_12"), ("x", "X")]
)
def test_enum_values_that_meet_are_errors(values: tuple[str, ...]) -> None:
    status = enum("orders", "status", values=values)
    model = a_model(an_object("orders", "order", field("status", status)))
    assert codes(model) == ["PW331"]


def test_signs_and_words_of_protobuf_are_values_like_any_other(tmp_path: Path) -> None:
    values = ("A+", "A", "A-", "<", "<=", "C", "C#", "-1", "1", "+1", "", "?", "unspecified")
    model = a_model(
        an_object("orders", "order", field("status", enum("orders", "status", values=values)))
    )
    assert codes(model) == []
    text = next(accepted(model, tmp_path).rglob("orders.proto")).read_text()
    for name in ("A_PLUS", "A_MINUS", "LESS_EQUAL", "MINUS_1", "EMPTY", "U3F", "UNSPECIFIED_VALUE"):
        assert f"  ORDER_STATUS_{name} = " in text


def test_enum_values_of_two_enums_may_meet_in_the_package() -> None:
    first = enum("orders", "status", values=("code_a",))
    second = enum("orders", "status_code", values=("a",))
    model = a_model(
        an_object("orders", "order", field("status", first), field("status_code", second))
    )
    assert codes(model) == ["PW331"]


def test_a_message_of_our_own_never_hides_one_of_the_contract() -> None:
    item = record("item", "orders", "items", fields=(field("sku", String()),))
    model = a_model(
        an_object(
            "orders", "order", field("items", Array(item)), field("order", Array(Array(String())))
        )
    )
    assert codes(model) == ["PW332"]
    apart = replace(item, name="line")
    model = a_model(
        an_object(
            "orders", "order", field("items", Array(apart)), field("order", Array(Array(String())))
        )
    )
    assert codes(model) == []


def test_objects_in_one_file_are_an_error() -> None:
    pair = (
        an_object("order_lines", "a", field("x", String())),
        an_object("orderLines", "b", field("x", String())),
    )
    assert codes(a_model(*pair)) == ["PW333"]


def test_what_loses_meaning_is_a_warning() -> None:
    model = a_model(
        an_object(
            "orders",
            "order",
            field("extra", Json()),
            field("tags", Array(String()), False),
            field("rates", Map(Date(), Decimal(9, 2))),
            field("plain", Array(String())),
        )
    )
    assert sorted(warnings(model)) == ["PW334", "PW335", "PW336"]


# ---------------------------------------------------------- numbers in time


def generations(*steps: tuple[Object, ...], root: Path) -> list[Path]:
    """A folder a step, all by one lock."""
    held, found = Lock(), []
    for index, objects in enumerate(steps):
        model, held = lock.apply(a_model(*objects), held)
        found.append(protobuf.write(Protobuf().emit(model), root / str(index)))
        protobuf.protoc(found[-1])
    return found


def findings(before: Path, after: Path, *options: str) -> list[tuple[str, str]]:
    """What buf finds: the names of its rules, and what it says."""
    said = protobuf.buf(
        after, "breaking", "--against", str(before), "--error-format", "json", *options
    )
    return [(each["type"], each["message"]) for each in map(json.loads, said.splitlines())]


def breaking(before: Path, after: Path, *options: str) -> list[str]:
    return [rule for rule, _ in findings(before, after, *options)]


def orders(*fields: Field) -> Object:
    return an_object("orders", "order", *fields)


def test_additions_anywhere_are_not_breaking(tmp_path: Path) -> None:
    def lines(*fields: Field) -> Field:
        return field("lines", Array(record("line", "orders", "lines", fields=fields)))

    def status(*values: str) -> Field:
        return field("status", enum("orders", "status", values=values))

    a, b, c = field("a", String()), field("b", Integer()), field("c", Date(), False)
    first, second, third = generations(
        (orders(a, b, lines(a, b), status("x", "y")),),
        (orders(c, lines(b, c, a), status("z", "y", "x"), b, a),),
        (an_object("refunds", "refund", a), orders(a, lines(c, b, a), b, c, status("x", "y", "z"))),
        root=tmp_path,
    )
    assert breaking(first, second) == breaking(second, third) == breaking(first, third) == []


# The rules of the bytes, for what a contract may do and readers in other languages must notice.
WIRE = ("--config", '{"version":"v2","breaking":{"use":["WIRE"],"ignore":["google/type"]}}')


def test_removals_and_renames_never_change_what_old_bytes_mean(tmp_path: Path) -> None:
    a, b = field("a", String(), id="1"), field("b", Integer(), id="2")
    steps = generations(
        (orders(a, b, field("status", enum("orders", "status", values=("x", "y")))),),
        (orders(b, field("status", enum("orders", "status", values=("y",)))),),
        (orders(replace(b, name="renamed"), field("c", String())),),
        (orders(field("c", Date()), a),),
        root=tmp_path,
    )
    assert breaking(steps[0], steps[1], *WIRE) == []
    assert breaking(steps[1], steps[2], *WIRE) == []
    # b is gone, a is back under its own number, c changed its type and so its number.
    assert set(breaking(steps[2], steps[3], *WIRE)) <= {"RESERVED_MESSAGE_NO_DELETE"}


def kinds(name: str) -> list[Type]:
    """What a property of this name may be in some version."""
    path = ("orders", name)
    part = record(name, *path, fields=(field("a", String()), field("b", Date(), False)))
    less = record(name, *path, fields=(field("c", String()),))
    return [
        String(),
        part,
        less,
        Array(Array(part)),
        Map(Date(), less),
        enum(*path, values=("x", "y")),
        enum(*path, values=("y", "z")),
    ]


VERSION = st.lists(
    st.tuples(st.sampled_from("pqr"), st.sampled_from(["a", "b", "A", "c"]), st.integers(0, 6)),
    max_size=3,
    unique_by=(lambda each: each[0], lambda each: each[1].lower()),
)


@settings(max_examples=6, derandomize=True)
@given(st.lists(VERSION, min_size=2, max_size=4))
def test_whatever_the_history_old_bytes_keep_their_meaning(
    tmp_path_factory: pytest.TempPathFactory, versions: list[list[tuple[str, str, int]]]
) -> None:
    steps = generations(
        *(
            (orders(*(field(name, kinds(name)[kind], id=id_) for id_, name, kind in version)),)
            for version in versions
        ),
        root=tmp_path_factory.mktemp("history"),
    )
    for before, after in pairwise(steps):
        for rule, message in findings(before, after, *WIRE):
            # What comes back is no longer reserved, and a renamed property's type is renamed.
            # Inside such types, test_lock follows the numbers under each number of the order.
            renamed = re.search(r'type from "retail\.checkout\.v1\.\S+" to "retail\.', message)
            inside = 'message "Order"' not in message
            assert rule.startswith("RESERVED_") or renamed or inside, message


def test_names_of_values_carry_the_prefix_that_buf_wants(tmp_path: Path) -> None:
    values = ("EU27", "1st", "in-progress")
    kinds = ["V2Status", "a1b", "x", "AB", "x2y", "Status3", "n1", "2nd", "a b c"]
    accepted(
        a_model(
            an_object(
                "orders",
                "order",
                *(field(k, enum("orders", k, values=values)) for k in kinds),
            )
        ),
        tmp_path,
    )
    assert value_name("OrderV2Status", "EU27") == "ORDER_V2_STATUS_EU27"
    assert value_name("OrderStatus", "in progress") == "ORDER_STATUS_IN_PROGRESS"
    assert field_name("address1") == "address1" and field_name("orderID") == "order_id"


def test_guarded_fields_are_tagged() -> None:
    text = one(
        field("a", String(), tags=("x",)),
        field("b", String(), classification="Internal", tags=('"x\\', "y\nz")),
        field("c", Record("c", ("orders", "c"), (field("d", String()),)), anonymise=Anonymise.MASK),
        field("e", String(), classification="public", subject=True),
    )
    assert 'import "confluent/meta.proto";' in text
    options = dict(re.findall(r" (\w) = \d+( \[.*\])?;", text))
    assert options == {
        "a": "",
        "b": ' [(confluent.field_meta) = {tags: ["INTERNAL", "\\"x\\\\"]}]',
        "c": ' [(confluent.field_meta) = {tags: ["PII"]}]',
        "d": ' [(confluent.field_meta) = {tags: ["PII"]}]',
        "e": ' [(confluent.field_meta) = {tags: ["PII"]}]',
    }


@pytest.mark.parametrize("domain", ["shop", "confluent", "google"])
def test_the_option_is_found_in_any_package(domain: str, tmp_path: Path) -> None:
    fields = [field("confluent", String(), classification="x"), field("meta", Integer(), True)]
    model = a_model(an_object("orders", "order", *fields), domain=domain)
    accepted(model, tmp_path)
    assert (tmp_path / "confluent" / "meta.proto").is_file()
