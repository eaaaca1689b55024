"""What generated code says of persons: the properties by which an erasure finds them."""

from __future__ import annotations

import pytest

from portwright.diagnostics import Diagnostic
from portwright.model import Array, Decimal, Field, Integer, Model, Nullable, Record, String, Uuid
from portwright.targets.python import Python, persons
from support.models import a_model, an_object, field


def subject(name: str, type_: object, **facts: object) -> Field:
    return field(name, type_, subject=True, **facts)  # type: ignore[arg-type]


def text(model: Model, name: str) -> str:
    return next(each.text for each in Python().emit(model) if each.path.name == name)


def found(model: Model) -> list[Diagnostic]:
    return [each for each in Python().check(model) if each.code in ("PW450", "PW451")]


def test_tables_and_topics_say_which_property_names_the_person() -> None:
    customer = Record(
        "customer",
        ("orders", "customer"),
        (subject("customer id", Integer(), physical_name="CUST"), field("x", String())),
    )
    order = an_object(
        "orders", "order", field("id", Uuid()), field("customer", customer), subject("by", String())
    )
    model = a_model(order)
    assert [persons.named(each) for each in persons.of(order)] == ["customer.customer id", "by"]
    assert 'persons=("customer.customer id", "by"),' in text(model, "topics.py")
    tables = text(model, "tables.py")
    assert 'Person("customer.customer id", ("customer", "CUST")),' in tables
    assert 'Person("by", ("by",)),' in tables
    assert not found(model)


def test_nothing_is_said_where_the_contract_names_nobody() -> None:
    model = a_model(an_object("orders", "order", field("id", String())))
    assert "erson" not in text(model, "tables.py") + text(model, "topics.py")


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        (Array(Record("one", ("orders", "by"), (subject("id", String()),))), "PW450"),
        (Array(Nullable(Record("one", ("orders", "by"), (subject("id", String()),)))), "PW450"),
        (Record("one", ("orders", "by"), (subject("id", Decimal(9, 2)),)), "PW451"),
    ],
)
def test_what_an_erasure_does_not_look_at_is_told(type_: Record | Array, code: str) -> None:
    model = a_model(an_object("orders", "order", field("id", String()), field("by", type_)))
    (warning,) = found(model)
    assert (warning.code, warning.is_error) == (code, False)
    assert "persons" not in text(model, "tables.py")
