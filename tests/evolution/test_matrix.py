"""Every kind of change, alone, between two small contracts, with its verdicts written by hand.

A verdict has a letter an audience, in the order producer, stream readers, replay, tables, SQL
readers, operators: `.` is fine, `r` risky, `B` breaking.
"""

from __future__ import annotations

import pytest

from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience, Bump, Level
from portwright.evolution.kinds import Kind
from portwright.evolution.verdicts import MATRIX, bump, verdicts
from portwright.model import Port
from support.changes import ONLY_STREAM, ONLY_TABLE, OPTIONAL, compared, contract, held, model

K = Kind
LETTERS = {".": Level.OK, "r": Level.RISKY, "B": Level.BREAKING}


def letters(comparison: Comparison) -> str:
    """The verdict of the only change."""
    [change] = comparison.changes
    by_level = {level: letter for letter, level in LETTERS.items()}
    found = verdicts(change)
    return "".join(by_level[found[audience].level] for audience in Audience)


def options(type_: str, text: str) -> str:
    return held(type_, f", logicalTypeOptions: {{{text}}}")


def physical(type_: str, text: str) -> str:
    return held(type_, f', physicalType: "{text}"')


def items(text: str) -> str:
    return held("array", f", items: {{{text}}}")


def values(*texts: str) -> str:
    return held("string", ", enum: [" + ", ".join(f"{{value: {each}}}" for each in texts) + "]")


def inside(text: str, record: str = "") -> str:
    return (
        "{name: lines, logicalType: array" + record + ", items: {logicalType: object,"
        f" properties: [{{name: n, logicalType: integer}}{text}]}}}}"
    )


NAMED = ", customProperties: [{property: recordName, value: %s}]"
REQUIRED = held("string", ", required: true")

# The kind, where, the property before and after, the verdict, the bump.
PROPERTIES = [
    (K.PROPERTY_ADDED_OPTIONAL, "orders.x", "", OPTIONAL, "......", "minor"),
    (K.PROPERTY_ADDED_REQUIRED, "orders.x", "", REQUIRED, "B.Br..", "major"),
    (K.PROPERTY_REMOVED_OPTIONAL, "orders.x", OPTIONAL, "", "Br.rB.", "major"),
    (K.PROPERTY_REMOVED_REQUIRED, "orders.x", REQUIRED, "", "BB.rB.", "major"),
    (
        K.PROPERTY_RENAMED,
        "orders.y",
        "{name: x, id: i, logicalType: string}",
        "{name: y, id: i, logicalType: string}",
        "BBrrB.",
        "major",
    ),
    (
        K.PROPERTY_RENAMED,
        "orders.y",
        OPTIONAL,
        "{name: y, logicalType: string, customProperties: [{property: previousNames, value: [x]}]}",
        "BBrrB.",
        "major",
    ),
    (
        K.PROPERTY_RENAMED,  # the column keeps its name: nobody who reads the table is concerned
        "orders.y",
        "{name: x, id: i, logicalType: string, physicalName: c}",
        "{name: y, id: i, logicalType: string, physicalName: c}",
        "BBr...",
        "major",
    ),
    (
        K.COLUMN_RENAMED,
        "orders.x",
        OPTIONAL,
        held("string", ", physicalName: c"),
        "...rB.",
        "major",
    ),
    (K.MADE_OPTIONAL, "orders.x", REQUIRED, OPTIONAL, ".Br.r.", "major"),
    (K.MADE_REQUIRED, "orders.x", OPTIONAL, REQUIRED, "BrBr..", "major"),
    (
        K.ELEMENT_MADE_NULLABLE,
        "orders.x[]",
        items("logicalType: string"),
        items("logicalType: string, required: false"),
        "rBrrr.",
        "major",
    ),
    (
        K.ELEMENT_MADE_NOT_NULL,
        "orders.x[]",
        items("logicalType: string, required: false"),
        items("logicalType: string"),
        "BrBr..",
        "major",
    ),
    (
        K.INTEGER_WIDENED,
        "orders.x",
        options("integer", "format: i32"),
        options("integer", "format: i64"),
        ".Brrr.",
        "major",
    ),
    (
        K.INTEGER_NARROWED,
        "orders.x",
        options("integer", "format: i64"),
        options("integer", "format: i32"),
        "BrBBr.",
        "major",
    ),
    (
        K.FLOAT_WIDENED,
        "orders.x",
        options("number", "format: f32"),
        options("number", "format: f64"),
        ".Brrr.",
        "major",
    ),
    (
        K.FLOAT_NARROWED,
        "orders.x",
        options("number", "format: f64"),
        options("number", "format: f32"),
        "BrBBB.",
        "major",
    ),
    (
        K.PRECISION_RAISED,
        "orders.x",
        physical("number", "DECIMAL(10, 2)"),
        physical("number", "DECIMAL(12, 2)"),
        ".Brrr.",
        "major",
    ),
    (
        K.PRECISION_LOWERED,
        "orders.x",
        physical("number", "DECIMAL(12, 2)"),
        physical("number", "DECIMAL(10, 2)"),
        "BrBBr.",
        "major",
    ),
    (
        K.SCALE_CHANGED,
        "orders.x",
        physical("number", "DECIMAL(12, 2)"),
        physical("number", "DECIMAL(12, 4)"),
        "rBBBB.",
        "major",
    ),
    (
        K.ZONE_CHANGED,
        "orders.x",
        options("timestamp", "timezone: true"),
        options("timestamp", "timezone: false"),
        "rBBBB.",
        "major",
    ),
    (K.TYPE_CHANGED, "orders.x", held("string"), held("integer"), "BBBBB.", "major"),
    (
        K.TYPE_CHANGED,  # what Avro writes as bytes is read as no long
        "orders.x",
        options("integer", "format: i64"),
        options("integer", "format: i128"),
        "BBBBB.",
        "major",
    ),
    (
        K.TYPE_CHANGED,
        "orders.x[]",
        items("logicalType: string"),
        items("logicalType: date"),
        "BBBBB.",
        "major",
    ),
    (
        K.TYPE_RENAMED,
        "orders.lines[]",
        inside("", NAMED % "line"),
        inside("", NAMED % "row"),
        "BBr...",
        "major",
    ),
    (
        K.PROPERTY_ADDED_OPTIONAL,
        "orders.lines[].sku",
        inside(""),
        inside(", {name: sku, logicalType: string}"),
        "......",
        "minor",
    ),
    (K.VALUE_ADDED, "orders.x", values("A"), values("A", "B"), ".r..r.", "minor"),
    (K.VALUE_REMOVED, "orders.x", values("A", "B"), values("A"), "B.Brr.", "major"),
    (
        K.RULE_TIGHTENED,
        "orders.x",
        options("string", "maxLength: 20"),
        options("string", "maxLength: 10"),
        "B.rr..",
        "minor",
    ),
    (K.RULE_TIGHTENED, "orders.x", OPTIONAL, options("string", "pattern: ^A"), "B.rr..", "minor"),
    (
        K.RULE_TIGHTENED,
        "orders.x",
        options("integer", "minimum: 1"),
        options("integer", "minimum: 2"),
        "B.rr..",
        "minor",
    ),
    (
        K.RULE_LOOSENED,
        "orders.x",
        options("string", "maxLength: 10"),
        options("string", "maxLength: 20"),
        ".B.rr.",
        "major",
    ),
    (
        K.RULE_LOOSENED,
        "orders.x",
        options("integer", "multipleOf: 10"),
        options("integer", "multipleOf: 5"),
        ".B.rr.",
        "major",
    ),
    (
        K.RULE_CHANGED,
        "orders.x",
        options("string", "pattern: ^A"),
        options("string", "pattern: ^B"),
        "BBrrr.",
        "major",
    ),
    (K.UNIQUE_ADDED, "orders.x", OPTIONAL, held("string", ", unique: true"), "B.rr..", "minor"),
    (K.UNIQUE_REMOVED, "orders.x", held("string", ", unique: true"), OPTIONAL, ".B..B.", "major"),
    (
        K.CLASSIFICATION_RAISED,
        "orders.x",
        OPTIONAL,
        held("string", ", classification: restricted"),
        "rr.rBr",
        "minor",
    ),
    (
        K.CLASSIFICATION_LOWERED,
        "orders.x",
        held("string", ", classification: restricted"),
        held("string", ", classification: internal"),
        "r....r",
        "minor",
    ),
    (
        K.QUALITY_ADDED,
        "orders.x",
        OPTIONAL,
        held("string", ", quality: [{type: library, metric: nullValues, mustBe: 0}]"),
        "r....r",
        "minor",
    ),
    (
        K.QUALITY_REMOVED,
        "orders.x",
        held("string", ", quality: [{type: library, metric: nullValues, mustBe: 0}]"),
        OPTIONAL,
        "....rr",
        "minor",
    ),
    (K.DEPRECATED, "orders.x", OPTIONAL, held("string", ", deprecated: true"), "......", "minor"),
    (K.RESTORED, "orders.x", held("string", ", deprecated: true"), OPTIONAL, "......", "minor"),
    (
        K.DOCUMENTATION_CHANGED,
        "orders.x",
        OPTIONAL,
        held("string", ", description: X."),
        "......",
        "patch",
    ),
    (
        K.ORDER_CHANGED,
        "orders",
        f"{OPTIONAL}\n{{name: y, logicalType: date}}",
        f"{{name: y, logicalType: date}}\n{OPTIONAL}",
        "......",
        "patch",
    ),
    (K.ORDER_CHANGED, "orders.x", values("A", "B"), values("B", "A"), "......", "patch"),
]


def ids(case: tuple[object, ...]) -> str:
    return f"{case[0]} {case[1]}"


@pytest.mark.parametrize("case", PROPERTIES, ids=ids)
def test_a_property(case: tuple[Kind, str, str, str, str, str]) -> None:
    kind, path, before, after, expected, needed = case
    found = compared(contract(properties=before), contract(properties=after))
    assert [(each.kind, each.path) for each in found.changes] == [(kind, path)]
    assert (letters(found), str(found.needed)) == (expected, needed)


REFERENCE = "relationships: [{type: foreignKey, from: orders.day, to: orders.order_id}]"


def custom(name: str, value: str) -> str:
    return f"customProperties: [{{property: {name}, value: {value}}}]"


# The kind, where, what the object says before and after, the verdict, the bump.
OBJECTS = [
    (K.STREAM_KEY_CHANGED, "orders", "", custom("streamKey", "day"), ".Br...", "major"),
    (
        K.HEADER_ADDED,
        "orders.headers.h",
        "",
        custom("streamHeaders", "{h: '{day}'}"),
        "......",
        "minor",
    ),
    (
        K.HEADER_REMOVED,
        "orders.headers.h",
        custom("streamHeaders", "{h: '{day}'}"),
        "",
        ".B....",
        "major",
    ),
    (
        K.HEADER_CHANGED,
        "orders.headers.h",
        custom("streamHeaders", "{h: '{day}'}"),
        custom("streamHeaders", "{h: '{order_id}'}"),
        ".Br...",
        "major",
    ),
    (K.LATEST_BY_CHANGED, "orders", "", custom("latestBy", "day"), "rr.rr.", "minor"),
    (K.SUBJECT_CHANGED, "orders", "", custom("schemaSubject", "s"), "rr...r", "minor"),
    (
        K.COMPATIBILITY_CHANGED,
        "orders",
        "",
        custom("schemaCompatibility", "NONE"),
        ".....r",
        "minor",
    ),
    (K.TYPE_RENAMED, "orders", "", custom("recordName", "bill"), "BBr...", "major"),
    (K.TABLE_CHANGED, "orders", "", "physicalName: orders", "r.BBBr", "major"),
    (
        K.TABLE_CHANGED,
        "orders",
        "physicalName: a.orders",
        "physicalName: b.orders",
        "r.BBBr",
        "major",
    ),
    (
        K.TOPIC_CHANGED,
        "orders",
        "physicalType: topic\nphysicalName: a",
        "physicalType: topic\nphysicalName: b",
        "rBB..r",
        "major",
    ),
    (K.DEPRECATED, "orders", "", "deprecated: true", "......", "minor"),
    (K.DOCUMENTATION_CHANGED, "orders", "description: A.", "description: B.", "......", "patch"),
    (K.DOCUMENTATION_CHANGED, "orders", "tags: [a]", "tags: [b]", "......", "patch"),
]


@pytest.mark.parametrize("case", OBJECTS, ids=ids)
def test_an_object(case: tuple[Kind, str, str, str, str, str]) -> None:
    kind, path, before, after, expected, needed = case
    found = compared(contract(of_object=before), contract(of_object=after))
    assert [(each.kind, each.path) for each in found.changes] == [(kind, path)]
    assert (letters(found), str(found.needed)) == (expected, needed)


# The kind, the service level, its value and unit before and after, the verdict.
SERVICE_LEVELS = [
    (K.SLA_LOOSENED, "latency", "5 min", "1 h", ".r..rr"),
    (K.SLA_TIGHTENED, "latency", "1 h", "30 min", ".....r"),
    (K.SLA_LOOSENED, "ly", "1 h", "2 hours", ".r..rr"),
    (K.SLA_LOOSENED, "availability", "99.9 percent", "99 percent", ".r..rr"),
    (K.SLA_LOOSENED, "frequency", "1 d", "", ".r..rr"),
    (K.SLA_TIGHTENED, "frequency", "", "1 d", ".....r"),
    (K.SLA_CHANGED, "custom", "1 d", "2 d", ".r..rr"),
    (K.SLA_CHANGED, "latency", "1 h", "soon h", ".r..rr"),
    (K.RETENTION_CUT, "retention", "3 years", "90 d", ".rB.rr"),
    (K.RETENTION_CUT, "retention", "3 years", "", ".rB.rr"),
    (K.SLA_TIGHTENED, "retention", "90 d", "1 y", ".....r"),
    (K.SUPPORT_ENDS_EARLIER, "endOfSupport", "2030-01-01", "2029-01-01", ".r..rr"),
    (K.SUPPORT_ENDS_EARLIER, "endOfSupport", "", "2029-01-01", ".r..rr"),
    (K.SLA_TIGHTENED, "endOfSupport", "2029-01-01", "2030-01-01", ".....r"),
    (K.SLA_TIGHTENED, "endOfSupport", "2029-01-01", "", ".....r"),
    (K.SLA_LOOSENED, "generalAvailability", "2029-01-01", "2030-01-01", ".r..rr"),
]


def service_level(name: str, text: str) -> str:
    value, _, unit = text.partition(" ")
    rest = f", unit: {unit}" if unit else ""
    return f"slaProperties: [{{property: {name}, value: {value}{rest}}}]\n" if text else ""


@pytest.mark.parametrize("case", SERVICE_LEVELS, ids=ids)
def test_a_service_level(case: tuple[Kind, str, str, str, str]) -> None:
    kind, name, before, after, expected = case
    texts = [contract(service_level(name, each)) for each in (before, after)]
    found = compared(*texts)
    assert [(each.kind, each.path) for each in found.changes] == [(kind, f"slaProperties.{name}")]
    assert (letters(found), found.needed) == (expected, Bump.MINOR)


def test_one_duration_in_two_units_is_no_change() -> None:
    texts = [contract(service_level("latency", each)) for each in ("60 min", "1 h")]
    assert compared(*texts).changes == ()


def role(text: str = "") -> str:
    return f"roles: [{{role: reader{text}}}]\n"


def kafka(host: str) -> str:
    return f"servers: [{{server: s, type: kafka, host: '{host}'}}]\n"


BY_A, BY_B = (role(f", firstLevelApprovers: {each}") for each in "ab")
MOVED = ONLY_TABLE.replace("host: h", "host: i")
OPEN, OVER = "status: active\n", "status: deprecated\n"

# The kind, where, what the contract says before and after, the verdict, the bump.
CONTRACTS = [
    (K.CONTRACT_ID_CHANGED, "", "", "id: other\n", ".BB..r", "major"),
    (K.ROLE_ADDED, "roles.reader", "", role(), "......", "minor"),
    (K.ROLE_REMOVED, "roles.reader", role(), "", ".B.rBr", "minor"),
    (K.ROLE_CHANGED, "roles.reader", role(", access: a"), role(", access: b"), ".r..rr", "minor"),
    (K.APPROVER_REMOVED, "roles.reader", BY_A, role(), ".....B", "minor"),
    (K.APPROVER_CHANGED, "roles.reader", BY_A, BY_B, ".....r", "minor"),
    (K.SERVER_CHANGED, "servers.s", kafka("a:1"), kafka("b:1"), "rBB..r", "major"),
    (K.SERVER_CHANGED, "servers.s", ONLY_TABLE, MOVED, "r.BBBr", "major"),
    (K.DEPRECATED, "", OPEN, OVER, "......", "minor"),
    (K.RESTORED, "", OVER, OPEN, "......", "minor"),
    (K.DOCUMENTATION_CHANGED, "", "tags: [a]\n", "tags: [b]\n", "......", "patch"),
    (K.DOCUMENTATION_CHANGED, "", "", "team: {name: t}\n", "......", "patch"),
    (K.DOCUMENTATION_CHANGED, "", "", "description: {purpose: p}\n", "......", "patch"),
]


@pytest.mark.parametrize("case", CONTRACTS, ids=ids)
def test_a_contract(case: tuple[Kind, str, str, str, str, str]) -> None:
    kind, path, before, after, expected, needed = case
    found = compared(contract(top=before), contract(top=after))
    assert [(each.kind, each.path) for each in found.changes] == [(kind, path)]
    assert (letters(found), str(found.needed)) == (expected, needed)


def found_in(before: str, after: str) -> dict[tuple[Kind, str], tuple[str, Bump]]:
    """Verdict and bump of each change by its kind and path."""
    by_level = {level: letter for letter, level in LETTERS.items()}
    return {
        (each.kind, each.path): (
            "".join(by_level[effect.level] for effect in verdicts(each).values()),
            bump(each),
        )
        for each in compared(before, after).changes
    }


KEYED = "{name: x, logicalType: string, required: true%s}"
TWO = """\
  - name: bills
    properties:
      - {name: bill_id, logicalType: string, primaryKey: true}
"""

# What cannot change alone: both contracts, and all that comes of it.
TOGETHER = [
    (
        contract(properties=KEYED % ""),
        contract(properties=KEYED % ", primaryKey: true"),
        {(K.PRIMARY_KEY_CHANGED, "orders"): ("rBBBB.", Bump.MAJOR)},
    ),
    (
        contract(properties=KEYED % ", primaryKey: true"),
        contract(properties=KEYED % ", primaryKey: true, primaryKeyPosition: 1"),
        {(K.PRIMARY_KEY_CHANGED, "orders"): ("rBBBB.", Bump.MAJOR)},
    ),
    (
        contract(properties="{name: x, id: i, logicalType: string}"),
        contract(
            properties="{name: y, id: i, logicalType: string}\n{name: x, logicalType: string}"
        ),
        {
            (K.PROPERTY_RENAMED, "orders.y"): ("BBrrB.", Bump.MAJOR),
            (K.PROPERTY_ADDED_OPTIONAL, "orders.x"): ("......", Bump.MINOR),
            (K.NAME_REUSED, "orders.x"): ("BBBBB.", Bump.MAJOR),
        },
    ),
    (
        contract(properties=KEYED % ""),
        contract(properties=KEYED % ", partitioned: true"),
        {(K.PARTITION_KEY_CHANGED, "orders"): ("...Brr", Bump.MINOR)},
    ),
    (
        contract(properties=KEYED % "") + TWO,
        contract(properties=KEYED % ", relationships: [{to: bills.bill_id}]") + TWO,
        {(K.REFERENCE_ADDED, "orders"): ("...r..", Bump.MINOR)},
    ),
    (
        contract(properties=KEYED % ", relationships: [{to: bills.bill_id}]") + TWO,
        contract(properties=KEYED % "") + TWO,
        {(K.REFERENCE_REMOVED, "orders"): ("....r.", Bump.MINOR)},
    ),
    (contract(), contract() + TWO, {(K.OBJECT_ADDED, "bills"): ("......", Bump.MINOR)}),
    (contract() + TWO, contract(), {(K.OBJECT_REMOVED, "bills"): ("BBB.B.", Bump.MAJOR)}),
    (
        contract(of_object="id: o\nphysicalName: t"),
        contract(of_object="id: o\nphysicalName: t", name="bills"),
        {
            (K.OBJECT_RENAMED, "bills"): ("BBr..r", Bump.MAJOR),
            (K.TOPIC_CHANGED, "bills"): ("rBB..r", Bump.MAJOR),
        },
    ),
    (
        contract(ONLY_STREAM),
        contract(),
        {
            (K.SERVER_REMOVED, "servers.s"): ("rBB...", Bump.MAJOR),
            (K.PORT_ADDED, "orders"): ("......", Bump.MINOR),
        },
    ),
    (
        contract(),
        contract(ONLY_TABLE),
        {
            (K.SERVER_ADDED, "servers.s"): ("......", Bump.MINOR),
            (K.PORT_REMOVED, "orders"): ("BB....", Bump.MAJOR),
            (K.TABLE_CHANGED, "orders"): ("r.BBBr", Bump.MAJOR),  # it is in the server's schema
        },
    ),
    (
        contract(),
        contract("name: store\n"),
        {
            (K.CONTRACT_RENAMED, ""): ("BBB..r", Bump.MAJOR),
            (K.TOPIC_CHANGED, "orders"): ("rBB..r", Bump.MAJOR),
        },
    ),
    (
        contract(properties=values("A")),
        contract(properties=values("A", "b-c")),
        {
            (K.ENUM_SPELLING_CHANGED, "orders.x"): (".BB...", Bump.MAJOR),
            (K.VALUE_ADDED, "orders.x"): (".r..r.", Bump.MINOR),
        },
    ),
]


@pytest.mark.parametrize("before, after, expected", TOGETHER)
def test_what_cannot_change_alone(
    before: str, after: str, expected: dict[tuple[Kind, str], tuple[str, Bump]]
) -> None:
    assert found_in(before, after) == expected


# Limits before and after, of an integer and of a float: nothing, or what was found, and its place.
LIMITS = [
    ("minimum: 1", "exclusiveMinimum: 0", None, (K.RULE_LOOSENED, "limit")),
    ("exclusiveMaximum: 10", "maximum: 9", None, (K.RULE_TIGHTENED, "limit")),
    ("minimum: 1", "exclusiveMinimum: 1", *[(K.RULE_TIGHTENED, "limit")] * 2),
    ("maximum: 1", "exclusiveMaximum: 2", None, (K.RULE_LOOSENED, "limit")),
    ("exclusiveMinimum: 1", "exclusiveMinimum: 0", *[(K.RULE_LOOSENED, "exclusiveMinimum")] * 2),
    ("maximum: 5", "maximum: 4", *[(K.RULE_TIGHTENED, "maximum")] * 2),
    ("maximum: 5", "minimum: -5, maximum: 5", *[(K.RULE_TIGHTENED, "minimum")] * 2),
    ("exclusiveMaximum: 5", "minimum: 0", *[(K.RULE_TIGHTENED, "minimum")] * 2),
]


@pytest.mark.parametrize("before, after, of_integer, of_float", LIMITS)
def test_a_limit_is_what_it_allows(
    before: str, after: str, of_integer: tuple[Kind, str] | None, of_float: tuple[Kind, str]
) -> None:
    for type_, expected in (("integer", of_integer), ("number", of_float)):
        texts = (options(type_, each) for each in (before, after))
        found = compared(*(contract(properties=each) for each in texts)).changes
        assert [(each.kind, each.fact) for each in found][:1] == [expected] * (expected is not None)


def test_a_limit_of_decimals_is_a_number_of_their_steps() -> None:
    said = ("minimum: 0.01", "exclusiveMinimum: 0", "exclusiveMinimum: 0.005")
    texts = [
        contract(
            properties=physical("number", "DECIMAL(9, 2)")[:-1]
            + f", logicalTypeOptions: {{{each}}}}}"
        )
        for each in said
    ]
    assert [compared(texts[0], each).changes for each in texts[1:]] == [(), ()]


# The same change where an object is only a stream, or only a table.
PORTS = [
    (options("integer", "format: i32"), options("integer", "format: i64"), ".Br...", "...rr."),
    (OPTIONAL, "", "Br....", "B..rB."),
    (options("string", "maxLength: 9"), OPTIONAL, ".B....", "...rr."),
    (REQUIRED, OPTIONAL, ".Br...", "....r."),
    (options("number", "format: f32"), options("number", "format: f64"), ".Br...", "...rr."),
    (OPTIONAL, values("A"), "BBB...", "B.rr.."),
    (values("A"), OPTIONAL, "BBB...", "...rr."),
]


@pytest.mark.parametrize("before, after, stream, table", PORTS)
def test_an_audience_is_there_with_its_port(
    before: str, after: str, stream: str, table: str
) -> None:
    for server, expected in ((ONLY_STREAM, stream), (ONLY_TABLE, table)):
        found = compared(contract(server, "", before), contract(server, "", after))
        assert letters(found) == expected
        consumers = expected[1], expected[2], expected[4]
        assert found.needed is (Bump.MAJOR if "B" in consumers else Bump.MINOR)


def test_how_values_are_spelt_concerns_streams_alone() -> None:
    before, after = values("A", "b-c"), values("A")
    [change] = compared(contract(ONLY_TABLE, "", before), contract(ONLY_TABLE, "", after)).changes
    assert change.kind is K.VALUE_REMOVED


def test_the_matrix_is_whole_and_every_row_is_expected_here() -> None:
    seen = {case[0] for table in (PROPERTIES, OBJECTS, CONTRACTS) for case in table}
    seen |= {case[0] for case in SERVICE_LEVELS}
    seen |= {kind for *_, expected in TOGETHER for kind, _ in expected}
    assert seen == set(Kind) == set(MATRIX)


def test_every_harm_has_its_sentence() -> None:
    for kind, row in MATRIX.items():
        assert row.title and row.next_step, kind
        assert list(row.effects) == list(Audience), kind
        for effect in row.effects.values():
            assert effect.why or effect.level is Level.OK, kind
            assert not effect.why.endswith("."), kind


def test_identity_is_by_id_then_by_name_then_by_names_of_before() -> None:
    swapped = compared(
        contract(properties="{name: a, id: 1, logicalType: string}\n{name: b, logicalType: date}"),
        contract(properties="{name: b, id: 1, logicalType: string}\n{name: a, logicalType: date}"),
    )
    assert {(each.kind, each.path, each.before) for each in swapped.changes} == {
        (K.PROPERTY_RENAMED, "orders.b", "a"),
        (K.NAME_REUSED, "orders.b", None),
        (K.NAME_REUSED, "orders.a", None),
        (K.PROPERTY_REMOVED_OPTIONAL, "orders.b", "date"),
        (K.PROPERTY_ADDED_OPTIONAL, "orders.a", None),
    }


def test_a_key_of_a_renamed_property_is_the_same_key() -> None:
    before = contract()
    after = before.replace("name: order_id", "name: number")
    assert [each.kind for each in compared(before, after).changes] == [K.PROPERTY_RENAMED]


def test_the_place_is_in_the_contract_that_has_it() -> None:
    [added] = compared(contract(), contract(properties=OPTIONAL)).changes
    [removed] = compared(contract(properties=OPTIONAL), contract()).changes
    assert (added.gone, removed.gone) == (False, True)
    assert added.span == removed.span != model(contract()).span
    assert added.ports == (Port.STREAM, Port.TABLE)


def test_a_property_that_moves_is_known_by_its_id() -> None:
    inside = "{name: at, logicalType: object, properties: [{name: b, logicalType: string}%s]}"
    old = f"{{name: x, id: it, logicalType: string}}\n{inside % ''}"
    new = inside % ", {name: y, id: it, logicalType: string}"
    found = compared(contract(properties=old), contract(properties=new))
    assert [(each.kind, each.path, each.fact) for each in found.changes] == [
        (Kind.PROPERTY_REMOVED_OPTIONAL, "orders.x", "moved to orders.at.y"),
        (Kind.PROPERTY_ADDED_OPTIONAL, "orders.at.y", "moved from orders.x"),
    ]
    assert str(found.needed) == "major"
