"""Changes that touch a table, one at a time: models before and after, and rows of before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as Number

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Field,
    Float,
    Integer,
    Map,
    Model,
    Nullable,
    Object,
    Relationship,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from support import migrating, records
from support.models import SPAN, a_model, an_object, enum, field, record

KEY = field("id", Integer())


def holding(*fields, **facts) -> Model:  # type: ignore[no-untyped-def]
    return a_model(an_object("things", "thing", KEY, *fields, **{"primary_key": ("id",), **facts}))


def held(type_: Type, required: bool = True, **facts: object) -> Model:
    return holding(field("x", type_, required, **facts))


def values(*names: str) -> Type:
    return enum("things", "x", values=names)


def part(*fields) -> Type:  # type: ignore[no-untyped-def]
    return record("x", "things", "x", fields=fields)


N32, N64 = field("n", Integer(32), False), field("n", Integer(64), False)
M = field("m", String(), False)

# What has changed, and the models before and after.
CHANGES: dict[str, tuple[Model, Model]] = {
    "column added": (holding(), held(String(), False)),
    "column added with a comment": (holding(), held(String(), False, description="It's")),
    "required column added": (holding(), held(Integer(32))),
    "key column added": (holding(), holding(field("x", Integer()), primary_key=("id", "x"))),
    "column removed": (held(String(), False), holding()),
    "required column removed": (held(String(min_length=1), unique=True), holding()),
    "column renamed": (
        holding(field("x", String(min_length=1), id="i")),
        holding(field("y", String(min_length=1), id="i")),
    ),
    "columns swapped": (
        holding(field("x", String(), id="i"), field("y", Integer(), id="j")),
        holding(field("y", String(), id="i"), field("x", Integer(), id="j")),
    ),
    "name reused": (
        holding(field("x", String(), id="i"), field("y", Integer(), id="j")),
        holding(field("x", Integer(), id="j")),
    ),
    "key renamed": (
        a_model(an_object("t", "t", field("a", Integer(), id="i"), primary_key=("a",))),
        a_model(an_object("t", "t", field("b", Integer(), id="i"), primary_key=("b",))),
    ),
    "made optional": (held(Integer(32)), held(Integer(32), False)),
    "made required": (held(Integer(32), False), held(Integer(32))),
    "integer widened": (held(Integer(32)), held(Integer(64))),
    "integer widened much": (held(Integer(64)), held(Integer(128))),
    "integer narrowed": (held(Integer(64, bounds=Bounds(Number(0), Number(9)))), held(Integer(16))),
    "key widened": (
        holding(),
        a_model(an_object("things", "thing", field("id", Integer(128)), primary_key=("id",))),
    ),
    "float widened": (held(Float(32)), held(Float(64))),
    "float narrowed": (held(Float(64)), held(Float(32))),
    "integer becomes decimal": (held(Integer(16)), held(Decimal(12, 2))),
    "precision raised": (held(Decimal(10, 2)), held(Decimal(12, 2))),
    "precision lowered": (held(Decimal(10, 2, Bounds(Number(0), Number(9)))), held(Decimal(8, 2))),
    "scale raised": (held(Decimal(10, 2)), held(Decimal(14, 4))),
    "scale lowered": (held(Decimal(10, 4)), held(Decimal(10, 2))),
    "length raised": (held(String(max_length=5)), held(String(max_length=9))),
    "length removed": (held(String(max_length=5)), held(String())),
    "length lowered": (
        held(String(max_length=5, pattern="^[a-z]{2}$")),
        held(String(max_length=2)),
    ),
    "date becomes timestamp": (held(Date()), held(Timestamp(False))),
    "timestamp becomes date": (held(Timestamp(False)), held(Date())),
    "zone lost": (held(Timestamp(True)), held(Timestamp(False))),
    "zone gained": (held(Timestamp(False)), held(Timestamp(True))),
    "integer becomes text": (held(Integer(32)), held(String())),
    "uuid becomes text": (held(Uuid()), held(String())),
    "text becomes integer": (held(String(pattern="^[1-9]{3}$")), held(Integer(32))),
    "boolean becomes date": (held(Boolean()), held(Date(), False)),
    "time becomes bytes": (held(Time(), False), held(Bytes())),
    "enum value added": (held(values("a", "b")), held(values("a", "b", "c"))),
    "optional enum value added": (held(values("a"), False), held(values("a", "b"), False)),
    "enum becomes text": (held(values("a", "b")), held(String())),
    "text becomes enum": (held(String(pattern="^a$")), held(values("a", "b"))),
    "rule added": (
        held(Integer(32, bounds=Bounds(Number(3)))),
        held(Integer(32, bounds=Bounds(Number(2)))),
    ),
    "rule removed": (held(Integer(32, bounds=Bounds(Number(3)))), held(Integer(32))),
    "unique added": (held(Integer(64)), held(Integer(64), unique=True)),
    "unique removed": (held(Integer(64), unique=True), held(Integer(64))),
    "unique text becomes plain": (held(String(), unique=True), held(String())),
    "primary key changed": (
        holding(field("x", Integer()), primary_key=("id",)),
        holding(field("x", Integer()), primary_key=("x",)),
    ),
    "primary key removed": (holding(), holding(primary_key=())),
    "primary key added": (holding(primary_key=()), holding()),
    "comments changed": (
        holding(field("x", String(), description="a"), description="A.\nB"),
        holding(field("x", String(), description="b'\n;"), description="B'"),
    ),
    "comments removed": (
        holding(field("x", String(), description="a"), description="A"),
        holding(field("x", String())),
    ),
    "all of a column": (
        holding(field("x", Integer(32), id="i", description="a")),
        holding(field("y", Integer(64), False, id="i", description="b", unique=True)),
    ),
    "partition added": (
        holding(field("x", Date()), primary_key=()),
        holding(field("x", Date()), primary_key=(), partition_key=("x",)),
    ),
    "partition removed": (
        holding(field("x", Date()), primary_key=(), partition_key=("x",)),
        holding(field("x", Date()), primary_key=()),
    ),
    "partitioned table altered": (
        holding(field("x", Date()), field("y", Integer(32)), primary_key=(), partition_key=("x",)),
        holding(field("x", Date()), field("y", Integer(64)), primary_key=(), partition_key=("x",)),
    ),
    "partition retyped": (
        holding(field("x", Integer(32)), primary_key=(), partition_key=("x",)),
        holding(field("x", Integer(64)), primary_key=(), partition_key=("x",)),
    ),
    "partition renamed": (
        holding(field("x", Date(), id="i"), primary_key=(), partition_key=("x",)),
        holding(field("y", Date(), id="i"), primary_key=(), partition_key=("y",)),
    ),
    "table renamed": (
        holding(field("x", Integer(32, bounds=Bounds(Number(3)))), table="olds"),
        holding(field("x", Integer(32, bounds=Bounds(Number(3)))), table="news"),
    ),
    "partitioned table renamed": (
        holding(field("x", Date()), primary_key=(), partition_key=("x",), table="olds"),
        holding(field("x", Date()), primary_key=(), partition_key=("x",), table="news"),
    ),
    "list widened": (held(Array(Integer(32))), held(Array(Integer(64)))),
    "list of nulls": (held(Array(Integer(32))), held(Array(Nullable(Integer(32))))),
    "list of no nulls": (held(Array(Nullable(Integer(32)))), held(Array(Integer(32)))),
    "map widened": (held(Map(String(), Integer(32))), held(Map(String(), Integer(64)))),
    "field added": (held(part(N32)), held(part(N32, M))),
    "field removed": (held(part(N32, M)), held(part(N32))),
    "field widened": (held(part(N32)), held(part(N64))),
    "optional record altered": (held(part(N32), False), held(part(N64, M), False)),
    "field of a list added": (held(Array(part(N32))), held(Array(part(N32, M)))),
    "list becomes text": (held(Array(Integer(32))), held(String(), False)),
}


def rows(old: Model, new: Model) -> dict[str, list[migrating.Row]]:
    """Two rows that differ in the key alone; one where that would break a rule of the new table."""
    found = {}
    for each in old.objects:
        now = next((one for one in new.objects if one.name == each.name), each)
        unique = any(one.unique for one in (*each.record.fields, *now.record.fields))
        alone = unique or {each.primary_key, now.primary_key} - {(), ("id",)}
        # What is never null now must be there before.
        needed = {one.name for one in now.record.fields if one.required}
        fields = (replace(f, required=f.required or f.name in needed) for f in each.record.fields)
        row = records.some(replace(each.record, fields=tuple(fields)))
        found[each.name] = [row] if alone else [{**row, "id": 1}, {**row, "id": 2}]
    return found


def bumped(model: Model, version: str = "1.3.0") -> Model:
    return replace(model, version=version)


BIG = Integer()


def customers(type_: Integer = BIG, *fields: Field, **facts: object) -> Object:
    key = field("id", type_)
    return an_object("customers", "customer", key, *fields, **{"primary_key": ("id",), **facts})


def orders(type_: Integer = BIG, *fields: Field, refers: bool = True) -> Object:
    to = (Relationship(("customer",), "customers", ("id",), SPAN),) if refers else ()
    key, customer = field("id", Integer()), field("customer", type_)
    return an_object(
        "orders", "order", key, customer, *fields, primary_key=("id",), relationships=to
    )


N = field("n", Integer(32), False)
WIDE = field("n", Integer(64), False)
EMAIL = field("email", String(max_length=9), unique=True)
TREE = Relationship(("parent",), "customers", ("id",), SPAN)
PARENT = field("parent", Integer(), False)

# What has changed, and the tables before and after.
TABLES: dict[str, tuple[tuple[Object, ...], tuple[Object, ...]]] = {
    "reference added": ((customers(), orders(refers=False)), (customers(), orders())),
    "reference removed": ((customers(), orders()), (customers(), orders(refers=False))),
    "both keys widened": (
        (customers(Integer(32)), orders(Integer(32))),
        (customers(Integer(64)), orders(Integer(64))),
    ),
    "referred key replaced": (
        (customers(), orders()),
        (customers(BIG, EMAIL, primary_key=()), orders(refers=False)),
    ),
    "referred table altered": (
        (customers(BIG, N), orders(BIG, N)),
        (customers(BIG, WIDE), orders(BIG, WIDE)),
    ),
    "referred table renamed": (
        (customers(), orders()),
        (customers(table="clients"), orders()),
    ),
    "column of the referred table removed": (
        (customers(BIG, N), orders()),
        (customers(), orders()),
    ),
    "referring column renamed": (
        (customers(), orders()),
        (
            customers(),
            an_object(
                "orders",
                "order",
                field("id", Integer()),
                field("buyer", Integer(), aliases=("customer",)),
                primary_key=("id",),
                relationships=(Relationship(("buyer",), "customers", ("id",), SPAN),),
            ),
        ),
    ),
    "tree altered": (
        (customers(BIG, PARENT, N, relationships=(TREE,)), orders()),
        (customers(BIG, PARENT, WIDE, relationships=(TREE,)), orders()),
    ),
    "tree grown": (
        (customers(BIG, PARENT),),
        (customers(BIG, PARENT, relationships=(TREE,)),),
    ),
    "table added": ((customers(),), (customers(), orders())),
    "table removed": ((customers(), orders()), (customers(),)),
    "referred table removed": ((customers(), orders()), (orders(refers=False),)),
    "unique referred column": (
        (customers(BIG, EMAIL),),
        (
            customers(BIG, replace(EMAIL, type=String(max_length=20))),
            an_object(
                "mails",
                "mail",
                field("to", String(max_length=20)),
                relationships=(Relationship(("to",), "customers", ("email",), SPAN),),
            ),
        ),
    ),
}
ROWS = {
    "customers": {"id": 1, "n": 2, "email": "a@b.c", "parent": None},
    "orders": {"id": 5, "customer": 1, "n": None},
}


def known_rows(objects: tuple[Object, ...]) -> dict[str, list[migrating.Row]]:
    """A row of each of these tables."""
    return {
        each.name: [{f.name: ROWS[each.name][f.name] for f in each.record.fields}]
        for each in objects
    }
