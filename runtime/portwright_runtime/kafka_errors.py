"""What Kafka's client says went wrong, as StreamErrors that say what to do."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from confluent_kafka import KafkaError, KafkaException

from portwright_runtime.errors import ConfigurationError, RefusedMessage, StreamError

logger = logging.getLogger(__name__)

# About one message: the others of its topic go on.
_REFUSED: Final = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_MSG,
        KafkaError.INVALID_MSG_SIZE,
        KafkaError.RECORD_LIST_TOO_LARGE,
        KafkaError.INVALID_RECORD,
        KafkaError.INVALID_TIMESTAMP,
    }
)

# The client recovers from these by itself.
_PASSING: Final = frozenset(
    {
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._TRANSPORT,
        KafkaError._RESOLVE,
        KafkaError._TIMED_OUT,
        KafkaError._MAX_POLL_EXCEEDED,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._UNKNOWN_TOPIC,
        KafkaError._UNKNOWN_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError._WAIT_COORD,
        KafkaError._WAIT_CACHE,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.NETWORK_EXCEPTION,
        # The group is forming anew; what is stored goes with the client's next commit.
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError.STALE_MEMBER_EPOCH,
        KafkaError.UNSTABLE_OFFSET_COMMIT,
        KafkaError._ASSIGNMENT_LOST,
        KafkaError.OFFSET_OUT_OF_RANGE,
        KafkaError._AUTO_OFFSET_RESET,
    }
)

_WAYS_OUT: Final = {
    KafkaError.MSG_SIZE_TOO_LARGE: "raise max.message.bytes of the topic and message.max.bytes of"
    " the client, or make records smaller",
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "let the client write to the topic (ACLs WRITE and"
    " DESCRIBE), or read from it (READ)",
    KafkaError.GROUP_AUTHORIZATION_FAILED: "let the client read in the group (ACL READ)",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: "let the client write idempotently (ACL"
    " IDEMPOTENT_WRITE on the cluster)",
    KafkaError.SASL_AUTHENTICATION_FAILED: "see its user and password",
    KafkaError._AUTHENTICATION: "see its user and password, or its certificate",
    KafkaError._SSL: "see its certificates and security.protocol",
    KafkaError.UNKNOWN_TOPIC_OR_PART: "make the topic",
    KafkaError._UNKNOWN_TOPIC: "make the topic",
    KafkaError._UNKNOWN_PARTITION: "make the topic",
    KafkaError._MSG_TIMED_OUT: "no broker acknowledged it within delivery.timeout.ms; see that"
    " they are up and reachable",
    KafkaError.NOT_ENOUGH_REPLICAS: "fewer replicas are in sync than min.insync.replicas asks for",
    KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND: "fewer replicas are in sync than"
    " min.insync.replicas asks for",
    KafkaError._PURGE_QUEUE: "the stream was closed before it was sent",
    KafkaError._PURGE_INFLIGHT: "the stream was closed before it was acknowledged",
    KafkaError._QUEUE_FULL: "messages are sent faster than brokers take them",
}


def configuration_error(error: KafkaException, options: Mapping[str, str]) -> ConfigurationError:
    """What the client says of its settings, without any value of the options that were set."""
    text = str(error.args[0].str())
    for value in sorted(options.values(), key=len, reverse=True):
        if len(value) > 2:
            text = text.replace(value, "***")
    return ConfigurationError(f"Kafka's client: {text}")


def stream_error(error: KafkaError, where: str) -> StreamError:
    """The StreamError; `where` is a topic or what else was asked. RefusedMessage where no later
    try of this one message can succeed."""
    code = error.code()
    kind = RefusedMessage if code in _REFUSED else StreamError
    way_out = _WAYS_OUT.get(code)
    # The client's own words hold names and numbers, no keys and no values.
    text = f"{where}: {error.str()} ({error.name()})"
    return kind(f"{text}: {way_out}" if way_out else text)


def bear(error: KafkaError, where: str) -> None:
    """Logs what passes by itself; the StreamError of the rest is raised."""
    heard = stream_error(error, where)
    if error.fatal() or error.code() not in _PASSING:
        raise heard from None
    logger.warning("%s", heard)
