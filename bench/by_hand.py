"""A producer and a consumer of orders as one writes them by hand on Confluent's own library:
idempotent, registered schema, CloudEvents headers, validated models, offsets after the handler."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from confluent_kafka import Consumer, KafkaError, Message, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from pydantic import BaseModel, ConfigDict, Field


class Line(BaseModel):
    model_config = ConfigDict(frozen=True)
    sku: str = Field(min_length=1, max_length=32)
    quantity: int = Field(ge=1)
    unit_price: Decimal = Field(ge=0, max_digits=10, decimal_places=2)
    discount: Decimal | None = Field(default=None, ge=0, max_digits=10, decimal_places=2)


class Customer(BaseModel):
    model_config = ConfigDict(frozen=True)
    customer_id: int = Field(ge=1)
    email: str | None = Field(default=None, max_length=254)


class Order(BaseModel):
    model_config = ConfigDict(frozen=True)
    order_id: uuid.UUID
    status: Literal["PLACED", "SHIPPED", "CANCELLED"]
    placed_at: datetime
    customer: Customer
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    total: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    lines: tuple[Line, ...] = Field(min_length=1)
    gift_message: str | None = Field(default=None, max_length=500)
    attributes: dict[str, str]


def to_avro(order: Order, _: SerializationContext) -> dict[str, Any]:
    found = order.model_dump()
    found["order_id"] = str(found["order_id"])
    return found


class OrderProducer:
    def __init__(self, servers: str, registry: str, topic: str, schema: str) -> None:
        self.topic = topic
        self.failed: list[KafkaError] = []
        client = SchemaRegistryClient({"url": registry})
        options = {"auto.register.schemas": False}
        self.serialize = AvroSerializer(client, schema, to_avro, options)
        self.context = SerializationContext(topic, MessageField.VALUE)
        self.producer = Producer(
            {
                "bootstrap.servers": servers,
                "enable.idempotence": True,
                "acks": "all",
                "partitioner": "murmur2_random",
                "compression.type": "lz4",
            }
        )

    def delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.failed.append(error)

    def publish(self, order: Order) -> None:
        key = str(order.order_id)
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid.uuid4()),
            "ce_source": "/checkout",
            "ce_type": "sales.checkout.v1.Order",
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_subject": key,
            "content-type": "application/avro",
        }
        value = self.serialize(order, self.context)
        while True:
            try:
                self.producer.produce(
                    self.topic, value, key, headers=headers, on_delivery=self.delivered
                )
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def close(self) -> None:
        left = self.producer.flush()
        if left or self.failed:
            raise RuntimeError(f"{left + len(self.failed)} orders were not delivered")


class OrderConsumer:
    def __init__(self, servers: str, registry: str, topic: str, group: str) -> None:
        self.deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry}))
        self.context = SerializationContext(topic, MessageField.VALUE)
        self.consumer = Consumer(
            {
                "bootstrap.servers": servers,
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.offset.store": False,
            }
        )
        self.consumer.subscribe([topic])

    def run(self, count: int, handle: Callable[[Order], None]) -> None:
        done = 0
        while done < count:
            message = self.consumer.poll(1)
            if message is None:
                continue
            if message.error():
                raise RuntimeError(message.error())
            headers = {name: value.decode() for name, value in message.headers() or ()}
            if headers.get("ce_type") != "sales.checkout.v1.Order":
                continue
            order = Order.model_validate(self.deserialize(message.value(), self.context))
            handle(order)
            self.consumer.store_offsets(message)
            done += 1
        self.consumer.close()
