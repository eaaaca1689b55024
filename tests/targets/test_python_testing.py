"""The test kit of a package: its examples are valid everywhere, its invalid ones wrong where they
say."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portwright import lock, pipeline
from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Port,
    String,
    Time,
    Timestamp,
    Uuid,
    Vector,
    VectorElement,
    walk,
)
from portwright.targets.python import Python, naming, testing
from portwright_runtime.loading import audit
from portwright_runtime.loading.batches import batches
from portwright_runtime.loading.staging import Staging
from portwright_runtime.memory_stream import MemoryStream
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.testing import changed, without
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support import cases, corpus, drawn_models, models, packages, travel
from support.models import a_model, an_object, enum, field, record
from support.tools import mypy, tool


def held(model: Model, package: Any) -> dict[str, list[Any]]:
    """The examples by object; each must be as it says, and come back from the wire as it was."""
    kit, codec = package("testing"), package("codec")
    found = {}
    for each in model.objects:
        valid = getattr(kit, naming.examples(each))
        invalid = getattr(kit, naming.invalid_examples(each))
        word = naming.function(each.record)
        class_ = type(valid()[0])
        for made in valid():
            assert class_.model_validate(made.model_dump()) == made
            assert class_.model_validate_json(made.model_dump_json()) == made
            wire = getattr(codec, f"encode_{word}")(made)
            assert getattr(codec, f"decode_{word}")(wire) == made
        for path, rule, document in invalid():
            with pytest.raises(ValidationError) as caught:
                class_.model_validate(document)
            paths = {".".join(map(str, error["loc"])) for error in caught.value.errors()}
            assert path in paths, rule
        found[each.name] = valid()
    return found


def handed_out(model: Model, package: Any, stream: Any, warehouse: Any) -> None:
    """All examples are taken by the stream and by the warehouse, which audits them."""
    port = getattr(package("port"), naming.port_class(model)).open(stream, warehouse)
    for each in model.objects:
        examples = getattr(package("testing"), naming.examples(each))()
        dataset = getattr(port, naming.dataset(each))
        if Port.STREAM in each.ports:
            assert dataset.publish_all(examples) == len(examples)
        if Port.TABLE in each.ports:
            # A few examples are not what the contract says of all rows together.
            dataset.load(examples, load_id="examples", measured=False)
    port.close()


def sorted_as_told(model: Model, package: Any) -> None:
    """What is staged as mappings is taken where it is valid, and put aside where it is not."""
    kit = package("testing")
    for each in model.objects:
        if Port.TABLE in each.ports:
            table = getattr(package("tables"), naming.table_constant(each))
            valid = [example.model_dump() for example in getattr(kit, naming.examples(each))()]
            refused(table, valid, getattr(kit, naming.invalid_examples(each))())


def refused(table: Any, valid: list[Any], invalid: list[Any]) -> None:
    """Staged as they are, the mappings are taken, and every one that breaks a rule is put aside."""
    with duckdb.connect(config={"threads": 1}) as connection:
        assert sorted_out(connection, table, valid) == (len(valid), 0)
        for path, rule, document in invalid:
            assert sorted_out(connection, table, [document]) == (0, 1), f"{path}: {rule}"


def sorted_out(
    connection: duckdb.DuckDBPyConnection, table: Any, rows: list[Any]
) -> tuple[int, int]:
    """How many of the rows are good, and how many are put aside."""
    staging = Staging(connection.cursor(), table)
    for batch in batches(table, rows):
        staging.add(batch)
    audit.put_aside(staging)
    found = staging.rows, staging.rejected
    staging.close()
    return found


RULES = a_model(
    an_object(
        "things",
        "thing",
        field("thing_id", Integer(32, bounds=Bounds(minimum=Number(7)))),
        field("iban", String(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{4,8}$"), unique=True),
        field("code", String(min_length=3, max_length=5, pattern=r"^(ab|c\d)+$")),
        field("secret", String(pattern="^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z]).{9}$")),
        field("mail", String(format="email", max_length=15)),
        field("short", String(max_length=1), False),
        field("long", String(min_length=500), False),
        field(
            "even",
            Integer(bounds=Bounds(multiple_of=Number(2), minimum=Number(7), maximum=Number(9))),
        ),
        field("few", Integer(8, bounds=Bounds(allowed=(Number(1), Number(3))))),
        field("tiny", Float(32, Bounds(Number("0.1"), exclusive_maximum=Number("0.2")))),
        field("share", Float(bounds=Bounds(exclusive_minimum=Number(0), maximum=Number(1)))),
        field("cents", Decimal(4, 2, Bounds(exclusive_maximum=Number(1)))),
        field("nickels", Decimal(9, 2, Bounds(Number("0.05"), multiple_of=Number("0.05")))),
        field("negative", Decimal(38, 10, Bounds(maximum=Number("-0.5"))), False),
        field("day", Date(Bounds(minimum="2030-01-01"))),
        field("opening", Time(Bounds(minimum="23:59:59", maximum="23:59:59.000001"))),
        field("at", Timestamp(True, Bounds(exclusive_maximum="2000-01-01T00:00:00Z"))),
        field("never", Timestamp(False, Bounds(minimum="9999-12-31T23:59:59.999999"))),
        field("hash", Bytes(min_length=64, max_length=64)),
        field("tags", Array(String(pattern="^[a-z]$"), min_items=3, unique_items=True)),
        field("flags", Array(Boolean(), max_items=2, unique_items=True), False),
        field("spare", Array(Json(), min_items=2, max_items=2, unique_items=True), False),
        field("none", Array(Integer(), max_items=0)),
        field("gaps", Map(Date(), Nullable(Decimal(3, 1))), False),
        field("axis", Vector(1536, VectorElement.FLOAT32), False),
        field("state", enum("things", "state", values=("A", "B", "C", "not one of its values"))),
        field("class", Uuid(), False, unique=True),
        field(
            "parts",
            Array(
                record(
                    "part",
                    "things",
                    "parts",
                    fields=(
                        field("n", Integer(8)),
                        field("colour", enum("things", "parts", "colour", values=("red", "blue"))),
                    ),
                ),
                min_items=5,
                unique_items=True,
            ),
        ),
        primary_key=("thing_id",),
    )
)


def load(model: Model, root: Path) -> Any:
    return packages.load(packages.write(model, root))


def test_every_rule_is_kept(tmp_path: Path) -> None:
    assert not list(testing.check(RULES))
    package = load(RULES, tmp_path)
    [things] = held(RULES, package).values()
    assert {each.state.value for each in things} == {"A", "B", "C", "not one of its values"}
    assert {each.few for each in things} == {1, 3}
    assert len({each.thing_id for each in things}) == len({each.iban for each in things})
    assert len({each.thing_id for each in things}) == len(things) >= 4
    with closing(SqliteLog(tmp_path / "log")) as stream:
        handed_out(RULES, package, stream, DuckDBWarehouse(tmp_path / "warehouse"))
    sorted_as_told(RULES, package)


def test_the_first_has_the_least_and_the_second_has_all(tmp_path: Path) -> None:
    model = models.all_types_model()
    [least, full, *_] = held(model, load(model, tmp_path))["samples"]
    for each in model.objects[0].record.fields:
        value = getattr(least, naming.attribute(each))
        assert (value is None) is not each.required, each.name
        value = getattr(full, naming.attribute(each))
        assert value is not None, each.name
        if isinstance(each.type, Array | Map):
            assert value, each.name


@pytest.mark.parametrize("made", [models.nested_model, models.hostile_model])
def test_models_with_everything(made: Any, tmp_path: Path) -> None:
    model: Model = made()
    package = load(model, tmp_path)
    kit = package("testing")
    for each in model.objects:
        assert getattr(kit, naming.examples(each))()
        assert getattr(kit, naming.invalid_examples(each))()
    if made is models.nested_model:
        held(model, package)


@pytest.mark.parametrize("name", cases.good())
def test_examples_of_a_case_go_all_the_way(name: str, tmp_path: Path) -> None:
    model, _ = pipeline.load(cases.CASES / name / cases.CONTRACT, name, {})
    assert model is not None
    package = load(lock.apply(model, lock.Lock())[0], tmp_path)
    held(model, package)
    with closing(SqliteLog(tmp_path / "log")) as stream:
        handed_out(model, package, stream, DuckDBWarehouse(tmp_path / "warehouse"))
    sorted_as_told(model, package)


@corpus.needed
def test_examples_of_contracts_that_others_wrote_go_all_the_way(tmp_path: Path) -> None:
    for at, (_, model) in enumerate(corpus.models()):
        package = load(model, tmp_path / str(at))
        if not list(testing.check(model)):
            held(model, package)
            handed_out(model, package, MemoryStream(), DuckDBWarehouse(tmp_path / f"{at}.duckdb"))


@travel.FEW
@given(data=st.data())
def test_any_model(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=76))
    with travel.package(model) as package:
        assert not list(testing.check(model))
        held(model, package)


def _bounded(limits: st.SearchStrategy[Any], steps: st.SearchStrategy[Any]) -> Any:
    """Bounds of any limits, which may leave nothing."""
    some = st.none() | limits
    return st.builds(Bounds, some, some, some, some, st.none() | steps)


_LIMITS = st.decimals(-200, 200, places=2)
_STEPS = st.sampled_from([Number(3), Number("0.5"), Number("0.01"), Number(7)])
_DAYS = st.dates().map(lambda day: day.isoformat())
_TIMES = st.times().map(lambda time: time.isoformat())
_SIZES = st.none() | st.integers(0, 4)
_RULED = st.one_of(
    st.builds(
        Integer,
        st.sampled_from([8, 64, 128]),
        st.booleans(),
        _bounded(st.integers(-200, 200).map(Number), st.sampled_from([Number(3), Number(7)])),
    ),
    st.builds(Float, st.sampled_from([32, 64]), _bounded(_LIMITS, _STEPS)),
    st.builds(Decimal, st.integers(3, 9), st.integers(0, 3), _bounded(_LIMITS, _STEPS)),
    st.builds(String, _SIZES, _SIZES, st.none() | st.sampled_from(["^[ab]+$", "[0-9]$", "x|^$"])),
    st.builds(Bytes, _SIZES, _SIZES),
    st.builds(Date, _bounded(_DAYS, st.nothing())),
    st.builds(Time, _bounded(_TIMES, st.nothing())),
    st.builds(
        Timestamp,
        st.just(False),
        _bounded(st.datetimes().map(lambda moment: moment.isoformat()), st.nothing()),
    ),
)
_LISTED = st.builds(Array, _RULED, _SIZES, _SIZES, st.booleans())
_MAPPED = st.builds(Map, _RULED, _RULED)


@travel.FEW
@given(types=st.lists(_RULED | _LISTED | _MAPPED, min_size=20, max_size=30))
def test_any_rules_even_where_they_leave_nothing(types: list[Any]) -> None:
    fields = (field(f"f{at}", type_, False) for at, type_ in enumerate(types))
    model = a_model(an_object("things", "thing", *fields))
    without_any = {each.message.split("`")[1] for each in testing.check(model)}
    with travel.package(model) as package:
        [things] = held(model, package).values()
        for at in range(len(types)):
            is_there = any(getattr(each, f"f{at}") is not None for each in things)
            assert is_there or f"things.f{at}" in without_any


def test_protobuf_carries_them_too(tmp_path: Path) -> None:
    folder = packages.write(travel.numbered(RULES), tmp_path, Python(wire="protobuf"))
    held(RULES, packages.load(folder))


# ------------------------------------------------------------------- choices


def test_the_contract_says_what_is_taken_first(tmp_path: Path) -> None:
    line = record("line", "things", "lines", fields=(field("sku", String()), field("n", Integer())))
    model = a_model(
        an_object(
            "things",
            "thing",
            field("city", String(), examples=("Arnhem", "Assen", "Weert")),
            field("when", Timestamp(), examples=("2026-02-03T04:05:06Z",)),
            field("price", Decimal(9, 2), examples=("9.95",)),
            field("ratio", Float(32), examples=(0.1,)),
            field("raw", Bytes(), examples=("AAEC",)),
            field("lines", Array(line), examples=([{"sku": "A-1", "n": 3}],)),
            field("by_n", Map(Integer(), Boolean()), False, examples=({"5": True},)),
            field("mixed", String(pattern=r"^\d+$"), examples=("\u0663", "12")),
            field("name", String(), examples=("Jane Doe",), classification="restricted"),
        )
    )
    package = load(model, tmp_path)
    least, full, *others = held(model, package)["things"]
    assert (least.city, full.city, others[0].city) == ("Arnhem", "Assen", "Weert")
    assert (least.mixed, full.mixed) == ("12", "12")
    assert least.raw == full.raw == bytes(range(3))
    assert (least.lines, full.lines[0].n) == ((), 2)
    assert any(each.lines == (package("models").ThingLine(sku="A-1", n=3),) for each in others)
    assert any(each.by_n == {5: True} for each in others)
    text = (tmp_path / "checkout_port" / "testing.py").read_text("utf-8")
    assert "when=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)" in text
    assert 'price=Decimal("9.95")' in text and "ratio=0.1," in text
    assert "Jane" not in text and 'name="name"' in text


def test_what_has_no_example_says_so(tmp_path: Path) -> None:
    upper = String(pattern=r"^\p{Lu}")
    model = a_model(an_object("things", "thing", field("secret", upper)))
    (found,) = testing.check(model)
    assert (found.code, found.is_error) == ("PW358", False)
    assert "`things.secret`" in found.message and "examples:" in str(found.help)
    kit = load(model, tmp_path)("testing")
    for name in ("things_examples", "invalid_things_examples"):
        with pytest.raises(LookupError, match=r"no example of `things.secret`"):
            getattr(kit, name)()


@pytest.mark.parametrize("type_", [String(pattern=r"^(a)\1$"), Array(String(pattern=r"^(a)\1$"))])
def test_an_optional_property_without_example_is_left_out(type_: Any, tmp_path: Path) -> None:
    model = a_model(an_object("things", "thing", field("n", Integer()), field("s", type_, False)))
    (found,) = testing.check(model)
    assert "without back-references" in str(found.help)
    [things] = held(model, load(model, tmp_path)).values()
    assert not any(each.s for each in things)


def test_an_example_of_the_contract_helps_out(tmp_path: Path) -> None:
    upper = field("surname", String(pattern=r"^\p{Lu}"), examples=("Jansen",))
    model = a_model(an_object("things", "thing", upper))
    assert not list(testing.check(model))
    [things] = held(model, load(model, tmp_path)).values()
    assert [each.surname for each in things] == ["Jansen"]


def test_no_two_examples_have_one_key(tmp_path: Path) -> None:
    status = enum("things", "status", values=("A", "B", "C"))
    model = a_model(
        an_object(
            "things",
            "thing",
            field("on", Boolean()),
            field("day", Date()),
            field("status", status),
            primary_key=("on", "day"),
        ),
        an_object(
            "flags", "flag", field("on", Boolean()), field("status", status), primary_key=("on",)
        ),
    )
    found = held(model, load(model, tmp_path))
    assert {each.status.value for each in found["things"]} == {"A", "B", "C"}
    assert len({(each.on, each.day) for each in found["things"]}) == len(found["things"])
    assert [each.on for each in found["flags"]] == [False, True]


def test_every_enum_value_at_any_depth_is_seen(tmp_path: Path) -> None:
    model = models.nested_model()
    found = held(model, load(model, tmp_path))
    for object_ in model.objects:
        dumped = [each.model_dump(mode="json") for each in found[object_.name]]
        for each in walk.enums(object_.record):
            assert isinstance(each, Enum)
            assert {value.value for value in each.values} <= set(
                str(dumped).replace("'", " ").split()
            )


def test_names_that_meet_are_an_error() -> None:
    model = a_model(
        an_object("orders", "order", field("n", Integer())),
        an_object("invalid_orders", "invalid_order", field("n", Integer())),
    )
    (found,) = naming.check(model)
    assert (found.code, found.is_error) == ("PW353", True)


def test_objects_may_be_called_like_what_the_module_uses(tmp_path: Path) -> None:
    words = ("testing", "models", "invalid", "changed", "decimal", "date", "examples", "class")
    model = a_model(
        *(
            an_object(each, each, field("date", Date()), field("models", Decimal(4, 2)))
            for each in words
        )
    )
    assert not [each for each in Python().check(model) if each.is_error]
    assert set(held(model, load(model, tmp_path))) == set(words)


def test_a_port_in_memory_and_its_consumer(tmp_path: Path) -> None:
    kit = load(models.nested_model(), tmp_path)("testing")
    port = kit.in_memory()
    stream = port._outlets.sender.stream
    for each in kit.orders_examples():
        port.orders.publish(each)
    assert len(stream.messages) == len(kit.orders_examples())


# ------------------------------------------------------------------ documents


def test_documents_are_changed_in_a_copy() -> None:
    document = {"lines": ({"sku": "A"},), "n": 1}
    assert changed(document, "lines", 0, "sku", to=2) == {"lines": [{"sku": 2}], "n": 1}
    assert without(document, "n") == {"lines": [{"sku": "A"}]}
    assert document == {"lines": ({"sku": "A"},), "n": 1}


def test_each_rule_is_broken_once(tmp_path: Path) -> None:
    package = load(RULES, tmp_path)
    found = [(path, rule) for path, rule, _ in package("testing").invalid_things_examples()]
    assert len(found) == len(set(found))
    for each in (
        ("thing_id", "required"),
        ("thing_id", "at least 7"),
        ("thing_id", "at most 2147483647"),
        ("code", "at least 3 characters"),
        ("code", "at most 5 characters"),
        ("code", "its pattern"),
        ("even", "a multiple of 2"),
        ("few", "one of its values"),
        ("share", "greater than 0"),
        ("cents", "at most 2 digits after the point"),
        ("nickels", "a multiple of 0.05"),
        ("day", "at least 2030-01-01"),
        ("at", "a time zone"),
        ("at", "less than 2000-01-01T00:00:00Z"),
        ("never", "no time zone"),
        ("hash", "at most 64 bytes"),
        ("tags", "distinct elements"),
        ("tags.0", "its pattern"),
        ("flags", "at most 2 elements"),
        ("axis", "1536 numbers"),
        ("state", "one of its values"),
        ("parts.0.colour", "required"),
        ("no_such_property", "no other property"),
    ):
        assert each in found, each


def test_it_is_the_same_each_time() -> None:
    [first], [second] = testing.files(RULES), testing.files(RULES)
    assert first == second


def test_tools_are_content(tmp_path: Path) -> None:
    made = (RULES, models.all_types_model(), models.hostile_model())
    folders = [packages.write(model, tmp_path / f"p{at}") for at, model in enumerate(made)]
    assert tool("black", "--check", "--config=/dev/null", *folders) == ""
    assert tool("ruff", "check", "--isolated", "--no-cache", *folders) == ""
    for each in folders:  # one by one: they are called alike
        assert mypy(each) == ""
