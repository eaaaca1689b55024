"""How an object's topic is made, in custom properties, as ODCS has no words for it: `partitions`,
`replicas`, and `topicConfig`, a map of Kafka's own settings of topics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portwright.contract.reader import Reader
from portwright.diagnostics import Span, nearest
from portwright.nodes import Mapping, Node, Scalar

# kafka.apache.org/documentation/#topicconfigs, of Kafka 4.1. Those of replicas under throttle are
# an operator's, who sets them while partitions move.
SETTINGS: Final = frozenset(
    "cleanup.policy compression.gzip.level compression.lz4.level compression.type"
    " compression.zstd.level delete.retention.ms file.delete.delay.ms flush.messages flush.ms"
    " index.interval.bytes local.retention.bytes local.retention.ms max.compaction.lag.ms"
    " max.message.bytes message.timestamp.after.max.ms message.timestamp.before.max.ms"
    " message.timestamp.type min.cleanable.dirty.ratio min.compaction.lag.ms min.insync.replicas"
    " preallocate remote.log.copy.disable remote.log.delete.on.disable remote.storage.enable"
    " retention.bytes retention.ms segment.bytes segment.index.bytes segment.jitter.ms segment.ms"
    " unclean.leader.election.enable".split()
)
# What settings are written with, by how their names end: numbers, words, and lists of words.
_FORMS: Final = (
    ((".ms", ".bytes"), re.compile(r"-1|[0-9]{1,18}")),
    ((".messages", ".replicas"), re.compile(r"[1-9][0-9]{0,17}")),
    (("",), re.compile(r"[A-Za-z0-9_.,-]{1,100}")),
)
# More of either is a slip of the keyboard; a cluster has fewer in all.
_MOST: Final = {"partitions": 10_000, "replicas": 100}


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What was found; None and nothing where the contract leaves it to the config."""

    partitions: int | None = None
    replicas: int | None = None
    config: tuple[tuple[str, str], ...] = ()


def read(reader: Reader, customs: dict[str, Node]) -> TopicFacts:
    """The facts of an object; faults are errors at their place."""
    return TopicFacts(
        partitions=_count(reader, customs, "partitions"),
        replicas=_count(reader, customs, "replicas"),
        config=tuple(sorted(_config(reader, customs.get("topicConfig")))),
    )


def _count(reader: Reader, customs: dict[str, Node], name: str) -> int | None:
    node = customs.get(name)
    if node is None:
        return None
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= _MOST[name]:
        return int(text)
    _error(reader, f"`{name}` is no number of {name}", node.span, "write one such as 6")
    return None


def _config(reader: Reader, node: Node | None) -> Iterator[tuple[str, str]]:
    if node is None:
        return
    if not isinstance(node, Mapping):
        help = "write `value: {max.message.bytes: 2097152}`"
        _error(reader, "`topicConfig` must be a map of settings by name", node.span, help)
        return
    for name, value in node.entries:
        text = value.text.strip() if isinstance(value, Scalar) else ""
        if name.text not in SETTINGS:
            help = nearest(name.text, SETTINGS) or "name one of Kafka's settings of topics"
            _error(reader, f"`{name.text}` is no setting of a topic", name.span, help)
        elif not _form(name.text).fullmatch(text):
            help = "write a whole number, a word, or words with commas between them"
            _error(reader, f"`{name.text}` has no value that Kafka takes", value.span, help)
        else:
            yield name.text, text


def _form(setting: str) -> re.Pattern[str]:
    return next(form for endings, form in _FORMS if setting.endswith(endings))


def _error(reader: Reader, message: str, span: Span, help: str) -> None:
    reader.report.error("PW134", message, span, help)
