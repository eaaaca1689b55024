"""Packages whose values are Protobuf: typed, formatted, and at work on a stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portwright.model import Integer, Model, String
from portwright.targets.python import Python
from portwright_runtime import ContractViolation, MemoryStream
from support import models, packages, travel
from support.models import a_model, an_object, enum, field
from support.tools import mypy, tool

MODELS = {
    "all types": travel.numbered(models.all_types_model()),
    "nested": travel.numbered(models.nested_model()),
}
PROTOBUF = Python(wire="protobuf")


@pytest.mark.parametrize("name", MODELS)
def test_what_tools_say(name: str, tmp_path: Path) -> None:
    folder = packages.write(MODELS[name], tmp_path / "p", PROTOBUF)
    assert tool("black", "--check", "--config=/dev/null", folder) == ""
    assert tool("ruff", "check", "--isolated", "--no-cache", folder) == ""
    assert mypy(folder) == ""


def orders(*statuses: str, **more: Any) -> Model:
    status = enum("orders", "status", values=statuses)
    fields = [field("id", Integer()), field("status", status)]
    if more.get("note"):
        fields.append(field("note", String(), False))
    return travel.numbered(a_model(an_object("orders", "order", *fields, primary_key=("id",))))


def consumed(package: Any, stream: MemoryStream) -> list[Any]:
    seen: list[Any] = []

    class Kept(package("consumers").OrdersConsumer):  # type: ignore[misc]  # generated
        on_failure = "stop"

        def on_order(self, order: Any, event: Any) -> None:
            seen.append(order)

    Kept.open(stream=stream).run(until_idle=True)
    return seen


def test_events_say_what_they_are_and_are_read(tmp_path: Path) -> None:
    package = packages.load(packages.write(orders("OPEN", "DONE"), tmp_path, PROTOBUF))
    stream = MemoryStream()
    with package("").CheckoutPort.open(stream) as port:
        port.orders.publish(package("").Order(id=0, status="OPEN"))
    headers = dict(stream.messages[0].headers)
    assert headers["content-type"] == b"application/protobuf"
    assert headers["__value_schema_id"][-1:] == b"\x00"  # the first message of its file
    assert consumed(package, stream) == [package("").Order(id=0, status="OPEN")]


def test_newer_and_older_writers_are_read(tmp_path: Path) -> None:
    old = packages.load(packages.write(orders("OPEN"), tmp_path / "old", PROTOBUF))
    new = packages.load(
        packages.write(orders("OPEN", "HELD", note=True), tmp_path / "new", PROTOBUF)
    )
    stream = MemoryStream()
    with new("").CheckoutPort.open(stream) as port:
        port.orders.publish(new("").Order(id=1, status="HELD", note="x"))
    (read,) = consumed(old, stream)
    assert read.status is old("models").OrderStatus.UNKNOWN
    other = MemoryStream()
    with old("").CheckoutPort.open(other) as port:
        port.orders.publish(old("").Order(id=1, status="OPEN"))
        with pytest.raises(ContractViolation, match="it is read, and never written"):
            port.orders.publish(read)
    assert consumed(new, other) == [new("").Order(id=1, status="OPEN")]
