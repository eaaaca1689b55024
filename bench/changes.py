"""`docs/changes-beside-peers.md`: what is said of changes, beside datacontract-cli and buf.

    python -m bench changes

What is right was written by hand, or is tried out with libraries of Avro, Protobuf and JSON Schema.
PORTWRIGHT_CORPUS has the contract that `breaking` is timed on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bench import breaking
from bench.changes_page import PAGE, Answer, Question, page
from evolution.test_matrix import (
    CONTRACTS,
    LETTERS,
    OBJECTS,
    PROPERTIES,
    SERVICE_LEVELS,
    service_level,
)
from portwright import __version__, lock
from portwright.evolution.artefacts import Artefact, Outcome
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import CONSUMERS, Audience, Level
from portwright.evolution.verdicts import MATRIX, verdicts
from support.buf import Folders
from support.changes import contract, model
from support.formats import Pair, Version
from support.single_changes import SINGLES
from support.words import words

ROOT = Path(__file__).parents[1]
OURS, PEER, FILE, WIRE_JSON = "Portwright", "datacontract-cli", "buf FILE", "buf WIRE_JSON"
FORMATS = (Artefact.AVRO, Artefact.PROTOBUF, Artefact.JSON_SCHEMA)


@dataclass
class Case:
    """A change, with the verdict that was written by hand, and what each tool says of it."""

    name: str
    before: str
    after: str
    right: str
    is_of_schema: bool = True
    peer: dict[str, str] = field(default_factory=dict)
    buf: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def comparison(self) -> Comparison:
        return Comparison(model(self.before), model(self.after))

    @cached_property
    def versions(self) -> tuple[Version, Version]:
        old, held = lock.apply(self.comparison.old, lock.Lock())
        new, _ = lock.apply(self.comparison.new, held)
        return Version(self.comparison.old, old), Version(self.comparison.new, new)

    def is_right(self, audience: Audience, level: Level = Level.BREAKING) -> bool:
        """Whether it harms the audience so much, as is written by hand."""
        return LETTERS[self.right[list(Audience).index(audience)]] >= level

    def ours(self, audience: Audience, level: Level = Level.BREAKING) -> bool:
        """Whether it does so, as Portwright says."""
        found = (verdicts(each)[audience].level for each in self.comparison.changes)
        return max(found, default=Level.OK) >= level

    @property
    def is_of_portwright(self) -> bool:
        return "customProperties" in self.before + self.after

    @property
    def is_of_data(self) -> bool:
        """Whether it is one of what records may hold: not of places, people or promises."""
        words_of_people = ("classification:", "slaProperties:")
        found = (each in self.before + self.after for each in words_of_people)
        return self.is_of_schema and not any(found)

    @property
    def is_in_protobuf(self) -> bool:
        """Whether it changes more in Protobuf than comments."""
        old, new = self.versions
        return words(old, Artefact.PROTOBUF) != words(new, Artefact.PROTOBUF)

    @property
    def harms_old_readers(self) -> bool:
        """Whether a library that has the old schema refuses or misreads a new record."""
        old, new = self.versions
        pair = Pair(new, old, forward=True)
        return any(pair.outcome(each) is not Outcome.READS for each in FORMATS)


def cases() -> list[Case]:
    """The thirty single changes and those of the matrix that change alone; once where both have
    one. What only custom properties of Portwright say is not of the standard, and left out."""
    found = [Case(each.name, each.before, each.after, each.verdict) for each in SINGLES]
    found += _of(PROPERTIES, lambda text: contract(properties=text))
    found += _of(OBJECTS, lambda text: contract(of_object=text))
    found += _of(CONTRACTS, lambda text: contract(top=text), is_of_schema=False)
    for kind, name, before, after, right in SERVICE_LEVELS:
        texts = (contract(service_level(name, each)) for each in (before, after))
        found.append(Case(f"{MATRIX[kind].title} ({name})", *texts, right, is_of_schema=False))
    once = {(each.before, each.after): each for each in reversed(found)}
    return [each for each in reversed(once.values()) if not each.is_of_portwright]


def _of(
    table: Iterable[tuple[Any, ...]], whole: Callable[[str], str], is_of_schema: bool = True
) -> Iterator[Case]:
    for kind, _, before, after, right, _ in table:
        yield Case(MATRIX[kind].title, whole(before), whole(after), right, is_of_schema)


def ask_peer(python: Path, known: list[Case], folder: Path) -> str:
    """Has datacontract-cli answer; its version."""
    files: list[Path] = []
    for number, case in enumerate(known):
        for text, side in ((case.before, "old"), (case.after, "new")):
            files.append(folder / f"{number}.{side}.yaml")
            files[-1].write_text(text, "utf-8")
    script = ROOT / "bench" / "changelog.py"
    done = subprocess.run([python, script, *files], check=True, capture_output=True, text=True)
    release, *answers = done.stdout.splitlines()
    for case, answer in zip(known, answers, strict=True):
        case.peer = json.loads(answer)
    return release


def ask_buf(known: list[Case], folder: Path) -> None:
    """Has buf answer, where there is something for it to see."""
    folders = Folders(folder)
    asked = {str(number): case for number, case in enumerate(known) if case.is_in_protobuf}
    for number, case in asked.items():
        folders.add(number, (case.comparison.old, case.comparison.new))
    for tool, category in ((FILE, "FILE"), (WIRE_JSON, "WIRE_JSON")):
        broken = {what for what, *_ in folders.breaking(category)}
        for number, case in asked.items():
            case.buf[tool] = number in broken


def questions(known: list[Case]) -> Iterator[Question]:
    """What is asked, of which changes, and who answers it."""
    yield Question(
        "do those who read new data break, by what records may hold?",
        [_of_readers(case) for case in known if case.is_of_data],
    )
    yield Question(
        "the same, by all that a contract says",
        [_of_readers(case) for case in known],
    )
    yield Question(
        "does somebody break who reads, where Protobuf files change?",
        [_of_consumers(case) for case in known if case.buf],
    )
    yield Question(
        "tried out: does a library with the old schema refuse a new record, or misread it?",
        [_tried_out(case) for case in known if _is_of_properties(case)],
    )


def _of_readers(case: Case) -> Answer:
    """`datacontract breaking` takes the same side by its perspective `consumer`."""
    who = (Audience.STREAM_READERS, Audience.SQL_READERS)
    said = {OURS: any(map(case.ours, who)), PEER: case.peer.get("consumer") == "error"}
    return Answer(case.name, any(map(case.is_right, who)), said)


def _of_consumers(case: Case) -> Answer:
    said = {OURS: any(map(case.ours, CONSUMERS)), **case.buf}
    return Answer(case.name, any(map(case.is_right, CONSUMERS)), said)


def _tried_out(case: Case) -> Answer:
    said = {
        OURS: case.ours(Audience.STREAM_READERS, Level.RISKY),
        PEER: case.peer.get("consumer") in ("error", "warning"),
    }
    return Answer(case.name, case.harms_old_readers, said)


def _is_of_properties(case: Case) -> bool:
    """Whether it changes what a record holds: libraries see nothing else."""
    old, new = case.versions
    return any(words(old, each) != words(new, each) for each in FORMATS)


def main() -> None:
    """Asks all, and writes the page."""
    known = cases()
    with tempfile.TemporaryDirectory() as scratch:
        ask_buf(known, Path(scratch, "buf"))
        release = ask_peer(Path(sys.argv[1]), known, Path(scratch))
        times = breaking.measure(Path(sys.argv[1]), Path(scratch), OURS, PEER)
    versions = {OURS: __version__, PEER: release}
    text = page(len(known), list(questions(known)), versions, times)
    PAGE.write_text(text, "utf-8")
    print(text.partition("\n## ")[0])


if __name__ == "__main__":
    main()
