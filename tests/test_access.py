"""Who may do what with an object, and which of its values a role sees."""

from __future__ import annotations

import pytest

from portwright.access import Right, hidden, holders, rights, sees
from portwright.model import Anonymise, Role, Server, String
from portwright.oversight import readers
from support.models import a_model, an_object, field
from support.reading import contract_of, read

READ, WRITE = Right.READ, Right.WRITE


@pytest.mark.parametrize(
    ("access", "found"),
    [
        (None, {READ}),
        ("read", {READ}),
        ("Read-Only", {READ}),
        ("SELECT, INSERT", {READ, WRITE}),
        ("readWrite", {READ, WRITE}),
        ("read and write", {READ, WRITE}),
        ("admin", {READ, WRITE}),
        ("produce", {WRITE}),
        ("whatever", None),
        ("read whatever", None),
    ],
)
def test_access_is_free_text(access: str | None, found: set[Right] | None) -> None:
    assert rights(Role("r", access)) == found


def test_roles_are_those_of_the_contract_and_of_its_servers() -> None:
    orders, refunds = (
        an_object(name, name, field("id", String())) for name in ("orders", "refunds")
    )
    server = Server("dwh", "postgres", roles=(Role("loader", "write"),))
    everybody, few = Role("reader"), Role("finance", objects=("refunds",))
    model = a_model(orders, refunds, roles=(everybody, few, Role("x", "??")), servers=(server,))
    assert [each.role.role for each in holders(model, orders)] == ["reader", "loader"]
    assert [(each.role.role, each.server) for each in holders(model, refunds)] == [
        ("reader", None),
        ("finance", None),
        ("loader", server),
    ]


@pytest.mark.parametrize(
    ("said", "word", "expected"),
    [
        ((), None, True),
        ((), "Public", True),
        ((), "internal", False),
        (("confidential",), "internal", True),
        (("confidential",), "Restricted", False),
        (("secret",), "secret", True),
        (("restricted",), "secret", False),
        (("*",), "secret", True),
    ],
)
def test_a_role_sees_what_is_guarded_less(
    said: tuple[str, ...], word: str | None, expected: bool
) -> None:
    email = field("email", String(), classification=word)
    model = a_model(an_object("orders", "order", email))
    assert sees(model, Role("reader", sees=said), email) is expected


def test_what_is_kept_and_what_one_writes_is_not_hidden() -> None:
    email = field("email", String(), classification="restricted")
    town = field("town", String(), classification="internal", anonymise=Anonymise.KEEP)
    orders = an_object("orders", "order", email, town)
    roles = (Role("reader"), Role("auditor", sees=("restricted",)), Role("service", "readwrite"))
    model = a_model(orders, roles=roles)
    reader, auditor, service = roles
    assert hidden(model, orders, {READ}, [reader]) == ((email,),)
    assert hidden(model, orders, {READ}, [auditor]) == ()
    assert hidden(model, orders, {READ}, [reader, auditor]) == ()
    assert hidden(model, orders, {READ, WRITE}, [service]) == ()
    # As the rights are, so it is told to consumers.
    assert [(each.role, each.hidden) for each in readers(model)] == [
        ("reader", ("orders.email",)),
        ("auditor", ()),
        ("service", ()),
    ]
    assert readers(model)[2].sees == ("orders.email", "orders.town")


@pytest.mark.parametrize(
    ("role", "found"),
    [
        ("{role: a, customProperties: [{property: objects, value: []}]}", ["PW411"]),
        ("{role: a, customProperties: [{property: objects, value: {orders: 1}}]}", ["PW411"]),
        ("{role: ' '}", ["PW124"]),
    ],
)
def test_a_role_of_nothing_has_no_rights(role: str, found: list[str]) -> None:
    model, told = read(contract_of("- {name: id, logicalType: integer}", f"roles: [{role}]\n"))
    assert [each.code for each in told] == found
    assert model is not None and model.roles == ()
