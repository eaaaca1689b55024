"""A port written by hand, as small as one can be: what tests of the runtime publish through."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

from pydantic import Field

from portwright_runtime.generated import (
    Consumer,
    Event,
    Outlets,
    Port,
    Route,
    Schema,
    StreamDataset,
    Topic,
    routed,
)
from portwright_runtime.record import Record


class Shoe(Record):
    """A shoe; `owner` is classified."""

    sku: str
    size: Annotated[int, Field(ge=1, le=60)]
    owner: Annotated[str, Field(max_length=40, repr=False)] = ""


def _encode(shoe: Shoe) -> bytes:
    return shoe.model_dump_json().encode()


def _decode(data: bytes) -> Shoe:
    return Shoe.model_validate_json(data)


SHOES_TOPIC = Topic(
    contract="cobbler",
    version="1.0.0",
    object="shoes",
    name="cobbler.shoes",
    event_type="craft.cobbler.v1.Shoe",
    record=Shoe,
    schema=Schema('{"type": "record", "name": "Shoe", "fields": []}'),
    encode=_encode,
    decode=_decode,
    key=lambda record: (record.sku,),
    key_fields=("sku",),
)

PRIVATE_TOPIC = Topic(
    contract="cobbler",
    version="1.0.0",
    object="owners",
    name="cobbler.owners",
    event_type="craft.cobbler.v1.Owner",
    record=Shoe,
    schema=Schema('{"type": "record", "name": "Owner", "fields": []}'),
    encode=_encode,
    decode=_decode,
    key=lambda record: (record.owner,),
    key_fields=("owner",),
    private_key=True,
)


class CobblerPort(Port):
    def __init__(self, outlets: Outlets) -> None:
        super().__init__(outlets)
        self.shoes = StreamDataset(outlets, SHOES_TOPIC)
        self.owners = StreamDataset(outlets, PRIVATE_TOPIC)


class ShoesConsumer(Consumer):
    routes = routed(Route(SHOES_TOPIC, "on_shoe", "on_shoe_deleted"))

    @abstractmethod
    def on_shoe(self, shoe: Shoe, event: Event) -> None: ...

    def on_shoe_deleted(self, key: str, event: Event) -> None:
        """Does nothing."""


class Shelf(ShoesConsumer):
    """Keeps what it is given, and ends at what it cannot handle."""

    on_failure = "stop"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # passed on as they came
        self.seen: list[tuple[Shoe, Event]] = []
        self.deleted: list[str] = []

    def on_shoe(self, shoe: Shoe, event: Event) -> None:
        self.seen.append((shoe, event))

    def on_shoe_deleted(self, key: str, event: Event) -> None:
        self.deleted.append(key)

    @property
    def skus(self) -> list[str]:
        return [shoe.sku for shoe, _ in self.seen]
