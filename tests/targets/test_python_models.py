"""The generated models: each rule of a type holds, whatever the contract calls things."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from portwright.model import (
    Array,
    Bounds,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Port,
    String,
    Time,
    Timestamp,
)
from portwright.targets.python import Python, models, naming
from portwright.targets.python.annotations import MODULES, SECOND_NAMES
from portwright.targets.python.patterns import python_pattern
from portwright.targets.python.text import docstring, literal, raw_literal
from portwright_runtime import ContractViolation
from portwright_runtime.record import Record, validated
from support import packages
from support import records as drawn
from support.models import (
    a_model,
    all_types_model,
    an_object,
    enum,
    field,
    hostile_model,
    nested_model,
    record,
)
from support.tools import mypy

ALL_TYPES = all_types_model()
UTC = dt.UTC


def rules_model() -> Model:
    """Rules beside the bare types, as optional fields."""
    inner = record(
        "inner", "things", "inner", fields=(field("secret", String(), classification="restricted"),)
    )
    rules = {
        "even": Integer(64, bounds=Bounds(multiple_of=Number(2))),
        "few": Integer(8, bounds=Bounds(allowed=(Number(1), Number(3)))),
        "cents": Decimal(9, 2, Bounds(minimum=Number("0.05"), multiple_of=Number("0.05"))),
        "below": Decimal(9, 2, Bounds(exclusive_maximum=Number(10))),
        "price": Decimal(9, 2, Bounds(allowed=(Number("1.50"),))),
        "since": Date(Bounds(minimum="2020-01-01")),
        "until": Timestamp(bounds=Bounds(exclusive_maximum="2030-01-01T00:00:00Z")),
        "wall": Timestamp(False, Bounds(minimum="2020-01-01T12:00:00")),
        "opening": Time(Bounds(minimum="08:00:00", maximum="18:00:00")),
        "digits": String(pattern=r"^\d{3}$"),
        "tags": Array(String(max_length=3), unique_items=True),
        "objects": Array(Json(), unique_items=True),
        "amounts": Map(String(), Decimal(5, 1)),
        "gaps": Array(Nullable(String(min_length=1))),
    }
    return a_model(
        an_object(
            "things",
            "thing",
            *(field(name, type_, False) for name, type_ in rules.items()),
            field("inner", inner, False),
            field("labels", Map(String(), Integer(8)), False, classification="restricted"),
            field("token", String(), False, classification="confidential"),
            field("colour", String(), False, classification="Unclassified"),
        )
    )


def imported(model: Model, root: Path) -> Any:
    return packages.load(packages.write(model, root))("models")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(ALL_TYPES, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(rules_model(), tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module")
def valid() -> dict[str, Any]:
    """A record of every type."""
    return drawn.some(ALL_TYPES.objects[0].record)


# ---------------------------------------------------------------------- rules

NOT_WHOLE: list[Any] = [1.9, 1.0, "5", True, None, Number(1)]
REFUSED: dict[str, list[Any]] = {
    "flag": [1, 0, "true", None],
    **{
        f"{sign}{bits}": [low - 1, high + 1, *NOT_WHOLE]
        for bits in (8, 16, 32, 64, 128)
        for sign, low, high in (
            ("i", -(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
            ("u", 0, 2**bits - 1),
        )
    },
    "quantity": [0, 1000],
    "f32": [1e39, float("inf"), "1", True],
    "f64": [float("nan"), float("inf"), "1", True],
    "ratio": [-0.1, 1.0],
    "amount": [Number("0.001"), Number(10**10), Number("NaN"), Number("Infinity"), 1.5, "1.50", 1],
    "fee": [Number(1), Number("0.00001")],
    "note": [b"bytes", 1, None, "\ud800"],
    "code": ["A", "ABCDEF", "AB\n", "ab"],
    "key": [5, "no uuid"],
    "raw": ["text", [1]],
    "hash": [b"123", b"12345"],
    "day": [dt.datetime(2026, 1, 1), "2026-01-01", 1],
    "clock": [dt.time(1, tzinfo=UTC), "01:00", 3600],
    "instant": [
        dt.datetime(2026, 1, 1),
        "2026-01-01T00:00:00Z",
        0,
        dt.date(2026, 1, 1),
        dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ],
    "wall": [dt.datetime(2026, 1, 1, tzinfo=UTC), 0],
    "vector_float32": [[1.0, 2.0], [1.0] * 4, "abc"],
    "vector_binary": [[0, 1, 2]],
    "vector_int8": [[0, 0, 128]],
    "status": ["paid", "", None, 1],
    "choices": [[], ["A", "B", "A"], ["A", "A"], "AB"],
    "part": [{"label": "x", "more": 1}, {}],
    "spots": [{"a": {"x": 1.0}}, [("a", 1)]],
    "gaps": [["1"], [2**31]],
    "labels": [{"A": "x"}],
    "by_number": [{1: {dt.date(2026, 1, 1): Number("0.0001")}}, {"1": {}}],
    "extra": [object(), {1: 2}, {1, 2}],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_what_a_type_cannot_hold_is_refused(
    samples: Any, valid: dict[str, Any], name: str, value: object
) -> None:
    with pytest.raises(ValidationError) as caught:
        samples.Sample(**{**valid, name: value})
    assert {error["loc"][0] for error in caught.value.errors()} == {name}
    assert str(caught.value).splitlines()[0].endswith(" for checkout 1.2.0, samples")


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("i8", -128, -128),
        ("u128", 2**128 - 1, 2**128 - 1),
        ("f64", 1, 1.0),
        ("f32", 0.1, 0.10000000149011612),
        ("amount", Number("1.500"), Number("1.5")),
        ("fee", Number("0.9999"), Number("0.9999")),
        ("huge", Number(10**38 - 1), Number(10**38 - 1)),
        ("status", "PAID", "PAID"),
        ("choices", ["A"], ("A",)),
        ("matrix", [[1.0], []], ((1.0,), ())),
        ("extra", {"a": [1, None, "x"]}, {"a": [1, None, "x"]}),
        ("part", {"label": "x"}, None),
    ],
)
def test_what_a_type_holds_is_taken(
    samples: Any, valid: dict[str, Any], name: str, value: object, held: object
) -> None:
    got = getattr(samples.Sample(**{**valid, name: value}), name)
    assert got == (samples.SamplePart(label="x") if held is None else held)


RULES: dict[str, tuple[list[Any], list[Any]]] = {
    "even": ([3], [4]),
    "few": ([2], [1, 3]),
    "cents": ([Number("0.04"), Number("0.12")], [Number("0.05"), Number("1.10")]),
    "below": ([Number(10)], [Number("9.99")]),
    "price": ([Number("1.51")], [Number("1.5")]),
    "since": ([dt.date(2019, 12, 31)], [dt.date(2020, 1, 1)]),
    "until": ([dt.datetime(2030, 1, 1, tzinfo=UTC)], [dt.datetime(2029, 12, 31, tzinfo=UTC)]),
    "wall": ([dt.datetime(2020, 1, 1)], [dt.datetime(2020, 1, 1, 12)]),
    "opening": ([dt.time(7), dt.time(18, 0, 1)], [dt.time(8), dt.time(18)]),
    "digits": (["12", "1234", "123\n", "١٢٣"], ["123"]),
    "tags": (["a", "abcd"], [["a", "abc"], []]),
    "objects": ([[{"a": 1}, {"a": 1}]], [[{"a": 1}, {"a": 2}]]),
    "amounts": ([{"a": Number("0.05")}], [{"a": Number("0.5")}]),
    "gaps": ([[""]], [[None, "x"]]),
}


@pytest.mark.parametrize("name", RULES)
def test_rules_beside_the_type(things: Any, name: str) -> None:
    refused, taken = RULES[name]
    for value in taken:
        things.Thing(**{name: value})
    for value in refused:
        with pytest.raises(ValidationError):
            things.Thing(**{name: value})


def test_records_are_immutable_and_have_no_other_fields(samples: Any, things: Any) -> None:
    thing = things.Thing(tags=["a"])
    with pytest.raises(ValidationError):
        thing.tags = ("b",)
    with pytest.raises(ValidationError):
        things.Thing(unknown=1)
    assert thing.tags == ("a",)
    assert hash(thing) == hash(things.Thing(tags=("a",)))


def test_json_and_back(samples: Any, valid: dict[str, Any]) -> None:
    sample = samples.Sample(**{**valid, "raw": b"\xff\x00"})
    assert samples.Sample.model_validate_json(sample.model_dump_json()) == sample


@pytest.mark.parametrize(
    ("number", "text"), [("1E-9", "0.000000001"), ("-12E+3", "-12000"), ("1.50", "1.50")]
)
def test_decimals_in_json_have_no_exponent(number: str, text: str, tmp_path: Path) -> None:
    exact = Decimal(30, 9)
    object_ = an_object("things", "t", field("d", exact), field("m", Map(exact, exact)))
    things = imported(a_model(object_), tmp_path)
    value = Number(number)
    printed = things.T(d=value, m={value: value}).model_dump_json()
    assert printed == f'{{"d":"{text}","m":{{"{text}":"{text}"}}}}'


# ----------------------------------------------------------------- the gate


def test_what_was_not_validated_does_not_pass(things: Any) -> None:
    good = things.Thing(tags=["a"], inner=things.ThingInner(secret="x"))
    assert validated(things.Thing, good, "checkout 1.2.0", "things") == good
    inner = things.ThingInner.model_construct(secret=5)
    for bad, place in (
        (good.model_copy(update={"tags": ("abcd",)}), "tags.0"),
        (good.model_copy(update={"inner": inner}), "inner.secret"),
        (things.Thing.model_construct(even=3), "even"),
        (things.Thing.model_construct(labels={"someone@example.org": 1000}), "labels.*"),
    ):
        with pytest.raises(ContractViolation) as caught:
            validated(things.Thing, bad, "checkout 1.2.0", "things")
        assert caught.value.path == place
        assert str(caught.value).startswith(f"checkout 1.2.0, things: {place}: ")
        assert "example" not in str(caught.value) and "1000" not in str(caught.value)
    for other in (inner, {"tags": ["a"]}, None):
        with pytest.raises(ContractViolation, match="expected Thing, got"):
            validated(things.Thing, other, "checkout 1.2.0", "things")
    with pytest.raises(ValidationError):
        things.Thing(inner=inner)


def test_classified_values_are_shown_nowhere(things: Any) -> None:
    canary = "c4n4ry"
    thing = things.Thing(token=canary, labels={canary: 1}, inner=things.ThingInner(secret=canary))
    assert canary not in repr(thing) and canary not in str(thing)
    with pytest.raises(ValidationError) as caught:
        things.Thing(token=[canary], digits=canary)
    assert canary not in str(caught.value)
    assert "blue" in repr(things.Thing(colour="blue"))


def test_classified_values_are_in_no_error(things: Any, tmp_path: Path) -> None:
    canary = "c4n4ry"
    good = things.Thing(token=canary)
    refused = [
        lambda: things.Thing(labels={canary: "many"}),
        lambda: things.Thing(labels={canary * 9: 1000}),
        lambda: things.Thing(objects=[{canary: {1}}]),
        lambda: things.Thing.model_validate({"labels": {canary: canary}}),
        lambda: things.Thing.model_validate_json(f'{{"labels": {{"{canary}": []}}}}'),
        lambda: setattr(good, "token", canary),
    ]
    for make in refused:
        with pytest.raises(ValidationError) as caught:
            make()
        assert canary not in f"{caught.value} {caught.value!r} {caught.value.errors()}"
        assert caught.value.__context__ is None
    changes = [{"token": [canary]}, {"labels": {canary: "many"}}, {"labels": {canary: canary}}]
    for change in changes:
        with pytest.raises(ContractViolation) as broken:
            validated(things.Thing, good.model_copy(update=change), "checkout 1.2.0", "things")
        assert canary not in f"{broken.value!r}"
        assert broken.value.__context__ is None


def test_json_is_what_there_is_a_text_of(things: Any) -> None:
    for bad in (float("nan"), [float("inf")], {"a": "\ud800"}, {"\ud800": 1}):
        with pytest.raises(ValidationError, match=r"objects.0\n  Input should be JSON of finite"):
            things.Thing(objects=[bad])
    assert things.Thing(objects=[{"a": [None, 1.5, "é"]}]).objects == ({"a": [None, 1.5, "é"]},)


# ---------------------------------------------------------------------- names

WORDS = [
    *("class self schema copy json dict model_config model_fields model_year _id id type").split(),
    *("date time datetime str int float bool bytes tuple list set object None True").split(),
    *("Field UUID Record Annotated Mapping StrEnum root validate construct fields values").split(),
    *("read write put record data at import from async match case print len items key").split(),
]
CLASSES = [
    *("models base_models root_models anys optionals lists decimals dates enums events").split(),
    *("fields records mappings types tuples uuids literals times timestamps objects").split(),
    *("exceptions values reads writes orders").split(),
]


def words_model() -> Model:
    """Objects and properties called like what generated modules are written with."""

    def an(name: str) -> Any:
        values = enum(name, "kind", values=("x",))
        kind = field("kind", values, False)
        rest = (field("m", Map(String(), String(max_length=2))), field("d", Decimal(3, 1)))
        return an_object(name, name.removesuffix("s"), kind, *rest, field("s", String(pattern="a")))

    words = (
        *(field(word, String()) for word in WORDS),
        *(field(f"{word}s", Array(String(max_length=9)), False) for word in WORDS if word != "set"),
    )
    streams = (Port.STREAM,)  # in tables case makes no difference, and some words meet
    return a_model(an_object("words", "word", *words, ports=streams), *map(an, CLASSES))


def test_every_word_can_be_a_name(tmp_path: Path) -> None:
    model = words_model()
    package = packages.load(packages.write(model, tmp_path))
    written = {word: "v" for word in WORDS}
    by_alias = package("models").Word(**written)
    by_name = {naming.attribute(field(word, String())): "v" for word in WORDS}
    assert package("models").Word(**by_name) == by_alias
    assert by_alias.class_ == by_alias.self_ == by_alias.schema_ == by_alias.id_ == "v"
    assert set(written) <= by_alias.model_dump().keys()
    codec = package("codec")
    assert codec.decode_word(codec.encode_word(by_alias)) == by_alias
    with pytest.raises(ValidationError) as refused:
        package("models").Word(**by_name | {"class_": 1})
    assert [each["loc"] for each in refused.value.errors()] == [("class",)]


def test_mypy_likes_hostile_contracts(tmp_path: Path) -> None:
    for number, model in enumerate((words_model(), hostile_model(), rules_model())):
        folder = tmp_path / f"p{number}"
        folder.mkdir()
        (folder / "__init__.py").touch()
        for file in (*models.files(model), *_codec(model)):
            (folder / file.path.name).write_text(file.text, "utf-8")
    assert mypy("p0", "p1", "p2", cwd=tmp_path) == ""


def _codec(model: Model) -> Any:
    from portwright.targets.python import codec

    return codec.files(model)


@pytest.mark.parametrize("make", [words_model, hostile_model, rules_model, nested_model])
def test_modules_are_as_black_prints_them(make: Any) -> None:
    for file in (*models.files(make()), *_codec(make())):
        assert black.format_str(file.text, mode=black.Mode()) == file.text
        compile(file.text, str(file.path), "exec")


def test_the_same_on_every_run() -> None:
    script = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1].split(':')\n"
        "from support.models import all_types_model\n"
        "from portwright.targets.python import Python\n"
        "text = ''.join(file.text for file in Python().emit(all_types_model()))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script, ":".join(filter(None, sys.path))],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_the_settings_of_the_folder_are_nobodys_business(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = models.text(nested_model())
    (tmp_path / "pyproject.toml").write_text(
        "[tool.black]\nline-length = 40\nskip-string-normalization = true\n"
        "[tool.datamodel-codegen]\nuse-double-quotes = false\n"
    )
    monkeypatch.chdir(tmp_path)
    assert models.text(nested_model()) == before


def test_no_name_of_the_base_class_is_left_out() -> None:
    public = {name for name in dir(Record) if not name.startswith("_")}
    assert {naming.attribute(field(name, String())) for name in public} == {
        f"{name}_" for name in public
    }


def test_no_name_in_annotations_is_left_out() -> None:
    second = {path.rpartition(".")[2] for path in SECOND_NAMES.values()}
    for name in {*MODULES, *SECOND_NAMES, *second, "StrEnum", "Annotated"}:
        assert naming.attribute(field(name, String())) != name


@pytest.mark.parametrize(
    ("code", "model"),
    [
        ("PW350", a_model(an_object("a", "a", field("x-y", String()), field("x_y", String())))),
        ("PW350", a_model(an_object("a", "a", field("class", String()), field("class_", Json())))),
        ("PW351", a_model(an_object("checkout_ports", "checkout_port", field("x", String())))),
        ("PW352", a_model(an_object("nones", "none", field("x", String())))),
        ("PW352", a_model(an_object("str_enums", "str_enum", field("x", String())))),
        (
            "PW353",
            a_model(
                an_object("OrderItems", "a", field("x", String())),
                an_object("order_items", "b", field("x", String())),
            ),
        ),
        (
            "PW354",
            a_model(an_object("a", "a", field("e", enum("a", "e", values=("open", "Open"))))),
        ),
        ("PW355", a_model(an_object("a", "a", field("p", Array(String(pattern=r"\p{L}")))))),
    ],
)
def test_findings(code: str, model: Model) -> None:
    found = list(Python().check(model))
    assert code in {each.code for each in found}
    assert all(each.help and each.is_error == (code != "PW355") for each in found)


def test_a_pattern_that_cannot_be_checked_is_left_out(tmp_path: Path) -> None:
    model = a_model(an_object("a", "a", field("p", String(pattern=r"\p{L}", max_length=2))))
    module = imported(model, tmp_path)
    assert module.A(p="12").p == "12"


def test_members_of_enums_by_value(tmp_path: Path) -> None:
    values = ("in-progress", "1st", "", "?", "<=", "é", 'quote"', "a b", "A+", "A-", "-1")
    kinds = Enum("kind", ("a", "kind"), tuple(EnumValue(value) for value in values))
    module = imported(a_model(an_object("a", "a", field("kind", kinds))), tmp_path)
    assert {member.name: member.value for member in module.AKind} == {
        "IN_PROGRESS": "in-progress",
        "N1_ST": "1st",
        "EMPTY": "",
        "U3F": "?",
        "LESS_EQUAL": "<=",
        "E": "é",
        "QUOTE": 'quote"',
        "A_B": "a b",
        "A_PLUS": "A+",
        "A_MINUS": "A-",
        "MINUS_1": "-1",
        "UNKNOWN": "UNKNOWN",
    }


# ------------------------------------------------------------------ the cost


def test_the_printer_of_models_is_imported_when_used() -> None:
    script = (
        "import sys, portwright.targets.python; print('datamodel_code_generator' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{script}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


# ----------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("pattern", "translated"),
    [
        (r"^\d{4}$", r"^[0-9]{4}\Z"),
        (r"^[\w.-]+@[^\s@]+$", r"^[A-Za-z0-9_.-]+@[^\s@]+\Z"),
        (r"^(?<y>\d)-\k<y>$", r"^(?P<y>[0-9])-(?P=y)\Z"),
        (r"\bfoo\b", r"(?a)\bfoo\b"),
        (r"[[\]$]", r"[\[\]$]"),
        (r"a\/b", "a/b"),
        (r"(?<=a)b(?!c)", r"(?<=a)b(?!c)"),
        (r"\u{1F600}\cA", "\N{GRINNING FACE}\\x01"),
        (r"\p{L}+", None),
        ("(", None),
        ("a{2,1}", None),
        ("[]", None),
        ("(" * 2000 + ")" * 2000, None),
    ],
)
def test_patterns_of_ecma_262(pattern: str, translated: str | None) -> None:
    assert python_pattern(pattern) == translated


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2100) | st.sampled_from("\"'\\`\n{")))
@settings(max_examples=300)
def test_any_text_is_a_literal_and_a_docstring(text: str) -> None:
    for printed in (literal(text), raw_literal(text)):
        assert eval(printed) == text  # a literal and nothing else
        assert "\n" not in printed
        line = f"value = {printed}\n"
        assert black.format_str(line, mode=black.Mode(line_length=10_000)) == line
    if text.strip():
        lines = "".join(f"    {line}".rstrip(" ") + "\n" for line in docstring(text, 4))
        source = f"class A:\n{lines}"
        namespace: dict[str, Any] = {}
        exec(source, namespace)
        assert not re.search(r"\x00", namespace["A"].__doc__)
        black.assert_stable(source, black.format_str(source, mode=black.Mode()), black.Mode())
