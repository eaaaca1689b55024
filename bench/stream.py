"""Publishing to and consuming from Kafka through a port, beside a producer and a consumer written
by hand; the outbox and its relay on PostgreSQL; and memory over a million records.

The broker, the registry and the database are started by this run. Each side by turns, five times;
the median counts.
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from checkout import database
from checkout_port import CheckoutPort, mapping, topics
from checkout_port.consumers import OrdersConsumer

from bench import by_hand
from portwright_runtime import open_stream
from portwright_runtime.generated import Event, Outlets, Route, StreamDataset, routed
from portwright_runtime.outbox_engines import PostgresStore
from portwright_runtime.relay import Relay
from portwright_runtime.relay_worker import Settings
from support import kafka, outbox, postgres, registry

COUNT = int(os.environ.get("PORTWRIGHT_BENCH_COUNT", "50000"))
MANY = int(os.environ.get("PORTWRIGHT_BENCH_MANY", "1000000"))
ROUNDS = 5


def port_on(topic: str) -> Any:
    """The sample's port with its orders on another topic."""
    moved = replace(topics.ORDERS_TOPIC, name=topic, subject=f"{topic}-value")

    class Port(CheckoutPort):
        def __init__(self, outlets: Outlets) -> None:
            super(CheckoutPort, self).__init__(outlets)
            self.orders = StreamDataset(outlets, moved)  # type: ignore[assignment]

    class Consumer(OrdersConsumer):
        routes = routed(Route(moved, "on_order", "on_order_deleted"))
        seen = 0

        def on_order(self, order: Any, event: Event) -> None:
            self.seen += 1

    return Port, Consumer


def timed(call: Callable[[], None]) -> float:
    # No service holds all of its records at once, as this process does: the collector would look
    # at them again and again, for both sides.
    gc.collect()
    gc.freeze()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def plain(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "status": str(values["status"]), "attributes": dict(values["attributes"])}


def publish_and_consume(broker: kafka.Broker, schemas: registry.Registry) -> None:
    """Prints records a second of both sides, and the ratios."""
    source = database.connect(":memory:")
    database.fill(source, COUNT)
    rows = list(database.paid_baskets(source))
    orders = [mapping.order(*each) for each in rows]
    hand = [by_hand.Order.model_validate(plain(each.model_dump())) for each in orders]
    figures: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        topic = broker.topic(f"bench-{number}", partitions=4)
        schemas.register(f"{topic}-value", {"schema": topics.ORDERS_TOPIC.schema.text})
        port_class, consumer_class = port_on(topic)

        def ours(port_class: Any = port_class) -> None:
            with port_class.open(broker.url) as port:
                for each in orders:
                    port.orders.publish(each)

        def theirs(topic: str = topic) -> None:
            text = topics.ORDERS_TOPIC.schema.text
            producer = by_hand.OrderProducer(broker.bootstrap, schemas.url, topic, text)
            for each in hand:
                producer.publish(each)
            producer.close()

        def we_read(consumer_class: Any = consumer_class) -> None:
            with consumer_class.open(stream=broker.url) as consumer:
                consumer.run(max_events=2 * COUNT)

        def they_read(topic: str = topic) -> None:
            reader = by_hand.OrderConsumer(broker.bootstrap, schemas.url, topic, "hand")
            reader.run(2 * COUNT, lambda order: None)

        sides = [("publish, port", ours), ("publish, by hand", theirs)]
        for name, call in sides if number % 2 else reversed(sides):
            figures.setdefault(name, []).append(COUNT / timed(call))
        readers = [("consume, port", we_read), ("consume, by hand", they_read)]
        for name, call in readers if number % 2 else reversed(readers):
            figures.setdefault(name, []).append(2 * COUNT / timed(call))
    for what in ("publish", "consume"):
        port, by = (statistics.median(figures[f"{what}, {side}"]) for side in ("port", "by hand"))
        print(f"{what:<10} port {port:8.0f}/s   by hand {by:8.0f}/s   ratio {port / by:.2f}")


def relay(broker: kafka.Broker, folder: Path) -> None:
    """Prints how fast events are enqueued and relayed, and how late they are."""
    programs = postgres.binaries()
    if programs is None:
        print("no PostgreSQL server is installed: the outbox is not measured")
        return
    source = database.connect(":memory:")
    database.fill(source, COUNT)
    orders = [mapping.order(*each) for each in database.paid_baskets(source)]
    os.environ["PORTWRIGHT_REGISTRY"] = "none"
    topic = broker.topic("bench-outbox", partitions=4)
    port_class, consumer_class = port_on(topic)
    with postgres.running(programs) as dsn, closing(open_stream(broker.url)) as stream:
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute(outbox.ddl("postgres"))
        with port_class.open(broker.url) as port, psycopg.connect(dsn) as service:

            def enqueue() -> None:
                for each in orders:
                    port.orders.enqueue(service, each)
                    service.commit()

            def insert() -> None:
                for _ in orders:
                    service.execute("INSERT INTO plain (value) VALUES (%s)", (b"x" * 150,))
                    service.commit()

            service.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, value bytea)")
            rate, bare = COUNT / timed(enqueue), COUNT / timed(insert)
            print(f"enqueue    {rate:8.0f}/s, a transaction each; a bare INSERT {bare:8.0f}/s")
            opener = lambda worker: PostgresStore(dsn, "portwright_outbox")  # noqa: E731
            once = timed(lambda: Relay(opener, stream, Settings(workers=2)).run(once=True))
            print(f"relay      {COUNT / once:8.0f}/s, 2 workers")
            latencies(port, service, opener, stream, consumer_class, orders[:1000], broker)


def latencies(
    port: Any, service: Any, opener: Any, stream: Any, consumer_class: Any, orders: Any, broker: Any
) -> None:
    """Prints the time from the commit of an event to its handler."""
    late: list[float] = []
    committed: dict[str, float] = {}

    class Watch(consumer_class):  # type: ignore[misc]
        def on_order(self, order: Any, event: Event) -> None:
            self.seen += 1
            now = time.perf_counter()
            if event.id in committed:
                late.append(now - committed[event.id])

    running = Relay(opener, stream, Settings(workers=2))
    watch = Watch.open(stream=broker.url)
    threads = [threading.Thread(target=running.run), threading.Thread(target=watch.run)]
    for each in threads:
        each.start()
    while watch.seen < COUNT:  # what was relayed before
        time.sleep(0.05)
    for each in orders:
        event_id = port.orders.enqueue(service, each)
        committed[event_id] = time.perf_counter()
        service.commit()
        time.sleep(0.005)
    deadline = time.monotonic() + 30
    while len(late) < len(orders) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.stop()
    watch.stop()
    for each in threads:
        each.join()
    watch.close()
    late.sort()
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    print(f"commit to handler: p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms ({len(late)} events)")


def memory(broker: kafka.Broker) -> None:
    """Prints the most memory of this process after a tenth of the records, and after all."""
    topic = broker.topic("bench-memory", partitions=4)
    port_class, consumer_class = port_on(topic)
    source = database.connect(":memory:")
    database.fill(source, 1000)
    orders = [mapping.order(*each) for each in database.paid_baskets(source)]
    peaks: list[float] = []
    with port_class.open(broker.url) as port:
        for part in range(10):
            for n in range(MANY // 10):
                port.orders.publish(orders[n % 1000])
            peaks.append(peak())
            del part
    told = f"after {MANY // 10:,} {peaks[0]:.0f} MiB, after {MANY:,} {peaks[-1]:.0f} MiB"
    print(f"peak memory of a publishing process: {told}")

    class Watched(consumer_class):  # type: ignore[misc]
        early = 0.0

        def on_order(self, order: Any, event: Event) -> None:
            super().on_order(order, event)
            if self.seen == MANY // 10:
                self.early = peak()

    with Watched.open(stream=broker.url) as consumer:
        consumer.run(max_events=MANY)
    told = f"after {MANY // 10:,} {consumer.early:.0f} MiB, after {MANY:,} {peak():.0f} MiB"
    print(f"of the same process as it consumes: {told}")


def peak() -> float:
    """The most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def lines() -> None:
    """Prints what is written by hand, before and after."""
    folder = Path(__file__).parents[1]
    before = len((folder / "bench" / "by_hand.py").read_text().splitlines())
    sample = folder / "samples" / "checkout" / "src" / "checkout_port"
    after = len((sample / "handlers.py").read_text().splitlines())
    print(f"lines for one event: by hand {before} (bench/by_hand.py), with a port: one to publish,")
    print(
        f"and the handlers of two ({after} lines, samples/checkout/src/checkout_port/handlers.py)"
    )


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(kafka.private(folder / "kafka"))
        if "memory" in sys.argv:
            os.environ["PORTWRIGHT_REGISTRY"] = "none"
            memory(broker)
            return
        schemas = stack.enter_context(registry.running())
        os.environ["PORTWRIGHT_REGISTRY"] = schemas.url
        publish_and_consume(broker, schemas)
        relay(broker, folder)
    lines()


main()
