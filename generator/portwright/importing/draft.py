"""Drafts: what a source says of its objects, in the types of contracts, before anybody has decided
what of it to hand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portwright.contract.reader import Report
from portwright.diagnostics import Diagnostic, Span, error
from portwright.model import Record

# Where a property stands: the object's name, then the properties that lead to it.
Path = tuple[str, ...]
MOST_FIELDS = 10_000


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as the source has it: columns of an object to those of another."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftObject:
    """One object. `notes` are questions to the owner, and what no contract says, by the path of the
    property that they are about (the object's own is its name alone); `renamed` are names for
    types that would be called like another, `classified` is what personal data is classified as.
    `schema` and `table` are what a database calls it."""

    name: str
    record: Record
    primary_key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    notes: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[Path, str] = field(default_factory=dict)
    classified: str = ""
    schema: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read of `source`, which is how findings and the contract call it."""

    source: str
    objects: tuple[DraftObject, ...]


class Refused(Exception):
    """Nothing can be made of the source, for what the finding says."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Notes:
    """The notes of one object while it is read, and the findings of its source."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.found: dict[Path, tuple[str, ...]] = {}
        self.fields = 0

    def add(self, path: Path, text: str) -> None:
        if text not in self.found.get(path, ()):
            self.found[path] = (*self.found.get(path, ()), text)

    def count(self, span: Span) -> None:
        """Counts one more property: types that refer to each other make more than anybody reads."""
        self.fields += 1
        if self.fields > MOST_FIELDS:
            message = (
                f"an object has more than {MOST_FIELDS:,} properties, those of its parts counted"
            )
            help = "begin from a part of it"
            raise Refused(error("PW804", message, span, help))

    def unsaid(self, path: Path, what: str, span: Span, help: str | None = None) -> None:
        """What of the source a contract cannot say: a finding, and a note at the place."""
        self.report.warning("PW806", f"`{'.'.join(path)}`: {what}", span, help)
        self.add(path, f"not in the contract: {what}")


def missing(what: str, source: str, fault: ImportError) -> Refused:
    """What to say where a library is not installed that a source needs."""
    library = (fault.name or "").partition(".")[0]
    help = f"pip install 'portwright[import]'; `{library}` is not installed"
    return Refused(error("PW802", f"{what}, which is an extra", Span(source), help))
