"""`portwright-runtime dlq`: what is in a topic of dead letters, and sending it again.

What is replayed is done with, for all later calls; what is not meant by a call, or was replayed
too often, goes to the end of the same topic before its offset is stored: nothing gets lost.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from portwright_runtime import dead_letters
from portwright_runtime.dead_letters import SUFFIX, Letter
from portwright_runtime.environment import REGISTRY_VARIABLE, open_stream
from portwright_runtime.errors import StreamError
from portwright_runtime.stream import Stream, Subscription

GROUP: Final = "portwright-dlq"
# Seconds: between two looks, and for the group to give this member something to read.
_LOOK: Final = 0.5
_JOIN: Final = 60.0
_SHOWN: Final = (
    "event reason error topic partition offset group contract attempts last_failed".split()
)


def add(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|replay")
    listing = actions.add_parser("list", help="print the letters that were not replayed")
    replaying = actions.add_parser("replay", help="send letters to the topic that they are of")
    for each in (listing, replaying):
        each.add_argument("topic", help="the topic, or that of its dead letters (`.dlq`)")
        each.add_argument("--stream", help="its url; else PORTWRIGHT_STREAM")
        each.add_argument("--reason", help="only letters of this reason")
        each.add_argument("--event", help="only the letter of the event of this id")
        each.add_argument("--limit", type=_count, help="no more letters than this")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(run=_list)
    replaying.add_argument("--dry-run", action="store_true", help="only print what would be sent")
    replaying.add_argument(
        "--most-replays", type=int, default=3, help="leave what was sent again so often (3)"
    )
    replaying.set_defaults(run=_replay)


def _count(text: str) -> int:
    """A number of letters; what is none is a wrong use."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)


def _list(arguments: argparse.Namespace) -> int:
    """Prints the letters, without their values and keys."""
    count = 0
    with _opened(arguments) as stream, _reading(stream, arguments) as reading:
        for letter in _letters(reading):
            if _is_meant(letter, arguments):
                count += 1
                print(_shown(letter, arguments.format))
            if count == arguments.limit:
                break
    if arguments.format == "text":
        print(f"{count} dead letters", file=sys.stderr)
    return 0


def _replay(arguments: argparse.Namespace) -> int:
    """Sends letters again: each is acknowledged before it is stored as done."""
    sent = left = 0
    run = uuid.uuid4().hex
    with _opened(arguments) as stream, _reading(stream, arguments) as reading:
        for letter in _letters(reading, run):
            if sent == arguments.limit:
                break
            is_meant = _is_meant(letter, arguments)
            is_left = letter.replays >= arguments.most_replays or not letter.said.get("topic")
            if is_meant:
                print(_shown(letter, "text") + (" (left)" if is_left else ""))
            goes = is_meant and not is_left
            sent += goes
            left += is_meant and is_left
            if not arguments.dry_run:
                stream.send(letter.original() if goes else letter.kept(run)).result()
                reading.commit(letter.received)
    print(f"{sent} sent again, {left} left", file=sys.stderr)
    return 1 if left else 0


def _opened(arguments: argparse.Namespace) -> closing[Stream]:
    """The stream; letters go as they came, so no registry is asked."""
    os.environ.setdefault(REGISTRY_VARIABLE, "none")
    return closing(open_stream(arguments.stream))


def _reading(stream: Stream, arguments: argparse.Namespace) -> closing[Subscription]:
    topic = arguments.topic if arguments.topic.endswith(SUFFIX) else f"{arguments.topic}{SUFFIX}"
    return closing(stream.subscribe([topic], GROUP))


def _letters(subscription: Subscription, run: str = "") -> Iterator[Letter]:
    """Those that are there. A partition ends at what the run itself put to its end: what comes
    after it is for the next one."""
    joined_by = time.monotonic() + _JOIN
    ended: set[tuple[str, int]] = set()
    while True:
        batch = subscription.poll(1, _LOOK)
        for received in batch:
            letter = dead_letters.read(received)
            place = (received.position.topic, received.position.partition)
            if run and letter.said.get("run") == run:
                ended.add(place)
            if place not in ended:
                yield letter
        if not batch and subscription.at_end():
            return
        if not batch and time.monotonic() > joined_by:
            raise StreamError(f"the group {GROUP} gives nothing to read: is another one at it?")


def _is_meant(letter: Letter, arguments: argparse.Namespace) -> bool:
    return arguments.reason in (None, letter.said.get("reason")) and arguments.event in (
        None,
        letter.said.get("event"),
    )


def _shown(letter: Letter, form: str) -> str:
    """The letter on a line: what its headers say, and no value and no key of the original."""
    said = {name: letter.said.get(name, "") for name in _SHOWN}
    said["replays"] = str(letter.replays)
    if form == "json":
        return json.dumps(said)
    return "  ".join(f"{name}={value}" for name, value in said.items() if value)
