"""One order to Avro and back: the generated codec beside fastavro and confluent's serializer.

All three take turns in one process and write the same bytes (confluent's after its five of
header). fastavro's reader and confluent's deserializer stop at a dict; ours is a validated record.
"""

from __future__ import annotations

import datetime
import json
import timeit
import uuid
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import fastavro
from checkout_port import Order
from checkout_port.codec import ORDER_SCHEMA, decode_order, encode_order
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from portwright_runtime.record import validated

ROUNDS, CALLS = 15, 2_000

ORDER: dict[str, Any] = {
    "order_id": uuid.UUID("6f1c0f4e-6d0a-4f7c-9d29-0d9c1c9f2b11"),
    "status": "PLACED",
    "placed_at": datetime.datetime(2026, 11, 22, 9, 30, 15, 250_000, tzinfo=datetime.UTC),
    "customer": {"customer_id": 10_293, "email": "reader@example.org"},
    "currency": "EUR",
    "total": Decimal("129.90"),
    "lines": [
        {"sku": f"SKU-{n}00", "quantity": n, "unit_price": Decimal("21.65"), "discount": None}
        for n in (1, 2, 3)
    ],
    "gift_message": "Happy birthday!",
    "attributes": {"campaign": "autumn", "channel": "web"},
}


def measured(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds a call, the best of rounds in which every task has its turn."""
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            best[name] = min(best[name], timeit.timeit(task, number=CALLS) / CALLS * 1e6)
    return best


def main() -> None:
    """Prints microseconds, and the ratio of each peer to ours."""
    record = Order.model_validate(ORDER)
    schema = fastavro.parse_schema(json.loads(ORDER_SCHEMA))
    registry = SchemaRegistryClient.new_client({"url": "mock://bench"})
    serializer = AvroSerializer(registry, ORDER_SCHEMA)
    deserializer = AvroDeserializer(registry, ORDER_SCHEMA)
    context = SerializationContext("orders", MessageField.VALUE)

    def write_with_fastavro() -> bytes:
        target = BytesIO()
        fastavro.schemaless_writer(target, schema, ORDER)
        return target.getvalue()

    data = encode_order(record)
    framed = serializer(ORDER, context)
    assert write_with_fastavro() == framed[5:] == data
    assert decode_order(data) == record

    written = measured(
        {
            "ours": lambda: encode_order(record),
            "ours, validating again first": lambda: encode_order(
                validated(Order, record, "checkout", "orders")
            ),
            "fastavro": write_with_fastavro,
            "confluent AvroSerializer": lambda: serializer(ORDER, context),
        }
    )
    read = measured(
        {
            "ours, to a validated record": lambda: decode_order(data),
            "fastavro": lambda: fastavro.schemaless_reader(BytesIO(data), schema, None),
            "fastavro and then the record": lambda: Order.model_validate(
                fastavro.schemaless_reader(BytesIO(data), schema, None)
            ),
            "confluent AvroDeserializer": lambda: deserializer(framed, context),
        }
    )
    for title, results in (("encode", written), ("decode", read)):
        ours = next(iter(results.values()))
        for name, micros in results.items():
            print(f"{title}  {name:30} {micros:7.1f} µs   x {micros / ours:.2f}")
        print()


if __name__ == "__main__":
    main()
