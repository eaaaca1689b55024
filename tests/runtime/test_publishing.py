"""Publishing through a port: checked, keyed, described, and never lost without a word."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from portwright_runtime import (
    ClosedError,
    ContractViolation,
    DeliveryError,
    MemoryStream,
    StreamError,
)
from portwright_runtime.delivery import Delivery
from portwright_runtime.event_ids import new_event_id
from portwright_runtime.memory_stream import PlainRegistry
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.stream import Message, Position, Received, Subscription
from portwright_runtime.wire import Wire
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shoe, ShoesConsumer

CANARY = "canary-7f3a"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path}/stream.db"


def stored(url: str, topic: str = "cobbler.shoes") -> list[Received]:
    found: list[Received] = []
    with (
        closing(SqliteLog(Path(url.removeprefix("sqlite:")))) as log,
        closing(log.subscribe([topic], "reader")) as subscription,
    ):
        while batch := subscription.poll(1000, 0):
            found += batch
    return found


def test_a_published_record_is_an_event_with_all_that_readers_need(url: str) -> None:
    before = datetime.now(UTC)
    with CobblerPort.open(url) as port:
        delivery = port.shoes.publish(Shoe(sku="A/1 é", size=42))
        assert delivery.result(timeout=0).topic == "cobbler.shoes"
    (received,) = stored(url)
    message, headers = received.message, dict(received.message.headers)
    assert received.position == delivery.result()
    assert message.key == "A/1 é".encode()
    assert message.value == b'{"sku":"A/1 \xc3\xa9","size":42,"owner":""}'
    assert headers.pop("__value_schema_id") == b"\x01" + SHOES_TOPIC.schema.guid
    assert headers.pop("ce_id").count(b"-") == 4
    assert before <= datetime.fromisoformat(headers.pop("ce_time").decode()) <= datetime.now(UTC)
    fingerprint = SHOES_TOPIC.schema.fingerprint.encode()
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_source": b"/cobbler",
        "ce_type": b"craft.cobbler.v1.Shoe",
        "ce_subject": "A/1 é".encode(),
        "ce_dataschema": b"urn:portwright:cobbler:1.0.0:shoes#" + fingerprint,
        "content-type": b"application/avro",
    }


def test_the_id_of_an_event_may_be_the_callers(url: str) -> None:
    with CobblerPort.open(url) as port:
        port.shoes.publish(Shoe(sku="A", size=42), event_id="outbox-17")
    (received,) = stored(url)
    assert dict(received.message.headers)["ce_id"] == b"outbox-17"


def test_a_classified_key_is_in_no_header(url: str) -> None:
    with CobblerPort.open(url) as port:
        port.owners.publish(Shoe(sku="A", size=42, owner=CANARY))
    (received,) = stored(url, "cobbler.owners")
    assert received.message.key == CANARY.encode()
    assert CANARY not in str(received.message.headers)


def test_many_records_are_published_in_order(url: str) -> None:
    with CobblerPort.open(url) as port:
        count = port.shoes.publish_all(
            Shoe(sku=str(number % 3), size=1 + number % 50) for number in range(1201)
        )
    assert count == len(stored(url)) == 1201


def test_many_records_end_at_the_first_that_breaks_the_contract(url: str) -> None:
    def records() -> Iterator[Shoe]:
        for number in range(700):
            yield Shoe(sku=str(number), size=1)
        yield Shoe.model_construct(sku=CANARY, size=0)
        raise AssertionError("nobody asks for more")

    with CobblerPort.open(url) as port, pytest.raises(ContractViolation) as caught:
        port.shoes.publish_all(records())
    assert caught.value.__notes__ == ["that was record 701; those before it are sent"]
    assert len(stored(url)) == 700


def test_what_a_broken_source_gave_before_is_sent(url: str) -> None:
    def records() -> Iterator[Shoe]:
        yield Shoe(sku="A", size=1)
        raise OSError("the source is away")

    with CobblerPort.open(url) as port, pytest.raises(OSError, match="the source is away"):
        port.shoes.publish_all(records())
    assert len(stored(url)) == 1


def test_records_that_are_large_go_in_smaller_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portwright_runtime.publisher._BATCH_BYTES", 100)
    stream = Slow()
    with CobblerPort.open(stream) as port:
        assert port.shoes.publish_all(Shoe(sku="x" * 60, size=1) for _ in range(5)) == 5
    assert stream.lots == [2, 2, 1]


def test_hostile_names_make_uris_and_nothing_else() -> None:
    topic = replace(SHOES_TOPIC, contract="../{{ x }}:é", version="1.0.0\n--", object="a#b")
    assert topic.source == "/..%2F%7B%7B%20x%20%7D%7D%3A%C3%A9"
    name, _, fingerprint = topic.dataschema.partition("#")
    assert name == "urn:portwright:..%2F%7B%7B%20x%20%7D%7D%3A%C3%A9:1.0.0%0A--:a%23b"
    assert fingerprint == topic.schema.fingerprint


def test_a_record_that_breaks_the_contract_is_not_sent_whoever_made_it(url: str) -> None:
    broken = Shoe.model_construct(sku="A", size=99, owner=CANARY * 9)
    with CobblerPort.open(url) as port:
        with pytest.raises(ContractViolation) as caught:
            port.shoes.publish(broken)
        assert str(caught.value) == (
            "cobbler 1.0.0, shoes: size: Input should be less than or equal to 60 (and 1 more)"
        )
        assert (caught.value.path, caught.value.object) == ("size", "shoes")
        with pytest.raises(ContractViolation) as second:
            port.shoes.publish(broken.model_copy(update={"size": 40}))
        assert "shoes: owner: String should have at most 40" in str(second.value)
        port.shoes.publish(Shoe(sku="B", size=40))
    assert CANARY not in str(caught.value) + repr(caught.value) + repr(second.value)
    assert [each.message.key for each in stored(url)] == [b"B"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "make",
    [
        lambda shoe: Shoe.model_construct(sku="A", size=99),
        lambda shoe: Shoe.construct(sku="A", size=99),
        lambda shoe: shoe.model_copy(update={"size": 99}),
        lambda shoe: shoe.copy(update={"size": 99}),
        lambda shoe: copy.copy(shoe.model_copy(update={"size": 99})),
        lambda shoe: copy.deepcopy(shoe.model_copy(update={"size": 99})),
        lambda shoe: pickle.loads(pickle.dumps(Shoe.model_construct(sku="A", size=99))),
    ],
)
def test_no_record_goes_out_unchecked(url: str, make: Callable[[Shoe], Shoe]) -> None:
    with CobblerPort.open(url) as port, pytest.raises(ContractViolation, match="size"):
        port.shoes.publish(make(Shoe(sku="A", size=1)))
    assert stored(url) == []


def test_event_ids_are_of_version_7_and_grow_with_time() -> None:
    ids = [new_event_id() for _ in range(2000)]
    assert len({*ids}) == 2000
    for each in map(UUID, ids):
        assert (each.version, each.variant) == (7, RFC_4122)
    assert [str(UUID(each)) for each in ids] == ids
    times = [UUID(each).int >> 80 for each in ids]
    assert times == sorted(times)
    assert abs(times[-1] / 1000 - time.time()) < 60


def test_a_record_of_another_type_is_refused_by_its_type(url: str) -> None:
    with CobblerPort.open(url) as port:
        for other in ({"sku": CANARY, "size": 1}, None, CANARY):
            with pytest.raises(ContractViolation) as caught:
                port.shoes.publish(other)  # type: ignore[arg-type]  # that is the point
            expected = f"cobbler 1.0.0, shoes: expected Shoe, got {type(other).__name__}"
            assert str(caught.value) == expected


def test_an_encoder_that_fails_tells_no_value(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(shoe: Shoe) -> bytes:
        raise ValueError(shoe.owner)

    monkeypatch.setitem(SHOES_TOPIC.__dict__, "encode", fail)
    with CobblerPort.open(url) as port, pytest.raises(ContractViolation) as caught:
        port.shoes.publish(Shoe(sku="A", size=1, owner=CANARY))
    assert str(caught.value) == "cobbler 1.0.0, shoes: cannot be encoded (ValueError)"


def test_after_close_publishing_is_an_error(url: str) -> None:
    with CobblerPort.open(url) as port:
        port.shoes.publish(Shoe(sku="A", size=1))
    with pytest.raises(ClosedError, match="the port is closed"):
        port.shoes.publish(Shoe(sku="A", size=1))
    port.close()


def test_a_stream_that_was_given_stays_open(tmp_path: Path) -> None:
    with closing(SqliteLog(tmp_path / "s.db")) as log:
        with CobblerPort.open(log) as port:
            port.shoes.publish(Shoe(sku="A", size=1))
        log.flush()
        with CobblerPort.open(log) as port:
            assert port.shoes.publish(Shoe(sku="A", size=1)).result().offset == 1


def test_a_port_opens_nothing_that_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORTWRIGHT_STREAM", raising=False)
    with CobblerPort.open() as port:
        port.flush()
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------- a stream that acknowledges later


class Slow:
    """A broker's client: acknowledges when it is told to."""

    wire = Wire(PlainRegistry(), "header")

    def __init__(self) -> None:
        self.sent: list[tuple[Message, Delivery]] = []
        self.closed = False
        self.lots: list[int] = []
        self.when_flushed: Exception | None = None

    def send(self, message: Message) -> Delivery:
        delivery = Delivery()
        self.sent.append((message, delivery))
        return delivery

    def send_all(self, messages: Sequence[Message]) -> Sequence[Delivery]:
        self.lots.append(len(messages))
        return [self.send(each) for each in messages]

    def flush(self, timeout: float | None = None) -> None:
        if timeout is not None:
            return
        for number, (message, delivery) in enumerate(self.sent):
            if delivery.done():
                continue
            if self.when_flushed is None:
                delivery.set_result(Position(message.topic, 0, number))
            else:
                delivery.set_exception(self.when_flushed)

    def subscribe(self, topics: Iterable[str], group: str) -> Subscription:
        raise AssertionError("nobody reads here")

    def close(self) -> None:
        self.closed = True


def test_close_waits_for_acknowledgements() -> None:
    stream = Slow()
    with CobblerPort.open(stream) as port:
        delivery = port.shoes.publish(Shoe(sku="A", size=1))
        assert not delivery.done()
    assert delivery.result(timeout=0) == Position("cobbler.shoes", 0, 0)


def test_close_names_what_was_not_delivered_though_nobody_held_the_handle() -> None:
    stream = Slow()
    stream.when_flushed = StreamError("the broker is away")
    port = CobblerPort.open(stream)
    port.shoes.publish(Shoe(sku=CANARY, size=1), event_id="e1")
    port.shoes.publish(Shoe(sku=CANARY, size=2), event_id="e2")
    with pytest.raises(DeliveryError) as caught:
        port.close()
    assert str(caught.value) == "2 not delivered (the broker is away): event e1, e2"
    assert caught.value.event_ids == ("e1", "e2")


def test_a_failure_between_flushes_is_told_at_the_next_and_once() -> None:
    stream = Slow()
    port = CobblerPort.open(stream)
    port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
    stream.sent[0][1].set_exception(StreamError("too large"))
    with pytest.raises(DeliveryError, match=r"1 not delivered \(too large\): event e1"):
        port.flush()
    port.flush()
    port.close()


def test_flush_with_a_timeout_names_what_is_still_on_its_way() -> None:
    stream = Slow()
    port = CobblerPort.open(stream)
    port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
    with pytest.raises(DeliveryError, match=r"no acknowledgement in time\): event e1"):
        port.flush(timeout=0.01)
    port.close()


def test_what_was_sent_before_an_interruption_is_not_forgotten() -> None:
    class Interrupted(Slow):
        def send_all(self, messages: Sequence[Message]) -> Iterator[Delivery]:
            for number, each in enumerate(messages):
                if number == 2:
                    raise KeyboardInterrupt
                yield self.send(each)

    stream = Interrupted()
    stream.when_flushed = StreamError("away")
    port = CobblerPort.open(stream)
    with pytest.raises(KeyboardInterrupt):
        port.shoes.publish_all(Shoe(sku=str(n), size=1) for n in range(5))
    with pytest.raises(DeliveryError, match="2 not delivered"):
        port.close()


@pytest.mark.parametrize(
    ("key", "path", "told"),
    [
        ((None,), "sku", "valid string"),
        ((7,), "sku", "valid string"),
        (("a\udcff",), "", "no UTF-8 form"),
        (("A", "B"), "", "its key is: sku"),
        ((), "", "its key is: sku"),
    ],
)
def test_a_key_that_no_record_has_is_refused(key: tuple[Any, ...], path: str, told: str) -> None:
    stream = Slow()
    port = CobblerPort.open(stream)
    with pytest.raises(ContractViolation, match=told) as caught:
        port.shoes.delete(*key)
    assert caught.value.path == path
    assert stream.sent == []
    port.close()


def test_a_message_shows_nothing_of_its_record() -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku=CANARY, size=1, owner=CANARY))
    assert CANARY not in repr(stream.messages)


def test_an_error_inside_with_is_the_one_to_see_and_the_port_is_closed() -> None:
    stream = Slow()
    stream.when_flushed = StreamError("the broker is away")
    with pytest.raises(ZeroDivisionError) as caught, CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
        _ = 1 / 0
    assert caught.value.__notes__ == [
        "closing the port failed too: 1 not delivered (the broker is away): event e1"
    ]
    with pytest.raises(ClosedError):
        port.shoes.publish(Shoe(sku="A", size=1))


def test_a_base_class_of_consumers_cannot_be_opened() -> None:
    with pytest.raises(TypeError, match="on_shoe"):
        ShoesConsumer.open()
