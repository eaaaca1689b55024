"""What generated packages stand on. Only they import this module.

`API_LEVEL` moves when a package generated before would no longer work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import deprecated

from portwright_runtime import arrow
from portwright_runtime.async_port import (
    AsyncDataset,
    AsyncPort,
    AsyncStreamDataset,
    AsyncTableDataset,
)
from portwright_runtime.batch_consumer import BatchConsumer, Item
from portwright_runtime.both import BothDataset, BothPorts, BothStreams, BothTables
from portwright_runtime.consumer import Consumer
from portwright_runtime.delivery import Delivery
from portwright_runtime.deprecation import Deprecation
from portwright_runtime.dispatch import Route, routed
from portwright_runtime.errors import IncompatibleRuntime
from portwright_runtime.keys import header_values
from portwright_runtime.memory_stream import MemoryStream
from portwright_runtime.persons import Person
from portwright_runtime.port import Dataset, Outlets, Port, StreamDataset, TableDataset
from portwright_runtime.schema import Schema
from portwright_runtime.service_level import ServiceLevel
from portwright_runtime.stream import Event
from portwright_runtime.topic import Topic
from portwright_runtime.version import __version__
from portwright_runtime.warehouse import Check, Column, Dialect, Measure, Table

__all__ = [
    "API_LEVEL",
    "AsyncDataset",
    "AsyncPort",
    "AsyncStreamDataset",
    "AsyncTableDataset",
    "BatchConsumer",
    "BothDataset",
    "BothPorts",
    "BothStreams",
    "BothTables",
    "Check",
    "Column",
    "Consumer",
    "Dataset",
    "Delivery",
    "Deprecation",
    "Dialect",
    "Event",
    "Item",
    "Measure",
    "MemoryStream",
    "Outlets",
    "Person",
    "Port",
    "Route",
    "Schema",
    "ServiceLevel",
    "StreamDataset",
    "Table",
    "TableDataset",
    "Topic",
    "arrow",
    "deprecated",
    "header_values",
    "requires",
    "routed",
]

API_LEVEL = 3


def requires(level: int) -> int:
    """`level`, if packages of that level run on this runtime, else raises IncompatibleRuntime."""
    installed = f"portwright-runtime {__version__} offers level {API_LEVEL}"
    if level > API_LEVEL:
        raise IncompatibleRuntime(
            f"this package was generated for runtime level {level}, and {installed}: "
            "upgrade portwright-runtime, with `pip install --upgrade portwright-runtime`"
        )
    if level < API_LEVEL:
        raise IncompatibleRuntime(
            f"this package was generated for runtime level {level}, and {installed}: "
            "generate the package again with the portwright of today, with "
            "`pip install --upgrade portwright`, `portwright upgrade` and `portwright generate`"
        )
    return level


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # A package imports names before it can call `requires`: what is missing here is
        # a mismatch of the two, not a bug of the package.
        if name.startswith("__"):
            raise AttributeError(name)
        raise IncompatibleRuntime(
            f"this package needs `{name}`, which portwright-runtime {__version__} "
            f"(level {API_LEVEL}) does not have: upgrade portwright-runtime, or generate the "
            "package again if it is the older of the two"
        )
