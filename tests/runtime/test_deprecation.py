"""Who opens what is deprecated is warned: once, at the line that opens it."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portwright.model.deprecation import marked
from portwright_runtime import deprecation
from portwright_runtime.deprecation import Deprecation
from portwright_runtime.memory_stream import MemoryStream
from support import packages
from support.changes import contract, held, model

ENDS = """\
slaProperties:
  - {property: endOfSupport, value: 2999-01-31}
  - {property: endOfSupport, value: 2001-12-31, element: orders.x}
"""
SECOND = (
    "  - {name: refunds, properties: [{name: id, logicalType: string, primaryKey: true},"
    " {name: note, logicalType: string, deprecated: true}]}\n"
)
GONE = held("string", ", deprecated: true")
CONTRACT = "the contract shop 1.0.0 is deprecated, and supported until 2999-01-31"
OBJECT = "`orders` of shop 1.0.0 is deprecated, and supported until 2999-01-31"
PROPERTY = "`orders.x` of shop 1.0.0 is deprecated, and its support ended on 2001-12-31"
NOTE = "`refunds.note` of shop 1.0.0 is deprecated"
NOTE_UNTIL = f"{NOTE}, and supported until 2999-01-31"


def package(root: Path, text: str) -> Callable[[str], Any]:
    return packages.load(packages.write(marked(model(text)), root))


def told(opens: Callable[[], object]) -> list[str]:
    """The warnings of opening something, each at the line of `opens`."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        opens()
    assert {each.category for each in found} <= {DeprecationWarning}
    assert {each.filename for each in found} <= {__file__}
    return [str(each.message) for each in found]


@pytest.mark.parametrize(
    ("top", "of_object", "property_", "second", "expected"),
    [
        ("", "", held("string"), "", []),
        ("status: deprecated\n" + ENDS, "deprecated: true", GONE, SECOND, [CONTRACT]),
        (ENDS, "deprecated: true", GONE, SECOND, [OBJECT, NOTE_UNTIL]),
        (ENDS, "", GONE, "", [PROPERTY]),
        ("", "", held("string"), SECOND, [NOTE]),
    ],
)
def test_a_port_warns_when_it_is_opened(
    tmp_path: Path, top: str, of_object: str, property_: str, second: str, expected: list[str]
) -> None:
    module = package(tmp_path, contract(top, of_object, property_) + second)
    port, asynchronous = (getattr(module("port"), name) for name in ("ShopPort", "AsyncShopPort"))
    assert told(lambda: port.open(MemoryStream()).close()) == expected
    assert told(lambda: asyncio.run(asynchronous.open(MemoryStream()).close())) == expected


def test_consumers_warn_of_what_they_read(tmp_path: Path) -> None:
    module = package(tmp_path, contract(ENDS, "deprecated: true", GONE) + SECOND)
    consumers = module("consumers")

    class Orders(consumers.OrdersConsumer):  # type: ignore[misc, name-defined]
        def on_order(self, order: Any, event: Any) -> None: ...

    class Refunds(consumers.RefundsBatchConsumer):  # type: ignore[misc, name-defined]
        def on_refund_batch(self, items: Any) -> None: ...

    class Both(consumers.ShopPortConsumer):  # type: ignore[misc, name-defined]
        def on_order(self, order: Any, event: Any) -> None: ...
        def on_refund(self, refund: Any, event: Any) -> None: ...

    stream = MemoryStream()
    assert told(lambda: Orders.open(stream=stream)) == [OBJECT]
    assert told(lambda: Refunds.open(stream=stream)) == [NOTE_UNTIL]
    assert sorted(told(lambda: Both.open(stream=stream))) == sorted([OBJECT, NOTE_UNTIL])


def test_the_warning_follows_the_day() -> None:
    that = Deprecation("`orders` of shop 1.0.0", "2027-01-31")
    assert that.told(date(2027, 1, 31)).endswith(" is deprecated, and supported until 2027-01-31")
    assert that.told(date(2027, 2, 1)).endswith(" and its support ended on 2027-01-31")
    assert Deprecation("x").told(date(2027, 2, 1)) == "x is deprecated"


def test_what_is_deprecated_of_all_bases_is_told_once() -> None:
    class A:
        _deprecations = (Deprecation("a"), Deprecation("all"))

    class B:
        _deprecations = (Deprecation("b"), Deprecation("all"))

    class Both(A, B):
        pass

    def opens() -> None:
        deprecation.warn_of(Both, date(2027, 1, 1))

    assert sorted(told(lambda: opens())) == [f"{each} is deprecated" for each in ("a", "all", "b")]


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    name = 'shop"); import os  # \\ {x}'
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    module = package(tmp_path, contract(f'name: "{quoted}"\nstatus: deprecated\n'))
    [port] = [each for key, each in vars(module("port")).items() if key.startswith("Shop")]
    assert port.__deprecated__ == f"the contract {name} 1.0.0 is deprecated"
    warned = told(lambda: port.open(MemoryStream()).close())
    assert warned == [f"the contract {name} 1.0.0 is deprecated"]
