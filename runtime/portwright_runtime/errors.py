"""What can go wrong with a port, as exceptions. No message of theirs holds a value of a record."""

from __future__ import annotations


class PortwrightError(Exception):
    """Any error of the runtime."""


class ContractViolation(PortwrightError):
    """A record, or a load of them, is not what the contract says.

    `contract` is its name and version. `path` names the field (`lines.0.quantity`),
    empty where the record as a whole is meant; `rule` is what it broke.
    """

    def __init__(self, contract: str, object: str, path: str, rule: str) -> None:
        super().__init__(contract, object, path, rule)
        self.contract = contract
        self.object = object
        self.path = path
        self.rule = rule

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{self.contract}, {self.object}: {place}{self.rule}"


class ConfigurationError(PortwrightError):
    """A setting, of the environment or of a call, that cannot be used."""


class IncompatibleRuntime(PortwrightError, ImportError):
    """The generated package and the installed runtime do not fit; it says which of them to move."""


class StreamError(PortwrightError):
    """The stream cannot do what was asked of it: it is away, full, locked or damaged."""


class UnknownSchema(StreamError):
    """The registry does not know the schema of a producer; it says what to run."""


class RefusedMessage(StreamError):
    """The stream will never take this one message: it is too large, or not valid to it."""


class InboxError(PortwrightError):
    """The table of handled events cannot be asked, or told."""


class WarehouseError(PortwrightError):
    """The warehouse cannot do what was asked of it."""


class ClosedError(PortwrightError):
    """Something was used after it was closed."""


class DeliveryError(PortwrightError):
    """Records that were published and never acknowledged; `event_ids` are those of their events."""

    def __init__(self, reason: str, event_ids: tuple[str, ...]) -> None:
        super().__init__(reason, event_ids)
        self.reason = reason
        self.event_ids = event_ids

    def __str__(self) -> str:
        shown = ", ".join(self.event_ids[:10])
        rest = len(self.event_ids) - 10
        return f"{self.reason}: event {shown}" + (f" and {rest} more" if rest > 0 else "")


class EventError(PortwrightError):
    """An event a consumer did not get past. Its offset is not stored: it comes again."""

    def __init__(self, reason: str, topic: str, partition: int, offset: int, event_id: str) -> None:
        super().__init__(reason, topic, partition, offset, event_id)
        self.reason = reason
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.event_id = event_id

    def __str__(self) -> str:
        place = f"{self.topic}, partition {self.partition}, offset {self.offset}"
        return f"{place}, event {self.event_id}: {self.reason}"


class UndecodableEvent(EventError):
    """The event's bytes are not a record of the contract."""


class HandlerError(EventError):
    """The handler raised; its exception is the `__cause__`."""
