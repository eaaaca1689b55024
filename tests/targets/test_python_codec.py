"""The generated codec: fastavro's bytes, typed records back, and no harm from any bytes."""

from __future__ import annotations

import datetime as dt
import struct
import time
from decimal import Decimal as Number
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright.model import (
    Array,
    Bounds,
    Decimal,
    Integer,
    Map,
    Model,
    String,
    Type,
)
from portwright.targets import avro
from portwright.targets.python import codec
from portwright_runtime import ContractViolation, avro_read, avro_write
from portwright_runtime.avro import resolved
from support import packages
from support import records as drawn
from support.avro import for_fastavro, written_by_fastavro
from support.models import a_model, all_types_model, an_object, field, nested_model

ALL_TYPES = all_types_model()
SAMPLES = ALL_TYPES.objects[0]
UTC = dt.UTC


def lists(depth: int) -> Type:
    return Array(lists(depth - 1)) if depth else Map(String(), Integer())


@pytest.mark.parametrize("required", [True, False])
def test_lists_nest_as_deep_as_python_reads(required: bool) -> None:
    deepest = a_model(an_object("a", "a", field("deep", lists(19), required=required)))
    assert list(codec.check(deepest)) == []
    compile(codec.text(deepest), "codec.py", "exec")
    deeper = a_model(an_object("a", "a", field("deep", lists(20), required=required)))
    assert [(each.code, each.is_error) for each in codec.check(deeper)] == [("PW356", True)]


def parsed(model: Model) -> Any:
    return fastavro.parse_schema(avro.schema(model, model.objects[0]))


def loaded(model: Model, root: Path) -> Any:
    return packages.load(packages.write(model, root))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package of every type."""
    return loaded(ALL_TYPES, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def valid() -> dict[str, Any]:
    """A record of every type."""
    return drawn.some(SAMPLES.record)


ANY = settings(max_examples=100)


@ANY
@given(values=drawn.records(SAMPLES.record))
def test_the_bytes_are_fastavros_and_come_back(samples: Any, values: dict[str, Any]) -> None:
    schema = parsed(ALL_TYPES)
    record = samples("models").Sample(**values)
    data = samples("codec").encode_sample(record)
    theirs = for_fastavro(SAMPLES.record, values)
    assert data == written_by_fastavro(schema, theirs)
    assert samples("codec").decode_sample(data) == record
    source = BytesIO(data)
    read = fastavro.schemaless_reader(source, schema, None)
    assert not source.read()
    assert written_by_fastavro(schema, read) == data


@ANY
@given(values=drawn.records(nested_model().objects[0].record))
def test_nested_records(tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]) -> None:
    model = nested_model()
    package = _nested(tmp_path_factory, model)
    record = package("models").Order(**values)
    data = package("codec").encode_order(record)
    theirs = for_fastavro(model.objects[0].record, values)
    assert data == written_by_fastavro(parsed(model), theirs)
    assert package("codec").decode_order(data) == record


_packages: dict[str, Any] = {}


def _nested(factory: pytest.TempPathFactory, model: Model) -> Any:
    if "nested" not in _packages:
        _packages["nested"] = loaded(model, factory.mktemp("nested"))
    return _packages["nested"]


def test_the_schema_is_that_of_the_avro_target(samples: Any) -> None:
    (file,) = avro.Avro().emit(ALL_TYPES)
    assert file.text == samples("codec").SAMPLE_SCHEMA


@pytest.mark.parametrize(
    "number", [0, 1, -1, 63, 64, -64, -65, 1023, 1024, -1024, -1025, 2**14, 2**31, 2**62, 2**63 - 1]
)
def test_whole_numbers_of_every_length(number: int) -> None:
    for each in (number, -number):
        data = avro_write.int64(each)
        assert data == written_by_fastavro("long", each)
        assert avro_read.long(data, 0) == (each, len(data))
        assert avro_write.int128(each) == written_by_fastavro(
            {"type": "bytes", "logicalType": "decimal", "precision": 39}, Number(each)
        )


# ------------------------------------------------------------- values that do not fit

UNFIT: dict[str, list[Any]] = {
    "flag": [1, "true", None],
    "i8": [128, -129, 1.0, "1", True, None],
    "u32": [-1, 2**32],
    "i64": [2**63, -(2**63) - 1],
    "u64": [-1, 2**64, True, Number(1)],
    "i128": [2**127],
    "f32": [1e39, "1"],
    "f64": ["1", True],
    "amount": [Number("0.001"), Number(10**10), Number("1E+999999"), Number("NaN"), 1.5, 1, "1"],
    "huge": [Number(10**38), Number("0.1"), Number("Infinity")],
    "note": [b"x", 1, None, "\ud800"],
    "key": ["6f1c0f4e", 1, None],
    "raw": ["text", [1]],
    "day": [dt.datetime(2026, 1, 1), "2026-01-01"],
    "clock": [dt.time(1, tzinfo=UTC), 1],
    "instant": [
        dt.datetime(2026, 1, 1),
        dt.date(2026, 1, 1),
        dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ],
    "wall": [dt.datetime(2026, 1, 1, tzinfo=UTC)],
    "status": ["LOST", None, 1],
    "vector_float64": [(1.0, "x", 1.0), (1.0, True, 1.0)],
    "rows": [(1,), None, "ab", {}],
    "spots": [{1: None}, (1,)],
    "extra": [object(), {"a": float("nan")}, {"a": dt.date(2026, 1, 1)}],
    "by_number": [{2**31: {}}, {1: {dt.date(2026, 1, 1): Number("0.0001")}}],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in UNFIT.items() for value in values]
)
def test_what_does_not_fit_is_never_written(
    samples: Any, valid: dict[str, Any], name: str, value: object
) -> None:
    record = samples("models").Sample(**valid).model_copy(update={name: value})
    with pytest.raises(ContractViolation) as caught:
        samples("codec").encode_sample(record)
    assert caught.value.contract == "checkout 1.2.0" and caught.value.object == "samples"
    assert caught.value.path.split(".")[0] == name or isinstance(value, dict)


def test_only_records_of_the_type_are_written(samples: Any, valid: dict[str, Any]) -> None:
    for other in (valid, None, samples("models").SamplePart(label="x")):
        with pytest.raises(ContractViolation, match="expected Sample, got"):
            samples("codec").encode_sample(other)


def test_decimals_keep_their_value_whatever_the_context(samples: Any, valid: Any) -> None:
    from decimal import localcontext

    record = samples("models").Sample(**{**valid, "amount": Number("1234567890.10")})
    with localcontext(prec=3):
        data = samples("codec").encode_sample(record)
        assert samples("codec").decode_sample(data).amount == Number("1234567890.10")


@given(
    st.sampled_from([(1, 0), (1, 1), (9, 6), (12, 2), (38, 9), (76, 76)]),
    st.integers(-(10**77), 10**77) | st.integers(-(10**13), 10**13),
    st.integers(-78, 3),
)
def test_decimals_are_written_exactly_or_not_at_all(
    size: tuple[int, int], digits: int, exponent: int
) -> None:
    precision, scale = size
    value = Fraction(digits) * Fraction(10) ** exponent
    unscaled = value * 10**scale
    written = Number((digits < 0, Number(abs(digits)).as_tuple().digits, exponent))
    if unscaled.denominator == 1 and abs(unscaled) < 10**precision:
        data = avro_write.exact(precision, scale)(written)
        assert data[0] == 2 * (len(data) - 1)
        assert int.from_bytes(data[1:], "big", signed=True) == unscaled
    else:
        with pytest.raises(ArithmeticError):
            avro_write.exact(precision, scale)(written)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_decimals_that_are_no_numbers_are_not_written(value: str) -> None:
    with pytest.raises((ArithmeticError, ValueError)):
        avro_write.exact(12, 2)(Number(value))


# --------------------------------------------------------------------- any bytes


def test_every_shorter_and_longer_text_of_bytes_is_refused(samples: Any, valid: Any) -> None:
    codec = samples("codec")
    data = codec.encode_sample(samples("models").Sample(**valid))
    for end in range(len(data)):
        with pytest.raises(ContractViolation, match="hold no such record"):
            codec.decode_sample(data[:end])
    with pytest.raises(ContractViolation, match="1 bytes too many"):
        codec.decode_sample(data + b"\x00")


@ANY
@given(values=drawn.records(SAMPLES.record), data=st.data())
def test_changed_bytes_are_a_record_or_refused(
    samples: Any, values: dict[str, Any], data: st.DataObject
) -> None:
    codec, models = samples("codec"), samples("models")
    changed = bytearray(codec.encode_sample(models.Sample(**values)))
    for _ in range(3):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    try:
        record = codec.decode_sample(bytes(changed))
    except ContractViolation:
        return
    assert models.Sample.model_validate(record) == record


@pytest.mark.parametrize("length", [2**31, 2**62, -1, -(2**62), -(2**63)])
def test_no_length_is_trusted(length: int) -> None:
    announced = avro_write.long(length)
    readers = (
        avro_read.text,
        avro_read.binary,
        avro_read.doubles,
        avro_read.unscaled,
        avro_read.array(avro_read.long),
        avro_read.mapping(avro_read.text, avro_read.long),
        avro_read.array(avro_read.array(avro_read.doubles)),
    )
    start = time.perf_counter()
    for read in readers:
        with pytest.raises((IndexError, ValueError, struct.error)):
            read(announced + b"\x02" * 40, 0)
    assert time.perf_counter() - start < 1


def test_endless_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        avro_read.long(b"\xff" * 1000 + b"\x00", 0)
    assert avro_read.long(b"\xff" * 9 + b"\x01", 0) == (-(2**63), 10)


def test_blocks_may_be_several_and_say_their_size() -> None:
    long = avro_write.long
    blocks = long(1) + long(7) + long(-2) + long(2) + long(8) + long(9) + long(0)
    assert avro_read.array(avro_read.long)(blocks, 0) == ([7, 8, 9], len(blocks))
    double = avro_write.double
    floats = long(1) + double(1.5) + long(-1) + long(8) + double(2.5) + long(0)
    assert avro_read.doubles(floats, 0) == ((1.5, 2.5), len(floats))


def test_bytes_of_another_writer_are_held_to_the_rules(samples: Any, valid: Any) -> None:
    for name, value in (("quantity", 0), ("code", "x"), ("i8", 1000), ("vector_float32", [1.0])):
        theirs = for_fastavro(SAMPLES.record, {**valid, name: value})
        with pytest.raises(ContractViolation) as caught:
            samples("codec").decode_sample(written_by_fastavro(parsed(ALL_TYPES), theirs))
        assert caught.value.path == name


# ------------------------------------------------------------------ other versions


def test_a_record_of_another_version_is_resolved(tmp_path: Path) -> None:
    def version(*fields: Any) -> Model:
        return a_model(an_object("orders", "order", field("id", Integer(32)), *fields))

    bounded = Decimal(9, 2, Bounds(minimum=Number(0)))
    older = version()
    newer = version(field("note", String(), False), field("total", bounded, False))
    old, new = loaded(older, tmp_path / "old"), loaded(newer, tmp_path / "new")
    schemas = old("codec").ORDER_SCHEMA, new("codec").ORDER_SCHEMA

    first = old("codec").encode_order(old("models").Order(id=7))
    read = new("codec").decode_order(resolved(first, *schemas))
    assert read == new("models").Order(id=7)

    values = {"id": 8, "note": "x", "total": Number("1.50")}
    second = new("codec").encode_order(new("models").Order(**values))
    assert old("codec").decode_order(resolved(second, *reversed(schemas))).id == 8
    assert new("codec").decode_order(resolved(second, schemas[1], schemas[1])).total == Number(
        "1.5"
    )
    with pytest.raises(ValueError, match="too many"):
        resolved(second + b"\x00", schemas[1], schemas[0])
