"""The lock: read and written without loss, and numbers that never move and are never reused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright import lock
from portwright.diagnostics import Span
from portwright.lock import Entry, Kind, Lock
from portwright.model import (
    Array,
    Enum,
    EnumValue,
    Field,
    Integer,
    Model,
    Object,
    Record,
    Reserved,
    String,
    Type,
)

HERE = Span("shop.odcs.yaml")
ORDERS = ("orders",)
LINES = ("orders", "lines")


def field(name: str, type_: Type | None = None, id: str | None = None) -> Field:
    return Field(name, type_ or String(), HERE, id=id)


def model(*fields: Field, major: int = 1, name: str = "orders", id: str | None = None) -> Model:
    record = Record("order", (name,), fields)
    objects = (Object(name, record, HERE, id=id),)
    return Model("shop", f"{major}.0.0", major, "shop", HERE, HERE.file, objects=objects)


def lines(*fields: Field, name: str = "lines", id: str | None = None) -> Field:
    return field(name, Array(Record("line", ("orders", name), fields)), id)


def status(*values: str) -> Field:
    enum = Enum("status", ("orders", "status"), tuple(map(EnumValue, values)))
    return field("status", enum)


def numbers(model: Model) -> dict[str, int]:
    return {each.name: each.number for each in model.objects[0].record.fields}


def after(*steps: Model) -> tuple[Model, Lock]:
    """The last model numbered by a lock that saw all the others, each written and read again."""
    held = Lock()
    for step in steps:
        numbered, held = lock.apply(step, held)
        again, faults = lock.parse(held.text(), "portwright.lock")
        assert (again, faults) == (held, [])
        assert lock.apply(step, held) == (numbered, held)
    return numbered, held


# ------------------------------------------------------------------ the file


def test_a_lock_reads_like_a_list_of_what_was_numbered() -> None:
    _, held = after(
        model(field("id", id="f1"), lines(field("sku"), field("n", Integer())), status("open", "d"))
    )
    assert held.text().splitlines()[1:] == [
        "portwright-lock 1",
        "",
        "object shop v1 orders",
        "",
        "record shop v1 orders Order",
        "field shop v1 orders id 1 string id=f1",
        "field shop v1 orders lines 2 list<record>",
        "field shop v1 orders status 3 enum",
        "",
        "record shop v1 orders.lines OrderLine",
        "field shop v1 orders.lines n 2 int",
        "field shop v1 orders.lines sku 1 string",
        "",
        "enum shop v1 orders.status OrderStatus",
        "value shop v1 orders.status d 2",
        "value shop v1 orders.status open 1",
    ]


WORDS = st.text(max_size=12) | st.sampled_from(["a.b", '"', "\\", "a b", "\n#", "id=x", "\u202e"])
NUMBERS = st.integers(1, 18999) | st.integers(20000, (1 << 29) - 1)
PATHS = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
ENTRIES = st.one_of(
    st.builds(Entry, st.just(Kind.OBJECT), WORDS, st.integers(0, 9), st.just(()), WORDS),
    st.builds(
        Entry,
        st.just(Kind.FIELD),
        WORDS,
        st.integers(0, 9),
        PATHS,
        WORDS,
        NUMBERS,
        st.just("int"),
        st.none() | WORDS,
        st.lists(WORDS, max_size=2).map(tuple),
    ),
    st.builds(
        Entry,
        st.sampled_from([Kind.RECORD, Kind.ENUM]),
        WORDS,
        st.integers(0, 9),
        PATHS,
        WORDS,
        was=st.lists(WORDS, max_size=2).map(tuple),
    ),
    st.builds(
        Entry,
        st.just(Kind.VALUE),
        WORDS,
        st.integers(0, 9),
        PATHS,
        WORDS,
        NUMBERS,
    ),
    st.builds(
        Entry,
        st.just(Kind.RESERVED),
        WORDS,
        st.integers(0, 9),
        PATHS,
        WORDS,
        NUMBERS,
        was=st.lists(WORDS, max_size=2).map(tuple),
    ),
)


@given(st.lists(ENTRIES, max_size=6, unique_by=lambda e: (e.contract, e.path)))
def test_every_lock_is_read_back_as_it_was_written(entries: list[Entry]) -> None:
    held = Lock.of(entries)
    assert lock.parse(held.text(), "l") == (held, [])
    assert held.text().isprintable() or set(held.text()) - {"\n"}
    assert len(held.text().splitlines()) == held.text().count("\n")


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fall(text: str) -> None:
    lock.parse(text, "l")
    lock.parse(f"portwright-lock 1\n{text}", "l")
    lock.parse(f"portwright-lock 1\nfield shop v1 {text} 1 int", "l")


def test_an_empty_or_missing_lock_holds_nothing() -> None:
    assert lock.parse("", "l") == (Lock(), [])
    assert lock.parse("# only a comment\n\n", "l") == (Lock(), [])


def test_line_ends_of_windows_are_read() -> None:
    _, held = after(model(field("id")))
    assert lock.parse(held.text().replace("\n", "\r\n"), "l") == (held, [])


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("portwright-lock 2\nwhatever it says", "PW606", 1),
        ("field shop v1 orders id 1 string", "PW607", 1),
        ("portwright-lock 1\nfiel shop v1 orders id 1 string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders id 1", "PW607", 2),
        ("portwright-lock 1\nfield shop 1 orders id 1 string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders id one string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders id 0 string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders id 19000 string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders id 536870912 string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders..a id 1 string", "PW607", 2),
        ("portwright-lock 1\nfield shop v1 orders. id 1 string", "PW607", 2),
        ('portwright-lock 1\nfield shop v1 orders "id 1 string', "PW607", 2),
        ("portwright-lock 1\nvalue shop v1 orders.status open 1 id=x", "PW607", 2),
        ("portwright-lock 1\nvalue shop v1 orders.status open 1 was=x", "PW607", 2),
        ("portwright-lock 1\nobject shop v1 orders id=a id=b", "PW607", 2),
        ("portwright-lock 1\nrecord shop v1 orders", "PW607", 2),
        ("portwright-lock 1\nrecord c v1 o A\nrecord c v1 o B", "PW608", 3),
        ("portwright-lock 1\n\n<<<<<<< HEAD\nfield", "PW609", 3),
        ("portwright-lock 1\nfield c v1 o a 1 int\nfield c v1 o b 1 int", "PW608", 3),
        ("portwright-lock 1\nfield c v1 o a 1 int\nreserved c v1 o b 1", "PW608", 3),
        ("portwright-lock 1\nfield c v1 o a 1 int\nfield c v1 o a 2 int", "PW608", 3),
        ("portwright-lock 1\nfield c v1 o a 1 int id=x\nfield c v1 o b 2 int id=x", "PW608", 3),
    ],
)
def test_a_broken_lock_is_a_finding_at_its_line(text: str, code: str, line: int) -> None:
    _, faults = lock.parse(text, "portwright.lock")
    assert [(f.code, f.span.file, f.span.line) for f in faults] == [(code, "portwright.lock", line)]
    assert faults[0].is_error and faults[0].help


def test_all_bad_lines_are_reported_at_once() -> None:
    _, faults = lock.parse("portwright-lock 1\nx\nobject shop v1 orders\ny z\n", "l")
    assert [f.span.line for f in faults] == [2, 4]


def test_branches_that_add_to_different_types_merge_by_themselves(tmp_path: Path) -> None:
    def held(*fields: Field, more: tuple[Field, ...] = ()) -> Lock:
        return lock.apply(model(field("m"), *fields, lines(field("m"), *more)), base)[1]

    base = Lock()
    base = held()
    ours, theirs = held(field("z")), held(more=(field("a"),))
    for name, each in {"ours": ours, "base": base, "theirs": theirs}.items():
        (tmp_path / name).write_text(each.text())
    merged = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    result, faults = lock.parse(merged.stdout, "l")
    assert faults == []
    assert set(result.entries) == {*ours.entries, *theirs.entries}
    assert result.text() == merged.stdout


def test_branches_that_take_the_same_number_are_found_after_the_merge() -> None:
    base = after(model(field("m")))[1]
    ours = lock.apply(model(field("m"), field("a")), base)[1]
    theirs = lock.apply(model(field("m"), field("z")), base)[1]
    both = Lock.of({*ours.entries, *theirs.entries})
    assert [f.code for f in lock.parse(both.text(), "l")[1]] == ["PW608"]


# ----------------------------------------------------------------- numbering


def test_new_fields_are_numbered_in_the_order_of_the_contract() -> None:
    numbered, _ = after(model(field("z"), field("a"), status("y", "b")))
    assert numbers(numbered) == {"z": 1, "a": 2, "status": 3}
    enum = numbered.objects[0].record.fields[2].type
    assert isinstance(enum, Enum)
    assert [(v.value, v.number) for v in enum.values] == [("y", 1), ("b", 2)]


def test_reordering_and_inserting_move_nothing() -> None:
    numbered, _ = after(model(field("a"), field("b")), model(field("new"), field("b"), field("a")))
    assert numbers(numbered) == {"new": 3, "b": 2, "a": 1}


def test_a_removed_field_reserves_its_number_and_name() -> None:
    numbered, _ = after(model(field("a"), field("b")), model(field("b"), field("c")))
    assert numbers(numbered) == {"b": 2, "c": 3}
    assert numbered.objects[0].record.reserved == (Reserved(1, "a"),)


def test_a_field_that_comes_back_has_its_number_again() -> None:
    numbered, _ = after(
        model(field("a"), field("b")), model(field("b")), model(field("b"), field("a"))
    )
    assert numbers(numbered) == {"b": 2, "a": 1}
    assert numbered.objects[0].record.reserved == ()


@pytest.mark.parametrize("away", [True, False])
def test_another_shape_under_an_old_name_gets_a_new_number(away: bool) -> None:
    between = [model(field("b"))] if away else []
    numbered, _ = after(
        model(field("a"), field("b")), *between, model(field("a", Integer()), field("b"))
    )
    assert numbers(numbered) == {"a": 3, "b": 2}
    assert numbered.objects[0].record.reserved == (Reserved(1, "a"),)


def test_a_dead_number_stays_dead_when_the_first_shape_comes_back() -> None:
    numbered, _ = after(model(field("a")), model(field("a", Integer())), model(field("a")))
    assert numbers(numbered) == {"a": 3}


def test_a_wider_integer_keeps_its_number() -> None:
    numbered, _ = after(model(field("a", Integer(32))), model(field("a", Integer(64))))
    assert numbers(numbered) == {"a": 1}


def test_a_rename_under_the_same_id_keeps_the_number() -> None:
    numbered, _ = after(
        model(field("a", id="x"), field("b")), model(field("new"), field("b"), field("c", id="x"))
    )
    assert numbers(numbered) == {"new": 3, "b": 2, "c": 1}
    assert numbered.objects[0].record.reserved == ()


def test_an_id_given_later_is_remembered() -> None:
    numbered, _ = after(
        model(field("a")), model(field("a", id="x")), model(field("z"), field("c", id="x"))
    )
    assert numbers(numbered) == {"z": 2, "c": 1}


def aliases(model: Model) -> dict[str, tuple[str, ...]]:
    return {each.name: each.aliases for each in model.objects[0].record.fields if each.aliases}


def test_a_renamed_field_keeps_the_names_it_had() -> None:
    steps = [model(field(name, id="x"), field("other")) for name in "abca"]
    assert [aliases(after(*steps[:n])[0]) for n in (1, 2, 3, 4)] == [
        {},
        {"b": ("a",)},
        {"c": ("a", "b")},
        {"a": ("b", "c")},
    ]


def test_a_field_without_an_id_is_known_by_the_names_the_contract_tells() -> None:
    named = replace(field("b"), aliases=("a", "z"))
    numbered, _ = after(model(field("a"), field("c")), model(field("c"), named))
    assert numbers(numbered) == {"c": 2, "b": 1}
    assert aliases(numbered) == {"b": ("a", "z")}
    # The name stays when the contract no longer tells it.
    again, _ = after(model(field("a")), model(named), model(field("b")))
    assert aliases(again) == {"b": ("a", "z")}


def test_a_name_that_is_or_was_anothers_is_no_alias() -> None:
    first, renamed = model(field("a", id="x")), field("b", id="x")
    taken = model(renamed, field("a", id="y"))
    for steps in ([first, taken], [first, taken, model(renamed)]):
        assert aliases(after(*steps)[0]) == {}
    swapped = model(field("b", id="x"), field("a", id="y"))
    assert aliases(after(model(field("a", id="x"), field("b", id="y")), swapped)[0]) == {}
    onto_a_removed_one = [
        model(field("a", id="x"), field("b", id="y")),
        model(field("a", id="x")),
        model(field("b", id="x")),
        model(field("c", id="x")),
    ]
    assert aliases(after(*onto_a_removed_one)[0]) == {"c": ("a",)}


def test_names_that_went_round_are_nobodys() -> None:
    def named(*names: str) -> Model:
        return model(*(field(name, id=f"p{n}") for n, name in enumerate(names)))

    swapped = after(named("a", "b"), named("b", "a"), named("x", "y"))
    assert aliases(swapped[0]) == {}
    turned = [named("a", "b", "c"), named("b", "c", "a"), named("c", "a", "b")]
    assert aliases(after(*turned, named("x", "y", "z"))[0]) == {}
    passed_on = [named("a", "c"), named("b", "a"), named("b", "d")]
    assert aliases(after(*passed_on)[0]) == {"d": ("c",)}
    # Nor where the other is gone, buried under its own name.
    assert aliases(after(named("z", "b"), named("b", "a"), named("a"), named("c"))[0]) == {
        "c": ("z",)
    }
    # Nor where one of them is gone, or tells of the name.
    assert aliases(after(*turned, named("x"))[0]) == {}
    told = model(field("x", id="p0"), replace(field("y", id="p1"), aliases=("a",)))
    assert aliases(after(named("a", "b"), named("b", "c"), told)[0]) == {"x": ("a",), "y": ("c",)}


def test_a_name_of_another_shape_is_no_alias() -> None:
    changed = [model(field("a", id="x")), model(field("b", Integer(), id="x"))]
    assert aliases(after(*changed)[0]) == {}


def test_two_fields_never_share_an_alias() -> None:
    told = [replace(field(name), aliases=("a",)) for name in "bc"]
    assert aliases(after(model(*told))[0]) == {"b": ("a",)}


def test_renamed_types_keep_the_names_they_had() -> None:
    first = model(lines(field("a"), id="x"), status("s"), id="o")
    line = lines(field("a"), name="items", id="x")
    moved = Enum("status", ("sales", "status"), (EnumValue("s"),))
    items = replace(line, type=Array(Record("item", ("sales", "items"), (field("a"),))))
    second = model(items, field("status", moved), name="sales", id="o")
    second = replace(
        second,
        objects=(
            replace(
                second.objects[0],
                record=Record("sale", ("sales",), (items, field("status", moved))),
            ),
        ),
    )
    numbered, held = after(first, second)
    record = numbered.objects[0].record
    nested_type = record.fields[0].type
    assert record.aliases == ("Order",)
    assert isinstance(nested_type, Array) and isinstance(nested_type.element, Record)
    assert nested_type.element.aliases == ("OrderLine",)
    enum = record.fields[1].type
    assert isinstance(enum, Enum) and enum.aliases == ("OrderStatus",)
    assert "record shop v1 sales.items SaleItem was=OrderLine" in held.text()


def test_a_renamed_object_without_an_id_is_known_by_the_name_the_contract_tells() -> None:
    first, second = model(field("a"), field("b")), model(field("b"), field("a"), name="sales")
    told = replace(second, objects=(replace(second.objects[0], aliases=("orders",)),))
    assert numbers(after(first, told)[0]) == {"b": 2, "a": 1}


def test_two_fields_that_swap_names_swap_nothing_on_the_wire() -> None:
    numbered, _ = after(
        model(field("a", id="x"), field("b", id="y")),
        model(field("b", id="x"), field("a", id="y")),
    )
    assert numbers(numbered) == {"b": 1, "a": 2}


def test_a_new_field_under_a_name_that_moved_on_is_new() -> None:
    numbered, _ = after(
        model(field("a", id="x")), model(field("a", id="y"), field("old_a", id="x"))
    )
    assert numbers(numbered) == {"a": 2, "old_a": 1}


def test_a_rename_onto_a_removed_name_buries_the_removed_field() -> None:
    numbered, _ = after(
        model(field("a", id="x"), field("b", id="y")),
        model(field("a", id="x")),
        model(field("b", id="x")),
    )
    assert numbers(numbered) == {"b": 1}
    assert numbered.objects[0].record.reserved == (Reserved(2, "b"),)


def nested(numbered: Model) -> dict[str, int]:
    type_ = numbered.objects[0].record.fields[-1].type
    assert isinstance(type_, Array) and isinstance(type_.element, Record)
    return {each.name: each.number for each in type_.element.fields}


def test_numbers_inside_a_renamed_field_stay() -> None:
    numbered, held = after(
        model(lines(field("a"), field("b"), id="x")),
        model(lines(field("b"), id="x")),
        model(lines(field("new"), field("b"), name="items", id="x")),
    )
    assert nested(numbered) == {"new": 3, "b": 2}
    assert not [e for e in held.entries if e.path == LINES]


def test_a_removed_record_comes_back_with_its_numbers() -> None:
    both = lines(field("a"), field("b"))
    numbered, _ = after(model(field("id"), both), model(field("id")), model(lines(field("b"))))
    assert nested(numbered) == {"b": 2}
    other = replace(model(), objects=())
    numbered, _ = after(model(both), other, model(lines(field("b"))))
    assert nested(numbered) == {"b": 2}


def test_a_renamed_object_keeps_its_numbers() -> None:
    numbered, _ = after(
        model(field("a"), field("b"), id="o"),
        model(field("b"), field("a"), name="purchases", id="o"),
    )
    assert numbers(numbered) == {"b": 2, "a": 1}


def test_a_removed_enum_value_is_reserved_and_comes_back() -> None:
    def held(numbered: Model) -> Enum:
        type_ = numbered.objects[0].record.fields[0].type
        assert isinstance(type_, Enum)
        return type_

    steps = [model(status("a", "b")), model(status("c", "b"))]
    gone = held(after(*steps)[0])
    assert [(v.value, v.number) for v in gone.values] == [("c", 3), ("b", 2)]
    assert gone.reserved == (Reserved(1, "a"),)
    back = held(after(*steps, model(status("a", "c")))[0])
    assert [(v.value, v.number) for v in back.values] == [("a", 1), ("c", 3)]


def test_a_new_major_starts_afresh_and_forgets_nothing() -> None:
    numbered, held = after(model(field("a"), field("b")), model(field("b"), major=2))
    assert numbers(numbered) == {"b": 1}
    again, _ = lock.apply(model(field("b"), field("a")), held)
    assert numbers(again) == {"b": 2, "a": 1}


def test_contracts_share_a_lock() -> None:
    other = replace(model(field("x")), id="other")
    _, held = after(model(field("a")), other)
    assert {e.contract for e in held.entries} == {"shop", "other"}
    assert lock.apply(model(field("a")), held)[1] == held


def test_all_models_at_once_are_numbered_as_one_after_the_other() -> None:
    _, held = lock.apply(model(field("gone"), field("a"), name="orders"), Lock())
    models = [model(field("a"), name="orders"), model(field("b"), field("a"), name="refunds")]
    first, after_first = lock.apply(models[0], held)
    second, after_both = lock.apply(models[1], after_first)
    assert lock.apply_all(models, held) == ([first, second], after_both)


def test_numbers_that_protobuf_keeps_are_not_given() -> None:
    _, held = after(model(field("a")))
    entries = {replace(e, number=18999) if e.number else e for e in held.entries}
    numbered, _ = lock.apply(model(field("a"), field("b")), Lock.of(entries))
    assert numbers(numbered) == {"a": 18999, "b": 20000}
    entries = {replace(e, number=(1 << 29) - 1) if e.number else e for e in held.entries}
    numbered, _ = lock.apply(model(field("a"), field("b")), Lock.of(entries))
    assert numbers(numbered) == {"a": (1 << 29) - 1, "b": 1}


def test_a_line_taken_out_by_hand_does_no_harm() -> None:
    _, held = after(model(field("a"), lines(field("b"), field("c"))))
    for gone in held.entries:
        rest = Lock(tuple(e for e in held.entries if e != gone))
        numbered, new = lock.apply(model(field("a"), lines(field("b"), field("c"))), rest)
        assert lock.parse(new.text(), "l") == (new, [])
        assert len(set(numbers(numbered).values())) == 2


# One field of a history: who it is, what it is called and what it holds.
IDS = "pqrs"
SHAPES: list[Callable[[str], Type]] = [
    lambda name: String(),
    lambda name: Integer(),
    lambda name: Record(name, ("orders", name), (field("x"), field("y"))),
    lambda name: Record(name, ("orders", name), (field("y"), field("z"), field("x"))),
    lambda name: Record(name, ("orders", name), (field("z"),)),
    lambda name: Array(Record(name, ("orders", name), (field("y"), field("z")))),
    lambda name: Enum(name, ("orders", name), (EnumValue("on"), EnumValue("off"))),
    lambda name: Enum(name, ("orders", name), (EnumValue("off"), EnumValue("idle"))),
]
STEP = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from("abcd"), st.sampled_from(SHAPES)),
    max_size=4,
    unique_by=(lambda t: t[0], lambda t: t[1]),
)


def inside(slot: int, type_: Type) -> Iterator[tuple[int, int, str]]:
    """What the numbers below a field mean: the field's number, a number in it, its name."""
    match type_:
        case Record(fields=fields):
            yield from ((slot, each.number, each.name) for each in fields)
        case Enum(values=values):
            yield from ((slot, each.number, each.value) for each in values)
        case Array(element=element):
            yield from inside(slot, element)


@settings(max_examples=150)
@given(st.lists(STEP, min_size=2, max_size=6))
def test_no_history_moves_a_number_or_gives_it_to_another(
    steps: list[list[tuple[str, str, Callable[[str], Type]]]],
) -> None:
    held, owners, numbers_so_far = Lock(), dict[int, tuple[str, str, str]](), set[int]()
    meanings = set[tuple[int, int, str]]()
    for step in steps:
        wanted = model(*(field(name, make(name), id_) for id_, name, make in step))
        previous = held
        numbered, held = lock.apply(wanted, held)
        assert lock.parse(held.text(), "l") == (held, [])
        assert lock.apply(wanted, held) == (numbered, held)
        record = numbered.objects[0].record
        ours = {e.number: e for e in held.entries if e.path == ORDERS and e.number}
        assert {r.number for r in record.reserved} == ours.keys() - {
            f.number for f in record.fields
        }
        assert numbers_so_far <= ours.keys()
        numbers_so_far |= ours.keys()
        for each in record.fields:
            here = (each.id or "", each.name, ours[each.number].shape)
            before = owners.get(each.number, here)
            assert before[0] == here[0] or before[1] == here[1], "one number, two identities"
            assert before[2] == here[2], "one number, two shapes"
            owners[each.number] = here
            meanings |= set(inside(each.number, each.type))
            for entry in previous.entries:
                if entry.path == ORDERS and entry.id == each.id and entry.shape == here[2]:
                    assert each.number == entry.number, "a number moved"
    by_number = {(slot, number) for slot, number, _ in meanings}
    by_name = {(slot, name) for slot, _, name in meanings}
    assert len(by_number) == len(by_name) == len(meanings), "a number inside a field moved"
