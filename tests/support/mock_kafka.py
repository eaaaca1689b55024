"""librdkafka's mock cluster: brokers in this process, for quick tests, that fail when told to."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import confluent_kafka
from confluent_kafka import Producer

# Kafka's numbers of requests (kafka.apache.org/protocol, "Api Keys").
PRODUCE = 0
FETCH = 1


@dataclass
class MockKafka:
    """The cluster, by its address."""

    bootstrap: str
    _owner: Producer = field(repr=False)

    @property
    def url(self) -> str:
        """The address as a port's stream is named by."""
        return f"kafka://{self.bootstrap}"

    def fail(self, request: int, *errors: int) -> None:
        """Has the next requests of that number answered with these errors, one each."""
        library = _library()
        cluster = library.rd_kafka_handle_mock_cluster(_handle(self._owner))
        codes = (ctypes.c_int * len(errors))(*errors)
        push = library.rd_kafka_mock_push_request_errors_array
        push(ctypes.c_void_p(cluster), ctypes.c_int16(request), len(errors), codes)


@contextmanager
def running(brokers: int = 1) -> Iterator[MockKafka]:
    """A fresh cluster."""
    owner = Producer({"test.mock.num.brokers": brokers, "log_level": 0})
    known = owner.list_topics(timeout=10).brokers.values()
    yield MockKafka(",".join(f"{each.host}:{each.port}" for each in known), owner)
    owner.flush(1)


def _library() -> ctypes.CDLL:
    """The librdkafka that the wheel brings, which this process has loaded already."""
    folder = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    (found,) = folder.glob("librdkafka*.so*")
    library = ctypes.CDLL(str(found))
    library.rd_kafka_handle_mock_cluster.restype = ctypes.c_void_p
    library.rd_kafka_handle_mock_cluster.argtypes = [ctypes.c_void_p]
    return library


def _handle(producer: Producer) -> int:
    """The address of the client's `rd_kafka_t`: the first member behind the head of its object."""
    head = object.__basicsize__
    return ctypes.c_void_p.from_address(id(producer) + head).value or 0
