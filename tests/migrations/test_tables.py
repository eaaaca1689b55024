"""Tables that refer to each other, come, go and move, on every engine that runs here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portwright.migrations import Effort
from portwright.model import Field, Integer, Model, Object, Relationship, String
from support import migrating
from support.models import SPAN, a_model, an_object, field

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
CHANGES: dict[str, tuple[tuple[Object, ...], tuple[Object, ...]]] = {
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


def model(objects: tuple[Object, ...], version: str) -> Model:
    return a_model(*objects, version=version)


def rows(objects: tuple[Object, ...]) -> dict[str, list[migrating.Row]]:
    return {
        each.name: [{f.name: ROWS[each.name][f.name] for f in each.record.fields}]
        for each in objects
    }


@pytest.mark.parametrize("destructive", [False, True], ids=["in two steps", "at once"])
@pytest.mark.parametrize("name", CHANGES)
def test_tables(engine: migrating.Engine, name: str, destructive: bool) -> None:
    before, after = CHANGES[name]
    old, new = model(before, "1.2.0"), model(after, "1.3.0")
    done = migrating.run(engine, old, new, rows(before), destructive=destructive)
    assert done.found == done.fresh != {}


def test_a_new_major_version_has_a_table_of_its_own(engine: migrating.Engine) -> None:
    before, after = (customers(Integer(32)),), (customers(Integer(64), N, table="customers_v2"),)
    old, new = model(before, "1.2.0"), model(after, "2.0.0")
    done = migrating.run(engine, old, new, rows(before))
    assert done.plan.effort is Effort.NEW_TABLE and not done.plan.left_out
    assert done.found.keys() == {"customers", "customers_v2"}
    assert done.found["customers_v2"] == done.fresh["customers_v2"]
