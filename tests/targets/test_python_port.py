"""The generated package: what is in it, that tools like it, and that records go all the way."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from contextlib import closing
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import pytest

from portwright.model import (
    Array,
    Bounds,
    Date,
    Decimal,
    Expression,
    Field,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Object,
    Port,
    Record,
    String,
    Timestamp,
    Uuid,
)
from portwright.model.deprecation import marked
from portwright.targets import Owner
from portwright.targets.python import RUNTIME_LEVEL, Python
from portwright_runtime import IncompatibleRuntime, UndecodableEvent, generated
from portwright_runtime.cloudevents import event_of
from portwright_runtime.memory_stream import MemoryStream
from portwright_runtime.sqlite_log import SqliteLog
from support import models, packages
from support.models import a_model, an_object, enum, field, record
from support.tools import mypy, tool

CANARY = "canary-7f3a"


def orders(**facts: Any) -> Object:
    """Orders with all that a mapping and a codec have to do something about."""

    def line(name: str) -> Record:
        fields = (field("sku", String()), field("price", Decimal(10, 2), False))
        return record(name, "orders", name, fields=fields)

    customer = record(
        "customer",
        "orders",
        "customer",
        fields=(field("email", String(), False, classification="restricted"),),
    )
    return an_object(
        "orders",
        "order",
        field("order_id", Uuid()),
        field("class", enum("orders", "class", values=("retail", "trade"))),
        field("placed_at", Timestamp()),
        field("quantity", Integer(32, bounds=Bounds(minimum=Number(1)))),
        field("customer", customer, False),
        field("lines", Array(line("lines"))),
        field("spare", Array(Nullable(line("spare"))), False),
        field("by_day", Map(Date(), line("by_day")), False),
        **{"primary_key": ("order_id",), "description": 'What "they"\nordered.', **facts},
    )


def customers(**facts: Any) -> Object:
    return an_object("customers", "customer", field("name", String()), **facts)


ROW: dict[str, Any] = {
    "order_id": uuid.UUID(int=7),
    "class": "trade",
    "placed_at": dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC),
    "quantity": 2,
    "customer": {"email": CANARY},
    "lines": [{"sku": "A", "price": Number("1.50")}, {"sku": "B", "price": None}],
    "spare": [None, {"sku": "C", "price": None}],
    "by_day": {dt.date(2026, 11, 22): {"sku": "D", "price": None}},
}


def keyed() -> Model:
    """Streams with keys and headers of their own: of paths, enums, keywords, quotes, long lines."""
    note, kind = field("note", String(), False), field("class", String())

    def party(name: str) -> tuple[Field, ...]:
        """The ways to the fields of a customer in objects of that name."""
        inside = (field("ref", String()), field("email", String(), classification="restricted"))
        customer = record("customer", name, "customer", fields=inside)
        return field("customer", customer), *inside

    customer, ref, _ = party("sales")
    headers = (
        ("x-note", Expression(((note,),), "{}")),
        ("x-app", Expression((), "shop's")),
        ("x-of", Expression(((kind,), (customer, ref), (kind,), (customer, ref)), "{}/{}:{}/{}")),
    )
    text = Expression(((kind,), (customer, ref)), '{}-"{}"')
    facts: dict[str, Any] = {"stream_key": text, "stream_headers": headers, "subject": "the-sales"}
    sales = an_object("sales", "sale", customer, kind, note, primary_key=("class",), **facts)
    customer, ref, email = party("returns")
    long = Expression(((customer, ref), (customer, email), (kind,), (customer, ref), (kind,)))
    return a_model(sales, an_object("returns", "return_", customer, kind, stream_key=long))


def clashing() -> Model:
    """Contract words that generated modules use for something of their own."""
    return a_model(
        an_object("events", "event", field("self", String()), field("event", Integer())),
        an_object("models", "models", field("runtime", String()), primary_key=("runtime",)),
        an_object("topics", "topic", field("codec", String())),
        an_object("tuple", "tuple", field("parts", Array(_part()))),
        an_object("consumers", "consumer", field("class", String())),
        an_object("close", "close", field("outlets", String())),
        an_object("mapping", "mapping", field("row", Json(), False)),
        an_object("any", "any", field("any", String())),
        an_object("generated", "generated", field("order_by", String())),
        name="port",
    )


def _part() -> Any:
    return record("part", "tuple", "parts", fields=(field("x", Integer()),))


def long_names() -> Model:
    """Names that fit no line."""
    word = "_".join(["consignment"] * 6)
    inner = record("party", f"{word}s", "party", fields=(field(word, String(), False),))
    return a_model(
        an_object(
            f"{word}s",
            word,
            field(word, String()),
            field("party", inner, False),
            primary_key=(word,),
            description=f"{word} " * 9,
        ),
        name=word,
        purpose="Line one.\n\n" + "word " * 60,
    )


MODELS = {
    "all types": models.all_types_model(),
    "nested": models.nested_model(),
    "orders": a_model(orders(), customers()),
    "only streams": a_model(orders(ports=(Port.STREAM,))),
    "only tables": a_model(orders(ports=(Port.TABLE,))),
    "no ports": a_model(orders(ports=())),
    "mixed": a_model(orders(ports=(Port.TABLE,)), customers(ports=(Port.STREAM,))),
    "clashing": clashing(),
    "long names": long_names(),
    "keyed": keyed(),
    "deprecated": marked(
        a_model(
            orders(deprecated=True),
            an_object("customers", "customer", field("name", String(), deprecated=True)),
        )
    ),
}


# ---------------------------------------------------------------------- tools


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packages of all models, each below a folder of its own."""
    root = tmp_path_factory.mktemp("packages")
    return {
        name: packages.write(model, root / name.replace(" ", "_")) for name, model in MODELS.items()
    }


def test_mypy_in_strict_mode(written: dict[str, Path], tmp_path: Path) -> None:
    for folder in written.values():  # one by one: several are called alike
        link = tmp_path / folder.parent.name / folder.name
        link.parent.mkdir()
        link.symlink_to(folder)
    faults = {name: mypy(folder) for name, folder in written.items()}
    # `handlers.py` is the user's, who is to be told.
    told = re.findall(r"(\w+)\.py:\d+: error: (.*)\n", faults.pop("deprecated"))
    [(module, fault)] = told
    assert module == "handlers" and fault.endswith("checkout 1.2.0 is deprecated  [deprecated]")
    assert faults == dict.fromkeys(faults, "")


USER = """
from typing import assert_type

from checkout_port import CheckoutPort, Customer, Event, Order, OrdersConsumer
from portwright_runtime import Delivery, Load, Position


def hand_out(orders: list[Order]) -> None:
    with CheckoutPort.open() as port:
        assert_type(port, CheckoutPort)
        delivery = port.orders.publish(orders[0])
        assert_type(delivery, Delivery)
        assert_type(delivery.result(timeout=1), Position)
        assert_type(port.orders.publish_all(orders), int)
        assert_type(port.orders.load(orders, load_id="2026-11-22", mode="append"), Load)


class Fulfilment(OrdersConsumer):
    def on_order(self, order: Order, event: Event) -> None:
        assert_type(order.quantity, int)


assert_type(Fulfilment.open(group="g").run(until_idle=True, max_events=3), int)
"""
WRONG = """

def wrong(port: CheckoutPort, customer: Customer) -> None:
    port.orders.publish(customer)
    port.orders.load([customer], load_id="1")
    port.customers.publish({"name": "A"})
    port.order.publish(customer)


class Wrong(OrdersConsumer):
    def on_order(self, order: Customer, event: Event) -> None: ...
"""


def test_the_code_of_users_is_typed(written: dict[str, Path]) -> None:
    folder = written["orders"].parent
    user = folder / "user.py"
    user.write_text(USER)
    assert mypy(user) == ""
    user.write_text(USER + WRONG)
    codes = re.findall(r": error: .*\[(.+)\]$", mypy(user), re.MULTILINE)
    assert codes == ["arg-type", "list-item", "arg-type", "attr-defined", "override"]


def test_black_and_ruff_as_they_come(written: dict[str, Path]) -> None:
    assert tool("black", "--check", "--config=/dev/null", *written.values()) == ""
    assert tool("ruff", "check", "--isolated", "--no-cache", *written.values()) == ""


@pytest.mark.parametrize("name", MODELS)
def test_every_module_is_imported(written: dict[str, Path], name: str) -> None:
    module = packages.load(written[name])
    offered = module("").__all__
    assert all(hasattr(module(""), each) for each in offered)
    for path in written[name].glob("[a-z]*.py"):
        module(path.stem)


# ---------------------------------------------------------- what is in a package


def files(model: Model) -> set[str]:
    return {each.path.name for each in Python().emit(model)}


def test_a_package_has_only_what_its_ports_need() -> None:
    both = {"tables.py", "topics.py", "consumers.py", "handlers.py"}
    always = {
        "__init__.py",
        "py.typed",
        "models.py",
        "testing.py",
        "codec.py",
        "port.py",
        "mapping.py",
        "privacy.py",
    }
    assert files(MODELS["orders"]) == always | both
    assert files(MODELS["only streams"]) == always | both - {"tables.py"}
    assert files(MODELS["only tables"]) == always | {"tables.py"}


def test_files_of_the_user_are_mapping_and_handlers() -> None:
    found = {each.path.name for each in Python().emit(MODELS["orders"]) if each.owner is Owner.USER}
    assert found == {"mapping.py", "handlers.py"}


def test_datasets_offer_what_their_ports_can(written: dict[str, Path], tmp_path: Path) -> None:
    package = packages.load(written["mixed"])("")
    with package.CheckoutPort.open(f"sqlite:{tmp_path}/s.db") as port:
        assert not hasattr(port.orders, "publish")
        assert not hasattr(port.customers, "load")
        port.customers.publish(package.Customer(name="A"))


def test_a_package_for_another_level_of_the_runtime_says_which_to_move(
    written: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert generated.API_LEVEL == RUNTIME_LEVEL
    for level, says in ((RUNTIME_LEVEL - 1, "upgrade portwright-runtime"), (9, "generate the pac")):
        monkeypatch.setattr(generated, "API_LEVEL", level)
        with pytest.raises(ImportError, match=says):
            packages.load(written["orders"])


def test_an_older_runtime_says_so_before_it_lacks_anything(
    written: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generated, "API_LEVEL", RUNTIME_LEVEL - 1)
    monkeypatch.delattr("portwright_runtime.types.AwareTimestamp")
    monkeypatch.delattr("portwright_runtime.avro_write.exact")
    with pytest.raises(IncompatibleRuntime, match="upgrade portwright-runtime"):
        packages.load(written["orders"])


# ------------------------------------------------------------- all the way


def test_rows_like_the_contract_go_from_mapping_to_stream_and_table(
    written: dict[str, Path], tmp_path: Path
) -> None:
    module = packages.load(written["orders"])
    package, order = module(""), module("mapping").order(ROW)
    assert order.class_.value == "trade"
    assert order.lines[0] == package.OrderLines(sku="A", price=Number("1.50"))
    seen: list[Any] = []

    class Fulfilment(package.OrdersConsumer):  # type: ignore[misc, name-defined]  # generated
        def on_order(self, order: Any, event: Any) -> None:
            seen.append((order, event))

    stream, warehouse = f"sqlite:{tmp_path}/s.db", f"duckdb:{tmp_path}/w.duckdb"
    with package.CheckoutPort.open(stream, warehouse) as port:
        port.orders.publish(order)
        assert port.orders.load([order], load_id="2026-11-22").status == "published"
        assert port.orders.load([order], load_id="2026-11-22").status == "unchanged"
    with Fulfilment.open(stream=stream) as fulfilment:
        assert fulfilment.group == "fulfilment"
        assert fulfilment.run(until_idle=True) == 1
    ((read, event),) = seen
    assert read == order
    assert event.key == str(order.order_id).encode()
    assert event.type == "retail.checkout.v1.Order"


def test_keys_and_headers_are_those_of_the_contract(written: dict[str, Path]) -> None:
    module = packages.load(written["keyed"])
    package, topics, stream = module(""), module("topics"), MemoryStream()
    customer = {"ref": "{c}", "email": CANARY}
    with package.CheckoutPort.open(stream) as port:
        row = {"class": "a", "customer": customer}
        port.sales.publish(package.Sale.model_validate({**row, "note": "é"}))
        port.sales.publish(package.Sale.model_validate({**row, "note": None}))
        port.returns.publish(package.Return.model_validate(row))
        port.sales.delete("a", "b")
    first, second, third, deleted = stream.messages
    own = [("x-app", b"shop's"), ("x-of", b"a/{c}:a/{c}")]
    assert first.key == second.key == b'a-"{c}"' and deleted.key == b'a-"b"'
    assert [each for each in first.headers if each[0][:2] == "x-"] == [
        ("x-note", "é".encode()),
        *own,
    ]
    assert [each for each in second.headers if each[0][:2] == "x-"] == own
    assert third.key == f'["{{c}}","{CANARY}","a","{{c}}","a"]'.encode()
    assert CANARY.encode() not in b"".join(value for _, value in third.headers)
    assert topics.SALES_TOPIC.subject == "the-sales" and not topics.SALES_TOPIC.private_key
    assert topics.RETURNS_TOPIC.subject == "returns-value" and topics.RETURNS_TOPIC.private_key
    assert topics.SALES_TOPIC.key_fields == ("class", "customer.ref")


def test_the_scaffolded_handlers_run(
    written: dict[str, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    module = packages.load(written["orders"])
    stream = f"sqlite:{tmp_path}/s.db"
    with module("").CheckoutPort.open(stream) as port:
        port.orders.publish(module("mapping").order(ROW), event_id="e1")
    with caplog.at_level("INFO"), module("handlers").OrdersHandler.open(stream=stream) as handler:
        assert handler.run(until_idle=True) == 1
    assert "orders: event e1" in caplog.text
    assert CANARY not in caplog.text


def test_a_column_that_is_not_there_is_not_taken_for_an_empty_one(written: dict[str, Path]) -> None:
    order = packages.load(written["orders"])("mapping").order
    with pytest.raises(KeyError, match="customer"):
        order({name: value for name, value in ROW.items() if name != "customer"})
    assert order({**ROW, "customer": None, "spare": None}).spare is None


def test_a_classified_key_is_kept_out_of_headers(tmp_path: Path) -> None:
    people = an_object(
        "people",
        "person",
        field("email", String(), classification="restricted"),
        primary_key=("email",),
    )
    package = packages.load(packages.write(a_model(people), tmp_path))("")
    with closing(SqliteLog(tmp_path / "s.db")) as log:
        with package.CheckoutPort.open(log) as port:
            port.people.publish(package.Person(email=CANARY))
        with closing(log.subscribe(["people"], "g")) as subscription:
            (received,) = subscription.poll(1, 0)
    assert received.message.key == CANARY.encode()
    assert CANARY not in str(received.message.headers)
    assert CANARY not in repr(event_of(received))


# ----------------------------------------------------------- other versions


def test_readers_and_writers_of_other_minor_versions_understand_each_other(
    tmp_path: Path,
) -> None:
    def version(number: str, *more: Field) -> Any:
        things = an_object("things", "thing", field("id", Integer()), *more, primary_key=("id",))
        folder = packages.write(a_model(things, version=number), tmp_path / number)
        return packages.load(folder)("")

    old = version("1.0.0", field("colour", String(), False))
    new = version(
        "1.1.0",
        field("colour", String(), False),
        field("weight", Decimal(8, 3), False),
        field("since", Timestamp(), False),
    )
    since = dt.datetime(2026, 11, 22, 9, 30, 1, 5, tzinfo=dt.UTC)
    with closing(SqliteLog(tmp_path / "s.db", partitions=1)) as log:
        with old.CheckoutPort.open(log) as port:
            port.things.publish(old.Thing(id=1, colour="red"))
        with new.CheckoutPort.open(log) as port:
            port.things.publish(new.Thing(id=2, weight=Number("1.500"), since=since))

        assert handled(new, log) == [
            new.Thing(id=1, colour="red"),
            new.Thing(id=2, weight=Number("1.500"), since=since),
        ]
        assert handled(old, log) == [old.Thing(id=1, colour="red"), old.Thing(id=2)]


def test_a_writer_that_does_not_fit_is_an_event_that_cannot_be_decoded(tmp_path: Path) -> None:
    def version(number: str, *fields: Field) -> Any:
        folder = packages.write(
            a_model(an_object("things", "thing", *fields), version=number), tmp_path / number
        )
        return packages.load(folder)("")

    old = version("1.0.0", field("id", String()))
    new = version("1.1.0", field("id", Integer()))
    with closing(SqliteLog(tmp_path / "s.db")) as log:
        with old.CheckoutPort.open(log) as port:
            port.things.publish(old.Thing(id=CANARY), event_id="e1")
        with pytest.raises(UndecodableEvent, match="event e1: checkout") as caught:
            handled(new, log)
    assert CANARY not in str(caught.value)


def handled(package: Any, log: SqliteLog) -> list[Any]:
    """What a consumer of that version is given of the topic."""
    seen: list[Any] = []

    class Things(package.ThingsConsumer):  # type: ignore[misc]  # generated
        on_failure = "stop"

        def on_thing(self, thing: Any, event: Any) -> None:
            seen.append(thing)

    Things.open(group=str(id(package)), stream=log).run(until_idle=True)
    return seen
